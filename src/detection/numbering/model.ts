import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WeightsError } from "../../engine/index.js";
import { checkedJson, finiteNumber, versionIs, wholeNumber } from "../../text/index.js";
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
  const scores = model.intercepts.map((intercept, k) =>
    model.weights[k]!.reduce((sum, weight, i) => sum + weight * z[i]!, intercept),
  );
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** A model as a file's text. */
export function numberingText(model: NumberingModel): string {
  return `${JSON.stringify(model)}\n`;
}

async function readModel(models: string): Promise<NumberingModel | undefined> {
  const text = await readFile(join(models, NUMBERING_FILE), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { value, problem } = checkedJson(text, NUMBERING);
  if (problem !== undefined)
    throw new WeightsError(
      `${NUMBERING_FILE} is not as it should be (${problem}); take weights and Spinebook of one release.`,
    );
  return value.detector === (await detectorDigest(models)) ? value : undefined;
}

/** SHA-256 of a models folder's detector. */
export async function detectorDigest(models: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(join(models, "detector.safetensors")))
    .digest("hex");
}

const loaded = new Map<string, Promise<NumberingModel | undefined>>();

/**
 * The model of a models folder, read once a process; undefined where there is none for its detector: then priors alone speak.
 * @throws WeightsError where the file is damaged
 */
export async function loadNumbering(models: string): Promise<NumberingModel | undefined> {
  const known = loaded.get(models) ?? readModel(models);
  loaded.set(models, known);
  // A folder that is put right later is read again.
  known.catch(() => loaded.delete(models));
  return known;
}
