import { inspect } from "node:util";
import { Array, Object, Set, String } from "./primordials.js";

const MAX_ROWS = 100;
const MAX_COLUMNS = 30;

/** An array of plain objects as an HTML table; `undefined` for anything else. Long tables end with a line that says so. */
export function htmlTable(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const shown = (value as unknown[]).slice(0, MAX_ROWS);
  if (!shown.every(isPlainObject)) return undefined;
  const keys = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const columns = keys.slice(0, MAX_COLUMNS);
  const head = columns.map((key) => `<th>${escapeHtml(key)}</th>`).join("");
  const body = shown
    .map((row) => `<tr>${columns.map((key) => `<td>${cellText(row[key])}</td>`).join("")}</tr>`)
    .join("");
  const left = [
    ...(value.length > MAX_ROWS ? [`${value.length - MAX_ROWS} more rows`] : []),
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
    typeof value === "object" ? inspect(value, { depth: 1, breakLength: Infinity }) : String(value),
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
