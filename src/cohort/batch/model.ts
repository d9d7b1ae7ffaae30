import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SUPPRESSED_WEIGHTS } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import { CohortError } from "../errors.js";
import type { NewRows } from "../store/rows.js";

/** What a grade rests on: the weights of every network, and what was fitted for them: grades, calls, numbering, what is withheld. */
export interface ModelIdentity {
  /** Short hash of all files together; another one where any byte of them differs. */
  readonly hash: string;
  /** sha256 of each file, by its name. */
  readonly weights: Readonly<Record<string, string>>;
}

const FILES = [
  "detector.safetensors",
  "corners.safetensors",
  "pfirrmann.safetensors",
  "multitask.safetensors",
  SUPPRESSED_WEIGHTS,
  "calibration.json",
  "operating-points.json",
  "contrast.json",
  "contrast-agreement.json",
  "numbering.json",
] as const;
/** A models folder need not have the network for suppressed series, nor what was fitted for the weights. */
const isOptional = (name: string): boolean => name.endsWith(".json") || name === SUPPRESSED_WEIGHTS;

/** @param folder of the models @throws CohortError where a network's weights are missing */
export async function modelIdentity(folder: string): Promise<ModelIdentity> {
  const weights: Record<string, string> = {};
  for (const name of FILES) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes !== undefined) weights[name] = createHash("sha256").update(bytes).digest("hex");
    else if (!isOptional(name))
      throw new CohortError("file", `The models folder lacks ${name}; choose one with all the weights.`);
  }
  const hash = createHash("sha256").update(JSON.stringify(weights)).digest("hex").slice(0, 12);
  return { hash, weights };
}

/** What grades rest on, as rows of the store: weights, and the reader whose convention Pfirrmann grades follow. */
export function originRows({ hash, weights }: ModelIdentity, reader: Reader | undefined): NewRows {
  const at = new Date().toISOString();
  const models = [[hash, JSON.stringify(weights), at]];
  if (reader === undefined) return { models };
  return { models, readers: [[reader.name, reader.scale, bordersText(reader), at]] };
}

/** A reader's borders, the same text for the same borders. */
export function bordersText({ thresholds, slope }: Reader): string {
  return JSON.stringify({ thresholds, slope });
}
