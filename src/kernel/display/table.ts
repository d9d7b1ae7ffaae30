import type { MimeBundle } from "../../protocol/messages.js";
import { TABLE_MIME } from "../../protocol/mime.js";
import { Array, Infinity, Math, Number, Object, Set } from "../primordials.js";
import { attempt, inspected, keysOf, textOf } from "../safely.js";
import { escapeHtml } from "./html.js";

const MAX_ROWS = 100;
const MAX_COLUMNS = 30;

/** Larger tables than these are shown by their beginning. */
const MAX_DATA_ROWS = 10_000;
const MAX_DATA_CELLS = 100_000;

type Row = Readonly<Record<string, unknown>>;

/** What stands in a cell whose getter throws. */
const UNREADABLE = "[cannot be read]";

/**
 * An array of plain objects as a table: data that a renderer sorts and pages, and HTML for everyone else. Nothing for
 * any other value, nor for one that does not let itself be looked at.
 */
export function tableBundle(value: unknown): MimeBundle {
  return attempt(
    () => bundleOf(value),
    () => ({}),
  );
}

function bundleOf(value: unknown): MimeBundle {
  if (!Array.isArray(value) || value.length === 0) return {};
  const rows = value as readonly unknown[];
  // Only what may be shown is looked at: an array of a million numbers is no table at its first element.
  if (!rows.slice(0, MAX_DATA_ROWS).every(isPlainObject)) return {};
  const read = (rows.slice(0, MAX_DATA_ROWS) as readonly Row[]).map(readRow);
  const html = htmlTable(read, rows.length);
  const data = dataResource(read, rows.length);
  return { ...(data ? { [TABLE_MIME]: data } : {}), "text/html": html };
}

/** A row's values, each read once: a getter may count, or throw. */
function readRow(row: Row): Row {
  const read: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of keysOf(row))
    read[key] = attempt(
      () => row[key],
      () => UNREADABLE,
    );
  return read;
}

/** The Frictionless table schema that Jupyter's front ends read; `undefined` where JSON cannot hold the values as they are. */
function dataResource(rows: readonly Row[], length: number): object | undefined {
  const columns = columnsOf(rows);
  const count = Math.min(rows.length, Math.floor(MAX_DATA_CELLS / Math.max(1, columns.length)));
  const shown = rows.slice(0, count);
  if (!shown.every((row) => columns.every((key) => isScalar(row[key])))) return undefined;
  return {
    schema: { fields: columns.map((name) => ({ name, type: typeOfColumn(shown, name) })) },
    data: shown.map((row) => Object.fromEntries(columns.map((key) => [key, row[key] ?? null]))),
    ...(count < length ? { title: `The first ${count} of ${length} rows` } : {}),
  };
}

function isScalar(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean")
    return true;
  return typeof value === "number" && Number.isFinite(value);
}

function typeOfColumn(rows: readonly Row[], key: string): string {
  const values = rows.map((row) => row[key]).filter((value) => value !== undefined && value !== null);
  if (values.every((value) => typeof value === "boolean")) return "boolean";
  if (values.every((value) => Number.isInteger(value))) return "integer";
  return values.every((value) => typeof value === "number") ? "number" : "string";
}

function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** Long tables end with a line that says so. */
function htmlTable(rows: readonly Row[], length: number): string {
  const shown = rows.slice(0, MAX_ROWS);
  const keys = columnsOf(shown);
  const columns = keys.slice(0, MAX_COLUMNS);
  const head = columns.map((key) => `<th scope="col">${escapeHtml(key)}</th>`).join("");
  const body = shown
    .map((row) => `<tr>${columns.map((key) => `<td>${cellText(row[key])}</td>`).join("")}</tr>`)
    .join("");
  const left = [
    ...(length > MAX_ROWS ? [`${length - MAX_ROWS} more rows`] : []),
    ...(keys.length > MAX_COLUMNS ? [`${keys.length - MAX_COLUMNS} more columns`] : []),
  ];
  const note = left.length > 0 ? `<p>… ${left.join(", ")}</p>` : "";
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>${note}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function cellText(value: unknown): string {
  if (value === undefined) return "";
  return escapeHtml(
    typeof value === "object" ? inspected(value, { depth: 1, breakLength: Infinity }) : textOf(value),
  );
}
