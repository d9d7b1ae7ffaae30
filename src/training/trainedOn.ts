import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadWeights } from "../engine/index.js";
import type { Dataset } from "./datasets/index.js";

/** Networks whose training on a patient's pictures or grades would flatter a reading of that patient. */
const NETWORKS = ["detector", "corners", "pfirrmann", "multitask", "multitask-suppressed"] as const;

/**
 * Whether weights of a folder say that they were trained on patients of a data set: then only those who were kept out measure anything.
 * @throws where weights that are there cannot be read
 */
export async function readTrainedOn(models: string, { credit }: Pick<Dataset, "credit">): Promise<boolean> {
  for (const name of NETWORKS) {
    const path = join(models, `${name}.safetensors`);
    if (!existsSync(path)) continue;
    const { metadata } = await loadWeights(path);
    if ((metadata.trainedOn ?? "").includes(credit)) return true;
  }
  return false;
}
