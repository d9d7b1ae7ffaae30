/**
 * Room `phantom`: a parametric lumbar spine -> Volume and ground truth, written out as a DICOM study. Sizes and signals
 * come from published measurements; it gives exact truth for tests, and labels where no public ones exist. Numbers that
 * come from it must say so.
 */
export { PHANTOM_TISSUE } from "./canvas.js";
export type { RatedFeature } from "./labels.js";
export { PHANTOM_FAMILIES, PHANTOM_VARIANTS, PhantomError } from "./options.js";
export type { PhantomArtefacts, PhantomFamily, PhantomOptions, PhantomVariant } from "./options.js";
export { PATHOLOGY_FEATURES } from "./pathology.js";
export type { PathologyFeature, PathologyMask } from "./pathology.js";
export { simulateRater } from "./rater.js";
export type { RaterReliability } from "./rater.js";
export { phantomTruth, renderPhantom } from "./render.js";
export type { Phantom } from "./render.js";
export { signalsOf, spinEcho, TISSUES } from "./tissues.js";
export type { CornerName, PhantomTruth, TrueDisc } from "./truth.js";
export { writePhantomStudies } from "./write.js";
export type { PhantomStudiesOptions } from "./write.js";
