import * as v from "valibot";
import { isClassification, niemeyerNetwork } from "../../engine/index.js";
import type { Loss, Network } from "../../engine/index.js";
import { FRACTIONAL_GRADES, INTEGRAL_GRADES } from "../../grading/index.js";
import { checked, numberBetween, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";

/** Losses of Niemeyer 2021, Table 2. */
export const NIEMEYER_LOSSES = [
  "crossEntropy",
  "ordinalCrossEntropy",
  "squaredOrdinalCrossEntropy",
  "softKappa",
  "squaredError",
  "absoluteError",
] as const satisfies readonly Loss[];

/** How Niemeyer's grader is trained: everything but places on one machine. */
export interface NiemeyerRecipe {
  readonly kind: "niemeyer";
  /** Valid grades: 13 with transitional ones, or Pfirrmann's 5. */
  readonly grades: "fractional" | "integral";
  readonly loss: (typeof NIEMEYER_LOSSES)[number];
  readonly classWeights: "none" | "balanced";
  /** Rows and columns of a crop. */
  readonly size: number;
  /** Factor on the numbers of filters of Table 1. */
  readonly width: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
  /** L2 regularisation λ of the kernels. */
  readonly l2: number;
  /** Epochs without a lower validation loss after which the learning rate is divided by `plateauDivisor`. */
  readonly plateauEpochs: number;
  readonly plateauDivisor: number;
  /** Share of the patients that is kept for validation when there are no folds. */
  readonly validationShare: number;
  /** Augmented versions made of each disc; every other one is flipped front to back. */
  readonly augmentations: number;
  /** Largest rotation of an augmented version, in degrees either way. */
  readonly rotation: number;
  readonly seed: number;
  /** Whether SPIDER's graded middle slices are trained on (whole grades only). */
  readonly spider: boolean;
  /** Phantom studies to train on; 0 for none. */
  readonly phantoms: number;
  /** Standard deviation, in grades, of the simulated rater who grades the phantoms. */
  readonly raterNoise: number;
}

/** Niemeyer's own settings (default model): what a recipe leaves out is as in the paper. */
export const PAPER_SETTINGS: Omit<NiemeyerRecipe, "seed" | "spider" | "phantoms"> = {
  kind: "niemeyer",
  grades: "fractional",
  loss: "crossEntropy",
  classWeights: "none",
  size: 128,
  width: 1,
  epochs: 100,
  batchSize: 32,
  learningRate: 0.001,
  momentum: 0.9,
  l2: 5e-4,
  plateauEpochs: 10,
  plateauDivisor: 10,
  validationShare: 0.1,
  augmentations: 4,
  rotation: 20,
  raterNoise: 0.15,
};

/** What values a recipe's fields may have; strict, as a field that is misspelt would silently train another model. */
const RECIPE: Schema<NiemeyerRecipe> = v.strictObject({
  kind: v.literal("niemeyer"),
  grades: v.picklist(["fractional", "integral"]),
  loss: v.picklist(NIEMEYER_LOSSES),
  classWeights: v.picklist(["none", "balanced"]),
  size: wholeNumber(20, 1024),
  width: numberBetween(1 / 32, 4),
  epochs: wholeNumber(1, 1e6),
  batchSize: wholeNumber(2, 1e6),
  learningRate: numberBetween(1e-9, 10),
  momentum: numberBetween(0, 0.9999),
  l2: numberBetween(0, 1),
  plateauEpochs: wholeNumber(1, 1e6),
  plateauDivisor: numberBetween(1, 1e6),
  validationShare: numberBetween(0.001, 0.9),
  augmentations: wholeNumber(1, 1000),
  rotation: numberBetween(0, 180),
  seed: wholeNumber(0, 2 ** 31),
  spider: v.boolean(),
  phantoms: wholeNumber(0, 1e6),
  raterNoise: numberBetween(0, 4),
});

/**
 * A recipe from what its file says; fields that are left out are the paper's.
 * @throws RangeError, one sentence, where a field is unknown, lacking or out of range, or where fields contradict.
 */
export function parseNiemeyerRecipe(file: Readonly<Record<string, unknown>>): NiemeyerRecipe {
  const { value: recipe, problem } = checked({ ...PAPER_SETTINGS, ...file }, RECIPE);
  if (problem !== undefined) throw new RangeError(`Its contents are wrong: ${problem}.`);
  if (!recipe.spider && recipe.phantoms === 0)
    throw new RangeError(`It trains on nothing: set "spider" to true or "phantoms" above 0.`);
  if (recipe.classWeights === "balanced" && !isClassification(recipe.loss))
    throw new RangeError(`Balanced class weights need classes; the loss ${recipe.loss} has none.`);
  return recipe;
}

/** The valid grades of a recipe, ascending. */
export function gradesOf({ grades }: Pick<NiemeyerRecipe, "grades">): readonly number[] {
  return grades === "fractional" ? FRACTIONAL_GRADES : INTEGRAL_GRADES;
}

/** The network that a recipe trains: a class a valid grade, or one linear unit for regression. */
export function networkOf(recipe: NiemeyerRecipe): Network {
  const { size, width, loss } = recipe;
  return niemeyerNetwork({
    size,
    width,
    loss,
    classes: isClassification(loss) ? gradesOf(recipe).length : 1,
  });
}
