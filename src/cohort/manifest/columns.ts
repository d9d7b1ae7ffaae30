import { COLUMN_ROLES } from "../../grading/index.js";
import { numberOf, plainName } from "../../text/index.js";
import { CohortError } from "../errors.js";
import { identifierOf, isAbsent, isIdentityColumn } from "../importers/identifiers.js";
import { studyColumn, type StudyValue } from "../store/studyColumns.js";
import type { ManifestTable } from "./source.js";

/** What a column of a manifest may tell, with the names by which it is found. */
const ROLES = {
  path: [
    "path",
    "file",
    "file name",
    "file path",
    "image",
    "image path",
    "images",
    "folder",
    "picture",
    "dicom",
  ],
  study: COLUMN_ROLES.study,
  patient: COLUMN_ROLES.patient,
  dataset: ["dataset", "data set", "collection"],
  spacing: ["spacing", "pixel spacing", "pixel spacing mm", "spacing mm", "mm per pixel"],
  contrast: ["contrast", "weighting", "sequence"],
  t1: ["T1", "T1 partner", "T1 path", "T1 file", "T1 image"],
  age: COLUMN_ROLES.age,
  sex: COLUMN_ROLES.sex,
  date: [
    "date",
    "study date",
    "exam date",
    "examination date",
    "scan date",
    "acquisition date",
    "visit date",
  ],
  scanner: ["scanner", "scanner model", "mr scanner", "machine"],
} as const;

export type ManifestRole = keyof typeof ROLES;

/** The first of some columns that tells this, by its name; undefined where none does. */
export function columnOfRole(columns: readonly string[], role: ManifestRole): string | undefined {
  const names = ROLES[role].map(plainName);
  return columns.find((column) => names.includes(plainName(column)));
}

/** What each column of a manifest is. */
export interface ManifestColumns {
  readonly roles: ReadonlyMap<ManifestRole, string>;
  /** The others that are kept: their own names, and those that they have in `studies`. */
  readonly own: readonly { readonly name: string; readonly column: string }[];
  /** Which were left out, and why, in sentences. */
  readonly remarks: readonly string[];
}

/** Dates as tables write them: 2024-05-01, 1.5.2024, 05/01/24, 20240501. */
const DATE =
  /^(?:(?:19|20)\d\d-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[./]\d{1,2}[./](?:\d\d|(?:19|20)\d\d)|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;

/** Whether a text is a date. */
export function isDateText(text: string): boolean {
  return DATE.test(text);
}

/** The text of a value; undefined where there is none. */
export function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? undefined : value.toISOString().slice(0, 10);
  const text =
    typeof value === "string"
      ? value.trim()
      : typeof value === "bigint"
        ? value.toString()
        : JSON.stringify(value);
  return isAbsent(text) ? undefined : text;
}

/**
 * Finds the columns of a manifest by name, without case and punctuation. Columns that tell who somebody is, or hold dates, are never
 * copied; any other is kept as a column of `studies`.
 * @throws CohortError "file" where no column tells the path
 */
export function manifestColumns({ name, columns, rows }: ManifestTable): ManifestColumns {
  const meanings = new Map(
    Object.entries(ROLES).flatMap(([role, names]) =>
      names.map((one): [string, ManifestRole] => [plainName(one), role as ManifestRole]),
    ),
  );
  const roles = new Map<ManifestRole, string>();
  const own: { name: string; column: string }[] = [];
  const remarks: string[] = [];
  for (const column of columns) {
    const role = meanings.get(plainName(column));
    const called = `Column "${column.slice(0, 40)}"`;
    if (isIdentityColumn(column)) remarks.push(`${called} tells who a person is and is never copied.`);
    else if (role !== undefined && !roles.has(role)) roles.set(role, column);
    else if (role !== undefined)
      remarks.push(
        `${called} tells the ${role}, which column "${roles.get(role)!.slice(0, 40)}" tells; it was not copied.`,
      );
    else if (column === "") remarks.push("A column without a name was not copied.");
    else own.push({ name: column, column: studyColumn(column) });
  }
  if (!roles.has("path"))
    throw new CohortError(
      "file",
      `${name} has no column that tells the path of each study's images; call it path. ${columnList(columns)}`,
    );
  const kept = own.filter(({ name: column }) => {
    const texts = rows.flatMap(({ values }) => textOf(values[column]) ?? []);
    if (texts.length === 0 || !texts.every(isDateText)) return true;
    remarks.push(
      `Column "${column.slice(0, 40)}" holds dates, which are kept nowhere; give days between them (or call the day of the examination date, which is kept shifted).`,
    );
    return false;
  });
  const twice = kept.find(({ column }, i) => kept.findIndex((one) => one.column === column) !== i);
  if (twice !== undefined)
    throw new CohortError(
      "file",
      `${name} has two columns that would be "${twice.column}"; rename one of them.`,
    );
  remarks.push(
    ...kept.flatMap(({ name: column, column: called }) =>
      called.startsWith("study_") && !plainName(column).startsWith("study")
        ? [
            `Column "${column.slice(0, 40)}" is "${called}" in the cohort, which has another column of that name.`,
          ]
        : [],
    ),
  );
  return { roles, own: kept, remarks };
}

