/** A value as a column holds it. */
export type Cell = string | number | boolean | null;

/** A value of a query's result as cells of a notebook want it. */
export type Value =
  string | number | boolean | Date | null | readonly Value[] | { readonly [key: string]: Value };
export type ResultRow = Readonly<Record<string, Value>>;

/**
 * What DuckDB gives for JavaScript, with counts and sums as plain numbers: its 64-bit integers are `bigint`, which nothing
 * else here takes. One too large for a number without loss becomes text.
 */
function plainValue(value: unknown): Value {
  if (typeof value === "bigint")
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : String(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value;
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
  return value as string | number | boolean;
}

/** The values of a row, in the order of its columns. */
export function plainValues(row: readonly unknown[]): Value[] {
  return row.map(plainValue);
}

/**
 * Rows as objects. They are made of their entries and not by setting one name after another, by which a column called
 * `__proto__` would vanish.
 */
export function plainRows(columns: readonly string[], rows: readonly (readonly unknown[])[]): ResultRow[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, plainValue(row[i])])));
}
