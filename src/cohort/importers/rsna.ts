import { existsSync } from "node:fs";
import { join } from "node:path";
import { DISC_LEVELS, levelOf } from "../../detection/index.js";
import type { ReadingRecord, SeriesRecord } from "../records.js";
import { localPath } from "../../imaging/index.js";
import { CohortError } from "../errors.js";
import { AnomalyList, shown } from "./anomalies.js";
import { counted, numberOf, plainName } from "../../text/index.js";
import type { LabelPoint, PointedRecords } from "./labelPoint.js";
import { columnsFound, findColumn, needColumn, readTable } from "./tables.js";

const RATER = "RSNA 2024";
/** RSNA's conditions, as its columns begin, by key of a reading. */
const CONDITIONS: readonly (readonly [condition: string, key: string])[] = [
  ["spinal_canal_stenosis", "canalStenosisSeverity"],
  ["left_neural_foraminal_narrowing", "leftForaminalNarrowing"],
  ["right_neural_foraminal_narrowing", "rightForaminalNarrowing"],
  ["left_subarticular_stenosis", "leftSubarticularStenosis"],
  ["right_subarticular_stenosis", "rightSubarticularStenosis"],
];
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ["normalmild", 0],
  ["moderate", 1],
  ["severe", 2],
]);
const LEVELS = DISC_LEVELS.slice(0, 5);
/** Contrast and plane by RSNA's `series_description`. */
const DESCRIPTIONS: ReadonlyMap<string, Pick<SeriesRecord, "contrast" | "orientation">> = new Map([
  ["sagittalt1", { contrast: "T1", orientation: "sagittal" }],
  ["sagittalt2stir", { contrast: "T2", orientation: "sagittal" }],
  ["axialt2", { contrast: "T2", orientation: "axial" }],
]);

