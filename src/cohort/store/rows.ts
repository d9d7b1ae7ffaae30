import * as v from "valibot";
import { checkedJson, finiteNumber, recordOf } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { cohortFeature, columnOf, COHORT_FEATURES, isGradeOf } from "../features.js";
import { CohortError } from "../errors.js";
import { rangeWords } from "./check.js";
import type { CohortRecords, ReadingRecord } from "../records.js";
import { STUDY_VALUES, studyColumn } from "./studyColumns.js";
import type { Table } from "./tables.js";
import type { Cell, ResultRow } from "./values.js";

/** A result's row as cells of a table's columns. */
export function cellsOf(row: ResultRow, { columns }: Table): Cell[] {
  return columns.map(([column]) => row[column] as Cell);
}

/** New rows of a table, cells in the order of its columns. */
export type NewRows = Readonly<Record<string, readonly (readonly Cell[])[]>>;

function finite(value: number | undefined, what: string, isWhole = false): number | null {
  if (value === undefined) return null;
  if (typeof value === "number" && (isWhole ? Number.isInteger(value) : Number.isFinite(value))) return value;
  throw new CohortError(
    "bad-record",
    `The ${what} is ${String(value)}, which is no ${isWhole ? "whole number" : "number"}; leave out what is not known.`,
  );
}

function gradesOf({ grades = {}, level, study }: Partial<ReadingRecord>): Cell[] {
  if (typeof level !== "string" || typeof study !== "string")
    throw new CohortError("bad-record", "A reading needs a study and a level.");
  for (const [key, value] of Object.entries(grades)) {
    const feature = cohortFeature(key);
    if (feature === undefined)
      throw new CohortError(
        "bad-record",
        `A reading of ${level} in study ${study} grades "${key}", which is none of ${COHORT_FEATURES.map((one) => one.key).join(", ")}.`,
      );
    if (!isGradeOf(feature, value))
      throw new CohortError(
        "bad-record",
        `A reading of ${level} in study ${study} gives ${value} for ${feature.name}, which goes ${rangeWords(feature)}.`,
      );
  }
  return COHORT_FEATURES.map(({ key }) => grades[key] ?? null);
}

/** Records as rows of the store's tables. @throws CohortError for a grade that its feature does not have */
export function rowsOf(records: Partial<CohortRecords>): NewRows {
  const { studies = [], series = [], detections = [], readings = [], anomalies = [] } = records;
  return {
    studies: studies.map(({ study, patient, dataset, age, sex, day, scanner }) => [
      study,
      patient,
      dataset,
      finite(age, `age in study ${study}`),
      sex ?? null,
      finite(day, `day of study ${study}`, true),
      scanner ?? null,
    ]),
    [STUDY_VALUES]: studies.flatMap(({ study, more = {} }) =>
      Object.entries(more).map(([name, value]): Cell[] => [study, studyColumn(name), value]),
    ),
    series: series.map((one) => [
      one.series,
      one.study,
      one.contrast,
      one.orientation,
      one.columns ?? null,
      one.rows ?? null,
      one.slices ?? null,
      ...(one.spacing ?? [null, null, null]),
      one.fieldStrength ?? null,
      one.manufacturer ?? null,
      one.isSpacingEstimated ?? null,
    ]),
    locations: series.flatMap(({ study, series: id, location }) =>
      location === undefined ? [] : [[study, id, location]],
    ),
    detections: detections.map((one) => [
      one.study,
      one.series,
      one.model,
      one.level,
      ...one.centre,
      one.angle,
      one.width,
      one.height,
      one.slice,
      one.column,
      one.row,
      one.areLengthsEstimated ?? null,
    ]),
    readings: readings.map((one) => [
      one.study,
      one.series,
      one.level,
      one.rater,
      one.model,
      one.reader ?? null,
      one.reading,
      ...gradesOf(one),
      one.probabilities === undefined ? null : JSON.stringify(one.probabilities),
      one.flags === undefined || one.flags.length === 0 ? null : one.flags.join(" "),
      one.at ?? null,
    ]),
    anomalies: anomalies.map(({ file, line, code, message, isLeftOut }) => [
      file,
      line ?? null,
      code,
      message,
      isLeftOut,
    ]),
  };
}

const PROBABILITIES: Schema<Record<string, number[]>> = recordOf(v.array(finiteNumber()));

/** Class probabilities by feature. @throws CohortError where the column holds something else */
function probabilitiesOf(text: string): Record<string, number[]> {
  const { value, problem } = checkedJson(text, PROBABILITIES);
  if (problem === undefined) return value;
  throw new CohortError("damaged", `A reading's probabilities are damaged in the cohort's file: ${problem}.`);
}

/** A row of `readings` as the record that it was. */
export function readingOf(row: Readonly<Record<string, unknown>>): ReadingRecord {
  const grades = COHORT_FEATURES.flatMap(({ key }): [string, number][] => {
    const value = row[columnOf(key)];
    return typeof value === "number" ? [[key, value]] : [];
  });
  const text = (name: string): string => (typeof row[name] === "string" ? row[name] : "");
  return {
    study: text("study"),
    series: text("series"),
    level: text("level"),
    rater: text("rater"),
    model: text("model"),
    ...(text("reader") === "" ? {} : { reader: text("reader") }),
    reading: Number(row.reading),
    grades: Object.fromEntries(grades),
    ...(text("probabilities") === "" ? {} : { probabilities: probabilitiesOf(text("probabilities")) }),
    ...(text("flags") === "" ? {} : { flags: text("flags").split(" ") }),
    ...(text("at") === "" ? {} : { at: text("at") }),
  };
}
