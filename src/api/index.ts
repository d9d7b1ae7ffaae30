/**
 * Room `api`: what `import ... from "spinebook"` gives a cell. Thin: each step is one function whose result shows itself.
 *
 * @example
 * import { loadSeries, detect, grade, hotspots, confusionMatrix } from "spinebook";
 * const scan = await loadSeries("study/");
 * const spine = await detect(scan);
 * const graded = await grade(spine);
 * await hotspots(graded)
 */
export { about, aboutText } from "./about.js";
export type { About, WrittenPlace } from "./about.js";
export {
  AgreementRows,
  agreementRows,
  blandAltman,
  BlandAltmanPlot,
  ConfusionMatrix,
  confusionMatrix,
  CurvePlot,
  curvePlot,
  displayable,
  DistributionPlot,
  distributionPlot,
  errorSheetPng,
  gradeHistogram,
  GradeHistogram,
  Montage,
  montage,
  PerGradeTable,
  perGradeTable,
  SavedFigure,
  saveFigure,
  ScatterPlot,
  scatterPlot,
  sliceCell,
  tableBundle,
  toCsv,
  toHtml,
  toLatex,
  toMarkdown,
} from "../figures/index.js";
export type {
  AgreementRow,
  BlandAltmanOptions,
  ConfusionOptions,
  CurveOptions,
  DistributionOptions,
  GradeGroup,
  GradeRow,
  HistogramOptions,
  LatexOptions,
  MontageCell,
  MontageOptions,
  ReadingPair,
  SaveOptions,
  SaveSlicesOptions,
  ScatterOptions,
  SliceStack,
  TableOptions,
  TableRow,
} from "../figures/index.js";
export { packageRoot } from "../package/index.js";
export {
  detect,
  DetectedSpine,
  discVolume,
  exampleCohort,
  exampleStudy,
  exampleTables,
  findStudies,
  grade,
  GradedSpine,
  hotspots,
  Hotspots,
  loadSeries,
  makePhantoms,
  modelsFolder,
  PHANTOM_FAMILIES,
  PHANTOM_VARIANTS,
  Scan,
  simulateRater,
} from "../analysis/index.js";
export type {
  CutDisc,
  ExampleImage,
  ExamplePatient,
  ExampleSlice,
  ExampleStudy,
  FoundStudy,
  GradeOptions,
  LoadOptions,
  PhantomStudy,
  Source,
} from "../analysis/index.js";
export { measureScan } from "./measure.js";
export type { ScanTimes } from "./measure.js";
export {
  adjudicate,
  ratableDiscs,
  rate,
  raterAgreement,
  RaterAgreements,
  RatingDisplay,
  readRatings,
  reviewPseudoLabels,
  SavedRatings,
} from "../rating/index.js";
export type {
  AdjudicationOptions,
  AgreementOptions,
  NamedSpine,
  RatableDisc,
  RatingOptions,
  RatingSource,
  RatingSpine,
  ReadingOptions,
  ReviewOptions,
  WhichReading,
} from "../rating/index.js";
export { CohortAgreement } from "./agreement.js";
export type { CohortAgreementOptions, GroupAgreement } from "./agreement.js";
export { CohortComparison } from "./comparison.js";
export type { GroupDifference } from "./comparison.js";
export { Cohort, openCohort } from "./cohort.js";
export { gradeDataset, openCohortDataset } from "./datasets.js";
export type { CohortDataset } from "./datasets.js";
export { importCsv } from "./imported.js";
export type { GradedOptions } from "./imported.js";
export type { Disagreement, GradePairs, RaterName } from "./gradePairs.js";
export type { DiscQuery } from "./discQuery.js";
export { CohortTable } from "./cohortTable.js";
export type { ArrowTable, ColumnValues } from "./arrow.js";
export type { DiscRow } from "./rowTypes.js";
export {
  batchLine,
  BatchView,
  cancelBatch,
  conventionText,
  gradeCohort,
  leftOutText,
  watchBatch,
} from "./batch.js";
export type { GradeCohortOptions } from "./batch.js";
export {
  COHORT_FEATURES,
  CohortError,
  columnOf,
  importRsna,
  importSpider,
  importSpineNet,
  importTianchi,
  withDataset,
  withPrefix,
} from "../cohort/index.js";
export type {
  Added,
  BatchState,
  BatchSummary,
  CohortRecords,
  ColumnUse,
  CsvMapping,
  CsvOptions,
  CsvRecords,
  ManifestSource,
  ReadingRecord,
  StudyRecord,
} from "../cohort/index.js";
export {
  Checklist,
  checklist,
  dicomReport,
  dicomSheet,
  patientReport,
  PatientReport,
} from "../reports/index.js";
export type {
  ChecklistName,
  ChecklistOptions,
  ChecklistRow,
  PatientReportOptions,
} from "../reports/index.js";
export { dataSources, isCohortFile } from "./dataSources.js";
export { calibrateReader, ReaderCalibration } from "./readers.js";
export type { CalibrateReaderOptions } from "./readers.js";
export { calibration, Calibration, reliability, ReliabilityPlot } from "./trust.js";
export type { ReliabilityOptions } from "./trust.js";
export * as statistics from "../statistics/index.js";
export * as imaging from "../imaging/index.js";
export { jamaludin, longitudinal, numbering } from "../studies/index.js";
export * as training from "./training.js";
export { ImagingError } from "../imaging/index.js";
export { DetectionError } from "../detection/index.js";
export {
  FEATURES,
  HOTSPOT_METHODS,
  inStanding,
  isReadByReaders,
  isWithheld,
  ReaderError,
  readerText,
  setText,
} from "../grading/index.js";
export type {
  HotspotMethod,
  HotspotOptions,
  Reader,
  ReaderReading,
  SpiderGrades as ExampleGrades,
} from "../grading/index.js";
