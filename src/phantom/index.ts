/**
 * Room `phantom`: a parametric lumbar spine -> Volume and ground truth, written out as a DICOM study. Sizes and signals
 * come from published measurements; it gives exact truth for tests, and labels where no public ones exist. Numbers that
 * come from it must say so.
 */
export { PHANTOM_TISSUE } from "./canvas.js";
export { renderPhantom } from "./render.js";
export type { Phantom, PhantomOptions } from "./render.js";
export type { PhantomTruth, TrueCorner, TrueDisc, TrueVertebra } from "./truth.js";
export { writePhantomStudies } from "./write.js";
