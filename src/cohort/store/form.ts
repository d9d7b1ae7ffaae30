import { basename } from "node:path";
import { CohortError } from "../errors.js";
import type { Database } from "./database.js";
import { CREATE_ALL, mayBeLacking, quoted, SCHEMA_VERSION, TABLES } from "./tables.js";

/** Data sets whose readers are called as the data set. */
export const DATASET_READERS: readonly string[] = ["SPIDER", "RSNA 2024", "Tianchi", "SpineNet"];

/** Studies that carry readings of one data set's readers and belong to another one. */
const MIXED = `SELECT count(DISTINCT study)::INTEGER AS studies FROM readings JOIN studies USING (study)
  WHERE rater IN (${DATASET_READERS.map((rater) => `'${rater}'`).join(", ")}) AND dataset <> rater`;

/** What a cohort's file says of itself. */
export interface CohortForm {
  readonly salt: string | undefined;
  /** The form that it was written in; undefined where it is new. */
  readonly version: number | undefined;
  /** Whether it was begun by a Spinebook that put studies of equal numbers together, and holds some that it may have. */
  readonly isMixed: boolean;
}

/**
 * Sees whether a database is a cohort of a form that is known here, and brings it up to date where it may be written.
 * @throws CohortError "not-a-cohort", "newer-version", "damaged", "older-version" (lacks columns of features and may not be written)
 */
export async function readForm(database: Database, path: string): Promise<CohortForm> {
  const name = basename(path);
  const columns = await database.query(
    "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()",
  );
  const found = new Set(columns.map((row) => `${row.table_name as string}.${row.column_name as string}`));
  const tables = new Set(columns.map(({ table_name }) => table_name));
  const isCohort = tables.has("meta") && tables.has("studies") && tables.has("readings");
  if (tables.size > 0 && !isCohort)
    throw new CohortError(
      "not-a-cohort",
      `${name} is a DuckDB database and no cohort: it holds other tables; name another file.`,
    );
  if (!isCohort && database.readOnly !== undefined)
    throw new CohortError("not-a-cohort", `${name} is an empty database and no cohort. ${database.readOnly}`);
  const meta = new Map(
    isCohort
      ? (await database.query(`SELECT "key", "value" FROM meta`)).map(({ key, value }) => [key, value])
      : [],
  );
  const version = isCohort ? Number(meta.get("version") ?? 1) : undefined;
  if (version !== undefined && !(Number.isInteger(version) && version >= 1))
    throw new CohortError(
      "damaged",
      `${name} is damaged: the version of its form is no whole number; something else has changed it.`,
    );
  if (version !== undefined && version > SCHEMA_VERSION)
    throw new CohortError(
      "newer-version",
      `${name} was written by a newer Spinebook (its form ${version}, known here ${SCHEMA_VERSION}); update Spinebook.`,
    );
  const known = TABLES.filter((table) => tables.has(table.name));
  const lacking = known.flatMap((table) =>
    table.columns.flatMap(([column, type]) =>
      found.has(`${table.name}.${column}`) ? [] : [{ table: table.name, column, type }],
    ),
  );
  const lost = lacking.filter(({ table, column }) => !mayBeLacking(table, column));
  if (isCohort && lost.length > 0)
    throw new CohortError(
      "damaged",
      `${name} is damaged: it lacks the columns ${namesOf(lost)}; something else has changed it.`,
    );
  if (lacking.length > 0 && database.readOnly !== undefined)
    throw new CohortError(
      "older-version",
      `${name} is of an older Spinebook and lacks the columns ${namesOf(lacking)}, which are added where it may be written. ${database.readOnly}`,
    );
  for (const { table, column, type } of isCohort ? lacking : [])
    await database.query(`ALTER TABLE ${quoted(table)} ADD COLUMN ${quoted(column)} ${type}`);
  if (database.readOnly === undefined) for (const statement of CREATE_ALL) await database.query(statement);
  const salt = meta.get("salt");
  const mayBeMixed = version === 1 || meta.get("mixed") === "1";
  const isMixed = mayBeMixed && Number((await database.query(MIXED))[0]!.studies) > 0;
  if (version !== undefined && version < SCHEMA_VERSION && database.readOnly === undefined)
    await database.write({
      meta: [["version", String(SCHEMA_VERSION)], ...(isMixed ? [["mixed", "1"]] : [])],
    });
  return { salt: typeof salt === "string" ? salt : undefined, version, isMixed };
}

/** The first few columns by their names. */
function namesOf(columns: readonly { readonly table: string; readonly column: string }[]): string {
  return columns
    .slice(0, 5)
    .map(({ table, column }) => `${table}.${column}`)
    .join(", ");
}
