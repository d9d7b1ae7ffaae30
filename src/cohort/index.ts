/**
 * Room `cohort`: many studies together. `records.ts` and `features.ts` say what is kept of them, `store/` keeps it in one DuckDB
 * file (Parquet in and out), `manifest/` reads what is to be graded from a table, `importers/` read public data sets and tables of one's own, `batch/` grades folders (in processes
 * of this machine, as parts of a job array, by workers of a queue), `images.ts` finds the images
 * behind a row again.
 */
export {
  addGraded,
  cancelBatch,
  DEFAULT_TIMEOUT,
  FAILURES_SQL,
  defaultWorkers,
  existingSharedFolder,
  listShards,
  openSharedFolder,
  readBatchState,
  requireQueueAddress,
  readerOfBatch,
  runBatch,
  runPart,
  runQueued,
  serveQueue,
} from "./batch/index.js";
export type { BatchOptions, BatchSource, BatchState, BatchSummary } from "./batch/index.js";
export { CohortError } from "./errors.js";
export { COHORT_FEATURES, cohortFeature, columnOf } from "./features.js";
export { gradedStudies } from "./gradedStudies.js";
export type { GradedStudy } from "./gradedStudies.js";
export { discPictures, locateImages, seriesOf } from "./images.js";
export type { DiscName } from "./images.js";
export {
  importCsv,
  importRsna,
  importSpider,
  importSpineNet,
  importTianchi,
  tianchiStudies,
} from "./importers/index.js";
export type { ColumnUse, CsvMapping, CsvOptions, CsvRecords } from "./importers/index.js";
export { isIdentityColumn } from "./importers/identifiers.js";
export { columnList, columnOfRole, mixedRemark, ownValues, textOf } from "./manifest/columns.js";
export { readManifest } from "./manifest/manifest.js";
export type { Manifest, ManifestStudy } from "./manifest/manifest.js";
export { shownColumns } from "./manifest/shown.js";
export { isManifest, readSource } from "./manifest/source.js";
export type { ManifestSource, ManifestTable } from "./manifest/source.js";
export { withDataset, withPrefix } from "./naming.js";
export type { Anomaly, CohortRecords, DetectionRecord, ReadingRecord, StudyRecord } from "./records.js";
export { exportParquet, importParquet } from "./store/parquet.js";
export { gatherShards } from "./store/shard.js";
export { DATASET_READERS } from "./store/form.js";
export { CohortStore, filtered } from "./store/store.js";
export type { Page, PageRequest, ReadingFilter } from "./store/store.js";
export type { Added, Parameters, ResultColumn, ResultLimit, RowStream } from "./store/database.js";
export type { ResultRow } from "./store/values.js";
