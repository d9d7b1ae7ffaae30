/**
 * Room `studies`: the two papers reproduced: their published numbers, and the same tables and figures measured on phantoms and
 * on public data (`niemeyer/`, `jamaludin/`); how sure levels are named (`numbering/`); and one patient's discs over time (`longitudinal/`).
 */
export * as jamaludin from "./jamaludin/index.js";
export * as longitudinal from "./longitudinal/index.js";
export * as numbering from "./numbering/index.js";
export * as measured from "./jamaludin/measured.js";
export {
  countSteps,
  countStudies,
  crossValidateStudy,
  niemeyerFigure1,
  niemeyerFigureRemarks,
  niemeyerTable1,
  niemeyerTable2,
  niemeyerTable3,
  niemeyerTable4,
  prepareStudy,
  PUBLISHED_DISTRIBUTION,
  PUBLISHED_FOLDS,
  PUBLISHED_HUMAN,
  PUBLISHED_HUMAN_FRACTIONAL,
  PUBLISHED_LAYERS,
  PUBLISHED_MODELS,
  PUBLISHED_OTHERS,
  PUBLISHED_PER_GRADE,
  PUBLISHED_REMARKS,
  scorePaired,
  simulatedReadings,
  STUDY_SIZES,
  STUDY_VARIANTS,
  studyLearningCurve,
  studyResolutionCurve,
  studySize,
  studySplit,
  trainingShare,
  trainVariant,
} from "./niemeyer/index.js";
export type {
  LearningPoint,
  NiemeyerStudy,
  PairedReadings,
  PhantomCounts,
  PublishedFolds,
  PublishedLayer,
  Reader,
  StudyDiscs,
  StudyHooks,
  StudyModel,
  StudyOptions,
  StudyReaders,
  StudyRow,
  StudySize,
  StudySource,
  VariantName,
} from "./niemeyer/index.js";
