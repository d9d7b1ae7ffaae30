import { existsSync } from "node:fs";
import { join } from "node:path";
import { isFatSuppressed } from "../detection/index.js";
import type { Contrast } from "../imaging/index.js";
import { configuredEngine, createPredictor, loadWeights, WeightsError } from "../engine/index.js";
import type { EngineName, Network, Predictor, Weights } from "../engine/index.js";
import { GRADER_INPUTS } from "./discCrop.js";
import { FEATURES } from "./features.js";

/** A grading network with its weights (hotspots read the heads' weights). */
export interface Grader {
  readonly predictor: Predictor;
  readonly weights: Weights;
  /** What its gradients are computed by; the one that is configured where none is named. */
  readonly engine?: EngineName;
}

/** The shipped graders: Niemeyer's network for the Pfirrmann grade, the multi-task network for all other features. */
export interface Graders {
  readonly pfirrmann: Grader;
  readonly multitask: Grader;
}

async function loadGrader(path: string, engine: EngineName): Promise<Grader> {
  const { network, weights } = await loadWeights(path, GRADER_INPUTS);
  return { predictor: await createPredictor(network, weights, engine), weights, engine };
}

/** The multi-task network that was taught on series with fat suppressed; a models folder need not have one. */
export const SUPPRESSED_WEIGHTS = "multitask-suppressed.safetensors";

/** The weight files of a models folder that grade a series of this weighting. */
export function graderFiles(models: string, contrast: Contrast): Readonly<Record<keyof Graders, string>> {
  const own = isFatSuppressed(contrast) && existsSync(join(models, SUPPRESSED_WEIGHTS));
  return {
    pfirrmann: "pfirrmann.safetensors",
    multitask: own ? SUPPRESSED_WEIGHTS : "multitask.safetensors",
  };
}

async function loadBoth(models: string, engine: EngineName, contrast: Contrast): Promise<Graders> {
  const files = graderFiles(models, contrast);
  const [pfirrmann, multitask] = await Promise.all([
    loadGrader(join(models, files.pfirrmann), engine),
    loadGrader(join(models, files.multitask), engine),
  ]);
  requireHeads(multitask.predictor.network);
  return { pfirrmann, multitask };
}

/** @throws WeightsError where the multi-task network lacks the head of a feature */
export function requireHeads({ outputs }: Pick<Network, "outputs">): void {
  const heads = new Set(outputs.map(({ name }) => name));
  const lacking = FEATURES.filter(({ key }) => !heads.has(key)).map(({ key }) => key);
  if (lacking.length > 0)
    throw new WeightsError(
      `The multi-task network (multitask.safetensors) has no head for ${lacking.join(", ")}: train one, or take the feature out of FEATURES.`,
    );
}

const loaded = new Map<string, Promise<Graders>>();

/**
 * Loads the graders of a models folder; once a process, engine and kind of series.
 * @param contrast of the series that is graded: one with fat suppressed has a network of its own, where the folder has it
 * @throws WeightsError where a file is missing or damaged, EngineError where the engine is unknown or not installed
 */
export async function loadGraders(models: string, contrast: Contrast = "T2"): Promise<Graders> {
  const engine = configuredEngine();
  const key = `${engine} ${isFatSuppressed(contrast) ? "suppressed" : ""} ${models}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const loading = loadBoth(models, engine, contrast);
  loaded.set(key, loading);
  // Files that are put right later are read again.
  loading.catch(() => loaded.delete(key));
  return loading;
}
