/**
 * Room `text`, on the ground floor: tables of delimited text read and written, bytes of unknown encodings, text made safe for
 * HTML and SVG, lines of words and their width, how far two words are apart, counts in words, and the forms that files and messages must have. Knows nothing of
 * spines.
 */
export { numberOf, plainName } from "./cells.js";
export { counted } from "./counted.js";
export { csvCell, csvField, csvRows, CsvError, inertText, parseCsv, separatorOf } from "./csv.js";
export type { CsvRow, CsvSeparator } from "./csv.js";
export { editDistance } from "./editDistance.js";
export { decodeMixed, decodeText, decodeWindows1252 } from "./encoding.js";
export type { ReadText } from "./encoding.js";
export { escapeMarkup } from "./escape.js";
export { linesOf, textWidth, wrapped } from "./lines.js";
export {
  checked,
  checkedJson,
  finiteNumber,
  numberBetween,
  plainObject,
  recordOf,
  versionIs,
  wholeNumber,
} from "./schema.js";
export type { Checked, Schema } from "./schema.js";
