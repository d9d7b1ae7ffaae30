import { asCell } from "../run/intrinsics.js";
import { Array, Math, Number, Object, Set, String } from "../run/primordials.js";
import { callMethod, propertyOf } from "../run/safely.js";
import type { Row, Rows } from "./rows.js";

/**
 * Tables of other libraries, told by what they can do, so that none has to be loaded: their first rows, read as their own methods give
 * them.
 */

/** A kind of table. */
interface Kind {
  /** Methods and properties by which it is told. */
  readonly is: (value: object) => boolean;
  readonly columns: (value: object) => unknown;
  readonly total: (value: object) => unknown;
  /** The first rows, as objects. */
  readonly rows: (value: object, limit: number) => unknown;
}

const can = (value: object, ...methods: string[]): boolean =>
  methods.every((method) => typeof propertyOf(value, method) === "function");
const part = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((whole, name) => propertyOf(whole, name), value);

const KINDS: readonly Kind[] = [
  {
    // Apache Arrow's Table: `get` gives a row that knows its fields.
    is: (value) =>
      can(value, "get", "toArray") &&
      typeof part(value, "numRows") === "number" &&
      Array.isArray(part(value, "schema", "fields")),
    columns: (value) => (part(value, "schema", "fields") as unknown[]).map((field) => part(field, "name")),
    total: (value) => part(value, "numRows"),
    rows: (value, limit) =>
      upTo(limit, part(value, "numRows"), (i) => {
        const row = callMethod(value, "get", i);
        return can(row as object, "toJSON") ? callMethod(row as object, "toJSON") : row;
      }),
  },
  {
    // Arquero's tables.
    is: (value) => can(value, "columnNames", "numRows", "objects"),
    columns: (value) => callMethod(value, "columnNames"),
    total: (value) => callMethod(value, "numRows"),
    rows: (value, limit) => callMethod(value, "objects", { limit }),
  },
  {
    // Frames of nodejs-polars.
    is: (value) => can(value, "toRecords", "head") && typeof part(value, "height") === "number",
    columns: (value) => part(value, "columns"),
    total: (value) => part(value, "height"),
    rows: (value, limit) => callMethod(callMethod(value, "head", limit) as object, "toRecords"),
  },
  {
    // DuckDB's readers: what they have read so far.
    is: (value) =>
      can(value, "getRowObjects", "columnNames") && typeof part(value, "currentRowCount") === "number",
    columns: (value) => callMethod(value, "columnNames"),
    total: (value) => part(value, "currentRowCount"),
    rows: (value, limit) => (callMethod(value, "getRowObjects") as unknown[]).slice(0, limit),
  },
];

function upTo(limit: number, total: unknown, rowAt: (i: number) => unknown): unknown[] {
  return Array.from({ length: Math.min(limit, Number(total)) }, (_, i) => rowAt(i));
}

/** The rows of another library's table, with its columns in its own order; `undefined` for any other value. */
export function frameRows(value: unknown, limit: number): Rows | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return asCell(() => {
    const kind = KINDS.find(({ is }) => is(value));
    if (kind === undefined) return undefined;
    const columns = kind.columns(value);
    const rows = kind.rows(value, limit);
    const total = Number(kind.total(value));
    if (!Array.isArray(columns) || !Array.isArray(rows) || !Number.isSafeInteger(total)) return undefined;
    const names = [...new Set(columns.map(String))];
    return { read: rows.map((row) => rowOf(row, names)), total, columns: names };
  });
}

function rowOf(row: unknown, names: readonly string[]): Row {
  const read: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of names) read[name] = propertyOf(row, name);
  return read;
}
