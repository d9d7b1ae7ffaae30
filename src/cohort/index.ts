/**
 * Room `cohort`: many studies together. `records.ts` and `features.ts` say what is kept of them, `store/` keeps it in one DuckDB
 * file (Parquet in and out), `importers/` read public data sets and tables of one's own, `batch/` grades folders (in processes
 * of this machine, as parts of a job array, by workers of a queue), `images.ts` finds the images
 * behind a row again.
 */
export * from "./batch/index.js";
export * from "./errors.js";
export * from "./features.js";
export * from "./images.js";
export * from "./importers/index.js";
export * from "./naming.js";
export * from "./records.js";
export { exportParquet, importParquet } from "./store/parquet.js";
export { gatherShards, writeShard } from "./store/shard.js";
export { DATASET_READERS } from "./store/form.js";
export { CohortStore } from "./store/store.js";
export type { Page, PageRequest, ReadingFilter } from "./store/store.js";
export type { Added, Parameters, ResultLimit, RowStream } from "./store/database.js";
export type { ResultRow, Value } from "./store/values.js";
