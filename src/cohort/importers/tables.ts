import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { localPath } from "../../imaging/index.js";
import {
  CsvError,
  type CsvRow,
  csvRows,
  type CsvSeparator,
  decodeMixed,
  plainName,
  type ReadText,
  separatorOf,
} from "../../text/index.js";
import { CohortError } from "../errors.js";

/** Bytes of the largest file that is read: what a string of the engine can hold. */
const MOST_BYTES = 400 * 2 ** 20;

/** A table in a file; `rows` are read while they are walked through, once. */
export interface Table {
  /** Name of the file without its folder. */
  readonly file: string;
  readonly separator: CsvSeparator;
  /** Names of the columns as they stand, trimmed. */
  readonly header: readonly string[];
  /** Rows after the header. */
  readonly rows: Iterable<CsvRow>;
  /** What was unusual in the bytes of its text, as a sentence; absent where it is UTF-8. */
  readonly encoding: string | undefined;
}

/** Reads a file of text. @throws CohortError "file": absent, a folder, too large, binary, empty */
export async function readText(given: string): Promise<ReadText> {
  const path = localPath(given);
  const file = basename(path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new CohortError("file", `There is no file ${file} where it was looked for.`);
  if (!found.isFile()) throw new CohortError("file", `${file} is not a file but a folder or a device.`);
  if (found.size > MOST_BYTES)
    throw new CohortError(
      "file",
      `${file} has ${Math.round(found.size / 2 ** 20)} MiB, and at most ${MOST_BYTES / 2 ** 20} can be read at once: split it.`,
    );
  const bytes = await readFile(path).catch(() => {
    throw new CohortError("file", `${file} cannot be read: see whether you may open it.`);
  });
  if (bytes.includes(0))
    throw new CohortError("file", `${file} is not text, or text in UTF-16: save it as CSV in UTF-8.`);
  const read = decodeMixed(bytes);
  if (read.text.trim() === "") throw new CohortError("file", `${file} is empty.`);
  return read;
}

/** Opens a CSV file. @throws CohortError "file", at once or while its rows are read */
export async function readTable(path: string): Promise<Table> {
  const file = basename(path);
  const { text, encoding } = await readText(path);
  const separator = separatorOf(text);
  const rows = withFile(csvRows(text, separator), file);
  const first = rows.next();
  const header = first.done === true ? [] : first.value.fields.map((name) => name.trim());
  return { file, separator, header, rows, encoding };
}

/** Rows whose errors say the file. */
function* withFile(rows: Iterable<CsvRow>, file: string): Generator<CsvRow, void> {
  try {
    yield* rows;
  } catch (thrown) {
    if (thrown instanceof CsvError)
      throw new CohortError("file", `${file} cannot be read. ${thrown.message}`);
    throw thrown;
  }
}

/** Position of the first column with one of these names (see {@link plainName}); undefined where there is none. */
export function findColumn({ header }: Table, ...names: string[]): number | undefined {
  const wanted = new Set(names.map(plainName));
  const found = header.findIndex((name) => wanted.has(plainName(name)));
  return found === -1 ? undefined : found;
}

/** Position of a column that must be there. @throws CohortError "file" with the columns found */
export function needColumn(table: Table, ...names: string[]): number {
  const found = findColumn(table, ...names);
  if (found === undefined)
    throw new CohortError("file", `${table.file} has no column "${names[0]!}"; ${columnsFound(table)}`);
  return found;
}

const MOST_SHOWN = 30;

/** The columns that a table has, as the end of a sentence. A file without a header may show a person's row here: see the mask. */
export function columnsFound({ header }: Table): string {
  const names = header
    .slice(0, MOST_SHOWN)
    .map((name) =>
      /[\^\u0000-\u001f\u007f-\u009f\ufffd]|\p{L}, *\p{L}/u.test(name) || /^[\d./-]{6,}$/.test(name)
        ? "(not shown)"
        : name.slice(0, 40),
    );
  const further = header.length > MOST_SHOWN ? ` and ${header.length - MOST_SHOWN} more` : "";
  return `its columns are: ${names.join(", ")}${further}.`;
}
