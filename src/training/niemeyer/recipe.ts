import { isClassification, niemeyerNetwork } from "../../engine/index.js";
import type { Loss, Network } from "../../engine/index.js";
import { FRACTIONAL_GRADES, INTEGRAL_GRADES } from "../../grading/index.js";

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

/** What values a recipe's fields may have: one of a list, a switch, or a number in a range (`whole` ones only). */
type Rule =
  readonly string[] | "switch" | { readonly least: number; readonly most: number; readonly whole?: boolean };

const whole = (least: number, most = 1e6): Rule => ({ least, most, whole: true });
const RULES: Readonly<Record<keyof NiemeyerRecipe, Rule>> = {
  kind: ["niemeyer"],
  grades: ["fractional", "integral"],
  loss: NIEMEYER_LOSSES,
  classWeights: ["none", "balanced"],
  size: whole(20, 1024),
  width: { least: 1 / 32, most: 4 },
  epochs: whole(1),
  batchSize: whole(2),
  learningRate: { least: 1e-9, most: 10 },
  momentum: { least: 0, most: 0.9999 },
  l2: { least: 0, most: 1 },
  plateauEpochs: whole(1),
  plateauDivisor: { least: 1, most: 1e6 },
  validationShare: { least: 0.001, most: 0.9 },
  augmentations: whole(1, 1000),
  rotation: { least: 0, most: 180 },
  seed: whole(0, 2 ** 31),
  spider: "switch",
  phantoms: whole(0),
  raterNoise: { least: 0, most: 4 },
};

function complaint(rule: Rule, value: unknown): string | undefined {
  if (rule === "switch") return typeof value === "boolean" ? undefined : "be true or false";
  if ("least" in rule) {
    const isNumber = typeof value === "number" && value >= rule.least && value <= rule.most;
    if (isNumber && (!rule.whole || Number.isInteger(value))) return undefined;
    return `be a ${rule.whole ? "whole " : ""}number from ${rule.least} to ${rule.most}`;
  }
  return rule.includes(value as string) ? undefined : `be one of ${rule.join(", ")}`;
}

/**
 * A recipe from what its file says; fields that are left out are the paper's.
 * @throws RangeError, one sentence, where a field is unknown, lacking or out of range, or where fields contradict.
 */
export function parseNiemeyerRecipe(file: Readonly<Record<string, unknown>>): NiemeyerRecipe {
  const recipe: Record<string, unknown> = { ...PAPER_SETTINGS, ...file };
  for (const key of Object.keys(recipe))
    if (!(key in RULES)) throw new RangeError(`It has an unknown field "${key}".`);
  for (const [key, rule] of Object.entries(RULES)) {
    const wish = complaint(rule, recipe[key]);
    if (wish !== undefined) throw new RangeError(`Its "${key}" must ${wish}.`);
  }
  const complete = recipe as unknown as NiemeyerRecipe;
  if (!complete.spider && complete.phantoms === 0)
    throw new RangeError(`It trains on nothing: set "spider" to true or "phantoms" above 0.`);
  if (complete.classWeights === "balanced" && !isClassification(complete.loss))
    throw new RangeError(`Balanced class weights need classes; the loss ${complete.loss} has none.`);
  return complete;
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
