import { requireOptions } from "../../statistics/index.js";
import { CohortError } from "../errors.js";
import { cohortFeature, COHORT_FEATURES } from "../features.js";
import { withDataset } from "../naming.js";
import type { CohortRecords } from "../records.js";
import { AnomalyList } from "./anomalies.js";
import { csvColumns } from "./csvColumns.js";
import type { ColumnUse, CsvMapping } from "./csvColumns.js";
import { CsvImport, isRater } from "./csvImport.js";
import { readTable } from "./tables.js";

export interface CsvOptions {
  /**
   * The data set that the studies are of; the file's name unless given. A second reader's table of patients that a cohort has
   * already is given the data set that they are of there: a study cannot be of two.
   */
  readonly dataset?: string;
  /** Who read what no column tells a rater of: two readers' tables without such a column would be one reader's. */
  readonly rater?: string;
  /** What the columns of a wide table grade whose names tell a level alone: a key of `COHORT_FEATURES`. */
  readonly feature?: string;
}

/** The records of a table, and what became of each of its columns. */
export interface CsvRecords extends CohortRecords {
  readonly columns: readonly ColumnUse[];
}

/**
 * Imports any table of gradings: one row for each disc (and rater, and reading), with columns for patient and level, as many
 * graded columns as there are, and optionally study, series, rater, reading (1, 2 ...), age (years) and sex. A wide table has a row a
 * patient and a column a level (`L4-L5`, `Pfirrmann L4/5`). A table without levels and grades is one of patients: age, sex, and any other
 * column, which `studies` then has. Nothing is in a cohort before it is added: what is given back is the preview, too.
 *
 * Columns are found by the mapping, or by name without case and punctuation (`Pfirrmann grade`, `upper_endplate_defect`, any key
 * or name of `COHORT_FEATURES`). Commas, semicolons and tabs are told apart; decimal commas are read where commas do not
 * separate. Levels may be written as {@link levelOf} says. Grades may also be Roman numerals (Pfirrmann, narrowing, Modic), yes and no
 * (binary), or `Normal/Mild`, `Moderate`, `Severe`. Where no study is told it is called as the patient, where no rater is told
 * `options.rater`, or else `unnamed`. Ids that are DICOM UIDs become pseudonyms.
 *
 * Nothing is left out in silence: columns that are not known, rows that cannot be read (with their line), grades that a feature
 * does not have, duplicates. Columns that tell who a person is are never copied, nor rows whose id looks like a name.
 * @param path the file, at most 400 MiB, in UTF-8 or Windows-1252
 * @param mapping what is to be found in which column, where the names do not tell
 * @throws CohortError "file": absent, empty, no text, no table, an essential column missing (with the columns found);
 * "bad-option": the mapping names what is not there
 */
export async function importCsv(
  path: string,
  mapping: CsvMapping = {},
  options: CsvOptions = {},
): Promise<CsvRecords> {
  requireOptions("importCsv", options, { dataset: true, rater: true, feature: true });
  if (options.feature !== undefined && cohortFeature(options.feature) === undefined)
    throw new CohortError(
      "bad-option",
      `There is no feature "${options.feature.slice(0, 40)}"; known are ${COHORT_FEATURES.map(({ key }) => key).join(", ")}.`,
    );
  const rater: unknown = options.rater;
  if (rater !== undefined && (typeof rater !== "string" || rater.trim() === "" || !isRater(rater.trim())))
    throw new CohortError(
      "bad-option",
      "A rater is a pseudonym of 1 to 64 characters that does not begin like a formula, such as anna.",
    );
  const table = await readTable(path);
  const anomalies = new AnomalyList(table.file);
  anomalies.addEncoding(table.encoding);
  const columns = csvColumns(table, mapping, anomalies, options.feature);
  const reading = new CsvImport(table, columns, anomalies, options.rater?.trim());
  const records = { ...reading.records(), columns: reading.uses() };
  return options.dataset === undefined ? records : withDataset(records, options.dataset);
}
