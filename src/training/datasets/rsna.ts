import { existsSync } from "node:fs";
import { join } from "node:path";
import { DISC_LEVELS, levelOf } from "../../detection/index.js";
import type { SlicePoint } from "../../detection/index.js";
import { chooseSagittal, readSeries } from "../../imaging/index.js";
import { counted, numberOf, plainName } from "../../text/index.js";
import { gather } from "./gather.js";
import { readPublishedTable } from "./publishedTable.js";
import type { Dataset, DatasetSeries, DiscGrading, SeriesKind } from "./types.js";
import { isValidationPatient } from "./validation.js";

/** RSNA 2024 Lumbar Spine Degenerative Classification (for non-commercial use only) as its archive is unpacked. */

export const RSNA_GRADES = "train.csv";
export const RSNA_SERIES = "train_series_descriptions.csv";
const RSNA_POINTS = "train_label_coordinates.csv";
export const RSNA_IMAGES = "train_images";

export const RSNA_CREDIT = "RSNA 2024 (non-commercial use)";
const RATER = "RSNA 2024";
const LEVELS = DISC_LEVELS.slice(0, 5);
const STENOSIS = "spinal_canal_stenosis";

/** Severities of the canal's stenosis. */
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ["normalmild", 0],
  ["moderate", 1],
  ["severe", 2],
]);

const KINDS: ReadonlyMap<string, SeriesKind> = new Map([
  ["sagittalt2stir", "T2"],
  ["sagittalt1", "T1"],
]);

/** Ids are parts of folders' names: numbers, and nothing that leads elsewhere. */
const ID = /^\d{1,20}$/;

function stenosisColumn(level: string): string {
  return `${STENOSIS}_${level.toLowerCase().replace("-", "_")}`;
}

/** A study's patient as all data sets together call them. */
export function rsnaPatient(study: string): string {
  return `RSNA-${study}`;
}

/** Severities by study; a blank cell is absent, and so is a text that is no severity, which is counted. */
async function readSeverities(
  folder: string,
): Promise<{ studies: Map<string, DiscGrading[]>; unknown: number }> {
  const rows = await readPublishedTable(folder, RSNA_GRADES, ["study_id", ...LEVELS.map(stenosisColumn)]);
  const studies = new Map<string, DiscGrading[]>();
  let unknown = 0;
  for (const { values } of rows) {
    const study = values.study_id!;
    if (!ID.test(study) || studies.has(study)) {
      unknown++;
      continue;
    }
    const gradings = LEVELS.flatMap((level): DiscGrading[] => {
      const text = values[stenosisColumn(level)]!;
      const canalStenosisSeverity = SEVERITIES.get(plainName(text));
      if (canalStenosisSeverity === undefined) {
        if (text !== "") unknown++;
        return [];
      }
      return [{ patient: rsnaPatient(study), level, rater: RATER, grades: { canalStenosisSeverity } }];
    });
    studies.set(study, gradings);
  }
  return { studies, unknown };
}

/** Where the canal is marked at each level, by series (`STUDY/SERIES`); empty without the table. */
async function readPoints(folder: string): Promise<Map<string, Map<string, SlicePoint>>> {
  const series = new Map<string, Map<string, SlicePoint>>();
  if (!existsSync(join(folder, RSNA_POINTS))) return series;
  const columns = ["study_id", "series_id", "condition", "level", "x", "y"];
  for (const { values } of await readPublishedTable(folder, RSNA_POINTS, columns)) {
    const level = levelOf(values.level!);
    const [column, row] = [numberOf(values.x!), numberOf(values.y!)];
    if (plainName(values.condition!) !== plainName(STENOSIS) || level === undefined) continue;
    if (column === undefined || row === undefined) continue;
    const key = `${values.study_id!}/${values.series_id!}`;
    series.set(key, (series.get(key) ?? new Map<string, SlicePoint>()).set(level, { column, row }));
  }
  return series;
}

/** Series by study, those that are there and sagittal. */
async function readDescriptions(folder: string): Promise<Map<string, DatasetSeries[]>> {
  const points = await readPoints(folder);
  const rows = await readPublishedTable(folder, RSNA_SERIES, ["study_id", "series_id", "series_description"]);
  const studies = new Map<string, DatasetSeries[]>();
  for (const { values } of rows) {
    const [study, series] = [values.study_id!, values.series_id!];
    const kind = KINDS.get(plainName(values.series_description!));
    if (kind === undefined || !ID.test(study) || !ID.test(series)) continue;
    const place = join(folder, RSNA_IMAGES, study, series);
    const own = studies.get(study) ?? [];
    // Of several series of one kind the first stays.
    if (!existsSync(place) || own.some((one) => one.kind === kind)) continue;
    own.push({
      ...{ name: `${rsnaPatient(study)} ${kind}`, kind, places: points.get(`${study}/${series}`) },
      place: () => ({ path: place }),
      load: async () => chooseSagittal(await readSeries(place)).load(),
    });
    studies.set(study, own);
  }
  return studies;
}

/**
 * Opens RSNA 2024: `train.csv`, `train_series_descriptions.csv`, `train_images/STUDY/SERIES/N.dcm` and, where it is there,
 * `train_label_coordinates.csv`, which tells whether levels are named as its readers named them. Of the grades the canal's stenosis is
 * taken; the foramina and recesses are seen on axial and lateral slices that are not read here.
 * @throws DataError where a table is not as published
 */
export async function openRsna(folder: string): Promise<Dataset> {
  const [{ studies, unknown }, series] = await Promise.all([
    readSeverities(folder),
    readDescriptions(folder),
  ]);
  return {
    layout: "rsna",
    title: "RSNA 2024",
    credit: RSNA_CREDIT,
    ...gather(
      [...studies].map(([study, gradings]) => ({
        ...{ patient: rsnaPatient(study), isHeld: isValidationPatient(study), gradings },
        series: series.get(study) ?? [],
      })),
    ),
    remarks: [
      ...(unknown === 0
        ? []
        : [
            `${counted(unknown, "row or cell", "rows or cells")} of ${RSNA_GRADES} could not be read as published.`,
          ]),
      "Of RSNA's conditions only the stenosis of the spinal canal is read.",
    ],
  };
}
