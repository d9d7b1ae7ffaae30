import { copyFile, mkdir } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { clinicalSamples, syntheticSamples } from "./discSamples.js";
import type { DiscSample } from "./discSamples.js";
import { gradedSeries, openDatasets } from "./datasets/index.js";
import { compareReadings, readPatients, requirePfirrmann } from "./evaluation/evaluation.js";
import type { Evaluation, PatientReadings } from "./evaluation/evaluation.js";
import { trainOnSamples } from "./graders.js";
import type { GraderRecipe } from "./graders.js";

/** Networks that a graded reading needs beside the one that is trained. */
export const SHARED_MODELS = ["detector", "corners", "pfirrmann"] as const;

/** Trains the grader into a folder that then holds all that a graded reading needs; goes on from what is there. */
export async function trainInFolder(
  folder: string,
  recipe: GraderRecipe,
  clinical: readonly DiscSample[],
  synthetic: readonly DiscSample[],
  log: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of SHARED_MODELS)
    await copyFile(join(recipe.models, `${name}.safetensors`), join(folder, `${name}.safetensors`));
  const places = {
    checkpoint: join(folder, "multitask.ckpt"),
    output: join(folder, "multitask.safetensors"),
  };
  await trainOnSamples({ ...recipe, ...places }, clinical, synthetic, log);
}

/** Which of K folds a patient is in: depends on nothing but the patient's number. */
export function foldOf(patient: string, folds: number): number {
  const hash = createHash("sha256").update(`spinebook fold ${patient}`).digest();
  return hash.readUInt32BE(0) % folds;
}

/**
 * Cross-validates the multi-task grader over all graded patients: K times it is trained on the patients of the other folds
 * and reads those of one; all readings are then compared with the published gradings together. The detector is the shipped
 * one in each fold: part of its training slices, though not their gradings, come from patients read here.
 * @param work folder for the folds' weights and checkpoints; a run that was stopped goes on from them
 */
export async function crossValidateGrader(
  given: GraderRecipe,
  folds: number,
  work: string,
  log: (line: string) => void,
): Promise<Evaluation> {
  const recipe = { ...given, data: await openDatasets(given.data, log) };
  const patients = recipe.data.flatMap((dataset) =>
    dataset.patients.filter((one) => gradedSeries(one) !== undefined),
  );
  const clinical = await clinicalSamples(recipe.data, recipe.models, log, () => false);
  const synthetic = await syntheticSamples(recipe.phantoms, recipe.seed, recipe.models);
  const parts: PatientReadings[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const folder = join(work, `fold-${fold + 1}`);
    const training = clinical.samples.filter(({ patient }) => foldOf(patient!, folds) !== fold);
    await trainInFolder(folder, recipe, training, synthetic, log);
    const own = patients.filter(({ patient }) => foldOf(patient, folds) === fold);
    parts.push(await readPatients(folder, own, log, { ownShare: 0 }));
    const pfirrmann = requirePfirrmann(compareReadings(parts));
    log(
      `fold ${fold + 1} of ${folds}: so far linear kappa ${pfirrmann.kappa.toFixed(3)} over ${pfirrmann.discs} discs`,
    );
  }
  return compareReadings(parts);
}
