import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPng } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import { parseCsv } from "../text/index.js";

/**
 * The LSMA-PQR grades (Masood, Taj et al., Mendeley Data 10.17632/p3r4xd2488, CC BY 4.0) on Sudirman's images (10.17632/k57fr854j2, CC BY
 * 4.0) as this project keeps them: `t2/N.png`, the mid-sagittal slice of patient N, and `pfirrmann.csv`.
 */

/** mm between pixels of every slice. */
const SPACING = 0.6875;

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

/** All published grades, in the file's order. */
export async function readLsmaGradings(folder: string): Promise<LsmaGrading[]> {
  const rows = parseCsv(await readFile(join(folder, "pfirrmann.csv"), "utf8"));
  return rows.map(({ patient, level, pfirrmann }) => ({
    patient: patient!,
    level: level!,
    pfirrmann: Number(pfirrmann),
  }));
}

/** A patient's mid-sagittal T2 slice, as a volume of one slice. */
export async function readLsmaSlice(folder: string, patient: string): Promise<Volume> {
  const name = `${patient}.png`;
  return readPng(await readFile(join(folder, "t2", name)), SPACING, name);
}
