/**
 * Room `training`: data sets as published (`datasets/`), augmentation, recipes of the shipped models, and their evaluation on patients kept
 * out (`evaluation/`); in `contrasts/` what tells the weighting of a picture, and what grades are worth in each.
 */
export { fitContrasts, measureContrasts } from "./contrasts/index.js";
export type { ContrastFigure, KindAgreement, MeasuredAgreement } from "./contrasts/index.js";
export { evaluateDetection } from "./evaluation/detectionEvaluation.js";
export type { CornerErrors, DetectionEvaluation, NamedShare } from "./evaluation/detectionEvaluation.js";
export { largestErrors } from "./evaluation/errorCases.js";
export type { ErrorCase } from "./evaluation/errorCases.js";
export { compareReadings, evaluateModels, readValidationPatients } from "./evaluation/evaluation.js";
export type { Evaluation, PatientReadings, ReadingOptions } from "./evaluation/evaluation.js";
export type { FeatureEvaluation } from "./evaluation/findings.js";
export { fitOperatingPoints } from "./evaluation/operatingPoints.js";
export { evaluateHotspots, POINTING_TOLERANCE } from "./evaluation/hotspotEvaluation.js";
export type { HotspotEvaluation, HotspotScores, MethodEvaluation } from "./evaluation/hotspotEvaluation.js";
export { measureHotspotShares } from "./evaluation/hotspotShares.js";
export { evaluateOutside, pfirrmannAgreement } from "./evaluation/outsideEvaluation.js";
export { fitPublishedReader, fitReader } from "./readerCalibration.js";
export type { ReaderFit, ReaderFitOptions } from "./readerCalibration.js";
export type {
  GradePair,
  OutsideEvaluation,
  OutsideOptions,
  PfirrmannAgreement,
} from "./evaluation/outsideEvaluation.js";
export { evaluatePhantomGrades, HELD_OUT_FAMILIES } from "./evaluation/phantomGrades.js";
export type { PhantomFeature, PhantomGrades } from "./evaluation/phantomGrades.js";
export { countFineTuneSteps, fineTune, fineTuneTable } from "./fineTune.js";
export type { FineTunedReading, FineTuneOptions, FineTuning, LabelledStudy } from "./fineTune.js";
export { RecipeError } from "./recipeFile.js";
export { runRecipe } from "./recipes.js";
export {
  collectCrops,
  cropsOfPhantom,
  cropsOfSpine,
  crossValidate,
  evaluateNiemeyer,
  gradeOfOutput,
  gradesOf,
  locatePatients,
  networkOf,
  NIEMEYER_LOSSES,
  PAPER_SETTINGS,
  parseNiemeyerRecipe,
  patientFolds,
  patientsOfSide,
  phantomCrops,
  planBatches,
  predictCrops,
  scoreGrades,
  simulatedGrades,
  spiderCrops,
  splitByPatient,
  summariseFolds,
  trainByNiemeyer,
  trainNiemeyer,
} from "./niemeyer/index.js";
export type {
  CrossValidation,
  DiscReading,
  EpochRecord,
  FoldResult,
  FoldSummary,
  GradedCrop,
  NiemeyerJob,
  NiemeyerRecipe,
  NiemeyerScores,
  RunOptions,
  Split,
  TrainedGrader,
} from "./niemeyer/index.js";
export { calibrateModels } from "./trust.js";
export {
  bodiesToName,
  namedVertebrae,
  phantomBodyErrors,
  summariseCorners,
} from "./evaluation/detectionEvaluation.js";
export { pfirrmannCases, readPatients } from "./evaluation/evaluation.js";
export {
  datasetsOfCohort,
  describeDataset,
  gradedSeries,
  listGradedPatients,
  openDatasets,
  patientsOf,
  recogniseLayout,
  seriesOfKind,
  validationPatients,
} from "./datasets/index.js";
export type {
  Dataset,
  DatasetPatient,
  DatasetSeries,
  DataSource,
  DiscGrading,
  LayoutKey,
  MaskedStack,
} from "./datasets/index.js";
export { readTrainedOn } from "./trainedOn.js";
export { readGradings } from "./datasets/spiderTables.js";
