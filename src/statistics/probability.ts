import {
  caseWeights,
  requireBinary,
  requireFinite,
  requirePaired,
  requireProbabilities,
  classPositions,
  sum,
} from "./input.js";
import type { Label, Numbers } from "./input.js";
import { uniformGenerator } from "../numbers/index.js";
import { requireOptions } from "./options.js";

/**
 * Area under the receiver operating characteristic: the probability that a case with the finding scores higher than
 * one without; a tie counts one half.
 *
 * Degenerate cases: NaN when all outcomes are 0 or all are 1; 0.5 when all scores are equal.
 *
 * @param outcomes 0 or 1 for each case, length n
 * @param scores any finite score that grows with the likelihood of 1, length n
 * @param weights weight of each case, length n; 1 each by default
 * @returns 0 … 1, or NaN
 * @throws RangeError for empty or unequal input, an outcome other than 0 and 1, or a score that is not finite
 * @see Hanley & McNeil, Radiology 1982;143:29
 */
export function rocAuc(outcomes: Numbers, scores: Numbers, weights?: Numbers): number {
  let area = 0;
  let positives = 0;
  let negatives = 0;
  for (const step of scoreSteps(outcomes, scores, weights)) {
    area += step.negative * (positives + step.positive / 2);
    positives += step.positive;
    negatives += step.negative;
  }
  return positives === 0 || negatives === 0 ? NaN : area / (positives * negatives);
}

/**
 * Average precision, Σ (recall_k − recall_(k−1)) · precision_k over the distinct scores in descending order: the area
 * under the precision-recall steps without interpolation.
 *
 * Degenerate cases: NaN when no outcome is 1 (scikit-learn gives 0 with a warning); 1 when all are 1; the prevalence
 * when all scores are equal.
 *
 * @param outcomes 0 or 1 for each case, length n
 * @param scores any finite score that grows with the likelihood of 1, length n
 * @param weights weight of each case, length n; 1 each by default
 * @returns 0 … 1, or NaN
 * @throws RangeError for empty or unequal input, an outcome other than 0 and 1, or a score that is not finite
 */
export function averagePrecision(outcomes: Numbers, scores: Numbers, weights?: Numbers): number {
  let result = 0;
  let positives = 0;
  let flagged = 0;
  for (const step of scoreSteps(outcomes, scores, weights)) {
    positives += step.positive;
    flagged += step.positive + step.negative;
    if (flagged > 0) result += step.positive * (positives / flagged);
  }
  return positives === 0 ? NaN : result / positives;
}

/** Weight of positive and negative cases at each distinct score, from the highest score down. */
function scoreSteps(outcomes: Numbers, scores: Numbers, weights: Numbers | undefined) {
  requirePaired(outcomes, scores, "outcomes", "scores");
  requireBinary(outcomes, "outcomes");
  requireFinite(scores, "scores");
  const weight = caseWeights(weights, outcomes.length);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const steps: { score: number; positive: number; negative: number }[] = [];
  for (const i of order) {
    if (steps.at(-1)?.score !== scores[i]) steps.push({ score: scores[i]!, positive: 0, negative: 0 });
    steps.at(-1)![outcomes[i] === 1 ? "positive" : "negative"] += weight[i]!;
  }
  return steps;
}

/**
 * Brier score of a yes/no finding: mean of (probability − outcome)².
 *
 * @param outcomes 0 or 1 for each case, length n
 * @param probabilities predicted probability of 1, length n
 * @returns 0 (certain and right) … 1 (certain and wrong); 0.25 for always saying one half
 * @throws RangeError for empty or unequal input, an outcome other than 0 and 1, or a probability outside 0 … 1
 */
export function brier(outcomes: Numbers, probabilities: Numbers): number {
  requirePaired(outcomes, probabilities, "outcomes", "probabilities");
  requireBinary(outcomes, "outcomes");
  requireProbabilities(probabilities, "probabilities");
  return sum(Array.from(probabilities, (p, i) => (p - outcomes[i]!) ** 2)) / outcomes.length;
}

/**
 * Brier score of a grade with several classes, in Brier's original form: mean over the cases of
 * Σ over the classes (probability − [is the true class])². For two classes it is twice `brier`.
 *
 * @param truth true class of each case, length n
 * @param probabilities n rows of k class probabilities, each row summing to 1
 * @param classes the k classes, in the order of the columns
 * @returns 0 … 2
 * @throws RangeError for empty or unequal input, an unknown class, or a row that is no distribution
 * @see Brier, Monthly Weather Review 1950;78:1
 */
export function brierMulticlass<L extends Label>(
  truth: ArrayLike<L>,
  probabilities: readonly Numbers[],
  classes: readonly L[],
): number {
  const columns = trueColumns(truth, probabilities, classes);
  const terms = probabilities.map((row, i) =>
    sum(Array.from(row, (p, k) => (p - (k === columns[i] ? 1 : 0)) ** 2)),
  );
  return sum(terms) / terms.length;
}

/**
 * For each case the probability of the most probable class and whether that class is the true one: the form in
 * which `expectedCalibrationError` takes a grade with several classes. The first of equally probable classes wins.
 *
 * @param truth true class of each case, length n
 * @param probabilities n rows of k class probabilities, each row summing to 1
 * @param classes the k classes, in the order of the columns
 * @returns outcomes (1 = right) and probabilities, length n each
 * @throws RangeError for empty or unequal input, an unknown class, or a row that is no distribution
 */
