/** Sorting, filtering and paging of a table resource: pure. */

import { numberText, NUMBER_WORDS, type LiveTable } from "../../protocol/index.js";

export type Field = TableResource["schema"]["fields"][number];

/** Payload of `TABLE_MIME`, the parts of a Frictionless tabular data resource that are drawn. */
export interface TableResource {
  readonly schema: {
    readonly fields: readonly { readonly name: string; readonly type?: string; readonly title?: string }[];
  };
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** What is shown where only a part of the rows can be: such as `The first 1000 of 60000 rows`. */
  readonly title?: string;
  /** Rows of the whole table, where `data` is only its beginning. */
  readonly total?: number;
  /** The kernel has more rows than stand in `data`. */
  readonly live?: LiveTable;
}

/** One page of a table. */
export interface TableView {
  readonly rows: TableResource["data"];
  /** Rows on all pages. */
  readonly total: number;
  readonly pages: number;
  readonly page: number;
}

export interface TableState {
  readonly filter: string;
  /** Index of the field to sort by; -1 keeps the data's own order. */
  readonly sortBy: number;
  readonly descending: boolean;
  readonly page: number;
}

export const FIRST_STATE: TableState = { filter: "", sortBy: -1, descending: false, page: 0 };

export const PAGE_ROWS = 100;

/** A click on a column's head: ascending, then descending, then the data's own order. */
export function sorted(state: TableState, field: number): TableState {
  if (state.sortBy !== field) return { ...state, sortBy: field, descending: false, page: 0 };
  return state.descending
    ? { ...state, sortBy: -1, descending: false, page: 0 }
    : { ...state, descending: true, page: 0 };
}

/** The rows that the state asks for, and how many there are on all pages. */
export function visibleRows(table: TableResource, state: TableState): TableView {
  const kept = wantedRows(table, state);
  const pages = Math.max(1, Math.ceil(kept.length / PAGE_ROWS));
  const page = Math.min(pages - 1, Math.max(0, state.page));
  return { rows: kept.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS), total: kept.length, pages, page };
}

/** The rows of all pages, in order. */
export function wantedRows(table: TableResource, state: TableState): TableResource["data"] {
  const wanted = state.filter.trim().toLowerCase();
  const { fields } = table.schema;
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  const kept =
    wanted === ""
      ? [...table.data]
      : table.data.filter((row) =>
          fields.some((field) => has(cellText(row[field.name], field)) || has(wholeText(row[field.name]))),
        );
  const field = fields[state.sortBy];
  if (field) {
    const sign = state.descending ? -1 : 1;
    kept.sort((a, b) => compareCells(a[field.name], b[field.name], field, sign));
  }
  return kept;
}

/** Numbers by value, text as people order it (`L2` before `L10`); what is missing comes last in both directions. */
function compareCells(a: unknown, b: unknown, field: Field, sign: number): number {
  const missing = Number(isMissing(a)) - Number(isMissing(b));
  if (missing !== 0 || isMissing(a)) return missing;
  if (isNumeric(field)) {
    const [left, right] = [numberOf(a), numberOf(b)];
    // No number comes before what is missing, also in both directions.
    const none = Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    if (none !== 0) return none;
    if (left !== right && !Number.isNaN(left)) return sign * (left - right);
  }
  return sign * wholeText(a).localeCompare(wholeText(b), "en", { numeric: true });
}

/** A cell of a column of numbers: big integers come as their digits, what JSON lacks as a word. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  const text = wholeText(value);
  return NUMBER_WORDS.get(text) ?? Number(text);
}

/** Whether a cell has no value. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || Number.isNaN(value);
}

/** A value as the table writes it: see {@link numberText} for numbers; what is missing is empty. */
export function cellText(value: unknown, field?: Field): string {
  if (isMissing(value)) return "";
  if (typeof value === "number") return numberText(value);
  const word = field !== undefined && isNumeric(field) ? NUMBER_WORDS.get(String(value)) : undefined;
  return word === undefined ? wholeText(value) : String(word);
}

/** A value with all its digits, as it is copied and saved. */
export function wholeText(value: unknown): string {
  if (isMissing(value)) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How many rows a table has that is in the payload in part only; `undefined` where all are there. */
export function wholeCount({ total, title, data }: TableResource): number | undefined {
  // Outputs that were saved before there was a `total` tell it in their title.
  const whole = total ?? Number(/^The first \d+ of (\d+) rows$/.exec(title ?? "")?.[1] ?? 0);
  return whole > data.length ? whole : undefined;
}

/** Whether a field is set flush right. */
export function isNumeric(field: Field): boolean {
  return field.type === "number" || field.type === "integer";
}
