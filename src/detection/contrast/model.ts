import * as v from "valibot";
import { oncePerFolder, readFitted } from "../../engine/index.js";
import { softmax } from "../../numbers/index.js";
import { finiteNumber, numberBetween, versionIs, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { CONTRAST_SIGNALS } from "./signals.js";

/** Weightings that are told apart by the picture. `T2FS` is T2 with the fat's signal suppressed by whatever means, STIR among them. */
export const PICTURE_CONTRASTS = ["T1", "T2", "T2FS"] as const;
export type PictureContrast = (typeof PICTURE_CONTRASTS)[number];

/** How pictures of one kind were told, each by a model that was fitted on other patients. */
export interface RecognitionShare {
  readonly what: string;
  readonly truth: PictureContrast;
  readonly images: number;
  /** Images called each of {@link PICTURE_CONTRASTS}; those left are called none. */
  readonly called: readonly [t1: number, t2: number, t2fs: number];
}

/** A softmax regression over logarithms of signals: `models/contrast.json`. */
export interface ContrastModel {
  readonly version: 1;
  readonly signals: readonly string[];
  /** Mean and standard deviation of each input. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Of each contrast: a weight an input, then the constant. */
  readonly weights: readonly (readonly number[])[];
  /** A contrast is called from this probability on. */
  readonly sure: number;
  /** Usual signal of marrow over CSF in T2 without fat suppression: what suppressed marrow is brought back to before it is graded. */
  readonly marrowToCsf: number;
  readonly recognition: readonly RecognitionShare[];
}

const NUMBERS = v.array(finiteNumber());
const SIZE = CONTRAST_SIGNALS.length;
const MODEL: Schema<ContrastModel> = v.object({
  version: versionIs(1),
  signals: v.pipe(
    v.array(v.string()),
    v.check((names) => names.join() === CONTRAST_SIGNALS.join(), "the signals that are measured"),
  ),
  mean: v.pipe(NUMBERS, v.length(SIZE, `${SIZE} numbers`)),
  deviation: v.pipe(v.array(numberBetween(1e-6, 1e6)), v.length(SIZE, `${SIZE} numbers`)),
  weights: v.pipe(
    v.array(v.pipe(NUMBERS, v.length(SIZE + 1, `${SIZE + 1} numbers`))),
    v.length(PICTURE_CONTRASTS.length, "a row a contrast"),
  ),
  sure: numberBetween(0, 1),
  marrowToCsf: numberBetween(1e-3, 10),
  recognition: v.array(
    v.object({
      what: v.string(),
      truth: v.picklist(PICTURE_CONTRASTS),
      images: wholeNumber(0),
      called: v.tuple([wholeNumber(0), wholeNumber(0), wholeNumber(0)]),
    }),
  ),
});

/** Inputs are taken up to so many standard deviations from their mean. */
const FARTHEST = 4;

/** An input in standard deviations from its mean, and a 1 behind them for the constant. */
export function standardised(
  inputs: readonly number[],
  { mean, deviation }: Pick<ContrastModel, "mean" | "deviation">,
): number[] {
  const z = inputs.map((value, i) => (value - mean[i]!) / deviation[i]!);
  return [...z.map((value) => Math.max(-FARTHEST, Math.min(FARTHEST, value))), 1];
}

/** Probability of each of {@link PICTURE_CONTRASTS}; they sum to 1. */
export function contrastProbabilities(
  inputs: readonly number[],
  model: Pick<ContrastModel, "mean" | "deviation" | "weights">,
): number[] {
  const z = standardised(inputs, model);
  return softmax(model.weights.map((row) => row.reduce((sum, weight, i) => sum + weight * z[i]!, 0)));
}

/** File beside the weights. */
export const CONTRAST_FILE = "contrast.json";

/**
 * What tells the weighting of pictures; read once a process. Undefined where the models folder has none: then only headers tell.
 * @throws WeightsError where the file is damaged
 */
export const loadContrastModel = oncePerFolder((models) => readFitted(models, CONTRAST_FILE, MODEL));
