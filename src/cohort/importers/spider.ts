import { existsSync } from "node:fs";
import { join } from "node:path";
import { DISC_LEVELS, LUMBAR_DISCS } from "../../detection/index.js";
import { SPIDER_COLUMNS } from "../../grading/index.js";
import { cohortFeature, isGradeOf } from "../features.js";
import { localPath } from "../../imaging/index.js";
import type { CohortRecords, ReadingRecord } from "../records.js";
import { AnomalyList, shown } from "./anomalies.js";
import { counted, numberOf } from "../../text/index.js";
import { ReadingList } from "./readingList.js";
import { readSpiderOverview } from "./spiderOverview.js";
import type { SpiderOverview } from "./spiderOverview.js";
import { findColumn, needColumn, readTable } from "./tables.js";
import type { Table } from "./tables.js";

const MISSING_OVERVIEW: SpiderOverview = { patients: new Map(), series: [], discs: [] };

/** A column of grades in the file. */
interface GradeColumn {
  readonly key: string;
  readonly name: string;
  readonly index: number;
}

function gradeColumns(table: Table, anomalies: AnomalyList): GradeColumn[] {
  return SPIDER_COLUMNS.flatMap(([key, ...names]): GradeColumn[] => {
    const index = findColumn(table, ...names);
    if (index !== undefined) return [{ key, name: table.header[index]!, index }];
    const message = `There is no column ${names[0]}; nothing of it is known.`;
    anomalies.add({ code: "missing-column", message, isLeftOut: false });
    return [];
  });
}

function gradesOf(
  fields: readonly string[],
  columns: readonly GradeColumn[],
  report: (code: string, message: string) => void,
): Record<string, number> {
  const grades: Record<string, number> = {};
  for (const { key, name, index } of columns) {
    const text = (fields[index] ?? "").trim();
    const value = numberOf(text);
    if (value !== undefined && isGradeOf(cohortFeature(key)!, value)) grades[key] = value;
    else if (text === "") report("no-grade", `${name} is not given.`);
    else report("not-a-grade", `${name} cannot be ${shown(text)}.`);
  }
  return grades;
}

/** Reads the graded discs; the count is of the rows by patient, those that were left out included. */
async function readGradings(
  folder: string,
  seriesOf: (patient: string) => string,
  anomalies: AnomalyList,
): Promise<{ readings: readonly ReadingRecord[]; rows: ReadonlyMap<string, number> }> {
  const table = await readTable(join(folder, "radiological_gradings.csv"));
  const [patient, label] = [needColumn(table, "Patient"), needColumn(table, "IVD label")];
  const columns = gradeColumns(table, anomalies);
  const list = new ReadingList(anomalies);
  const rows = new Map<string, number>();
  for (const { line, fields } of table.rows) {
    const report = (code: string, message: string): void => {
      anomalies.add({ code, line, message, isLeftOut: true });
    };
    const study = (fields[patient] ?? "").trim();
    const counter = (fields[label] ?? "").trim();
    if (!/^\d{1,6}$/.test(study)) {
      report("bad-id", "The patient is not given by SPIDER's number.");
      continue;
    }
    rows.set(study, (rows.get(study) ?? 0) + 1);
    const level = DISC_LEVELS[(numberOf(counter) ?? NaN) - 1];
    if (level === undefined) {
      const why =
        counter === "0" ? "the disc below L5-S1, which has no name here" : "no disc that has a name here";
      report("unknown-level", `IVD label ${shown(counter)} of patient ${study} is ${why}.`);
      continue;
    }
    const grades = gradesOf(fields, columns, report);
    if (Object.keys(grades).length === 0) report("no-grades", `${level} of patient ${study} has no grade.`);
    else
      list.add(
        { study, series: seriesOf(study), level, rater: "SPIDER", model: "", reading: 1, grades },
        line,
      );
  }
  const misspelt = columns.filter(({ name }) => /\bPfirrman\b/i.test(name)).length;
  const spelling = 'The column "Pfirrman grade" is spelt with one n, and read all the same.';
  anomalies.summarise(misspelt, "misspelt-column", spelling, false);
  const above = list.readings.filter(({ level }) => !LUMBAR_DISCS.includes(level)).length;
  const higher = `${counted(above, "graded disc lies", "graded discs lie")} above T12-L1, and ${above === 1 ? "is" : "are"} kept.`;
  anomalies.summarise(above, "above-lumbar", higher, false);
  return { readings: list.readings, rows };
}

