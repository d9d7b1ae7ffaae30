/**
 * Room `imaging`: files -> Series and Volume. Reads DICOM (classic and enhanced MR), NIfTI, MetaImage, NRRD and PNG,
 * keeps the geometry (LPS mm), turns a stack upright and sagittal, and writes DICOM, NIfTI and PNG. Says what is wrong
 * with a file in one sentence and never lets patient identity out.
 */
export * from "./choose.js";
export * from "./dicom/write.js";
export type { IdentityValue } from "./dicom/identity.js";
export * from "./errors.js";
export { writeNifti } from "./nifti.js";
export { encodePng, readPng } from "./png.js";
export * from "./read.js";
export * from "./sagittal.js";
export type { Contrast, Orientation, Problem, Series } from "./series.js";
export * from "./volume.js";
