import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SeriesRecord, StudyRecord } from "../records.js";
import { shown } from "./anomalies.js";
import { counted, numberOf } from "../../text/index.js";
import type { AnomalyList } from "./anomalies.js";
import { findColumn, needColumn, readTable } from "./tables.js";
import type { Table } from "./tables.js";

/** What `overview.csv` tells of SPIDER's patients and their series. */
export interface SpiderOverview {
  readonly patients: ReadonlyMap<string, Pick<StudyRecord, "sex">>;
  readonly series: readonly SeriesRecord[];
  /** `num_discs` by series, with its line. */
  readonly discs: readonly {
    readonly series: string;
    readonly study: string;
    readonly line: number;
    readonly discs: number;
  }[];
}

interface OverviewRow {
  readonly line: number;
  /** `1_t2` of patient 1. */
  readonly series: string;
  readonly study: string;
  readonly kind: string;
  /** Text of a column, untrimmed; empty where the table does not have it. */
  readonly text: (column: string) => string;
  /** Everything but the name, to see whether two rows are copies. */
  readonly content: string;
}

function readRows(table: Table, anomalies: AnomalyList): OverviewRow[] {
  const name = needColumn(table, "new_file_name");
  const columns = new Map(table.header.map((column, i) => [column, i]));
  const rows = new Map<string, OverviewRow>();
  for (const { line, fields } of table.rows) {
    const [, study, kind] = /^(\d+)_(t1|t2|t2_SPACE)$/.exec((fields[name] ?? "").trim()) ?? [];
    if (study === undefined || kind === undefined) {
      const message = "The series is not named by a number and _t1, _t2 or _t2_SPACE.";
      anomalies.add({ code: "unknown-series", line, message, isLeftOut: true });
      continue;
    }
    const series = `${study}_${kind}`;
    if (rows.has(series)) {
      const message = `Series ${series} is listed before; the first row stays.`;
      anomalies.add({ code: "duplicate", line, message, isLeftOut: true });
      continue;
    }
    const text = (column: string): string => fields[columns.get(column) ?? -1] ?? "";
    const content = JSON.stringify(fields.filter((_, i) => i !== name));
    rows.set(series, { line, series, study, kind, text, content });
  }
  return [...rows.values()];
}

/** Sex of each patient; the first row tells, and other rows that differ are reported. */
function sexes(rows: readonly OverviewRow[], anomalies: AnomalyList): Map<string, Pick<StudyRecord, "sex">> {
  const patients = new Map<string, Pick<StudyRecord, "sex">>();
  for (const { study, line, text } of rows) {
    const sex = text("sex").trim();
    const known = patients.get(study)?.sex;
    if (sex === "F" || sex === "M") {
      if (known === undefined) patients.set(study, { sex });
      else if (known !== sex) {
        const message = `Patient ${study} is ${sex} here and ${known} before; the first stays.`;
        anomalies.add({ code: "two-sexes", line, message, isLeftOut: true });
      }
    } else {
      if (known === undefined) patients.set(study, {});
      if (sex !== "")
        anomalies.add({ code: "unknown-sex", line, message: "The sex is neither F nor M.", isLeftOut: true });
    }
  }
  const padded = rows.filter(({ text }) => text("sex") !== text("sex").trim()).length;
  const message = `In ${counted(padded, "row")} the sex has a space behind it, which was taken off.`;
  anomalies.summarise(padded, "padded-sex", message, false);
  return patients;
}

/** mm between columns, rows and slices, from texts such as `[.46875, .46875]` (row spacing first, as in DICOM) and `3.3`. */
function spacingOf({ text }: OverviewRow): [number, number, number] | undefined {
  const [rows, columns, ...more] = text("PixelSpacing")
    .replace(/[[\]]/g, "")
    .split(",")
    .map((part) => numberOf(part));
  const slices = numberOf(text("SpacingBetweenSlices"));
  const all = [columns, rows, slices];
  return more.length === 0 && all.every((one) => one !== undefined && one > 0 && one < 100)
    ? (all as [number, number, number])
    : undefined;
}

/** Series names whose row repeats the T2 SPACE row of the same patient in every column: one of the two is not its own. */
function copiedRows(rows: readonly OverviewRow[]): Set<string> {
  const space = new Map(
    rows.filter(({ kind }) => kind === "t2_SPACE").map((row) => [row.study, row.content]),
  );
  return new Set(
    rows
      .filter(({ kind, study, content }) => kind === "t2" && space.get(study) === content)
      .map(({ series }) => series),
  );
}

