import { once } from "node:events";
import { csvCell } from "../../text/index.js";
import { tableBundle, type Cohort } from "../../api/index.js";
import type { CommandContext } from "../command.js";

/** How the rows of a query are written. */
export type RowFormat = "csv" | "json" | "text";

/** Rows that stand in a table of text; the others are counted. */
const TEXT_ROWS = 50;

/** Prints a line, and waits where whoever reads is slower: lines that wait would fill the memory. */
async function print({ out }: CommandContext, line: string): Promise<void> {
  out(line);
  if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
}

const csvLine = (cells: readonly unknown[]): string => cells.map(csvCell).join(",");

function jsonRow(names: readonly string[], cells: readonly unknown[]): string {
  return `{${names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(cells[i])}`).join(",")}}`;
}

/**
 * Prints what one statement of SQL gives, row by row as the rows come, so that memory stays flat: CSV (RFC 4180), one JSON array,
 * or for people a table of the first rows.
 * @throws CohortError "query"
 */
export async function printRows(
  cohort: Cohort,
  sql: string,
  format: RowFormat,
  context: CommandContext,
): Promise<void> {
  const { columns, parts } = await cohort.stream(sql);
  if (format === "csv") await print(context, csvLine(columns));
  if (format === "json") await print(context, "[");
  const first: Record<string, unknown>[] = [];
  let count = 0;
  for await (const rows of parts) {
    context.signal.throwIfAborted();
    if (format === "csv") await print(context, rows.map(csvLine).join("\n"));
    else if (format === "json")
      await print(context, (count > 0 ? "," : "") + rows.map((row) => jsonRow(columns, row)).join(",\n"));
    else
      for (const row of rows.slice(0, TEXT_ROWS - first.length))
        first.push(Object.fromEntries(columns.map((name, i) => [name, row[i]])));
    count += rows.length;
  }
  if (format === "json") await print(context, "]");
  if (format !== "text") return;
  context.out(tableBundle(first, columns)["text/plain"] as string);
  if (count > first.length)
    context.out(`${count - first.length} more rows; --csv or --json print all of them.`);
}
