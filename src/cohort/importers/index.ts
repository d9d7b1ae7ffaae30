/**
 * Importers: published data sets and a user's own tables -> records of a cohort. Whatever is unusual in a source, or left out
 * of it, comes as an anomaly with file, line and a sentence; nothing goes in silence, and nobody's name goes in at all.
 */
export { importCsv } from "./csv.js";
export type { CsvOptions, CsvRecords } from "./csv.js";
export type { ColumnUse, CsvMapping } from "./csvColumns.js";
export type { LabelPoint, PointedRecords } from "./labelPoint.js";
export { importRsna } from "./rsna.js";
export { importSpider } from "./spider.js";
export { importSpineNet } from "./spineNet.js";
export { importTianchi, tianchiStudies } from "./tianchi.js";