function seriesOf(row: OverviewRow, folder: string, isCopied: boolean): SeriesRecord {
  const { series, study, kind, text } = row;
  const spacing = isCopied ? undefined : spacingOf(row);
  const fieldStrength = numberOf(text("MagneticFieldStrength"));
  const manufacturer = text("Manufacturer").trim();
  // As published, else the middle slices that this project keeps.
  const location = [join(folder, "images", `${series}.mha`), join(folder, "midslices", `${series}.png`)].find(
    (path) => existsSync(path),
  );
  return {
    series,
    study,
    contrast: isStir(row) ? "STIR" : kind === "t1" ? "T1" : "T2",
    orientation: "sagittal",
    ...(spacing && { spacing }),
    ...(fieldStrength !== undefined && { fieldStrength }),
    ...(manufacturer !== "" && { manufacturer }),
    ...(location !== undefined && { location }),
  };
}

function isStir({ text, kind }: OverviewRow): boolean {
  return kind !== "t1" && /\bSTIR\b/i.test(text("SeriesDescription"));
}

function reportSeries(
  rows: readonly OverviewRow[],
  copied: ReadonlySet<string>,
  anomalies: AnomalyList,
): void {
  for (const row of rows) {
    const { line, series, text } = row;
    const add = (code: string, message: string, isLeftOut: boolean): void => {
      anomalies.add({ code, line, message, isLeftOut });
    };
    if (copied.has(series))
      add(
        "copied-row",
        `Series ${series} repeats the row of ${series}_SPACE in every column; its spacing is not known.`,
        true,
      );
    else if (spacingOf(row) === undefined)
      add("no-spacing", `Series ${series} has no spacing that can be read.`, true);
    if (isStir(row))
      add("other-contrast", `Series ${series} is named T2 and described as STIR; it is kept as STIR.`, false);
    if (numberOf(text("num_discs")) === undefined)
      add(
        "unreadable-number",
        `num_discs of series ${series} is no number: ${shown(text("num_discs"))}.`,
        true,
      );
  }
  const bare = rows.filter(({ text }) => /(?:^|[^\d.])\.\d/.test(text("PixelSpacing"))).length;
  const zero = `In ${counted(bare, "row")} the spacing is written without its leading zero (.46875), and read all the same.`;
  anomalies.summarise(bare, "no-leading-zero", zero, false);
  const births = rows.filter(({ text }) => text("birth_date").trim() !== "").length;
  const birth = `In ${counted(births, "row")} birth_date holds a two-digit number, of which is not said whether it is an age or a year; it is never copied.`;
  anomalies.summarise(births, "birth-date", birth, true);
}

/** Series without a picture, and pictures without a series. Says nothing where the folder of pictures is not there at all. */
function reportPictures(series: readonly SeriesRecord[], anomalies: AnomalyList): void {
  const without = series.filter(({ location }) => location === undefined);
  if (without.length === 0) return;
  const all = without.length === series.length;
  const names = without.slice(0, 10).map((one) => one.series);
  const message = all
    ? "There are no pictures in images or midslices; the series cannot be opened."
    : `${counted(without.length, "series has", "series have")} no picture in images or midslices and cannot be opened: ${names.join(", ")}${without.length > 10 ? " ..." : ""}.`;
  anomalies.add({ code: "no-picture", message, isLeftOut: false });
}

/** Columns of `overview.csv` that records have a place for. */
const USED = [
  "new_file_name",
  "num_discs",
  "sex",
  "birth_date",
  "MagneticFieldStrength",
  "Manufacturer",
  "PixelSpacing",
  "SeriesDescription",
  "SpacingBetweenSlices",
];

/** Reads `overview.csv` of SPIDER's folder. @throws CohortError "file" */
export async function readSpiderOverview(folder: string, anomalies: AnomalyList): Promise<SpiderOverview> {
  const table = await readTable(join(folder, "overview.csv"));
  for (const column of USED)
    if (findColumn(table, column) === undefined) {
      const message = `There is no column ${column}; what it tells is absent.`;
      anomalies.add({ code: "missing-column", message, isLeftOut: false });
    }
  const unused = table.header.filter((column) => !USED.includes(column));
  const message = `Records have no place for ${counted(unused.length, "column")}, which ${unused.length === 1 ? "was" : "were"} not copied: ${unused.slice(0, 40).join(", ")}.`;
  anomalies.summarise(unused.length, "unused-columns", message, true);
  const rows = readRows(table, anomalies);
  const copied = copiedRows(rows);
  const series = rows.map((row) => seriesOf(row, folder, copied.has(row.series)));
  reportSeries(rows, copied, anomalies);
  reportPictures(series, anomalies);
  const discs = rows.flatMap(({ series: name, study, line, text }) => {
    const value = numberOf(text("num_discs"));
    return value === undefined ? [] : [{ series: name, study, line, discs: value }];
  });
  return { patients: sexes(rows, anomalies), series, discs };
}
