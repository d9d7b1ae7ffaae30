import { CohortError } from "../errors.js";
import { cohortFeature, COHORT_FEATURES, columnOf, isGradeOf, type CohortFeature } from "../features.js";
import type { Cell } from "./values.js";
import { LEVEL_NAMES, type Table } from "./tables.js";

/** What is wrong with a value, as the end of a sentence; undefined where nothing is. */
type Check = (value: Cell | undefined) => string | undefined;

/** Ids and names are single lines of text; a longer one is a text that slipped into the wrong column. */
const LONGEST_NAME = 256;
const OLDEST = 130;
/** Probabilities are rounded to four places where they are kept; of five classes the sum is off by less than this. */
const SUM_TOLERANCE = 0.005;

const name: Check = (value) => {
  if (typeof value !== "string") return "is no text";
  if (value.trim() === "") return "is empty";
  if (value.length > LONGEST_NAME) return `is longer than ${LONGEST_NAME} characters`;
  return /\p{Cc}/u.test(value) ? "holds control characters" : undefined;
};
const nameOrEmpty: Check = (value) => (value === "" ? undefined : name(value));
const text: Check = (value) => (typeof value === "string" ? undefined : "is no text");

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : `is none of ${words.join(", ")}`;

const number =
  (low: number, high: number, isWhole = false): Check =>
  (value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return "is no number";
    if (isWhole && !Number.isInteger(value)) return "is no whole number";
    return value >= low && value <= high ? undefined : `does not lie between ${low} and ${high}`;
  };

const optional =
  (check: Check): Check =>
  (value) =>
    value === null || value === undefined ? undefined : check(value);

const gradeFor =
  (feature: CohortFeature): Check =>
  (value) =>
    typeof value === "number" && isGradeOf(feature, value)
      ? undefined
      : `is no grade of ${feature.name}, which goes ${rangeWords(feature)}`;

/** `by 1, 2, 3, 4, 5`, or `from 1 to 5`. */
export function rangeWords({ classes, isContinuous }: CohortFeature): string {
  return isContinuous ? `from ${classes.join(" to ")}` : `by ${classes.join(", ")}`;
}

/** JSON of class probabilities by feature, each list as long as the feature has classes, and of the sum 1. */
const probabilities: Check = (value) => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(String(value));
  } catch {
    return "is no JSON";
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return "is no list of probabilities by feature";
  for (const [key, list] of Object.entries(parsed)) {
    const feature = cohortFeature(key);
    if (feature === undefined) return `holds "${key.slice(0, 40)}", which is no feature`;
    if (!Array.isArray(list) || !list.every((p) => typeof p === "number" && p >= 0 && p <= 1))
      return `holds for ${feature.name} something else than numbers from 0 to 1`;
    if (!feature.isContinuous && list.length !== feature.classes.length)
      return `holds ${list.length} probabilities of ${feature.name}, which has ${feature.classes.length} classes`;
    const sum = (list as number[]).reduce((total, p) => total + p, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE)
      return `holds probabilities of ${feature.name} whose sum is ${Number(sum.toFixed(4))} and not 1`;
  }
  return undefined;
};

const MOST_PIXELS = 1e6;
const pixels = optional(number(1, MOST_PIXELS, true));
const millimetres = optional(number(1e-6, 1e6));
const anyNumber = number(-1e9, 1e9);
const level = oneOf(...LEVEL_NAMES);

/** What each column may hold, by table. */
const CHECKS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  studies: {
    study: name,
    patient: name,
    dataset: name,
    age: optional(number(0, OLDEST)),
    sex: optional(oneOf("F", "M")),
    day: optional(number(-1e7, 1e7, true)),
    scanner: optional(name),
  },
  series: {
    series: name,
    study: name,
    contrast: oneOf("T1", "T2", "T2FS", "STIR", "PD", "unknown"),
    orientation: oneOf("sagittal", "axial", "coronal", "oblique", "unknown"),
    columns: pixels,
    rows: pixels,
    slices: pixels,
    spacing_column: millimetres,
    spacing_row: millimetres,
    spacing_slice: optional(number(0, 1e6)),
    field_strength: optional(number(1e-6, 100)),
    manufacturer: optional(text),
  },
  locations: { study: name, series: name, location: text },
  detections: {
    study: name,
    series: nameOrEmpty,
    model: nameOrEmpty,
    level,
    x: anyNumber,
    y: anyNumber,
    z: anyNumber,
    angle: number(-360, 360),
    width: number(0, 1e4),
    height: number(0, 1e4),
    slice: number(0, MOST_PIXELS, true),
    pixel_column: anyNumber,
    pixel_row: anyNumber,
  },
  readings: {
    study: name,
    series: nameOrEmpty,
    level,
    rater: name,
    model: nameOrEmpty,
    reader: optional(name),
    reading: number(1, 1e6, true),
    ...Object.fromEntries(
      COHORT_FEATURES.map((feature) => [columnOf(feature.key), optional(gradeFor(feature))]),
    ),
    probabilities: optional(probabilities),
    flags: optional(text),
    at: optional(text),
  },
  attempts: {
    study: name,
    model: nameOrEmpty,
    reader: optional(name),
    seconds: optional(number(0, 1e9)),
  },
  models: { model: name },
  readers: { reader: name, scale: name, borders: text },
  anomalies: { file: text, code: text, message: text },
};

/** A value for an error: numbers only, for a text in a wrong place may be a name. */
function shownValue(value: Cell | undefined): string {
  if (typeof value === "number") return ` (${value})`;
  return value === null || value === undefined ? " (nothing)" : "";
}

/** Where rows come from, for the error about one of them. */
export type RowSource = (table: string, row: number) => string;

/** A row by its table and number. */
export const ANY_SOURCE: RowSource = (table, row) => `Row ${row} of ${table}`;

/**
 * Checks every value of new rows against its column, whichever door they come by: ids are not empty, levels known, grades
 * those of their feature, probabilities sum to 1.
 * @param from what a row (counted from 1) is called
 * @throws CohortError "bad-record", naming row and column
 */
export function checkRows(
  table: Table,
  rows: readonly (readonly Cell[])[],
  from: RowSource = ANY_SOURCE,
): void {
  const checks = CHECKS[table.name];
  if (checks === undefined) return;
  const own = table.columns.map(([column]) => checks[column]);
  rows.forEach((row, i) => {
    own.forEach((check, k) => {
      const wrong = check?.(row[k]);
      if (wrong !== undefined)
        throw new CohortError(
          "bad-record",
          `${from(table.name, i + 1)}, column ${table.columns[k]![0]}: the value${shownValue(row[k])} ${wrong}; nothing was added.`,
        );
    });
  });
}
