import { types } from "node:util";
import { Array, Infinity, Number, Object, Reflect, Set, String, Symbol } from "../run/primordials.js";
import { attempt, inspected, keysOf, propertyOf, textOf } from "../run/safely.js";

/** The values of a row by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>;

/** What stands in a cell whose getter throws. */
const UNREADABLE = "[cannot be read]";
/** Characters of an object that stands in a cell. */
const LONGEST_OBJECT = 300;

/** Methods by which a value shows itself otherwise. */
const OWN_VIEWS = [Symbol.for("Jupyter.display"), Symbol.for("nodejs.util.inspect.custom")];

/** A value's rows, as far as they are looked at, and how many it has. */
export interface Rows {
  readonly read: readonly Row[];
  readonly total: number;
  /** The columns in their order, where the table tells them itself; else they are those of the rows. */
  readonly columns?: readonly string[];
}

/**
 * The rows of an array or a Set of objects, and of a Map with its keys in a first column; `undefined` for any other value. Objects are plain ones and instances of classes that have fields and no view of their own.
 * @param limit rows that are read: only they are looked at, as an array of a million numbers is no table at its first element
 */
export function rowsOf(value: unknown, limit: number): Rows | undefined {
  const listed = itemsOf(value, limit);
  if (listed === undefined || listed.seen.length === 0) return undefined;
  const { seen, total } = listed;
  if (!seen.every(({ row }) => isRow(row))) return types.isMap(value) ? pairs(seen, total) : undefined;
  const keys = types.isMap(value) ? keyName(seen.map(({ row }) => row as Row)) : "";
  return { read: seen.map(({ row, key }) => readRow(row as Row, key, keys)), total };
}

interface Item {
  readonly row: unknown;
  /** Of a Map. */
  readonly key?: unknown;
}

/** The first items, no more: an array may be said to have four thousand million, most of them holes. */
function itemsOf(value: unknown, limit: number): { seen: readonly Item[]; total: number } | undefined {
  const seen: Item[] = [];
  if (Array.isArray(value)) {
    const total = value.length;
    for (let i = 0; i < total && i < limit; i++) seen.push({ row: value[i] as unknown });
    return { seen, total };
  }
  if (types.isSet(value)) {
    for (const row of value) if (seen.push({ row }) === limit) break;
    return { seen, total: value.size };
  }
  if (!types.isMap(value)) return undefined;
  for (const [key, row] of value) if (seen.push({ row, key }) === limit) break;
  return { seen, total: value.size };
}

/** A Map of anything but objects alone, as two columns. */
function pairs(seen: readonly Item[], total: number): Rows {
  const read = seen.map(({ key, row }) => ({ key, value: row }));
  return { read, total, columns: ["key", "value"] };
}

function isRow(value: unknown): value is Row {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Reflect.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  if (isBuiltIn(value) || OWN_VIEWS.some((name) => typeof propertyOf(value, name) === "function"))
    return false;
  return Object.keys(value).length > 0;
}

/** Objects of the language that have no fields. */
function isBuiltIn(value: object): boolean {
  return [
    types.isDate,
    types.isMap,
    types.isSet,
    types.isRegExp,
    types.isPromise,
    types.isNativeError,
    types.isBoxedPrimitive,
    types.isArrayBufferView,
    types.isAnyArrayBuffer,
  ].some((is) => is(value));
}

/**
 * A row's values, each read once: a getter may count, or throw. Where not even its columns can be listed this throws, so that there
 * is no table of blanks.
 * @param keys the column of a Map's keys; empty for none
 */
function readRow(row: Row, key: unknown, keys: string): Row {
  const read: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (keys !== "") read[keys] = key;
  for (const name of Object.keys(row))
    read[name] = attempt(
      () => row[name],
      () => UNREADABLE,
    );
  return read;
}

/** The name of the column with a Map's keys, which no field of its rows has. */
function keyName(rows: readonly Row[]): string {
  const names = new Set(rows.flatMap(keysOf));
  let name = "key";
  while (names.has(name)) name = `Map ${name}`;
  return name;
}

/** The columns of rows, in the order in which they are met. */
export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/**
 * A value as JSON holds it in a cell: big integers as numbers where they are exact, else as their digits; what is no number by
 * the words of the Frictionless table schema; dates in ISO 8601; other objects as text.
 */
export function cellOf(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : numberWord(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return cellText(value);
}

function numberWord(value: number): string {
  return Number.isNaN(value) ? "NaN" : value === Infinity ? "INF" : "-INF";
}

/** A value as text in a cell, numbers in full; empty for what is missing. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return textOf(value);
  const text = inspected(value, { depth: 1, breakLength: Infinity, maxArrayLength: 20 });
  return text.length > LONGEST_OBJECT ? `${text.slice(0, LONGEST_OBJECT)}…` : text;
}

/** The type of a column in the Frictionless table schema: of values of several kinds `string`. */
export function typeOfColumn(rows: readonly Row[], name: string): string {
  const kinds = new Set(rows.map((row) => kindOf(row[name])));
  kinds.delete(undefined);
  const [first, second] = [...kinds];
  if (kinds.size === 1) return first!;
  const isNumbers =
    kinds.size === 2 && [first, second].every((kind) => kind === "integer" || kind === "number");
  return isNumbers ? "number" : "string";
}

function kindOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "bigint" || Number.isInteger(value)) return "integer";
  if (typeof value === "number") return "number";
  return types.isDate(value) ? "datetime" : "string";
}
