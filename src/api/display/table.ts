import { TABLE_MIME, type MimeBundle } from "../../protocol/index.js";
import { alignedText } from "./grades.js";
import { escapeMarkup } from "./svg.js";

type Row = Readonly<Record<string, unknown>>;

/** Rows in the static fallbacks; the interactive table has them all. */
const FALLBACK_ROWS = 50;

/**
 * The display of a table: sortable and filterable, as static HTML, and as plain text.
 * @param names the columns; those of any row unless given
 */
export function tableBundle(
  rows: readonly Row[],
  names: readonly string[] = [...new Set(rows.flatMap((row) => Object.keys(row)))],
): MimeBundle {
  const fields = names.map((name) => ({ name, type: fieldType(rows, name) }));
  const shown = [
    names,
    ...rows.slice(0, FALLBACK_ROWS).map((row) => names.map((name) => valueText(row[name]))),
  ];
  const more = rows.length > FALLBACK_ROWS ? `${rows.length - FALLBACK_ROWS} more rows` : "";
  return {
    [TABLE_MIME]: { schema: { fields }, data: rows },
    "text/html": html(shown, more),
    "text/plain": [alignedText(shown), more].filter((line) => line !== "").join("\n"),
  };
}

function fieldType(rows: readonly Row[], name: string): string {
  const values = rows.map((row) => row[name]).filter((value) => value !== undefined && value !== null);
  if (values.length > 0 && values.every((value) => typeof value === "number"))
    return values.every(Number.isInteger) ? "integer" : "number";
  return values.length > 0 && values.every((value) => typeof value === "boolean") ? "boolean" : "string";
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toFixed(4)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

function html([head = [], ...rows]: readonly (readonly string[])[], more: string): string {
  const names = head.map((text) => `<th scope="col">${escapeMarkup(text)}</th>`).join("");
  const body = rows
    .map((cells) => `<tr>${cells.map((text) => `<td>${escapeMarkup(text)}</td>`).join("")}</tr>`)
    .join("");
  return `<table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table>${more === "" ? "" : `<p>${more}</p>`}`;
}
