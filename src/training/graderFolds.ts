import { copyFile, mkdir } from "node:fs/promises";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONTRAST_FILE, NUMBERING_FILE } from "../detection/index.js";
import { clinicalSamples, syntheticSamples } from "./samples/index.js";
import type { DiscSample } from "./samples/index.js";
import { gradedSeries, mainRaters, openDatasets } from "./datasets/index.js";
import {
  compareReadings,
  pfirrmannCases,
  pfirrmannPairs,
  readPatients,
  requirePfirrmann,
} from "./evaluation/evaluation.js";
import type { Evaluation, PatientReadings } from "./evaluation/evaluation.js";
import { pfirrmannAgreement } from "./evaluation/outsideEvaluation.js";
import type { PfirrmannAgreement } from "./evaluation/outsideEvaluation.js";
import { trainOnSamples, wantsSuppressed } from "./graders.js";
import type { GraderRecipe } from "./graders.js";
import { readByOthersBorders } from "./readerCalibration.js";

/** Networks that a graded reading needs beside the one that is trained. */
const SHARED_MODELS = ["detector", "corners", "pfirrmann"] as const;
/** What is fitted on the detector's maps, and stays right beside the same detector. */
const FITTED_ON_DETECTOR = [CONTRAST_FILE, NUMBERING_FILE] as const;

/**
 * Copies all that a graded reading needs beside the network that is trained.
 * @returns names of the files
 */
export async function copySharedModels(models: string, folder: string): Promise<string[]> {
  const fitted = FITTED_ON_DETECTOR.filter((file) => existsSync(join(models, file)));
  const files = [...SHARED_MODELS.map((name) => `${name}.safetensors`), ...fitted];
  for (const file of files) await copyFile(join(models, file), join(folder, file));
  return files;
}

/** Trains the grader into a folder that then holds all that a graded reading needs; goes on from what is there. */
export async function trainInFolder(
  folder: string,
  recipe: GraderRecipe,
  clinical: readonly DiscSample[],
  synthetic: readonly DiscSample[],
  log: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copySharedModels(recipe.models, folder);
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

/** What a cross-validation comes to. */
export interface FoldsEvaluation extends Evaluation {
  /**
   * Agreement with each reader beside the one whose habits are learned, graded as that reader grades: by borders on each fold's scale,
   * fitted on the reader's other patients of the fold.
   */
  readonly readers: Readonly<Record<string, PfirrmannAgreement>>;
  /** Of the main reader's Pfirrmann grades: 95 % intervals over patients; undefined where none was read. */
  readonly intervals: PfirrmannAgreement["intervals"] | undefined;
}

/** Readings of some raters. */
function ofRaters(part: PatientReadings, isMeant: (rater: string) => boolean): PatientReadings {
  return { ...part, pairs: part.pairs.filter(({ grading }) => isMeant(grading.rater)) };
}

/** Readings beside the published gradings, each reader by himself. */
export function compareFolds(parts: readonly PatientReadings[], main: ReadonlySet<string>): FoldsEvaluation {
  const raters = new Set(parts.flatMap(({ pairs }) => pairs.map(({ grading }) => grading.rater)));
  const others = [...raters].filter((rater) => !main.has(rater));
  const agreements = others.map((rater) => {
    const pairs = parts.flatMap((part) =>
      readByOthersBorders(
        pfirrmannPairs(ofRaters(part, (one) => one === rater).pairs).map(({ grading, disc, published }) => {
          return { patient: grading.patient, disc, grade: published };
        }),
      ),
    );
    return [rater, pfirrmannAgreement(pairs)] as const;
  });
  const own = parts.map((part) => ofRaters(part, (rater) => main.has(rater)));
  const cases = own.flatMap(({ pairs }) => pfirrmannCases(pairs));
  return {
    ...compareReadings(own),
    readers: Object.fromEntries(agreements),
    intervals: cases.length === 0 ? undefined : pfirrmannAgreement(cases).intervals,
  };
}

/**
 * Cross-validates the multi-task grader over all graded patients: K times it is trained on the patients of the other folds
 * and reads those of one; all readings are then compared with the published gradings, each reader's by themselves. The detector is the shipped
 * one in each fold: part of its training slices, though not their gradings, come from patients read here.
 * @param work folder for the folds' weights and checkpoints; a run that was stopped goes on from them
 */
export async function crossValidateGrader(
  given: GraderRecipe,
  folds: number,
  work: string,
  log: (line: string) => void,
): Promise<FoldsEvaluation> {
  const recipe = { ...given, data: await openDatasets(given.data, log) };
  const patients = recipe.data.flatMap((dataset) =>
    dataset.patients.filter((one) => gradedSeries(one) !== undefined),
  );
  const clinical = await clinicalSamples(recipe.data, recipe.models, log, {
    isHeld: () => false,
    suppressed: wantsSuppressed(recipe),
  });
  const synthetic = await syntheticSamples(recipe.phantoms, recipe.seed, recipe.models);
  const parts: PatientReadings[] = [];
  const main = mainRaters(recipe.data);
  for (let fold = 0; fold < folds; fold++) {
    const folder = join(work, `fold-${fold + 1}`);
    const training = clinical.samples.filter(({ patient }) => foldOf(patient!, folds) !== fold);
    await trainInFolder(folder, recipe, training, synthetic, log);
    const own = patients.filter(({ patient }) => foldOf(patient, folds) === fold);
    parts.push(await readPatients(folder, own, log, { ownShare: 0 }));
    const pfirrmann = requirePfirrmann(compareFolds(parts, main));
    log(
      `fold ${fold + 1} of ${folds}: so far linear kappa ${pfirrmann.kappa.toFixed(3)} over ${pfirrmann.discs} discs`,
    );
  }
  return compareFolds(parts, main);
}
