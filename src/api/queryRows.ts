import type { CohortStore, Parameters, ResultColumn, ResultRow } from "../cohort/index.js";
import { kernelHooks } from "../protocol/index.js";
import { AT_ONCE, CohortTable } from "./cohortTable.js";

declare global {
  /** Rows of the queries that a notebook's cells have run, by the queries' texts; the kernel's language service fills it. */
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- what is to be filled is empty here
  interface SpinebookQueryRows {}
}

/** A row of a query that has run. */
export type QueryRow<Text extends keyof SpinebookQueryRows> = ResultRow & SpinebookQueryRows[Text];

/** Runs a cell's query, and tells the editor which columns it has. */
export async function askNoted(
  store: CohortStore,
  text: string,
  parameters?: Parameters,
): Promise<ResultRow[]> {
  let columns: readonly ResultColumn[] = [];
  const onColumns = (found: readonly ResultColumn[]): void => {
    columns = found;
  };
  const rows = await store.ask(text, parameters, { ...AT_ONCE, onColumns });
  noteQuery(text, columns, rows);
  return rows;
}

/** The table of a cell's query; tells the editor which columns it has. */
export async function tableNoted(
  store: CohortStore,
  select: string,
  parameters?: Parameters,
): Promise<CohortTable> {
  const table = await CohortTable.of(store, select, parameters);
  noteQuery(select, table.columns, []);
  return table;
}

/**
 * Outside of a kernel nothing happens.
 * @param rows all of the result, in which a column without a null is one of values; empty where they are not known
 */
function noteQuery(text: string, columns: readonly ResultColumn[], rows: readonly ResultRow[]): void {
  const typeOf = ({ name, type }: ResultColumn): string => {
    const hasNulls = rows.length === 0 || rows.some((row) => row[name] === null);
    return hasNulls ? `${typeOfColumn(type)} | null` : typeOfColumn(type);
  };
  kernelHooks()?.describeQuery({
    text,
    columns: columns.map((column) => ({ name: column.name, type: typeOf(column) })),
  });
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const TEXT = /^(?:VARCHAR|UUID|ENUM\(.*\))$/s;
const TIME = /^(?:DATE|TIMESTAMP.*)$/;
const LIST = /^(.*)\[\d*\]$/s;

/**
 * The TypeScript type of a column's values as rows hold them.
 * @param type DuckDB's, such as `INTEGER[]`; what has no plain form here (structs, maps, bytes) is `unknown`
 */
export function typeOfColumn(type: string): string {
  const item = LIST.exec(type)?.[1];
  if (item !== undefined) return `readonly (${typeOfColumn(item)} | null)[]`;
  if (NUMBER.test(type)) return "number";
  if (TEXT.test(type)) return "string";
  if (TIME.test(type)) return "Date";
  return type === "BOOLEAN" ? "boolean" : "unknown";
}
