/**
 * Room `grading`: disc volumes -> grades with probabilities -> hotspots. Niemeyer's network gives the Pfirrmann grade, a
 * multi-task network after Jamaludin all other features; each feature says what it was trained on.
 */
export {
  applyTemperature,
  conformalGroups,
  conformalSet,
  expectedGrade,
  groupProbabilities,
  setText,
  SMALLEST,
} from "./calibration.js";
export type { FeatureCalibration } from "./calibration.js";
export {
  CROP_CHANNELS,
  CROP_MM,
  CROP_SIZE,
  cropToSlice,
  cutOut,
  cutOutPartner,
  frameOf,
  GRADER_INPUTS,
  normaliseCrop,
  referenceLevels,
} from "./discCrop.js";
export type { CropFrame } from "./discCrop.js";
export { CONTRAST_AGREEMENT_FILE, graderHashes, loadContrastAgreement } from "./contrastAgreement.js";
export type { ContrastAgreement, ContrastFigure, ContrastFigures } from "./contrastAgreement.js";
export { inStanding, isWithheld, standingOf, tableGrade, withStandings } from "./standing.js";
export type { Standing } from "./standing.js";
export { featureOf, FEATURES, isReadByReaders } from "./features.js";
export type { Feature, FeatureKey } from "./features.js";
export { decideClass, gradeFrom } from "./decide.js";
export { gradeSpine, gradeUncalibrated, gradeVolume } from "./grade.js";
export { graderFiles, loadGraders, SUPPRESSED_WEIGHTS } from "./graders.js";
export type { Grader, Graders } from "./graders.js";
export {
  DEFAULT_METHOD,
  explainedShare,
  findHotspots,
  HEAT_REGIONS,
  heatFacts,
  heatOnStack,
  heatTexts,
  HOTSPOT_METHODS,
  HOTSPOT_SHARES_FILE,
  isShownAsHeat,
  hotspotsOf,
  hottestPoint,
  loadHotspotShares,
  measuredHeatText,
  measureHeat,
} from "./hotspots/index.js";
export type {
  HeatBox,
  HeatFacts,
  HeatMeasure,
  HeatRegion,
  HeatText,
  Hotspot,
  HotspotMethod,
  HotspotOptions,
  HotspotShares,
  MeasuredDeletion,
  MeasuredHeat,
  MeasuredRegion,
  RegionShares,
} from "./hotspots/index.js";
export { discSpace, relativeHeights, spaceHeights } from "./discSpace.js";
export { GEOMETRY_FEATURES, geometryOf } from "./geometryInputs.js";
export { measureDiscs } from "./measures.js";
export type { DiscMeasures } from "./measures.js";
export {
  appearanceDistance,
  appearanceOf,
  canalContrast,
  discFlags,
  pooledFeatures,
  seriesFlags,
} from "./outOfDistribution.js";
export type { Appearance, AppearanceModel } from "./outOfDistribution.js";
export { partnerOf } from "./partner.js";
export type { Partner } from "./partner.js";
export { restoredMarrow } from "./restoredMarrow.js";
export { FRACTIONAL_GRADES, INTEGRAL_GRADES, nearestGrade } from "./pfirrmannScale.js";
export {
  parseReader,
  readAs,
  readerFor,
  readerNames,
  readerOf,
  READER,
  READER_FLAG,
  READER_NAME,
  ReaderError,
  readerText,
  severityScale,
} from "./readers/reader.js";
export type { Reader, ReaderReading, ReaderSets } from "./readers/reader.js";
export { severityOf } from "./readers/severity.js";
export { reportJson } from "./report.js";
export type { DiscEvidence, FeatureGrade, GradedDisc, GradeReport } from "./report.js";
export { LOCAL_FINDINGS, poolSlices, slicesOfDisc } from "./slices.js";
export type { SpiderGrades } from "./spiderGrades.js";
export {
  atOperatingPoints,
  loadOperatingPoints,
  OPERATING_POINTS_FILE,
  OPERATING_WEIGHTS,
} from "./operatingPoints.js";
export type { Estimate, OperatingPoint, OperatingPoints } from "./operatingPoints.js";
export { CALIBRATION_FILE, loadTrust, withTrust } from "./trust.js";
export { t2Weights, weightHashes } from "./weightHashes.js";
export type { CalibrationFile, DetectionShare, FeatureTrust, FittedFeature, TrustMeasures } from "./trust.js";
export { COLUMN_ROLES, meaningOfColumn } from "./tables/columns.js";
export type { ColumnRole } from "./tables/columns.js";
export { isGradeOf, TABLE_FEATURES } from "./tables/features.js";
export { SPIDER_COLUMNS } from "./tables/spiderColumns.js";
export type { TableFeature } from "./tables/features.js";
export { gradeInText } from "./tables/gradeTexts.js";
