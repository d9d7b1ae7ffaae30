import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CohortError } from "../errors.js";
import { writeWhole } from "../files.js";
import { literal } from "./database.js";
import type { CohortStore } from "./store.js";
import { cellsOf, type Cell } from "./rows.js";
import { castColumn, quoted, SHARED_TABLES, type Table } from "./tables.js";

/**
 * Writes a cohort as one Parquet file a table into a folder, for pandas, R, or another cohort. Where images lie and the
 * secret of the pseudonyms stay behind. Each file is there whole or not at all.
 * @returns names of the files
 */
export async function exportParquet(store: CohortStore, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
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
 * Adds the tables in a folder of Parquet files that a cohort wrote; rows with the ids of those that are there replace them.
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
  // All of them or none.
  await store.write(all);
  return Object.fromEntries(Object.entries(all).map(([name, rows]) => [name, rows.length]));
}

async function rowsIn(store: CohortStore, table: Table, folder: string): Promise<Cell[][]> {
  const { name, columns } = table;
  const file = literal(join(folder, `${name}.parquet`));
  const damaged = (): never => {
    throw new CohortError("file", `${name}.parquet is damaged, or no Parquet file.`);
  };
  const described = await store.sql(`DESCRIBE SELECT * FROM read_parquet(${file})`).catch(damaged);
  const found = described.map((row) => row.column_name as string);
  const unknown = found.filter((column) => !columns.some(([own]) => own === column));
  if (unknown.length > 0)
    throw new CohortError(
      "file",
      `${name}.parquet has columns that a cohort does not know: ${unknown.join(", ")}.`,
    );
  const list = columns.map((column) =>
    found.includes(column[0]) ? castColumn(column) : `NULL AS ${quoted(column[0])}`,
  );
  const rows = await store.sql(`SELECT ${list.join(", ")} FROM read_parquet(${file})`).catch(damaged);
  return rows.map((row) => cellsOf(row, table));
}
