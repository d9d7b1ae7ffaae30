import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CohortError } from "../cohort/index.js";
import type { ResultRow } from "../cohort/index.js";

/** A column of a result: numbers and truth values as typed arrays where none is missing, all else as a list. */
export type ColumnValues = Float64Array | Int32Array | readonly unknown[];

/** A table of Apache Arrow's, as far as it is told here; what a cell imports from `apache-arrow` takes it. */
export interface ArrowTable {
  readonly numRows: number;
  readonly numCols: number;
  getChild(name: string): unknown;
  toArray(): unknown[];
}

interface Arrow {
  readonly tableFromArrays: (columns: Readonly<Record<string, unknown>>) => ArrowTable;
}

/** DuckDB's whole numbers of at most 32 bits. */
const WHOLE = /^U?(?:TINYINT|SMALLINT)$|^INTEGER$/;
const NUMERIC = /^(?:DOUBLE|FLOAT|DECIMAL.*|U?BIGINT|UINTEGER|HUGEINT)$/;

/** Rows as columns. @param columns names and DuckDB's types */
export function columnsOf(
  rows: readonly ResultRow[],
  columns: readonly { readonly name: string; readonly type: string }[],
): Record<string, ColumnValues> {
  const entries = columns.map(({ name, type }): [string, ColumnValues] => {
    const values = rows.map((row) => row[name]);
    const isKnown = values.every((value) => typeof value === "number");
    if (isKnown && WHOLE.test(type)) return [name, Int32Array.from(values)];
    if (isKnown && NUMERIC.test(type)) return [name, Float64Array.from(values)];
    return [name, values];
  });
  return Object.fromEntries(entries);
}

/**
 * Columns as a table of Apache Arrow's.
 * @throws CohortError where the package `apache-arrow` is not installed in the notebook's folder
 */
export async function arrowOf(columns: Readonly<Record<string, ColumnValues>>): Promise<ArrowTable> {
  const { tableFromArrays } = await arrow();
  return tableFromArrays(columns);
}

async function arrow(): Promise<Arrow> {
  try {
    const path = createRequire(join(process.cwd(), "package.json")).resolve("apache-arrow");
    return (await import(pathToFileURL(path).href)) as Arrow;
  } catch {
    throw new CohortError(
      "file",
      "Arrow tables need the package apache-arrow in the notebook's folder; install it with %npm install apache-arrow.",
    );
  }
}
