import { numberOf } from "../../text/index.js";
import { levelOf } from "../../detection/index.js";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { CsvRow } from "../../text/index.js";
import { localPath } from "../../imaging/index.js";
import { CohortError } from "../errors.js";
import type { CohortRecords, StudyRecord } from "../records.js";
import { AnomalyList, shown } from "./anomalies.js";
import { identifierOf, isAbsent, isIdentityColumn } from "./identifiers.js";
import { ReadingList } from "./readingList.js";
import { columnsFound, findColumn, readTable } from "./tables.js";
import type { Table } from "./tables.js";

const NAME = "SpineNet";

/** A column of SpineNet's output: where its numbers go, by number. */
interface SpineNetColumn {
  readonly name: string;
  readonly key: string;
  readonly values: ReadonlyMap<number, number>;
}

function same(first: number, last: number): ReadonlyMap<number, number> {
  return new Map(Array.from({ length: last - first + 1 }, (_, i) => [first + i, first + i]));
}

const COLUMNS: readonly SpineNetColumn[] = [
  { name: "Pfirrmann", key: "pfirrmann", values: same(1, 5) },
  { name: "Narrowing", key: "narrowing", values: same(1, 4) },
  {
    name: "CentralCanalStenosis",
    key: "canalStenosisSeverity",
    values: new Map([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
    ]),
  },
  { name: "Spondylolisthesis", key: "spondylolisthesis", values: same(0, 1) },
  { name: "UpperEndplateDefect", key: "upperEndplateDefect", values: same(0, 1) },
  { name: "LowerEndplateDefect", key: "lowerEndplateDefect", values: same(0, 1) },
  { name: "UpperMarrow", key: "upperMarrowChange", values: same(0, 1) },
  { name: "LowerMarrow", key: "lowerMarrowChange", values: same(0, 1) },
  { name: "ForaminalStenosisLeft", key: "leftForaminalNarrowing", values: same(0, 1) },
  { name: "ForaminalStenosisRight", key: "rightForaminalNarrowing", values: same(0, 1) },
  { name: "Herniation", key: "herniation", values: same(0, 1) },
];

type Placed = SpineNetColumn & { readonly index: number };

function gradedColumns(table: Table, anomalies: AnomalyList): Placed[] {
  const placed = COLUMNS.flatMap((column): Placed[] => {
    const index = findColumn(table, column.name);
    if (index !== undefined) return [{ ...column, index }];
    const message = `There is no column ${column.name}; nothing of it is known.`;
    anomalies.add({ code: "missing-column", message, isLeftOut: false });
    return [];
  });
  if (placed.length === 0)
    throw new CohortError(
      "file",
      `${table.file} has no column of SpineNet's, such as Pfirrmann; ${columnsFound(table)}`,
    );
  return placed;
}

/** Columns counted from 1 that hold a 0 and never their highest number: they are counted from 0, and every number is one too low. */
function countedFromZero(
  columns: readonly Placed[],
  rows: readonly CsvRow[],
  anomalies: AnomalyList,
): Set<string> {
  const wrong = columns.filter(({ values, index }) => {
    const numbers = new Set(rows.map(({ fields }) => numberOf(fields[index] ?? "")));
    return !values.has(0) && numbers.has(0) && !numbers.has(Math.max(...values.keys()));
  });
  for (const { name, values } of wrong) {
    const message = `${name} holds 0 and never ${Math.max(...values.keys())}: it seems to be counted from 0, where SpineNet counts from 1. The column was left out; add 1 to it if that is so.`;
    anomalies.add({ code: "counted-from-zero", message, isLeftOut: true });
  }
  return new Set(wrong.map(({ name }) => name));
}

/** A name for the one study of a file that does not name it: the file's place, hashed, since it may hold a person's name. */
function studyOfFile(path: string): string {
  return `spinenet-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 12)}`;
}

/** Levels may stand in the index, whose column has no name. */
function levelColumn(table: Table): number {
  const named = findColumn(table, "level", "IVD", "disc", "index", "ivd_level");
  const index = named ?? table.header.findIndex((name) => name === "" || /^unnamed: ?\d+$/i.test(name));
  if (index === -1)
    throw new CohortError("file", `${table.file} has no column of levels; ${columnsFound(table)}`);
  return index;
}