/** The columns that a table has, in a sentence. */
export function columnList(columns: readonly string[]): string {
  const shown = columns.slice(0, 30).map((one) => (isIdentityColumn(one) ? "(not shown)" : one.slice(0, 40)));
  const further = columns.length - shown.length;
  return `Its columns are: ${shown.join(", ")}${further > 0 ? ` and ${further} more` : ""}.`;
}

/** One value of a column of one's own; undefined where there is none. A number with zeros before it is an id. */
export function ownValue(text: string): StudyValue | undefined {
  return ownValues([text])[0];
}

/** The values of one column of one's own, as numbers where all of them are (but not ids such as 0012), true and false likewise. */
export function ownValues(values: readonly unknown[]): (StudyValue | undefined)[] {
  const texts = values.map(textOf);
  const known = texts.filter((text) => text !== undefined);
  if (known.every(isNumber))
    return texts.map((text) => (text === undefined ? undefined : numberOf(text, true)!));
  if (known.every(isTruth))
    return texts.map((text) => (text === undefined ? undefined : text.toLowerCase() === "true"));
  return texts;
}

function isNumber(text: string): boolean {
  return !/^[+-]?0\d/.test(text) && numberOf(text, true) !== undefined;
}

function isTruth(text: string): boolean {
  return /^(?:true|false)$/i.test(text);
}

/**
 * Says of a column that {@link ownValues} leaves as texts that most of them are numbers (or true and false), and which is not. Its value
 * is shown where it looks like nobody's name.
 */
export function mixedRemark({ rows }: ManifestTable, column: string): string | undefined {
  const known = rows.flatMap(({ at, values }) => {
    const text = textOf(values[column]);
    return text === undefined ? [] : [{ at, text }];
  });
  for (const [isUsual, kind, example] of [
    [isNumber, "numbers", "1"],
    [isTruth, "true or false", "true"],
  ] as const) {
    const odd = known.find(({ text }) => !isUsual(text));
    const usual = known.filter(({ text }) => isUsual(text)).length;
    if (odd === undefined || usual < known.length / 2) continue;
    const isShown = !isIdentityColumn(column) && identifierOf(odd.text, "study").kind === "id";
    return `Column "${column.slice(0, 40)}" is text in all rows ("${example}", not ${example}): ${usual} of its ${known.length} values are ${kind}, ${odd.at}${isShown ? ` ("${odd.text.slice(0, 40)}")` : ""} is not.`;
  }
  return undefined;
}

/** Days from 1970 of a date; undefined for what is no date that can be told for certain. */
export function dayOf(value: unknown): number | undefined {
  const text =
    value instanceof Date ? textOf(value) : textOf(value)?.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text ?? "") ?? undefined;
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text ?? "") ?? undefined;
  const [year, month, day] =
    parts === undefined ? (german === undefined ? [] : [german[3], german[2], german[1]]) : parts.slice(1);
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isReal = new Date(time).getUTCDate() === Number(day) && Number(month) <= 12;
  return Number.isNaN(time) || !isReal ? undefined : Math.floor(time / 86_400_000);
}
