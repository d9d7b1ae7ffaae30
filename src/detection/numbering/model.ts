import { join } from "node:path";
import * as v from "valibot";
import { fileDigest, oncePerFolder, readFitted } from "../../engine/index.js";
import { softmax } from "../../numbers/index.js";
import { finiteNumber, versionIs, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { FORM_PRIORS, SPINE_FORMS } from "./forms.js";
import { SIGNS } from "./signs.js";
import type { SignValues } from "./signs.js";

/** `numbering.json`: what tells the forms of the spine apart by its signs, a multinomial logistic model. */
export interface NumberingModel {
  readonly version: 1;
  /** SHA-256 of the detector's weights, whose maps the signs were read from. */
  readonly detector: string;
  /** Pictures that it was fitted on. */
  readonly phantoms: number;
  readonly patients: number;
  /** Names of the signs in the order of all lists. */
  readonly signs: readonly string[];
  /** Mean and deviation of each sign in the pictures fitted on. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** A number a form ({@link SPINE_FORMS}), of which one row of weights each. */
  readonly intercepts: readonly number[];
  readonly weights: readonly (readonly number[])[];
}

/** File beside the weights. */
export const NUMBERING_FILE = "numbering.json";
/** A sign this many deviations from the mean says no more than one at this distance. */
const FARTHEST = 3;

const perSign = v.pipe(v.array(finiteNumber()), v.length(SIGNS.length, "a number for each sign"));
const NUMBERING: Schema<NumberingModel> = v.object({
  version: versionIs(1),
  detector: v.string(),
  phantoms: wholeNumber(0),
  patients: wholeNumber(0),
  signs: v.pipe(
    v.array(v.string()),
    v.check((names) => names.join() === SIGNS.join(), "the signs of this version"),
  ),
  mean: perSign,
  deviation: perSign,
  intercepts: v.pipe(v.array(finiteNumber()), v.length(SPINE_FORMS.length, "a number for each form")),
  weights: v.pipe(v.array(perSign), v.length(SPINE_FORMS.length, "a row for each form")),
});

/** Signs in deviations from the mean; what is not shown stands at the mean. */
export function standardisedSigns(
  values: SignValues,
  { mean, deviation }: Pick<NumberingModel, "mean" | "deviation">,
): number[] {
  return values.map((value, i) => {
    const z = (value - mean[i]!) / deviation[i]!;
    return Number.isNaN(z) ? 0 : Math.min(FARTHEST, Math.max(-FARTHEST, z));
  });
}

/** Probability of each form ({@link SPINE_FORMS}) by the signs; the priors where there is no model. */
export function formProbabilities(model: NumberingModel | undefined, values: SignValues): readonly number[] {
  if (model === undefined) return FORM_PRIORS;
  const z = standardisedSigns(values, model);
  return softmax(
    model.intercepts.map((intercept, k) =>
      model.weights[k]!.reduce((sum, weight, i) => sum + weight * z[i]!, intercept),
    ),
  );
}

/** A model as a file's text. */
export function numberingText(model: NumberingModel): string {
  return `${JSON.stringify(model)}\n`;
}

/** SHA-256 of a models folder's detector. */
export function detectorDigest(models: string): Promise<string> {
  return fileDigest(join(models, "detector.safetensors"));
}

/**
 * The model of a models folder, read once a process; undefined where there is none for its detector: then priors alone speak.
 * @throws WeightsError where the file is damaged
 */
export const loadNumbering = oncePerFolder(async (models) => {
  const model = await readFitted(models, NUMBERING_FILE, NUMBERING);
  if (model === undefined) return undefined;
  return model.detector === (await detectorDigest(models)) ? model : undefined;
});
