import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CohortError } from "../errors.js";
import { sweepDrafts, writeError, writeWhole } from "../files.js";
import { checkRows, type RowSource } from "./check.js";
import { literal } from "./database.js";
import type { CohortStore } from "./store.js";
import { isIdentityColumn } from "../importers/identifiers.js";
import { cellsOf } from "./rows.js";
import { STUDY_VALUES, studyColumn } from "./studyColumns.js";
import type { Cell } from "./values.js";
import { castColumn, quoted, readingType, SHARED_TABLES, tableOf, type Table } from "./tables.js";

/**
 * Writes a cohort as one Parquet file a table into a folder, for pandas, R, or another cohort. Where images lie and the
 * secret of the pseudonyms stay behind. Each file is there whole or not at all.
 * @returns names of the files
 */
export async function exportParquet(store: CohortStore, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    throw writeError(thrown);
  });
  await sweepDrafts(folder);
  const written: string[] = [];
  for (const { name } of SHARED_TABLES) {
    await writeWhole(join(folder, `${name}.parquet`), async (unfinished) => {
      await store.sql(`COPY ${quoted(name)} TO ${literal(unfinished)} (FORMAT parquet, COMPRESSION zstd)`);
    });
    written.push(`${name}.parquet`);
  }
  return written;
}

/**
 * Adds the tables in a folder of Parquet files that a cohort wrote; rows with the ids of those that are there replace them, but
 * other grades of a reading are refused, as are rows of one key that differ, and rows of a study that nobody tells.
 * Columns that are missing in a file are empty afterwards, those that are unknown here are an error.
 * @returns rows read, by table
 * @throws CohortError; then nothing was added
 */
export async function importParquet(store: CohortStore, folder: string): Promise<Record<string, number>> {
  const present = SHARED_TABLES.filter(({ name }) => existsSync(join(folder, `${name}.parquet`)));
  if (present.length === 0)
    throw new CohortError(
      "file",
      `The folder holds none of ${SHARED_TABLES.map(({ name }) => `${name}.parquet`).join(", ")}; give one that a cohort was exported to.`,
    );
  const all: Record<string, Cell[][]> = {};
  for (const table of present) all[table.name] = await rowsIn(store, table, folder);
  const own = present.some(({ name }) => name === "studies") ? await ownValues(store, folder) : [];
  const from: RowSource = (table, row) => `${table}.parquet, row ${row}`;
  // What a value is comes before whose it is.
  for (const table of present) checkRows(table, all[table.name]!, from);
  await requireStudies(store, all);
  // All of them or none.
  await store.write({ ...all, [STUDY_VALUES]: own }, { from });
  return Object.fromEntries(Object.entries(all).map(([name, rows]) => [name, rows.length]));
}

/**
 * Refuses rows of a study that the folder does not tell: where the cohort knows one of that number, nobody says that it is the
 * same person's, and elsewhere nobody says whose they are.
 */
async function requireStudies(store: CohortStore, all: Readonly<Record<string, Cell[][]>>): Promise<void> {
  const told = new Set((all.studies ?? []).map(([study]) => study));
  const datasets = new Map(
    (await store.sql("SELECT study, dataset FROM studies")).map(({ study, dataset }) => [study, dataset]),
  );
  for (const name of ["series", "detections", "readings"]) {
    const at = tableOf(name).columns.findIndex(([column]) => column === "study");
    const strange = (all[name] ?? []).flatMap((cells, row) => (told.has(cells[at]) ? [] : [{ cells, row }]));
    const known = strange.find(({ cells }) => datasets.has(cells[at])) ?? strange[0];
    if (known === undefined) continue;
    const study = String(known.cells[at]);
    const dataset = datasets.get(known.cells[at]);
    const why =
      dataset === undefined
        ? "nor this cohort knows"
        : `tells, and which is one of data set "${dataset as string}" in this cohort: equal numbers may be two people`;
    const further = strange.length > 1 ? ` (and ${strange.length - 1} more rows are of such studies)` : "";
    throw new CohortError(
      "collision",
      `${name}.parquet, row ${known.row + 1}, is of study ${study}, which ${dataset === undefined ? "neither a" : "no"} studies.parquet beside it ${why}${further}. Put the studies beside it; nothing was added.`,
    );
  }
}

async function rowsIn(store: CohortStore, table: Table, folder: string): Promise<Cell[][]> {
  const { name, columns } = table;
  const file = literal(join(folder, `${name}.parquet`));
  const damaged = (): never => {
    throw new CohortError("file", `${name}.parquet is damaged, or no Parquet file.`);
  };
  const described = await store.sql(`DESCRIBE SELECT * FROM read_parquet(${file})`).catch(damaged);
  const found = described.map((row) => row.column_name as string);
  // Studies may have columns of their users' own.
  const unknown =
    name === "studies" ? [] : found.filter((column) => !columns.some(([own]) => own === column));
  if (unknown.length > 0)
    throw new CohortError(
      "file",
      `${name}.parquet has columns that a cohort does not know: ${unknown.join(", ")}.`,
    );
  const list = columns.map((column) =>
    found.includes(column[0]) ? castColumn(column) : `NULL AS ${quoted(column[0])}`,
  );
  for (const [column, type] of columns)
    if (found.includes(column)) await requireType(store, table, file, column, readingType(type));
  const rows = await store.sql(`SELECT ${list.join(", ")} FROM read_parquet(${file})`).catch(damaged);
  return rows.map((row) => cellsOf(row, table));
}

/** Values of the columns that are no studies' in every cohort, as rows for {@link STUDY_VALUES}. */
async function ownValues(store: CohortStore, folder: string): Promise<Cell[][]> {
  const file = literal(join(folder, "studies.parquet"));
  const described = await store.sql(`DESCRIBE SELECT * FROM read_parquet(${file})`);
  const { columns } = tableOf("studies");
  const rows: Cell[][] = [];
  for (const { column_name, column_type } of described) {
    const [name, type] = [column_name as string, column_type as string];
    if (columns.some(([known]) => known === name)) continue;
    if (isIdentityColumn(name))
      throw new CohortError(
        "file",
        `studies.parquet has a column "${name.slice(0, 40)}", which tells who a person is; leave it out.`,
      );
    const isPlain =
      /^(?:BOOLEAN|(?:U?(?:TINY|SMALL|BIG)?INT)(?:EGER)?|UINTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type);
    const value = isPlain
      ? type === "BOOLEAN"
        ? quoted(name)
        : `CAST(${quoted(name)} AS DOUBLE)`
      : `CAST(${quoted(name)} AS VARCHAR)`;
    const found = await store.sql(
      `SELECT study, ${value} AS value FROM read_parquet(${file}) WHERE ${quoted(name)} IS NOT NULL`,
    );
    rows.push(...found.map((row): Cell[] => [row.study as string, studyColumn(name), row.value as Cell]));
  }
  return rows;
}

/** Refuses a column that holds what cannot be read as its type. @throws CohortError "bad-record" with the first such row */
async function requireType(
  store: CohortStore,
  { name }: Table,
  file: string,
  column: string,
  type: string,
): Promise<void> {
  const [row] = await store.sql(
    `SELECT min(file_row_number + 1)::INTEGER AS n FROM read_parquet(${file}, file_row_number = true)
       WHERE ${quoted(column)} IS NOT NULL AND TRY_CAST(${quoted(column)} AS ${type}) IS NULL`,
  );
  if (row!.n !== null)
    throw new CohortError(
      "bad-record",
      `${name}.parquet, row ${row!.n as number}, column ${column}: the value is no ${type === "VARCHAR" ? "text" : "number"}; nothing was added.`,
    );
}