/** Series whose `num_discs` is not the number of graded discs, and patients without gradings or without a T2 series. */
function reportCounts(
  { discs, patients, series }: SpiderOverview,
  rows: ReadonlyMap<string, number>,
  anomalies: AnomalyList,
): void {
  for (const { series: name, study, line, discs: expected } of discs) {
    const graded = rows.get(study);
    if (graded === undefined || graded === expected) continue;
    const message = `Series ${name} shows ${counted(expected, "disc")} and patient ${study} has ${counted(graded, "graded disc")}.`;
    anomalies.add({ code: "disc-count", line, message, isLeftOut: false });
  }
  for (const study of patients.keys())
    if (!rows.has(study))
      anomalies.add({
        code: "ungraded",
        message: `No disc of patient ${study} is graded.`,
        isLeftOut: false,
      });
  const withT2 = new Set(series.filter(({ series: name }) => /_t2/.test(name)).map(({ study }) => study));
  const without = [...rows.keys()].filter((study) => patients.has(study) && !withT2.has(study));
  const t1 = `${counted(without.length, "graded patient has", "graded patients have")} no T2 series (${without.slice(0, 10).join(", ")}${without.length > 10 ? " ..." : ""}); their readings name no series.`;
  anomalies.summarise(without.length, "no-t2", t1, false);
}

/**
 * Imports SPIDER (van der Graaf et al., Sci Data 11:264, 2024, CC BY 4.0) from a folder with `radiological_gradings.csv` and,
 * where they are there, `overview.csv` and `images/SERIES.mha` or `midslices/SERIES.png`.
 *
 * Patient and study are SPIDER's number as text, series are called as in `overview.csv` (`1_t2`), the rater is `SPIDER`. The
 * gradings are of a patient, not of a series: they are put to the patient's T2 (`N_t2`, else `N_t2_SPACE`), on which the
 * Pfirrmann grade is read, and name no series where there is none. `IVD label` counts from L5-S1 (1) upward. `Disc narrowing`
 * is binary and goes to `narrowingPresent`; `Modic` to `modic`, since it is not told which endplate's marrow it means.
 * Discs above T12-L1 are kept. Ages are not told: `birth_date` is a two-digit number of unclear meaning and never copied.
 * @param given as published or as a part of it
 * @throws CohortError "file" where the gradings are absent or no table
 */
export async function importSpider(given: string): Promise<CohortRecords> {
  const folder = localPath(given);
  const [ofOverview, ofGradings] = ["overview.csv", "radiological_gradings.csv"].map(
    (file) => new AnomalyList(file),
  ) as [AnomalyList, AnomalyList];
  const isThere = existsSync(join(folder, "overview.csv"));
  const overview = isThere ? await readSpiderOverview(folder, ofOverview) : MISSING_OVERVIEW;
  if (!isThere) {
    const message = "overview.csv is not there: sex, series and spacing are not known.";
    ofOverview.add({ code: "missing-file", message, isLeftOut: false });
  }
  const names = new Set(overview.series.map(({ series }) => series));
  const seriesOf = (patient: string): string =>
    [`${patient}_t2`, `${patient}_t2_SPACE`].find((name) => names.has(name)) ?? "";
  const { readings, rows } = await readGradings(folder, seriesOf, ofGradings);
  reportCounts(overview, rows, ofOverview);
  const patients = [...new Set([...overview.patients.keys(), ...rows.keys()])].sort(
    (a, b) => Number(a) - Number(b),
  );
  return {
    studies: patients.map((patient) => ({
      study: patient,
      patient,
      dataset: "SPIDER",
      ...overview.patients.get(patient),
    })),
    series: overview.series,
    readings,
    anomalies: [...ofGradings.list(), ...ofOverview.list()],
  };
}
