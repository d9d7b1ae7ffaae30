/**
 * Room `detection`: Volume -> vertebrae (corners, centre, level, confidence) -> discs (oriented boxes). A U-Net names the
 * tissue of each pixel of sagittal slices; discs are regions of it, numbered from the sacrum upward.
 */
export { detectSpine, DetectionError } from "./detect.js";
export * from "./corners/network.js";
export * from "./corners/patch.js";
export * from "./corners/refine.js";
export * from "./discVolumes/discVolume.js";
export * from "./discVolumes/region.js";
export * from "./intensity.js";
export * from "./networks.js";
export * from "./regions.js";
export * from "./sampleSlice.js";
export * from "./spine.js";
export * from "./tissue.js";
export * from "./tissueLabels.js";
export { prepareSlice, probability, tissueMap } from "./tissueMap.js";
export type { TissueMap } from "./tissueMap.js";
