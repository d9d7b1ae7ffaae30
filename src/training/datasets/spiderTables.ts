import { existsSync } from "node:fs";
import { join } from "node:path";
import { DISC_LEVELS } from "../../detection/index.js";
import { isGradeOf, SPIDER_COLUMNS, TABLE_FEATURES } from "../../grading/index.js";
import { numberOf } from "../../text/index.js";
import { gather } from "./gather.js";
import { readPublishedTable } from "./publishedTable.js";
import type { Dataset, DatasetSeries, DiscGrading } from "./types.js";
import { isValidationPatient } from "./validation.js";

/** The tables of SPIDER (van der Graaf et al., Sci Data 11:264, 2024, CC BY 4.0), whole or in part. */

export const SPIDER_CREDIT = "SPIDER (CC BY 4.0)";

export const GRADINGS_FILE = "radiological_gradings.csv";
export const OVERVIEW_FILE = "overview.csv";

/** A patient's number: it is part of files' names. */
const NUMBER = /^\d{1,6}$/;

/**
 * Gradings of all discs; `IVD label` counts them from the sacrum upward, 1 is L5-S1. Rows without a patient's number, a Pfirrmann grade of 1
 * to 5 or a level (0 lies below L5-S1) are left out, and so are cells that hold no grade of their column.
 * @throws DataError for a missing file or column
 */
export async function readGradings(folder: string): Promise<DiscGrading[]> {
  const names = ["Patient", "IVD label", ...SPIDER_COLUMNS.map(([, column]) => column)];
  const rows = await readPublishedTable(folder, GRADINGS_FILE, names);
  return rows.flatMap(({ values: row }) => {
    const level = DISC_LEVELS[Number(row["IVD label"]) - 1];
    const grades = Object.fromEntries(
      SPIDER_COLUMNS.flatMap(([key, column]): [string, number][] => {
        const value = numberOf(row[column]!);
        const feature = TABLE_FEATURES.find((one) => one.key === key)!;
        return value === undefined || !isGradeOf(feature, value) ? [] : [[key, value]];
      }),
    );
    if (level === undefined || grades.pfirrmann === undefined || !NUMBER.test(row.Patient!)) return [];
    return [{ patient: row.Patient!, level, rater: "SPIDER", grades }];
  });
}

/** SPIDER's patients: all that have grades or pictures, in numerical order, with their series. */
export function gatherSpider(
  gradings: ReadonlyMap<string, readonly DiscGrading[]>,
  pictured: Iterable<string>,
  seriesOf: (patient: string) => readonly DatasetSeries[],
): Pick<Dataset, "patients" | "leftOut"> {
  const all = [...new Set([...gradings.keys(), ...pictured])].sort(byNumber);
  return gather(
    all.map((patient) => ({
      patient,
      isHeld: isValidationPatient(patient),
      gradings: gradings.get(patient) ?? [],
      series: seriesOf(patient),
    })),
  );
}

/** Gradings by patient. */
export function byPatient(gradings: readonly DiscGrading[]): Map<string, DiscGrading[]> {
  const patients = new Map<string, DiscGrading[]>();
  for (const grading of gradings)
    patients.set(grading.patient, [...(patients.get(grading.patient) ?? []), grading]);
  return patients;
}

/** What `overview.csv` says of one series, such as `1_t2`. */
export interface SeriesOverview {
  /** In-plane distance between pixels in mm; NaN where it is not told. */
  readonly spacing: number;
  /** Discs in view. */
  readonly discs: number | undefined;
}

/** Series by name. @throws DataError for a missing file or column */
export async function readOverview(folder: string): Promise<Map<string, SeriesOverview>> {
  const rows = await readPublishedTable(folder, OVERVIEW_FILE, [
    "new_file_name",
    "PixelSpacing",
    "num_discs",
  ]);
  return new Map(
    rows.map(({ values: row }) => [
      row.new_file_name!,
      {
        spacing: Number(/[\d.]+/.exec(row.PixelSpacing ?? "")?.[0]),
        discs: numberOf(row.num_discs ?? ""),
      },
    ]),
  );
}

export function hasOverview(folder: string): boolean {
  return existsSync(join(folder, OVERVIEW_FILE));
}

export function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}
