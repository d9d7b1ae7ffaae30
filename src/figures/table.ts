import { NUMBER_WORDS, TABLE_MIME, type MimeBundle } from "../protocol/index.js";
import { alignedText } from "./gradesTable.js";
import { valueText } from "./tableFormats.js";
import { escapeMarkup } from "../text/index.js";

type Row = Readonly<Record<string, unknown>>;

/** Rows in the static fallbacks; the interactive table has them all. */
const FALLBACK_ROWS = 50;

/**
 * The display of a table: sortable and filterable, as static HTML, and as plain text.
 * @param names the columns; those of any row unless given
 * @param total rows of the table whose beginning `rows` are; all are given unless it says so
 */
export function tableBundle(
  rows: readonly Row[],
  names: readonly string[] = [...new Set(rows.flatMap((row) => Object.keys(row)))],
  total: number = rows.length,
): MimeBundle {
  const fields = names.map((name) => ({ name, type: fieldType(rows, name) }));
  const shown = rows.slice(0, FALLBACK_ROWS).map((row) => names.map((name) => row[name]));
  const left = total - Math.min(FALLBACK_ROWS, rows.length);
  const more = left > 0 ? `… ${left} more ${left === 1 ? "row" : "rows"}` : "";
  const part = rows.length < total ? { title: `The first ${rows.length} of ${total} rows`, total } : {};
  return {
    [TABLE_MIME]: { schema: { fields }, data: rows.map(jsonRow), ...part },
    "text/html": html(names, shown, more),
    "text/plain": [
      alignedText([names, ...shown.map((cells) => cells.map((value) => valueText(value)))]),
      more,
    ]
      .filter((line) => line !== "")
      .join("\n"),
  };
}

function fieldType(rows: readonly Row[], name: string): string {
  const values = rows.map((row) => row[name]).filter((value) => value !== undefined && value !== null);
  if (values.length > 0 && values.every((value) => typeof value === "number"))
    return values.every(Number.isInteger) ? "integer" : "number";
  return values.length > 0 && values.every((value) => typeof value === "boolean") ? "boolean" : "string";
}

/** A row with the words for numbers that JSON lacks: it would write `null`, and nobody could tell a 0/0 from a gap. */
export function jsonRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isFinite(value) ? wordOf(value) : value,
    ]),
  );
}

function wordOf(value: number): string {
  return [...NUMBER_WORDS].find(([, number]) => Object.is(number, value))?.[0] ?? "NaN";
}

function html(head: readonly string[], rows: readonly (readonly unknown[])[], more: string): string {
  const names = head.map((text) => `<th scope="col">${escapeMarkup(text)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map(cellHtml).join("")}</tr>`).join("");
  return `<table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table>${more === "" ? "" : `<p>${more}</p>`}`;
}

/** A cell; a number that is written shorter stands in full in its title. */
function cellHtml(value: unknown): string {
  const text = valueText(value);
  const title = typeof value === "number" && String(value) !== text ? ` title="${value}"` : "";
  return `<td${title}>${escapeMarkup(text)}</td>`;
}
