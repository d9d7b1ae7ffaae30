import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WeightsError } from "../engine/index.js";
import { checkedJson, finiteNumber, recordOf, versionIs, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { weightHashes } from "./weightHashes.js";

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
  /** SHA-256 of the graders' weight files that were measured. */
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
/** Weights that the figures are of. */
const GRADERS = ["multitask.safetensors", "pfirrmann.safetensors"] as const;

/** SHA-256 of the graders' weight files in a folder, by name. */
export async function graderHashes(models: string): Promise<Record<string, string>> {
  const hashes = await weightHashes(models);
  return Object.fromEntries(GRADERS.flatMap((name) => (name in hashes ? [[name, hashes[name]!]] : [])));
}

async function readAgreement(models: string): Promise<ContrastAgreement | undefined> {
  let text: string;
  try {
    text = await readFile(join(models, CONTRAST_AGREEMENT_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { value, problem } = checkedJson(text, AGREEMENT);
  if (problem !== undefined)
    throw new WeightsError(
      `${CONTRAST_AGREEMENT_FILE} is not as it should be (${problem}); take weights and Spinebook of one release.`,
    );
  const hashes = await graderHashes(models);
  return GRADERS.every((name) => hashes[name] === value.weights[name]) ? value : undefined;
}

const loaded = new Map<string, Promise<ContrastAgreement | undefined>>();

/**
 * What the graders of a models folder reach in other weightings; read once a process. Undefined where nothing was measured with these
 * weights: then no other weighting is validated.
 * @throws WeightsError where the file is damaged
 */
export function loadContrastAgreement(models: string): Promise<ContrastAgreement | undefined> {
  const known = loaded.get(models);
  if (known !== undefined) return known;
  const loading = readAgreement(models);
  loaded.set(models, loading);
  // A file that is put right later is read again.
  loading.catch(() => loaded.delete(models));
  return loading;
}
