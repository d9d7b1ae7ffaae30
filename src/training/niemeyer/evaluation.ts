import { createPredictor, isClassification } from "../../engine/index.js";
import type { Network, Weights } from "../../engine/index.js";
import { accuracy, agreementTable, cohenKappa, offByMoreThan } from "../../statistics/index.js";
import type { AgreementTable } from "../../statistics/index.js";
import { INTEGRAL_GRADES, nearestGrade } from "../../grading/index.js";
import { targetOf } from "./batches.js";
import { gradesOf } from "./recipe.js";
import type { NiemeyerRecipe } from "./recipe.js";
import type { GradedCrop } from "./samples.js";

/** One row of Niemeyer 2021 Table 2, with what Table 4 and the text add. */
export type NiemeyerScores = AgreementTable & {
  /** Exact agreement in the recipe's own grades (13 where they are fractional). */
  readonly fractionalAccuracy: number;
  /** Linearly weighted kappa in the recipe's own grades. */
  readonly fractionalKappa: number;
  readonly offByMoreThanOne: number;
  readonly discs: number;
};

/** Crops that are computed at once. */
const BATCH = 32;

/** The network's outputs for crops, without augmentation: probabilities of the classes, or the continuous grade. */
export async function predictCrops(
  network: Network,
  weights: Weights,
  crops: readonly Float32Array[],
): Promise<number[][]> {
  const predictor = await createPredictor({ ...network, exposed: [] }, weights);
  const { rows, columns } = network.input;
  const outputs: number[][] = [];
  for (let start = 0; start < crops.length; start += BATCH) {
    const part = crops.slice(start, start + BATCH);
    const values = new Float32Array(part.length * rows * columns);
    part.forEach((crop, b) => {
      values.set(crop, b * rows * columns);
    });
    const { pfirrmann } = await predictor.run({ input: { values, shape: [part.length, 1, rows, columns] } });
    const units = pfirrmann!.shape[1]!;
    part.forEach((_, b) => outputs.push([...pfirrmann!.values.subarray(b * units, (b + 1) * units)]));
  }
  return outputs;
}

/** The valid grade that an output stands for: the most probable class, or the grade nearest to the number. */
export function gradeOfOutput(recipe: NiemeyerRecipe, output: readonly number[]): number {
  const grades = gradesOf(recipe);
  if (!isClassification(recipe.loss)) return grades[nearestGrade(output[0]!, grades)]!;
  return grades[output.indexOf(Math.max(...output))]!;
}

/** Guards logarithms, as in training. */
const TINY = 1e-12;

/**
 * The recipe's loss over a whole set, by its definition, without class weights and regularisation: what the plateau
 * schedule watches.
 */
export function meanLoss(
  recipe: NiemeyerRecipe,
  outputs: readonly (readonly number[])[],
  truth: readonly number[],
): number {
  const targets = truth.map((grade) => targetOf(recipe, grade));
  const mean = (of: (i: number) => number): number =>
    outputs.reduce((sum, _output, i) => sum + of(i), 0) / outputs.length;
  const { loss } = recipe;
  if (loss === "squaredError") return mean((i) => (outputs[i]![0]! - targets[i]![0]!) ** 2);
  if (loss === "absoluteError") return mean((i) => Math.abs(outputs[i]![0]! - targets[i]![0]!));
  const ranks = targets.map((target) => target.indexOf(1));
  if (loss === "softKappa") return softKappa(outputs, ranks);
  return mean((i) => {
    const output = outputs[i]!;
    const distance =
      Math.abs(output.indexOf(Math.max(...output)) - ranks[i]!) / Math.max(1, output.length - 1);
    const factor =
      loss === "crossEntropy" ? 1 : 1 + (loss === "ordinalCrossEntropy" ? distance : distance ** 2);
    return -factor * Math.log(output[ranks[i]!]! + TINY);
  });
}

/** log(1 − κ) with quadratic weights, of true ranks and predicted distributions (de la Torre et al. 2018). */
function softKappa(outputs: readonly (readonly number[])[], ranks: readonly number[]): number {
  let observed = 0;
  let expected = 0;
  const prediction = outputs[0]!.map((_, k) => outputs.reduce((sum, output) => sum + output[k]!, 0));
  outputs.forEach((output, i) => {
    output.forEach((p, k) => (observed += p * (k - ranks[i]!) ** 2));
    prediction.forEach((p, k) => (expected += (p * (k - ranks[i]!) ** 2) / outputs.length));
  });
  return Math.log(observed + TINY) - Math.log(expected + TINY);
}

/**
 * Agreement of predicted with true grades as in Niemeyer 2021 Table 2: everything on grades rounded to whole ones, but mean
 * absolute error and Pearson's r on the recipe's own.
 */
export function scoreGrades(
  recipe: Pick<NiemeyerRecipe, "grades">,
  truth: readonly number[],
  predicted: readonly number[],
): NiemeyerScores {
  const grades = gradesOf(recipe);
  const valid = truth.map((grade) => grades[nearestGrade(grade, grades)]!);
  const rounded = (values: readonly number[]): number[] => values.map((grade) => Math.round(grade));
  return {
    ...agreementTable(rounded(valid), rounded(predicted), INTEGRAL_GRADES, {
      fractional: { truth: valid, predicted },
    }),
    fractionalAccuracy: accuracy(valid, predicted, grades),
    fractionalKappa: cohenKappa(valid, predicted, grades, "linear"),
    offByMoreThanOne: offByMoreThan(valid, predicted, 1),
    discs: truth.length,
  };
}

/** One disc as a trained grader read it. */
export interface DiscReading {
  readonly patient: string;
  readonly level: string;
  /** The rater's grade, as the recipe's grades have it. */
  readonly truth: number;
  /** The valid grade that the output stands for. */
  readonly predicted: number;
  /** Probabilities of the recipe's grades, or for regression the continuous grade. */
  readonly output: readonly number[];
}

/** Scores of trained weights on graded crops, the loss there, and each disc's reading. */
export async function evaluateNiemeyer(
  recipe: NiemeyerRecipe,
  network: Network,
  weights: Weights,
  samples: readonly GradedCrop[],
): Promise<{
  readonly scores: NiemeyerScores;
  readonly loss: number;
  readonly readings: readonly DiscReading[];
}> {
  const outputs = await predictCrops(
    network,
    weights,
    samples.map(({ crop }) => crop),
  );
  const grades = gradesOf(recipe);
  const truth = samples.map(({ grade }) => grades[nearestGrade(grade, grades)]!);
  const predicted = outputs.map((output) => gradeOfOutput(recipe, output));
  const readings = samples.map(({ patient, level }, i) => ({
    patient,
    level,
    truth: truth[i]!,
    predicted: predicted[i]!,
    output: outputs[i]!,
  }));
  return { scores: scoreGrades(recipe, truth, predicted), loss: meanLoss(recipe, outputs, truth), readings };
}
