import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadWeights } from "../engine/index.js";
import { counted } from "../text/index.js";
import { DataError } from "./datasets/publishedTable.js";
import type { Dataset } from "./datasets/index.js";

/** Networks whose training on a patient's pictures or grades would flatter a reading of that patient. */
const NETWORKS = ["detector", "corners", "pfirrmann", "multitask", "multitask-suppressed"] as const;

/**
 * Whether weights of a folder say that they were trained on patients of a data set: then only those who were kept out measure anything.
 * @throws DataError where nobody was kept out; else where weights that are there cannot be read
 */
export async function readTrainedOn(
  models: string,
  {
    credit,
    title,
    patients,
  }: Pick<Dataset, "credit" | "title"> & {
    readonly patients: readonly Pick<Dataset["patients"][number], "isHeld">[];
  },
): Promise<boolean> {
  if (!(await namesCredit(models, credit))) return false;
  if (patients.some(({ isHeld }) => isHeld)) return true;
  throw new DataError(
    `${title}: the weights were trained on it, and all of its ${counted(patients.length, "patient")} are for training; give patients whom they have not seen.`,
  );
}

async function namesCredit(models: string, credit: string): Promise<boolean> {
  for (const name of NETWORKS) {
    const path = join(models, `${name}.safetensors`);
    if (!existsSync(path)) continue;
    const { metadata } = await loadWeights(path);
    if ((metadata.trainedOn ?? "").includes(credit)) return true;
  }
  return false;
}
