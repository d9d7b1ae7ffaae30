import { mkdir, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { CohortError } from "../errors.js";
import { writeWhole } from "../files.js";
import { literal } from "./database.js";
import { cellsOf } from "./rows.js";
import { STUDY_VALUES, studyColumnsIn } from "./studyColumns.js";
import type { Cell } from "./values.js";
import type { CohortStore } from "./store.js";
import { castColumn, mayBeLacking, quoted, SHARED_TABLES, tableOf } from "./tables.js";

/** Says which table a row of a shard's file belongs to. */
const TABLE_COLUMN = "table";
/** What stands before the names of users' own columns of studies, so that no table has them too. */
const OWN_COLUMN = "study.";

/**
 * Writes everything in a store as one Parquet file: the rows of all tables, each saying in the column `table` which one it is
 * of, other tables' columns empty. The file appears whole, after the disk has it, or not at all.
 */
export async function writeShard(store: CohortStore, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const own = [...(await studyColumnsIn((sql) => store.sql(sql))).keys()];
  const parts = SHARED_TABLES.map(({ name, columns }) => {
    const list = [
      ...columns.map(([column]) => quoted(column)),
      ...(name === "studies"
        ? own.map((column) => `${quoted(column)} AS ${quoted(OWN_COLUMN + column)}`)
        : []),
    ];
    return `SELECT ${literal(name)} AS ${quoted(TABLE_COLUMN)}, ${list.join(", ")} FROM ${quoted(name)}`;
  });
  await writeWhole(path, async (unfinished) => {
    await store.sql(
      `COPY (${parts.join(" UNION ALL BY NAME ")}) TO ${literal(unfinished)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const file = await open(unfinished, "r+");
    await file.sync();
    await file.close();
  });
}

/**
 * Adds what one or more shards hold. Shards may overlap or be added again: rows of equal ids are there once.
 * @param files paths of shards
 * @returns studies that were tried in them, with success or without
 * @throws CohortError for a file that is no shard; then nothing of any file was added
 */
export async function gatherShards(store: CohortStore, files: readonly string[]): Promise<number> {
  const rows: Record<string, Cell[][]> = {};
  const places = new Map<Cell[], string>();
  for (const file of files) {
    const damaged = (): never => {
      throw new CohortError(
        "file",
        `${basename(file)} is damaged, or no shard of a batch; take it away, and run its part again.`,
      );
    };
    const described = await store.sql(`DESCRIBE SELECT * FROM read_parquet(${literal(file)})`).catch(damaged);
    const written = new Set(described.map((row) => row.column_name));
    for (const column of written)
      if (typeof column === "string" && column.startsWith(OWN_COLUMN)) {
        const found = await store
          .sql(
            `SELECT study, ${quoted(column)} AS value FROM read_parquet(${literal(file)})
               WHERE ${quoted(TABLE_COLUMN)} = 'studies' AND ${quoted(column)} IS NOT NULL`,
          )
          .catch(damaged);
        for (const { study, value } of found)
          (rows[STUDY_VALUES] ??= []).push([study as string, column.slice(OWN_COLUMN.length), value as Cell]);
      }
    for (const table of SHARED_TABLES) {
      const { name, columns } = table;
      const list = columns.map((column) =>
        mayBeLacking(name, column[0]) && !written.has(column[0])
          ? `NULL AS ${quoted(column[0])}`
          : castColumn(column),
      );
      const found = await store
        .sql(
          `SELECT ${list.join(", ")} FROM read_parquet(${literal(file)}) WHERE ${quoted(TABLE_COLUMN)} = ${literal(name)}`,
        )
        .catch(damaged);
      found.forEach((row, i) => {
        const cells = cellsOf(row, table);
        places.set(cells, `${basename(file)}, row ${i + 1} of ${name}`);
        (rows[name] ??= []).push(cells);
      });
    }
  }
  // Of several attempts at a study the last row stays: one that succeeded, else the newest.
  const [code, at] = ["code", "at"].map((name) =>
    tableOf("attempts").columns.findIndex(([column]) => column === name),
  );
  rows.attempts?.sort(
    (a, b) =>
      Number(a[code!] === null) - Number(b[code!] === null) || String(a[at!]).localeCompare(String(b[at!])),
  );
  // What another process graded is the model's, as where a batch grades again.
  await store.write(rows, { from: (name, row) => places.get(rows[name]![row - 1]!)!, replaces: true });
  return new Set((rows.attempts ?? []).map(([study]) => study)).size;
}
