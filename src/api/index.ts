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
export * from "./agreement.js";
export * from "./agreementTables.js";
export * from "./analysis.js";
export * from "./blandAltman.js";
export * from "./distribution.js";
export { discVolume } from "./discVolume.js";
export type { CutDisc } from "./discVolume.js";
export { measureScan } from "./measure.js";
export type { ScanTimes } from "./measure.js";
export * from "./rating.js";
export { Cohort, openCohort } from "./cohort.js";
export type { GradePairs, RaterName } from "./cohort.js";
export type { DiscQuery } from "./discQuery.js";
export { CohortTable } from "./cohortTable.js";
export * from "./batch.js";
export {
  COHORT_FEATURES,
  columnOf,
  CohortError,
  importCsv,
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
  CsvMapping,
  ReadingRecord,
  StudyRecord,
} from "../cohort/index.js";
export * from "./scan.js";
export { dicomReport, dicomSheet } from "./structuredReport.js";
export { makePhantoms, PHANTOM_FAMILIES, PHANTOM_VARIANTS, simulateRater } from "./phantoms.js";
export type { PhantomStudy } from "./phantoms.js";
export * from "./plots.js";
export { Checklist, checklist } from "./checklist/index.js";
export type { ChecklistName, ChecklistOptions, ChecklistRow } from "./checklist/index.js";
export { PatientReport, patientReport } from "./reports/index.js";
export type { PatientReportOptions } from "./reports/index.js";
export * as jamaludin from "./jamaludin/index.js";
export * as longitudinal from "./longitudinal/index.js";
export { Montage, montage, sliceCell } from "./montage.js";
export type { MontageCell, MontageOptions, SliceStack } from "./montage.js";
export { modelsFolder, packageRoot } from "./package.js";
export * from "./trust.js";
export { displayable, errorSheetPng, tableBundle } from "./display/index.js";
export * as statistics from "../statistics/index.js";
export * as imaging from "../imaging/index.js";
export * as training from "../training/index.js";
export { ImagingError } from "../imaging/index.js";
export { DetectionError } from "../detection/index.js";
export { FEATURES, HOTSPOT_METHODS, setText } from "../grading/index.js";
export type { HotspotMethod, HotspotOptions } from "../grading/index.js";