/** RSNA's ids are numbers; anything else could lead out of the folder of images. */
function isId(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

async function readSeverities(folder: string, anomalies: AnomalyList): Promise<Map<string, ReadingRecord[]>> {
  const table = await readTable(join(folder, anomalies.file));
  const study = needColumn(table, "study_id");
  const cells = LEVELS.flatMap((level) =>
    CONDITIONS.map(([condition, key]) => {
      const name = `${condition}_${level.toLowerCase().replace("-", "_")}`;
      return { level, key, name, index: findColumn(table, name) };
    }),
  );
  if (cells.every(({ index }) => index === undefined))
    throw new CohortError(
      "file",
      `${table.file} has no column such as ${cells[0]!.name}; ${columnsFound(table)}`,
    );
  for (const { name, index } of cells)
    if (index === undefined) {
      const message = `There is no column ${name}; nothing of it is known.`;
      anomalies.add({ code: "missing-column", message, isLeftOut: false });
    }
  const studies = new Map<string, ReadingRecord[]>();
  let blanks = 0;
  for (const { line, fields } of table.rows) {
    const report = (code: string, message: string): void => {
      anomalies.add({ code, line, message, isLeftOut: true });
    };
    const id = (fields[study] ?? "").trim();
    if (!isId(id)) report("bad-id", "study_id is not a number.");
    else if (studies.has(id)) report("duplicate", `Study ${id} is listed before; the first row stays.`);
    else {
      const readings = LEVELS.flatMap((level): ReadingRecord[] => {
        const grades: Record<string, number> = {};
        for (const { key, name, index } of cells.filter((cell) => cell.level === level)) {
          if (index === undefined) continue;
          const text = (fields[index] ?? "").trim();
          const severity = SEVERITIES.get(plainName(text));
          if (severity !== undefined) grades[key] = severity;
          else if (text === "") blanks++;
          else report("not-a-grade", `${name} cannot be ${shown(text)}.`);
        }
        const isGraded = Object.keys(grades).length > 0;
        return isGraded
          ? [{ study: id, series: "", level, rater: RATER, model: "", reading: 1, grades }]
          : [];
      });
      studies.set(id, readings);
    }
  }
  const message = `${counted(blanks, "severity is", "severities are")} blank, and absent from the readings.`;
  anomalies.summarise(blanks, "blank", message, false);
  return studies;
}

async function readSeries(
  folder: string,
  studies: ReadonlyMap<string, unknown>,
  anomalies: AnomalyList,
): Promise<SeriesRecord[]> {
  const table = await readTable(join(folder, anomalies.file));
  const [study, series, description] = ["study_id", "series_id", "series_description"].map((name) =>
    needColumn(table, name),
  ) as [number, number, number];
  const found = new Map<string, SeriesRecord>();
  let either = 0;
  for (const { line, fields } of table.rows) {
    const report = (code: string, message: string, isLeftOut: boolean): void => {
      anomalies.add({ code, line, message, isLeftOut });
    };
    const [ofStudy, id] = [(fields[study] ?? "").trim(), (fields[series] ?? "").trim()];
    const kind = plainName(fields[description] ?? "");
    if (!isId(ofStudy) || !isId(id)) report("bad-id", "study_id or series_id is not a number.", true);
    else if (found.has(`${ofStudy}/${id}`))
      report("duplicate", `Series ${id} is listed before; the first row stays.`, true);
    else {
      const known = DESCRIPTIONS.get(kind);
      if (known === undefined)
        report(
          "unknown-description",
          `Series ${id} has a description that is not RSNA's; contrast and plane are unknown.`,
          false,
        );
      if (!studies.has(ofStudy))
        report("ungraded", `Study ${ofStudy} of series ${id} is not in train.csv.`, false);
      if (kind === "sagittalt2stir") either++;
      found.set(`${ofStudy}/${id}`, {
        series: id,
        study: ofStudy,
        ...(known ?? { contrast: "unknown", orientation: "unknown" }),
        location: join(folder, "train_images", ofStudy, id),
      });
    }
  }
  const message = `${counted(either, "series is", "series are")} called "Sagittal T2/STIR", which does not tell T2 from STIR; kept as T2.`;
  anomalies.summarise(either, "t2-or-stir", message, false);
  if (!existsSync(join(folder, "train_images"))) {
    const absent = "There is no folder train_images beside the tables; the series cannot be opened.";
    anomalies.add({ code: "no-images", message: absent, isLeftOut: false });
  }
  return [...found.values()];
}

async function readPoints(
  folder: string,
  known: ReadonlySet<string> | undefined,
  anomalies: AnomalyList,
): Promise<LabelPoint[]> {
  const table = await readTable(join(folder, anomalies.file));
  const columns = ["study_id", "series_id", "instance_number", "condition", "level", "x", "y"].map((name) =>
    needColumn(table, name),
  );
  const features = new Map(CONDITIONS.map(([condition, key]) => [plainName(condition), key]));
  const points: LabelPoint[] = [];
  for (const { line, fields } of table.rows) {
    const report = (code: string, message: string): void => {
      anomalies.add({ code, line, message, isLeftOut: true });
    };
    const [study, series, instance, condition, levelText, x, y] = columns.map((column) =>
      (fields[column] ?? "").trim(),
    ) as [string, string, string, string, string, string, string];
    const [feature, level] = [features.get(plainName(condition)), levelOf(levelText)];
    const [column, row] = [numberOf(x), numberOf(y)];
    if (!isId(study) || !isId(series) || !isId(instance))
      report("bad-id", "study_id, series_id or instance_number is not a number.");
    else if (known !== undefined && !known.has(`${study}/${series}`))
      report("unknown-series", `Series ${series} of study ${study} is not in the series descriptions.`);
    else if (feature === undefined) report("unknown-condition", "The condition is none of RSNA's five.");
    else if (level === undefined) report("unknown-level", `The level cannot be ${shown(levelText)}.`);
    else if (column === undefined || row === undefined || column < 0 || row < 0)
      report("bad-coordinate", "x or y is no place in an image.");
    else points.push({ study, series, instance, level, feature, x: column, y: row });
  }
  return points;
}

/**
 * Imports RSNA 2024 Lumbar Spine Degenerative Classification (non-commercial use) from the folder with `train.csv` and, where
 * they are there, `train_series_descriptions.csv` and `train_label_coordinates.csv`.
 *
 * `Normal/Mild`, `Moderate` and `Severe` become 0, 1 and 2 of `canalStenosisSeverity`, `leftForaminalNarrowing`,
 * `rightForaminalNarrowing`, `leftSubarticularStenosis` and `rightSubarticularStenosis`, at L1-L2 to L5-S1. Blank cells are
 * absent; one anomaly counts them. Patient and study are `study_id`: RSNA tells of no patients. The rater is `RSNA 2024`, and
 * readings name no series, since a study's severities were read from all of them. Series lie in
 * `train_images/STUDY/SERIES`; the coordinates of the labels come as `points`.
 * @throws CohortError "file" where `train.csv` is absent or no table, or another one is no table
 */
export async function importRsna(given: string): Promise<PointedRecords> {
  const folder = localPath(given);
  const [ofTrain, ofSeries, ofPoints] = [
    "train.csv",
    "train_series_descriptions.csv",
    "train_label_coordinates.csv",
  ].map((file) => new AnomalyList(file)) as [AnomalyList, AnomalyList, AnomalyList];
  const isThere = (anomalies: AnomalyList): boolean => {
    if (existsSync(join(folder, anomalies.file))) return true;
    const message = `${anomalies.file} is not there: what it tells is not known.`;
    anomalies.add({ code: "missing-file", message, isLeftOut: false });
    return false;
  };
  const studies = await readSeverities(folder, ofTrain);
  const described = isThere(ofSeries) ? await readSeries(folder, studies, ofSeries) : undefined;
  const series = described ?? [];
  const known = described && new Set(described.map((one) => `${one.study}/${one.series}`));
  const points = isThere(ofPoints) ? await readPoints(folder, known, ofPoints) : [];
  const names = new Set([...studies.keys(), ...series.map(({ study }) => study)]);
  return {
    studies: [...names].map((study) => ({ study, patient: study, dataset: RATER })),
    series,
    readings: [...studies.values()].flat(),
    points,
    anomalies: [ofTrain, ofSeries, ofPoints].flatMap((list) => list.list()),
  };
}
