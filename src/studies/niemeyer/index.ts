/** The tables and figures of Niemeyer et al., Eur Spine J 2021: what `notebooks/niemeyer-2021.ipynb` is made of. */
export { countSteps, studyLearningCurve, studyResolutionCurve, trainingShare } from "./curves.js";
export type { LearningPoint } from "./curves.js";
export { simulatedReadings, studyPatients, studyPhantoms } from "./discs.js";
export type { PairedReadings, PhantomCounts, StudyDiscs, StudyHooks, StudySource } from "./discs.js";
export { niemeyerFigure1, niemeyerFigureRemarks } from "./figures.js";
export type { StudyFigures } from "./figures.js";
export {
  PUBLISHED_DISTRIBUTION,
  PUBLISHED_FOLDS,
  PUBLISHED_HUMAN,
  PUBLISHED_HUMAN_FRACTIONAL,
  PUBLISHED_LAYERS,
  PUBLISHED_MODELS,
  PUBLISHED_OTHERS,
  PUBLISHED_PER_GRADE,
  PUBLISHED_REMARKS,
} from "./published.js";
export type { PublishedFolds, PublishedLayer, Reader, VariantName } from "./published.js";
export {
  countStudies,
  crossValidateStudy,
  defaultName,
  patientsOf,
  prepareStudy,
  STUDY_SIZES,
  STUDY_VARIANTS,
  studySize,
  studySplit,
  trainOn,
  trainVariant,
} from "./study.js";
export type { NiemeyerStudy, StudyModel, StudyOptions, StudySize } from "./study.js";
export { niemeyerTable1, niemeyerTable2, niemeyerTable3, niemeyerTable4, scorePaired } from "./tables.js";
export type { StudyReaders, StudyRow } from "./tables.js";
