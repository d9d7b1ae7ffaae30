import { existsSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { localPath } from "../../imaging/index.js";
import { CohortError } from "../errors.js";
import { readTable } from "../importers/tables.js";
import { literal } from "../store/database.js";
import { CohortStore } from "../store/store.js";

/**
 * Where the rows of a manifest come from: a file (`.csv`, `.tsv`, `.txt`, `.parquet`), a SELECT of DuckDB's (which may read such files), or
 * rows themselves.
 */
export type ManifestSource = string | readonly object[];

/** A row as it stands, with what it is called in an error. */
export interface SourceRow {
  readonly at: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Rows, and where their paths count from. */
export interface ManifestTable {
  readonly name: string;
  readonly folder: string;
  readonly columns: readonly string[];
  readonly rows: readonly SourceRow[];
  /** What was unusual in the file, in sentences. */
  readonly remarks: readonly string[];
}

/** More rows than any collection of studies has. */
const MOST_ROWS = 1_000_000;
const MOST_CELLS = 20_000_000;

const SQL = /^\s*(?:select|with|from)\s/i;
const FILE = /\.(?:csv|tsv|txt|parquet)$/i;

/** Whether a source is a manifest and no folder or scan. */
export function isManifest(source: ManifestSource): boolean {
  return typeof source !== "string" || SQL.test(source) || FILE.test(source);
}

/** Reads the rows of a manifest. @throws CohortError for a file that is not there or no table, and with what DuckDB says */
export async function readSource(source: ManifestSource): Promise<ManifestTable> {
  if (typeof source !== "string") return ofRows(source);
  if (SQL.test(source)) return ofSql(source, "The query", process.cwd());
  const path = localPath(source);
  if (extname(path).toLowerCase() !== ".parquet") return ofCsv(path);
  if (!existsSync(path))
    throw new CohortError("file", `There is no file ${basename(path)} where it was looked for.`);
  return ofSql(`SELECT * FROM read_parquet(${literal(path)})`, basename(path), dirname(resolve(path)));
}

function ofRows(rows: readonly object[]): ManifestTable {
  const wrong = rows.findIndex(
    (row: unknown) => typeof row !== "object" || row === null || Array.isArray(row),
  );
  if (wrong !== -1)
    throw new CohortError(
      "bad-option",
      `Row ${wrong + 1} of the manifest is no object; give rows such as { path: "a.png", study: "1" }.`,
    );
  return {
    name: "The list of studies",
    folder: process.cwd(),
    columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
    rows: rows.map((row, i) => ({ at: `row ${i + 1}`, values: row as Record<string, unknown> })),
    remarks: [],
  };
}

async function ofSql(sql: string, name: string, folder: string): Promise<ManifestTable> {
  const store = await CohortStore.open(":memory:");
  try {
    const { columns } = await store.page(sql, undefined, { offset: 0, limit: 0 });
    const rows = await store.ask(sql, undefined, { rows: MOST_ROWS, cells: MOST_CELLS });
    return {
      name,
      folder,
      columns: columns.map((column) => column.name),
      rows: rows.map((values, i) => ({ at: `row ${i + 1}`, values })),
      remarks: [],
    };
  } finally {
    await store.close();
  }
}

async function ofCsv(path: string): Promise<ManifestTable> {
  const table = await readTable(path);
  const { header, file } = table;
  const twice = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (twice !== undefined)
    throw new CohortError(
      "file",
      `${file} has two columns called "${twice.slice(0, 40)}"; rename one of them.`,
    );
  const rows: SourceRow[] = [];
  for (const { fields, line } of table.rows) {
    if (fields.every((field) => field.trim() === "")) continue;
    if (fields.slice(header.length).some((field) => field.trim() !== ""))
      throw new CohortError(
        "file",
        `${file}, line ${line}: the row has ${fields.length} fields and the header ${header.length}; a separator or a decimal comma is not quoted.`,
      );
    rows.push({
      at: `line ${line}`,
      values: Object.fromEntries(header.map((name, i) => [name, (fields[i] ?? "").trim()])),
    });
  }
  return {
    name: file,
    folder: dirname(resolve(path)),
    columns: header,
    rows,
    remarks: table.encoding === undefined ? [] : [table.encoding],
  };
}
