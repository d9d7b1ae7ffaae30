import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPng } from "../../imaging/index.js";
import { DISC_LEVELS } from "../../detection/index.js";
import { readFindingBoxes } from "./findingBoxes.js";
import type { FindingBox } from "./findingBoxes.js";
import { gather } from "./gather.js";
import { DataError, readPublishedTable, requireDistinct, wholeIn } from "./publishedTable.js";
import { byPatient } from "./spiderTables.js";
import type { Dataset, DatasetSeries, DiscGrading } from "./types.js";
import { isValidationPatient, LSMA_VALIDATION_SHARE } from "./validation.js";

/**
 * The LSMA-PQR grades (Masood, Taj et al., Mendeley Data 10.17632/p3r4xd2488, CC BY 4.0) on Sudirman's images (10.17632/k57fr854j2, CC BY
 * 4.0) as this project keeps them: `t2/N.png` and `t1/N.png`, the mid-sagittal slices of patient N, `pfirrmann.csv`, and `boxes.csv`.
 */

/** mm between pixels of every slice. */
const SPACING = 0.6875;

export const LSMA_CREDIT = "LSMA-PQR (CC BY 4.0)";
export const LSMA_RATER = "LSMA";
export const LSMA_FILE = "pfirrmann.csv";

/** A patient of the data set as all data sets together call it. */
export function lsmaPatient(number: string): string {
  return `LSMA-${number}`;
}

/** Whether a patient of the data set is kept out of all training: 60 of the 381 of the excerpt. */
export function isLsmaValidation(number: string): boolean {
  return isValidationPatient(number, LSMA_VALIDATION_SHARE);
}

/**
 * All grades of the excerpt, in the file's order, with patients by their bare numbers.
 * @throws DataError where the table is not as it should be: a column lacks, a level or grade is none, a disc stands twice
 */
export async function readLsmaGradings(folder: string): Promise<DiscGrading[]> {
  const columns = ["patient", "level", "pfirrmann"] as const;
  const rows = await readPublishedTable(folder, LSMA_FILE, columns);
  requireDistinct(rows, ["patient", "level"]);
  return rows.map((row) => {
    const { patient, level } = row.values as Record<(typeof columns)[number], string>;
    // The patient's number is part of a file's name.
    if (!/^\d+$/.test(patient))
      throw new DataError(`${row.file}, line ${row.line}: "patient" must be a number.`);
    if (!DISC_LEVELS.some((known) => known === level))
      throw new DataError(`${row.file}, line ${row.line}: "level" must be a disc, such as L4-L5.`);
    return { patient, level, rater: LSMA_RATER, grades: { pfirrmann: wholeIn(row, "pfirrmann", 1, 5) } };
  });
}

/** Opens the excerpt. @throws DataError as {@link readLsmaGradings} */
export async function openLsmaExcerpt(folder: string): Promise<Dataset> {
  const gradings = byPatient(await readLsmaGradings(folder));
  const boxes = await readFindingBoxes(folder);
  const names = new Set(await readdir(join(folder, "t2")));
  const t1 = existsSync(join(folder, "t1")) ? new Set(await readdir(join(folder, "t1"))) : new Set<string>();
  const slice = (number: string, kind: "T1" | "T2"): DatasetSeries[] => {
    const name = `${number}.png`;
    if (!(kind === "T1" ? t1 : names).has(name)) return [];
    const path = join(folder, kind.toLowerCase(), name);
    const isOf = (box: FindingBox): boolean => box.patient === number && box.contrast === "t2";
    return [
      {
        name: `${lsmaPatient(number)} ${kind}`,
        kind,
        place: () => ({ path, spacing: SPACING }),
        ...(boxes.length === 0 || kind !== "T2" ? {} : { boxes: boxes.filter(isOf) }),
        load: async () => readPng(await readFile(path), SPACING, name),
      },
    ];
  };
  return {
    layout: "lsma-excerpt",
    title: "LSMA-PQR excerpt",
    credit: LSMA_CREDIT,
    ...gather(
      [...gradings].map(([number, own]) => ({
        patient: lsmaPatient(number),
        isHeld: isLsmaValidation(number),
        gradings: own.map((grading) => ({ ...grading, patient: lsmaPatient(number) })),
        series: [...slice(number, "T2"), ...slice(number, "T1")],
      })),
    ),
    remarks: [],
  };
}
