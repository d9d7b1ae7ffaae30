/**
 * Room `training`: data sets as published, augmentation, recipes of the shipped models, and their evaluation on patients kept out.
 */
export { evaluateDetection } from "./detectionEvaluation.js";
export type { CornerErrors, DetectionEvaluation, NamedShare } from "./detectionEvaluation.js";
export { largestErrors } from "./errorCases.js";
export type { ErrorCase } from "./errorCases.js";
export { compareReadings, evaluateModels, readValidationPatients } from "./evaluation.js";
export type { Evaluation, FeatureEvaluation, PatientReadings, ReadingOptions } from "./evaluation.js";
export { evaluateHotspots, POINTING_TOLERANCE } from "./hotspotEvaluation.js";
export type { HotspotEvaluation, HotspotScores, MethodEvaluation } from "./hotspotEvaluation.js";
export { isLsma, lsmaValidationPatients, readLsmaGradings, readLsmaSlice } from "./lsma.js";
export { evaluateOutside, pfirrmannAgreement } from "./outsideEvaluation.js";
export { fitPublishedReader, fitReader } from "./readerCalibration.js";
export type { ReaderFit, ReaderFitOptions, ReaderReading } from "./readerCalibration.js";
export type { GradePair, OutsideEvaluation, PfirrmannAgreement } from "./outsideEvaluation.js";
export { evaluatePhantomGrades, HELD_OUT_FAMILIES } from "./phantomGrades.js";
export type { PhantomFeature, PhantomGrades } from "./phantomGrades.js";
export { countFineTuneSteps, fineTune, fineTuneTable } from "./fineTune.js";
export type { FineTunedReading, FineTuneOptions, FineTuning, LabelledStudy } from "./fineTune.js";
export { RecipeError } from "./recipeFile.js";
export { runRecipe } from "./recipes.js";
export { listGradedPatients, readMidSlice, readOverview, validationPatients } from "./spider.js";
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
export { bodiesToName, namedVertebrae, phantomBodyErrors, summariseCorners } from "./detectionEvaluation.js";
export { gradingsOf } from "./discSamples.js";
export { readPatients } from "./evaluation.js";
export { readGradings } from "./spider.js";
export type { DiscGrading } from "./spider.js";
