/** The one reader and writer of delimited text (RFC 4180, and what spreadsheets make of it). */

/** Text that is no table; says the line and what to do. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly code = "csv";
}

export type CsvSeparator = "," | ";" | "\t";

export interface CsvRow {
  /** Line of the text on which the row begins, counted from 1; a quoted field may run over several lines. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** More columns than any table of grades has: what is wider is no table, and would fill the memory. */
const MOST_COLUMNS = 10_000;

/** The line by which Excel tells the separator; it is no row. */
const SEPARATOR_LINE = /^\uFEFF?sep=([,;\t])\r?(?:\n|$)/i;

/**
 * The separator that the text's own first line tells (`sep=;`), else the one that occurs most often in the first line with text,
 * outside of quotes; a comma where none does.
 */
export function separatorOf(text: string): CsvSeparator {
  const told = SEPARATOR_LINE.exec(text)?.[1];
  if (told !== undefined) return told as CsvSeparator;
  const [first = ""] = /[^\s\uFEFF][^\n]*/.exec(text) ?? [];
  const unquoted = first.replace(/"[^"]*"/g, "");
  const counts = ([",", ";", "\t"] as const).map((separator) => ({
    separator,
    count: unquoted.split(separator).length,
  }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).separator;
}

/**
 * Rows of a text in one pass, the header line among them; empty lines, and a first one that tells the separator, are left out, and
 * counted. A quote opens a field only
 * at its beginning, so that `5" disc` is text; lines end with LF, CR LF or CR.
 * @throws CsvError for a quote that is never closed, and for a row of more than 10,000 columns
 */
export function* csvRows(text: string, separator: CsvSeparator = ","): Generator<CsvRow> {
  const source = text.includes("\r") && !text.includes("\n") ? text.replaceAll("\r", "\n") : text;
  const told = SEPARATOR_LINE.exec(source)?.[0].length ?? 0;
  let line = told > 0 ? 2 : 1;
  let quote = source.indexOf('"');
  for (let at = Math.max(told, source.startsWith("\uFEFF") ? 1 : 0); at < source.length;) {
    const end = endOfLine(source, at);
    if (quote !== -1 && quote < at) quote = source.indexOf('"', at);
    if (quote === -1 || quote > end) {
      const content = withoutReturn(source.slice(at, end));
      const fields = content === "" ? [] : content.split(separator, MOST_COLUMNS + 1);
      checkWidth(fields, line);
      if (fields.length > 0) yield { line, fields };
      line++;
      at = end + 1;
    } else {
      const row = quotedRow(source, at, line, separator);
      if (row.fields.length > 1 || row.fields[0] !== "") yield { line, fields: row.fields };
      line = row.nextLine;
      at = row.next;
    }
  }
}

/** Rows of a text with a header line, as objects keyed by column name; quoted fields may hold separators, quotes and line ends. */
export function parseCsv(text: string, separator: CsvSeparator = ","): Record<string, string>[] {
  const [header, ...body] = csvRows(text, separator);
  const names = header?.fields ?? [];
  return body.map(({ fields }) => Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ""])));
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function checkWidth(fields: readonly string[], line: number): void {
  if (fields.length > MOST_COLUMNS)
    throw new CsvError(
      `Line ${line} has more than ${MOST_COLUMNS.toLocaleString("en")} columns: this is no table of grades, or its separator is another one.`,
    );
}

/** A row with quotes in it, and where the next one begins. */
function quotedRow(
  text: string,
  start: number,
  line: number,
  separator: CsvSeparator,
): { fields: string[]; next: number; nextLine: number } {
  const fields: string[] = [];
  let nextLine = line;
  for (let at = start; ;) {
    const opening = text[at] === '"' ? quotedPart(text, at, nextLine) : { content: "", next: at };
    nextLine += opening.content.split("\n").length - 1;
    const lineEnd = endOfLine(text, opening.next);
    const rest = text.slice(opening.next, lineEnd);
    const width = rest.indexOf(separator);
    fields.push(opening.content + (width === -1 ? withoutReturn(rest) : rest.slice(0, width)));
    checkWidth(fields, line);
    if (width === -1) return { fields, next: lineEnd + 1, nextLine: nextLine + 1 };
    at = opening.next + width + 1;
  }
}

/** What stands between the quote at `start` and the one that closes it, doubled quotes as one. */
function quotedPart(text: string, start: number, line: number): { content: string; next: number } {
  let content = "";
  for (let from = start + 1; ;) {
    const close = text.indexOf('"', from);
    if (close === -1)
      throw new CsvError(`The quote that opens in line ${line} is never closed: close it, or remove it.`);
    content += text.slice(from, close);
    if (text[close + 1] !== '"') return { content, next: close + 1 };
    content += '"';
    from = close + 2;
  }
}

/** A text that a spreadsheet would run as a formula, behind an apostrophe; numbers with a sign are none. */
export function inertText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|INF)$/i.test(text)
    ? `'${text}`
    : text;
}

/** A text as a field, quoted where it has to be. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A value as a field: nothing for what is missing, texts inert (see {@link inertText}), dates in ISO 8601, other objects as JSON. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return csvField(inertText(value));
  return csvField(value instanceof Date ? value.toISOString() : JSON.stringify(value));
}
