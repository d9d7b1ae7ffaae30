/**
 * Niemeyer's grader (2021) in full: crops of discs in patients' or phantoms' pictures, the network of Table 1 trained by any
 * loss of Table 2, on 13 or 5 grades or by regression, with the paper's augmentation, schedule and cross-validation.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { saveWeights } from "../../engine/index.js";
import { creditOf, openDatasets } from "../datasets/index.js";
import type { DataSource } from "../datasets/index.js";
import { crossValidate } from "./crossValidation.js";
import type { CrossValidation } from "./crossValidation.js";
import { evaluateNiemeyer } from "./evaluation.js";
import type { NiemeyerScores } from "./evaluation.js";
import { splitByPatient } from "./folds.js";
import { gradesOf } from "./recipe.js";
import type { NiemeyerRecipe } from "./recipe.js";
import { trainNiemeyer } from "./run.js";
import { phantomCrops, spiderCrops } from "./samples.js";
import type { GradedCrop } from "./samples.js";

export { crossValidate, summariseFolds } from "./crossValidation.js";
export type { CrossValidation, FoldResult, FoldSummary } from "./crossValidation.js";
export { evaluateNiemeyer, gradeOfOutput, predictCrops, scoreGrades } from "./evaluation.js";
export type { DiscReading, NiemeyerScores } from "./evaluation.js";
export { planBatches } from "./batches.js";
export { patientFolds, splitByPatient } from "./folds.js";
export type { Split } from "./folds.js";
export { gradesOf, networkOf, NIEMEYER_LOSSES, PAPER_SETTINGS, parseNiemeyerRecipe } from "./recipe.js";
export type { NiemeyerRecipe } from "./recipe.js";
export { trainNiemeyer } from "./run.js";
export type { EpochRecord, RunOptions, TrainedGrader } from "./run.js";
export {
  cropsOfPhantom,
  cropsOfSpine,
  locatePatients,
  patientsOfSide,
  phantomCrops,
  simulatedGrades,
  spiderCrops,
} from "./samples.js";
export type { GradedCrop } from "./samples.js";

/** A recipe with its places on this machine. */
export interface NiemeyerJob {
  readonly recipe: NiemeyerRecipe;
  /** Data sets, which only recipes with `spider` want. */
  readonly data: DataSource | undefined;
  /** Folder with the detector's weights. */
  readonly models: string;
  /** Where the weights go, or with folds the JSON table. */
  readonly output: string;
  readonly checkpoint: string;
  /** Number of folds of a cross-validation; absent for one training. */
  readonly folds?: number | undefined;
}

/** The discs that a recipe trains on. Throws where it wants the SPIDER data and is not told where they are. */
export async function collectCrops(
  { recipe, data, models }: Pick<NiemeyerJob, "recipe" | "data" | "models">,
  log: (line: string) => void,
): Promise<GradedCrop[]> {
  const synthetic = phantomCrops(recipe);
  if (!recipe.spider) return synthetic;
  if (data === undefined)
    throw new Error("The recipe trains on the SPIDER data: name their folder with --data.");
  const clinical = await spiderCrops({ data, models, size: recipe.size }, "training", log);
  if (recipe.grades === "fractional" && synthetic.length === 0)
    log("SPIDER's grades are whole: the transitional classes (1.3, 1.7 …) stay without discs.");
  return [...clinical, ...synthetic];
}

function patientsOf(samples: readonly GradedCrop[]): number {
  return new Set(samples.map(({ patient }) => patient)).size;
}

/** How a set is described in words: so many discs of so many patients, and how many of them are phantoms. */
function describe(samples: readonly GradedCrop[], data: DataSource | undefined): string {
  const [clinical, synthetic] = (["clinical", "synthetic"] as const).map((source) =>
    samples.filter((sample) => sample.source === source),
  );
  return `${clinical!.length} discs of ${patientsOf(clinical!)} patients (${data === undefined ? "none" : creditOf(data)}), ${synthetic!.length} of ${patientsOf(synthetic!)} phantoms`;
}

function scoreLine(scores: NiemeyerScores): string {
  const percent = (100 * scores.offByMoreThanOne).toFixed(1);
  return (
    `kappa ${scores.kappa.toFixed(3)} accuracy ${scores.accuracy.toFixed(3)} MCC ${scores.matthews.toFixed(3)} ` +
    `specificity ${scores.specificity.toFixed(3)} sensitivity ${scores.sensitivity.toFixed(3)} ` +
    `CCC ${scores.linCcc.toFixed(3)} MAE ${scores.meanAbsoluteError.toFixed(3)} r ${scores.pearson.toFixed(3)} ` +
    `off by more than one ${percent} % (${scores.discs} discs)`
  );
}

/** Trains by a recipe and writes the best weights; with folds, cross-validates and writes the JSON table. */
export async function trainByNiemeyer(job: NiemeyerJob, log: (line: string) => void): Promise<void> {
  const { recipe, output, checkpoint, folds } = job;
  const data = job.data === undefined || !recipe.spider ? undefined : await openDatasets(job.data, log);
  const samples = await collectCrops({ ...job, data }, log);
  log(describe(samples, data));
  await mkdir(dirname(output), { recursive: true });
  if (folds !== undefined) {
    const table: CrossValidation = await crossValidate({ recipe, samples, checkpoint, log }, folds);
    for (const { fold, scores } of table.folds) log(`fold ${fold}/${folds}: ${scoreLine(scores)}`);
    await writeFile(output, `${JSON.stringify(table, null, 2)}\n`);
    return;
  }
  const split = splitByPatient(samples, recipe.validationShare, recipe.seed);
  const trained = await trainNiemeyer({ recipe, ...split, checkpoint, log });
  const { scores } = await evaluateNiemeyer(recipe, trained.network, trained.best, split.validation);
  log(`best epoch ${trained.bestEpoch}: ${scoreLine(scores)}`);
  await saveWeights(output, trained.network, trained.best, {
    trainedOn: describe(split.training, data),
    grades: JSON.stringify(gradesOf(recipe)),
    recipe: JSON.stringify(recipe),
    bestEpoch: String(trained.bestEpoch),
    validation: JSON.stringify(scores),
    history: JSON.stringify(trained.history),
  });
}
