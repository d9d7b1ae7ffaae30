/**
 * Room `detection`: Volume -> vertebrae (corners, centre, level, confidence) -> discs (oriented boxes). A U-Net names the
 * tissue of each pixel of sagittal slices; discs are regions of it, numbered from the sacrum upward.
 */
export { detectSpine, DetectionError, numberingSigns } from "./detect.js";
export type { DetectOptions, NumberingSigns } from "./detect.js";
export { readAnchor } from "./contrast/anchor.js";
export type { AnchorReading } from "./contrast/anchor.js";
export {
  CONTRAST_FILE,
  contrastProbabilities,
  loadContrastModel,
  PICTURE_CONTRASTS,
  standardised,
} from "./contrast/model.js";
export type { ContrastModel, PictureContrast, RecognitionShare } from "./contrast/model.js";
export {
  combineContrast,
  contrastFlags,
  contrastName,
  contrastWords,
  isFatSuppressed,
} from "./contrast/recognise.js";
export type { SeriesContrast } from "./contrast/seriesContrast.js";
export { CONTRAST_SIGNALS, contrastInputs, tissueSignals } from "./contrast/signals.js";
export type { TissueSignals } from "./contrast/signals.js";
export { alternativeWords, shownLevel } from "./numbering/flags.js";
export { SPINE_FORMS } from "./numbering/forms.js";
export type { SpineFormName } from "./numbering/forms.js";
export { detectorDigest, NUMBERING_FILE, numberingText, standardisedSigns } from "./numbering/model.js";
export type { NumberingModel } from "./numbering/model.js";
export { SIGNS } from "./numbering/signs.js";
export { BINS, binTarget, cornerNetwork, KIND_FEATURES, placeFromBins } from "./corners/network.js";
export {
  CORNER_KINDS,
  cutSignal,
  cutTissue,
  PATCH_CHANNELS,
  PATCH_SIZE,
  PATCH_STEP,
  patchInput,
  patchToSlice,
} from "./corners/patch.js";
export type { CornerPicture, PatchPlace } from "./corners/patch.js";
export { refineCorners, tiltOf } from "./corners/refine.js";
export type { BodyOutline } from "./corners/refine.js";
export { discVolume, jamaludinGrid } from "./discVolumes/discVolume.js";
export type { DiscVolume, DiscVolumeDefinition } from "./discVolumes/discVolume.js";
export { bodyHeight, cropRegion, neighbourHeights, PADDING, regionOfDisc } from "./discVolumes/region.js";
export { intensityScale } from "./intensity.js";
export type { IntensityScale } from "./intensity.js";
export { levelOf, vertebraOf } from "./levelNames.js";
export { DETECTION_INPUTS, loadDetector } from "./networks.js";
export { connectedRegions, orientedBox } from "./regions.js";
export { withEstimatedSpacing } from "./scale.js";
export { sampleSlice } from "./sampleSlice.js";
export {
  DISC_LEVELS,
  discJson,
  isAboutDisc,
  locate,
  LUMBAR_DISCS,
  spineJson,
  VERTEBRA_LEVELS,
} from "./spine.js";
export type {
  BodyCorners,
  Disc,
  Flag,
  Numbering,
  NumberingAlternative,
  SlicePoint,
  Spine,
  Vertebra,
} from "./spine.js";
export { TISSUE, TISSUES } from "./tissue.js";
export { tissueAt } from "./tissueLabels.js";
export type { TissueLabels } from "./tissueLabels.js";
export { prepareSlice, probability, tissueMap } from "./tissueMap.js";
export type { TissueMap } from "./tissueMap.js";