/**
 * Imports a table of SpineNet (Windsor et al. 2022): an index of levels `T12-L1` to `L5-S1` and its eleven columns. A column
 * `study`, `study_id`, `patient` or `scan` names the study of each row; without one the file is one study, under a name made
 * from the file's place.
 *
 * What is assumed of the columns: `Pfirrmann` is 1 to 5 and `Narrowing` 1 to 4, as here. `CentralCanalStenosis` is 1 (none), 2
 * (mild), 3 (moderate), 4 (severe) and goes to `canalStenosisSeverity` as 0, 0, 1, 2, RSNA's classes; `centralCanalStenosis` is
 * left absent. All others are 0 or 1; `UpperMarrow` and `LowerMarrow` go to the marrow changes. The foraminal columns tell only
 * whether there is stenosis: their 1 is kept as 1 of `leftForaminalNarrowing` and `rightForaminalNarrowing`, though it may be mild
 * or severe, and one anomaly says so. A number outside of these ranges is left out and reported, and a column that seems to be
 * counted from 0 is left out whole.
 * @throws CohortError "file" where it is absent, no table, or has no column of SpineNet's
 */
export async function importSpineNet(given: string): Promise<CohortRecords> {
  const path = localPath(given);
  const table = await readTable(path);
  const anomalies = new AnomalyList(table.file);
  anomalies.addEncoding(table.encoding);
  const columns = gradedColumns(table, anomalies);
  const level = levelColumn(table);
  const study = findColumn(table, "study", "study_id", "patient", "patient_id", "scan", "scan_id");
  const used = new Set([level, study, ...columns.map(({ index }) => index)]);
  table.header.forEach((name, i) => {
    if (used.has(i)) return;
    const isIdentity = isIdentityColumn(name);
    const why = isIdentity
      ? "tells who a person is and is never copied"
      : "is none of SpineNet's and was not copied";
    const message = `Column ${i + 1} (${name.slice(0, 40)}) ${why}.`;
    const code = isIdentity ? "identity-column" : "unmapped-column";
    anomalies.add({ code, line: 1, message, isLeftOut: true });
  });
  const rows = [...table.rows];
  const wrong = countedFromZero(columns, rows, anomalies);
  const kept = columns.filter(({ name }) => !wrong.has(name));
  const list = new ReadingList(anomalies);
  const studies = new Map<string, StudyRecord>();
  for (const { line, fields } of rows) {
    const report = (code: string, message: string): void => {
      anomalies.add({ code, line, message, isLeftOut: true });
    };
    const named = study === undefined ? undefined : identifierOf(fields[study] ?? "", "study");
    const levelText = (fields[level] ?? "").trim();
    const name = levelOf(levelText);
    if (named?.kind === "unusable") report(named.code, `The study's id ${named.why}.`);
    else if (named?.kind === "absent") report("bad-id", "The row does not say its study.");
    else if (name === undefined) report("unknown-level", `The level cannot be ${shown(levelText)}.`);
    else {
      const grades = gradesOf(fields, kept, report);
      const id = named?.id ?? studyOfFile(path);
      studies.set(id, { study: id, patient: id, dataset: NAME });
      if (Object.keys(grades).length === 0) report("no-grades", `${name} has no grade.`);
      else
        list.add({ study: id, series: "", level: name, rater: NAME, model: NAME, reading: 1, grades }, line);
    }
  }
  if (study === undefined) {
    const message = `No column names the study: the file is taken as one study, ${studyOfFile(path)}.`;
    anomalies.add({ code: "study-unnamed", message, isLeftOut: false });
  }
  const foramina = list.readings.filter(
    ({ grades }) => grades.leftForaminalNarrowing === 1 || grades.rightForaminalNarrowing === 1,
  ).length;
  const binary = `SpineNet does not tell how narrow a foramen is: ${foramina} of the readings say 1 (moderate) where it may be mild or severe.`;
  anomalies.summarise(foramina, "binary-severity", binary, false);
  return { studies: [...studies.values()], series: [], readings: list.readings, anomalies: anomalies.list() };
}

function gradesOf(
  fields: readonly string[],
  columns: readonly Placed[],
  report: (code: string, message: string) => void,
): Record<string, number> {
  const grades: Record<string, number> = {};
  for (const { name, key, values, index } of columns) {
    const text = (fields[index] ?? "").trim();
    const grade = values.get(numberOf(text) ?? NaN);
    if (grade !== undefined) grades[key] = grade;
    else if (!isAbsent(text))
      report(
        "not-a-grade",
        `${name} goes from ${[...values.keys()][0]!} to ${Math.max(...values.keys())} and cannot be ${shown(text)}.`,
      );
  }
  return grades;
}