export function topClassConfidence<L extends Label>(
  truth: ArrayLike<L>,
  probabilities: readonly Numbers[],
  classes: readonly L[],
): { outcomes: number[]; probabilities: number[] } {
  const columns = trueColumns(truth, probabilities, classes);
  const tops = probabilities.map((row) => Math.max(...Array.from(row)));
  return {
    outcomes: probabilities.map((row, i) => (Array.from(row).indexOf(tops[i]!) === columns[i] ? 1 : 0)),
    probabilities: tops.map((top) => Math.min(top, 1)),
  };
}

function trueColumns<L extends Label>(
  truth: ArrayLike<L>,
  rows: readonly Numbers[],
  classes: readonly L[],
): number[] {
  requirePaired(truth, rows, "truth", "probabilities");
  const positions = classPositions(classes);
  return rows.map((row, i) => {
    requireProbabilities(row, `probabilities[${i}]`);
    // Softmax in single precision misses 1 by some 1e-7 per class.
    if (row.length !== classes.length || Math.abs(sum(row) - 1) > 1e-3)
      throw new RangeError(
        `probabilities[${i}] must be ${classes.length} numbers that sum to 1, one per class.`,
      );
    const column = positions.get(truth[i]!);
    if (column === undefined)
      throw new RangeError(
        `truth[${i}] is ${String(truth[i])}, which is not one of the classes ${classes.join(", ")}.`,
      );
    return column;
  });
}

/** One bar of a reliability diagram: the cases with a probability in (low, high]; the first bin also takes 0. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean predicted probability; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of outcomes that are 1; NaN in an empty bin. */
  readonly frequency: number;
}

/** Calibration error with what chance alone would make of it. */
export interface Calibration {
  /** Σ over bins of count / n · |frequency − confidence|, 0 … 1. */
  readonly error: number;
  /** Mean error of a perfectly calibrated model with these very probabilities: what is left for bad luck at this n. */
  readonly expected: number;
  /** 95th percentile of the perfect model's error; an `error` above it is not explained by chance. */
  readonly expected95: number;
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Expected calibration error (ECE) in bins of equal width, the reliability diagram, and the null expectation.
 *
 * The ECE of a perfect model is not 0: with few cases in a bin the frequency strays from the probability. The null
 * redraws every outcome from its own predicted probability (consistency resampling), so it has the same n and bins.
 * With probabilities of 0 and 1 only, the null is exactly 0. No other degenerate case: one bin or one case is fine.
 *
 * @param outcomes 0 or 1 for each case, length n (for several classes see `topClassConfidence`)
 * @param probabilities predicted probability of 1, length n
 * @param options number of `bins` (15), of null `draws` (1000), and the `seed` (0) of the draws
 * @throws RangeError for empty or unequal input, an outcome other than 0 and 1, or a probability outside 0 … 1
 * @see Guo et al, ICML 2017 (ECE); Bröcker & Smith, Weather Forecast 2007;22:651 (consistency resampling)
 */
export function expectedCalibrationError(
  outcomes: Numbers,
  probabilities: Numbers,
  options: { readonly bins?: number; readonly draws?: number; readonly seed?: number } = {},
): Calibration {
  requireOptions("expectedCalibrationError", options, { bins: true, draws: true, seed: true });
  const { bins: binCount = 15, draws = 1000, seed = 0 } = options;
  requirePaired(outcomes, probabilities, "outcomes", "probabilities");
  requireBinary(outcomes, "outcomes");
  requireProbabilities(probabilities, "probabilities");
  for (const [name, value] of [
    ["bins", binCount],
    ["draws", draws],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > 1e6)
      throw new RangeError(`The number of ${name} is ${value}: it must be an integer from 1 to a million.`);

  const place = Array.from(probabilities, (p) => binOf(p, binCount));
  const counts = totals(place, new Float64Array(place.length).fill(1), binCount);
  const confidences = totals(place, probabilities, binCount);
  const errorOf = (drawn: Numbers) =>
    sum(totals(place, drawn, binCount).map((hits, bin) => Math.abs(hits - confidences[bin]!))) / place.length;

  const uniform = uniformGenerator(seed);
  const redrawn = new Float64Array(place.length);
  const nulls = new Float64Array(draws).map(() =>
    errorOf(redrawn.map((_, i) => (uniform() < probabilities[i]! ? 1 : 0))),
  );
  const hits = totals(place, outcomes, binCount);
  return {
    error: errorOf(outcomes),
    expected: sum(nulls) / draws,
    expected95: nulls.sort()[Math.ceil(0.95 * draws) - 1]!,
    bins: Array.from(counts, (count, bin) => ({
      low: bin / binCount,
      high: (bin + 1) / binCount,
      count,
      confidence: confidences[bin]! / count,
      frequency: hits[bin]! / count,
    })),
  };
}

/** The bin (low, high] that holds p, by comparison with the printed edges and not by p · bins, which rounds. */
function binOf(p: number, bins: number): number {
  let bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
  if (bin > 0 && p <= bin / bins) bin--;
  if (bin < bins - 1 && p > (bin + 1) / bins) bin++;
  return bin;
}

function totals(place: readonly number[], values: Numbers, bins: number): Float64Array {
  const result = new Float64Array(bins);
  for (let i = 0; i < place.length; i++) result[place[i]!]! += values[i]!;
  return result;
}
