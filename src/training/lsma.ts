import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPng } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import { DISC_LEVELS } from "../detection/index.js";
import { DataError, readPublishedTable, requireDistinct, wholeIn } from "./publishedTable.js";
import { validationPatients } from "./spider.js";

/**
 * The LSMA-PQR grades (Masood, Taj et al., Mendeley Data 10.17632/p3r4xd2488, CC BY 4.0) on Sudirman's images (10.17632/k57fr854j2, CC BY
 * 4.0) as this project keeps them: `t2/N.png`, the mid-sagittal slice of patient N, and `pfirrmann.csv`.
 */

/** mm between pixels of every slice. */
const SPACING = 0.6875;

/** Patients kept out of all fitting. */
const VALIDATION_PATIENTS = 60;

/** A radiologist's Pfirrmann grade of one disc, L3-L4 to L5-S1. */
export interface LsmaGrading {
  readonly patient: string;
  readonly level: string;
  readonly pfirrmann: number;
}

/** Whether a folder holds this data set. */
export function isLsma(folder: string): boolean {
  return existsSync(join(folder, "pfirrmann.csv")) && existsSync(join(folder, "t2"));
}

/**
 * All published grades, in the file's order.
 * @throws DataError where the table is not as published: a column lacks, a level or grade is none, a disc stands twice
 */
export async function readLsmaGradings(folder: string): Promise<LsmaGrading[]> {
  const columns = ["patient", "level", "pfirrmann"] as const;
  const rows = await readPublishedTable(folder, "pfirrmann.csv", columns);
  requireDistinct(rows, ["patient", "level"]);
  return rows.map((row) => {
    const { patient, level } = row.values as Record<(typeof columns)[number], string>;
    // The patient's number is part of a file's name.
    if (!/^\d+$/.test(patient))
      throw new DataError(`${row.file}, line ${row.line}: "patient" must be a number.`);
    if (!DISC_LEVELS.some((known) => known === level))
      throw new DataError(`${row.file}, line ${row.line}: "level" must be a disc, such as L4-L5.`);
    return { patient, level, pfirrmann: wholeIn(row, "pfirrmann", 1, 5) };
  });
}

/** A patient's mid-sagittal T2 slice, as a volume of one slice. */
export async function readLsmaSlice(folder: string, patient: string): Promise<Volume> {
  const name = `${patient}.png`;
  return readPng(await readFile(join(folder, "t2", name)), SPACING, name);
}

/** The T1 slice of the same place; undefined where there is none. */
export async function readLsmaT1Slice(folder: string, patient: string): Promise<Volume | undefined> {
  const name = `${patient}.png`;
  const path = join(folder, "t1", name);
  return existsSync(path) ? readPng(await readFile(path), SPACING, name) : undefined;
}

/** The fixed validation split of this data set, 60 patients, by the rule of SPIDER's. */
export function lsmaValidationPatients(gradings: readonly LsmaGrading[]): string[] {
  return validationPatients([...new Set(gradings.map(({ patient }) => patient))], VALIDATION_PATIENTS);
}
