import { createHash } from "node:crypto";
import { join } from "node:path";
import { clinicalSamples, syntheticSamples } from "./samples/index.js";
import { openDatasets } from "./datasets/index.js";
import { compareReadings, readValidationPatients, requirePfirrmann } from "./evaluation/evaluation.js";
import { trainInFolder } from "./graderFolds.js";
import type { GraderRecipe } from "./graders.js";

/** What a grader reaches that was trained on a part of the patients. */
export interface LearningCurvePoint {
  /** Patients it was trained on. */
  readonly patients: number;
  readonly kappa: number;
  readonly classAverage: number;
  readonly linCcc: number;
  readonly offByMoreThanOne: number;
  /** Area under the ROC curve of the other features. */
  readonly auc: Readonly<Record<string, number>>;
}

/** A number from 0 to 1 that belongs to a patient: the patients below 1/2 contain those below 1/4, and so on. */
function placeOf(patient: string): number {
  const hash = createHash("sha256").update(`spinebook share ${patient}`).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

/**
 * Trains the multi-task grader on all, a half, a quarter ... of the training patients and reads the validation patients
 * with each (Niemeyer et al. 2021, Fig 3). Smaller parts lie within the larger ones; all take the same steps.
 * @param work folder for weights and checkpoints; a run that was stopped goes on from them
 */
export async function learningCurve(
  given: GraderRecipe,
  halvings: number,
  work: string,
  log: (line: string) => void,
): Promise<LearningCurvePoint[]> {
  const recipe = { ...given, data: await openDatasets(given.data, log) };
  const clinical = await clinicalSamples(recipe.data, recipe.models, log);
  const synthetic = await syntheticSamples(recipe.phantoms, recipe.seed, recipe.models);
  const points: LearningCurvePoint[] = [];
  for (let halving = halvings; halving >= 0; halving--) {
    const share = 2 ** -halving;
    const folder = join(work, `share-1-of-${2 ** halving}`);
    const part = clinical.samples.filter(({ patient }) => placeOf(patient!) < share);
    await trainInFolder(folder, recipe, part, synthetic, log);
    const readings = await readValidationPatients(folder, recipe.data, log, { ownShare: 0 });
    const evaluation = compareReadings([readings]);
    const pfirrmann = requirePfirrmann(evaluation);
    const patients = new Set(part.map(({ patient }) => patient)).size;
    points.push({
      patients,
      kappa: pfirrmann.kappa,
      classAverage: pfirrmann.sensitivity,
      linCcc: pfirrmann.linCcc,
      offByMoreThanOne: pfirrmann.offByMoreThanOne,
      auc: Object.fromEntries(Object.entries(evaluation.features).map(([key, { auc }]) => [key, auc])),
    });
    log(`${patients} patients: linear kappa ${pfirrmann.kappa.toFixed(3)}`);
  }
  return points;
}
