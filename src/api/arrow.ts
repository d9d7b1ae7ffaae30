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

type ArrowType = object;

/** What is used of the package. */
interface Arrow {
  readonly vectorFromArray: (values: readonly unknown[], type: ArrowType) => object;
  readonly Table: new (columns: Readonly<Record<string, object>>) => ArrowTable;
  readonly Field: new (name: string, type: ArrowType, isNullable: boolean) => object;
  readonly List: new (item: object) => ArrowType;
  readonly Bool: new () => ArrowType;
  readonly Int32: new () => ArrowType;
  readonly Int64: new () => ArrowType;
  readonly Float64: new () => ArrowType;
  readonly Utf8: new () => ArrowType;
  readonly DateDay: new () => ArrowType;
  readonly TimestampMillisecond: new () => ArrowType;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** DuckDB's whole numbers of at most 32 bits. */
const WHOLE = /^U?(?:TINYINT|SMALLINT)$|^INTEGER$/;
const NUMERIC = /^(?:DOUBLE|FLOAT|DECIMAL.*|U?BIGINT|UINTEGER|HUGEINT)$/;

/** Rows as columns. @param columns names and DuckDB's types */
export function columnsOf(
  rows: readonly ResultRow[],
  columns: readonly Column[],
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
 * Rows as a table of Apache Arrow's, each column of the type that DuckDB gives it, also where values are missing: whole numbers, other
 * numbers, truth values, days, times, texts and lists of these. What Arrow would need a schema for (structs, maps) is text in JSON.
 * @throws CohortError where the package `apache-arrow` is not installed in the notebook's folder
 */
export async function arrowOf(rows: readonly ResultRow[], columns: readonly Column[]): Promise<ArrowTable> {
  const library = await arrow();
  const vectors = columns.map(({ name, type }): [string, object] => {
    const { arrowType, convert } = arrowTypeOf(library, type);
    const values = rows.map((row) =>
      row[name] === null || row[name] === undefined ? null : convert(row[name]),
    );
    return [name, library.vectorFromArray(values, arrowType)];
  });
  return new library.Table(Object.fromEntries(vectors));
}

/** The type of Arrow's for one of DuckDB's, and its values from those of rows. */
function arrowTypeOf(
  library: Arrow,
  type: string,
): { arrowType: ArrowType; convert: (value: unknown) => unknown } {
  const list = /^(.*)\[\d*\]$/.exec(type);
  if (list) {
    const item = arrowTypeOf(library, list[1]!);
    const values = (all: unknown): unknown[] =>
      (all as unknown[]).map((value) => (value === null || value === undefined ? null : item.convert(value)));
    return { arrowType: new library.List(new library.Field("item", item.arrowType, true)), convert: values };
  }
  if (WHOLE.test(type)) return { arrowType: new library.Int32(), convert: Number };
  if (type === "BIGINT" || type === "UINTEGER")
    return { arrowType: new library.Int64(), convert: (value) => BigInt(value as number) };
  if (NUMERIC.test(type)) return { arrowType: new library.Float64(), convert: Number };
  if (type === "BOOLEAN") return { arrowType: new library.Bool(), convert: Boolean };
  if (type === "DATE") return { arrowType: new library.DateDay(), convert: (value) => value };
  if (/^TIMESTAMP/.test(type))
    return { arrowType: new library.TimestampMillisecond(), convert: (value) => value };
  return { arrowType: new library.Utf8(), convert: textOf };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
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
