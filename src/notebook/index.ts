/**
 * Room `notebook`: `.ipynb` files outside of any editor. Reads and writes nbformat 4.5 without losing what it does not
 * know, runs a notebook headless on the kernel with parameters, and turns one into a single offline HTML report.
 */
export { writeAtomically } from "./atomic.js";
export * from "./ipynb.js";
export * from "./outputs.js";
export * from "./parameters.js";
export * from "./stop.js";
export * from "./identity.js";
export * from "./outOfOrder.js";
export * from "./execute.js";
export * from "./differences.js";
export * from "./verify.js";
export * from "./goal.js";
export * from "./run.js";
export * from "./report/report.js";
export * from "./report/script.js";
export * from "./kernelspec.js";
