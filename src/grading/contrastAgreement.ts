import * as v from "valibot";
import { oncePerFolder, readFitted } from "../engine/index.js";
import { finiteNumber, recordOf, versionIs, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { SUPPRESSED_WEIGHTS } from "./graders.js";
import { loadWeightHashes, weightHashes } from "./weightHashes.js";

/** How grades of one feature agree with readers in another weighting, and in T2 of the same patients. */
export interface ContrastFigure {
  readonly measure: "linear kappa" | "ROC AUC";
  readonly reached: number;
  /** The same measure on the T2 slices of the same discs. */
  readonly reference: number;
  readonly discs: number;
  /** Discs of the rarer kind: with and without the finding; of ordered grades all discs. */
  readonly fewer: number;
}

/** What was measured in one weighting. */
export interface ContrastFigures {
  /** The pictures that were graded, in words. */
  readonly pictures: string;
  /** By feature key; a feature that is not there was not measured. */
  readonly features: Readonly<Record<string, ContrastFigure>>;
}

/** `contrast-agreement.json`: what the graders beside it reach in weightings that they were not taught on. */
export interface ContrastAgreement {
  readonly version: 1;
  /** SHA-256 of the graders' weight files that were measured, that for suppressed series among them where there is one. */
  readonly weights: Readonly<Record<string, string>>;
  /** By weighting, `T1` or `T2FS` (which stands for STIR, too). */
  readonly contrasts: Readonly<Record<string, ContrastFigures>>;
}

const AGREEMENT: Schema<ContrastAgreement> = v.object({
  version: versionIs(1),
  weights: recordOf(v.string()),
  contrasts: recordOf(
    v.object({
      pictures: v.string(),
      features: recordOf(
        v.object({
          measure: v.picklist(["linear kappa", "ROC AUC"] as const),
          reached: finiteNumber(),
          reference: finiteNumber(),
          discs: wholeNumber(0),
          fewer: wholeNumber(0),
        }),
      ),
    }),
  ),
});

/** File beside the weights. */
export const CONTRAST_AGREEMENT_FILE = "contrast-agreement.json";
/** Weights that grade T2 series. */
const GRADERS = ["multitask.safetensors", "pfirrmann.safetensors"] as const;

/** SHA-256 of the weight files of a folder that grade T2 series, by name; with those for suppressed ones where that is asked for. */
export async function graderHashes(models: string, withSuppressed = false): Promise<Record<string, string>> {
  const hashes = await weightHashes(models);
  const names = withSuppressed ? [...GRADERS, SUPPRESSED_WEIGHTS] : GRADERS;
  return Object.fromEntries(names.flatMap((name) => (name in hashes ? [[name, hashes[name]!]] : [])));
}

/**
 * What the graders of a models folder reach in other weightings; read once a process. Undefined where nothing was measured with these
 * weights: then no other weighting is validated.
 * @throws WeightsError where the file is damaged
 */
export const loadContrastAgreement = oncePerFolder(async (models) => {
  const agreement = await readFitted(models, CONTRAST_AGREEMENT_FILE, AGREEMENT);
  if (agreement === undefined) return undefined;
  const hashes = await loadWeightHashes(models);
  const names = [...GRADERS, SUPPRESSED_WEIGHTS];
  return names.every((name) => hashes[name] === agreement.weights[name]) ? agreement : undefined;
});
