import type { MimeBundle } from "../../protocol/index.js";
import { TABLE_MIME } from "../../protocol/index.js";
import { Math, Object } from "../run/primordials.js";
import { attempt } from "../run/safely.js";
import { escapeMarkup } from "../../text/index.js";
import { frameRows } from "./frames.js";
import { cellOf, cellText, columnsOf, rowsOf, typeOfColumn, type Row, type Rows } from "./rows.js";

const MAX_ROWS = 100;
const MAX_COLUMNS = 30;

/** Larger tables than these are shown by their beginning. */
const MAX_DATA_ROWS = 10_000;
const MAX_DATA_CELLS = 100_000;
const MAX_DATA_TEXT = 4_000_000;

/**
 * Rows of objects (see {@link rowsOf}) and other libraries' tables ({@link frameRows}) as a table: data that a renderer sorts and pages, and HTML for everyone else. Nothing for
 * any other value, nor for one that does not let itself be looked at.
 */
export function tableBundle(value: unknown): MimeBundle {
  return attempt<MimeBundle>(
    () => {
      const rows = rowsOf(value, MAX_DATA_ROWS) ?? frameRows(value, MAX_DATA_ROWS);
      if (rows === undefined) return {};
      const columns = rows.columns ?? columnsOf(rows.read);
      return { [TABLE_MIME]: dataResource(rows, columns), "text/html": htmlTable(rows, columns) };
    },
    () => ({}),
  );
}

/** The Frictionless table schema that Jupyter's front ends read; `total` counts also the rows that are not here. */
function dataResource({ read, total }: Rows, columns: readonly string[]): object {
  const data = firstRows(read, columns);
  const shown = read.slice(0, data.length);
  return {
    schema: { fields: columns.map((name) => ({ name, type: typeOfColumn(shown, name) })) },
    data,
    ...(data.length < total ? { title: `The first ${data.length} of ${total} rows`, total } : {}),
  };
}

/** The rows that an output may weigh, one at least. */
function firstRows(read: readonly Row[], columns: readonly string[]): object[] {
  const most = Math.max(1, Math.floor(MAX_DATA_CELLS / Math.max(1, columns.length)));
  const rows: object[] = [];
  let left = MAX_DATA_TEXT;
  for (const row of read.slice(0, most)) {
    const cells = columns.map((name) => [name, cellOf(row[name])] as const);
    for (const [, cell] of cells) if (typeof cell === "string") left -= cell.length;
    if (left < 0 && rows.length > 0) break;
    rows.push(Object.fromEntries(cells));
  }
  return rows;
}

/** Long tables end with a line that says so. */
function htmlTable({ read, total }: Rows, keys: readonly string[]): string {
  const shown = read.slice(0, MAX_ROWS);
  const columns = keys.slice(0, MAX_COLUMNS);
  const head = columns.map((key) => `<th scope="col">${escapeMarkup(key)}</th>`).join("");
  const body = shown
    .map((row) => `<tr>${columns.map((key) => `<td>${escapeMarkup(cellText(row[key]))}</td>`).join("")}</tr>`)
    .join("");
  const left = [
    ...(total > MAX_ROWS ? [`${total - MAX_ROWS} more rows`] : []),
    ...(keys.length > MAX_COLUMNS ? [`${keys.length - MAX_COLUMNS} more columns`] : []),
  ];
  const note = left.length > 0 ? `<p>… ${left.join(", ")}</p>` : "";
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>${note}`;
}
