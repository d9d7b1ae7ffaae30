import { plainName } from "../../text/index.js";
import { CohortError } from "../errors.js";
import { DISCS_VIEW, literal, quoted, tableOf } from "./tables.js";
import type { ColumnType } from "./tables.js";
import type { Cell, ResultRow } from "./values.js";

/**
 * Columns of `studies` that a user's own tables bring: hospital, body weight, symptoms. They are columns like the others, made when
 * the first value comes; among new rows their values stand as a table of this name, each row a study, a column and a value.
 */
export const STUDY_VALUES = "study_values";

/** Runs SQL. */
type Query = (sql: string) => Promise<ResultRow[]>;

/** A value of a user's own column. */
export type StudyValue = string | number | boolean;

const LONGEST_VALUE = 256;
const LONGEST_NAME = 63;
/** More columns than this are another kind of table. */
const MOST_COLUMNS = 500;

/** Names that `studies`, or the readings beside it in `discs`, have already. */
const TAKEN: ReadonlySet<string> = new Set(
  ["studies", "readings"].flatMap((table) => tableOf(table).columns.map(([name]) => name)),
);

/**
 * What a column of a user's table is called in `studies`: in small letters with underscores (`Body weight (kg)` is `body_weight_kg`), and
 * with `study_` before it where readings or studies have a column of that name.
 */
export function studyColumn(name: string): string {
  const plain = name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, LONGEST_NAME);
  if (plain === "" || TAKEN.has(plain) || /^\d/.test(plain)) return `study_${plain || "column"}`;
  return plain;
}

/** Whether a name is one of {@link studyColumn}. */
function isStudyColumn(name: Cell | undefined): name is string {
  return (
    typeof name === "string" && name.length <= LONGEST_NAME + 6 && plainName(name) !== "" && !TAKEN.has(name)
  );
}

/** @throws CohortError "bad-record" for what is no value of a study's own column */
export function checkStudyValues(rows: readonly (readonly Cell[])[]): void {
  for (const [study, column, value] of rows) {
    const wrong =
      typeof study !== "string" || study.trim() === ""
        ? "no study"
        : !isStudyColumn(column)
          ? "no name for a column of its own"
          : typeof value === "string" && (value.length > LONGEST_VALUE || /\p{Cc}/u.test(value))
            ? `a text in column ${column} of more than one line or ${LONGEST_VALUE} characters`
            : typeof value === "number" && !Number.isFinite(value)
              ? `a number in column ${column} that is none`
              : undefined;
    if (wrong !== undefined)
      throw new CohortError("bad-record", `A study's own columns hold ${wrong}; nothing was added.`);
  }
}

function typeOf(values: readonly Cell[]): ColumnType {
  if (values.every((value) => typeof value === "number")) return "DOUBLE";
  return values.every((value) => typeof value === "boolean") ? "BOOLEAN" : "VARCHAR";
}

/** A value as SQL writes it, of a column's type. */
function sqlValue(value: Cell, type: string): string {
  const text = literal(String(value));
  return type === "VARCHAR" ? text : `CAST(${text} AS ${type})`;
}

/** Rows that are changed by one statement. */
const CHUNK = 1000;

/** Names and types of the columns that `studies` has beside its own. */
export async function studyColumnsIn(query: Query): Promise<Map<string, string>> {
  const rows = await query(
    "SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal AND database_name = current_database() AND table_name = 'studies' ORDER BY column_index",
  );
  const own = new Set(tableOf("studies").columns.map(([name]) => name));
  return new Map(
    rows
      .map(({ column_name, data_type }) => [column_name as string, data_type as string] as const)
      .filter(([name]) => !own.has(name)),
  );
}

/** Values by column, and studies with them. */
function byColumn(rows: readonly (readonly Cell[])[]): Map<string, [study: string, value: Cell][]> {
  const columns = new Map<string, [study: string, value: Cell][]>();
  for (const [study, column, value] of rows) {
    const list = columns.get(column as string) ?? [];
    if (value !== null && value !== undefined) list.push([study as string, value]);
    columns.set(column as string, list);
  }
  return columns;
}

/**
 * Makes the columns that new values need, before anything else of the transaction changes `studies`, which DuckDB asks for. A column that
 * held numbers and gets a text becomes one of texts.
 * @param query runs SQL in the transaction
 */
export async function prepareStudyColumns(query: Query, rows: readonly (readonly Cell[])[]): Promise<void> {
  const columns = byColumn(rows);
  const known = await studyColumnsIn(query);
  if (new Set([...known.keys(), ...columns.keys()]).size > MOST_COLUMNS)
    throw new CohortError(
      "bad-record",
      `Studies would have more than ${MOST_COLUMNS} columns of their own: add a table with those that are needed.`,
    );
  let isOther = false;
  for (const [column, values] of columns) {
    const [there, needed] = [known.get(column), typeOf(values.map(([, value]) => value))];
    if (there === undefined) await query(`ALTER TABLE studies ADD COLUMN ${quoted(column)} ${needed}`);
    else if (values.length > 0 && there !== needed && there !== "VARCHAR")
      await query(`ALTER TABLE studies ALTER COLUMN ${quoted(column)} SET DATA TYPE VARCHAR`);
    else continue;
    isOther = true;
  }
  if (isOther) await query(DISCS_VIEW);
}

/** Writes values of users' own columns, after their studies were added. @param query runs SQL in the transaction */
export async function setStudyValues(query: Query, rows: readonly (readonly Cell[])[]): Promise<void> {
  const types = await studyColumnsIn(query);
  for (const [column, values] of byColumn(rows))
    for (let start = 0; start < values.length; start += CHUNK) {
      const list = values
        .slice(start, start + CHUNK)
        .map(([study, value]) => `(${sqlValue(study, "VARCHAR")}, ${sqlValue(value, types.get(column)!)})`);
      await query(
        `UPDATE studies SET ${quoted(column)} = told.value FROM (VALUES ${list.join(", ")}) AS told(study, value)
           WHERE studies.study = told.study`,
      );
    }
}
