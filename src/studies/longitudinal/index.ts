/** One patient's discs over time, with change beyond the noise of reading: what `notebooks/longitudinal.ipynb` is made of. */
export * from "./course.js";
export * from "./noise.js";
export * from "./visits.js";
