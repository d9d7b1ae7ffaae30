/**
 * Room `numbers`, on the ground floor: the one generator of random numbers, with the seedings that weights, phantoms and intervals
 * were made with, and medians and quantiles. Pure functions that know nothing of spines.
 */
export { lowerQuantile, median, middleValue, quantileOfSorted } from "./order.js";
export { Random, uniformGenerator } from "./random.js";
export { softmax } from "./softmax.js";
