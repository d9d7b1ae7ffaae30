import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { csvRows, decodeText, separatorOf } from "../../text/index.js";

/** Tables of a data set that are not as it publishes them; says which file, which line and what is expected. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code = "data";
}

/** A row by its columns' names, with the line on which it begins. */
export interface PublishedRow {
  readonly file: string;
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Rows of a data set's table; empty rows are left out.
 * @param columns names that its header line must have
 * @throws DataError for a missing file or column
 */
export async function readPublishedTable(
  folder: string,
  file: string,
  columns: readonly string[],
): Promise<PublishedRow[]> {
  const bytes = await readFile(join(folder, file)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new DataError(`The data set's folder holds no ${file}: choose the folder in which it lies.`);
    throw error;
  });
  const text = decodeText(bytes);
  const [header, ...body] = csvRows(text, separatorOf(text));
  const names = (header?.fields ?? []).map((name) => name.trim());
  const lacking = columns.filter((column) => !names.includes(column));
  if (lacking.length > 0)
    throw new DataError(
      `${file} has no column ${lacking.map((name) => `"${name}"`).join(", ")}: its header line must be as the data set is published.`,
    );
  return body
    .filter(({ fields }) => fields.some((field) => field.trim() !== ""))
    .map(({ line, fields }) => ({
      file,
      line,
      values: Object.fromEntries(names.map((name, i) => [name, (fields[i] ?? "").trim()])),
    }));
}

/** A whole number in a row. @throws DataError for anything else, which is not repeated: it may be a name */
export function wholeIn(
  { file, line, values }: PublishedRow,
  column: string,
  low: number,
  high: number,
): number {
  const text = values[column]!;
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < low || value > high)
    throw new DataError(`${file}, line ${line}: "${column}" must be a whole number from ${low} to ${high}.`);
  return value;
}

/** The keys must differ from row to row. @throws DataError that names the first two rows that are alike */
export function requireDistinct(rows: readonly PublishedRow[], columns: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const { file, line, values } of rows) {
    const key = columns.map((column) => values[column]).join("\n");
    const earlier = seen.get(key);
    if (earlier !== undefined)
      throw new DataError(
        `${file}: lines ${earlier} and ${line} are about the same ${columns.join(" and ")}; leave one of them out.`,
      );
    seen.set(key, line);
  }
}
