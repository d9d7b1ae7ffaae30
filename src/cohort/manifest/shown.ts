import { identifierOf, isIdentityColumn } from "../importers/identifiers.js";
import { columnOfRole, isDateText, textOf } from "./columns.js";
import type { ManifestTable } from "./source.js";

/** A column that a page may show beside what came of each row. */
export interface ShownColumn {
  readonly name: string;
  /** By row; empty where there is none. */
  readonly values: readonly string[];
}

/** Columns that nobody reads are not shown: a table of a hundred columns is no overview. */
const MOST_SHOWN = 8;

/**
 * The columns of a manifest that tell nobody who a person is: no identity by their names, no paths, no dates, nothing that looks like a
 * name or is longer than an id.
 */
export function shownColumns({ columns, rows }: ManifestTable): ShownColumn[] {
  const hidden = (["path", "t1", "date"] as const).map((role) => columnOfRole(columns, role));
  return columns
    .filter((name) => name !== "" && !hidden.includes(name) && !isIdentityColumn(name))
    .map((name) => ({ name, values: rows.map(({ values }) => textOf(values[name]) ?? "") }))
    .filter(({ values }) => values.some((value) => value !== "") && values.every(isShowable))
    .slice(0, MOST_SHOWN);
}

function isShowable(value: string): boolean {
  return !isDateText(value) && !/[\\/]/.test(value) && identifierOf(value, "study").kind !== "unusable";
}
