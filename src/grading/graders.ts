import { join } from "node:path";
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

async function loadBoth(models: string, engine: EngineName): Promise<Graders> {
  const [pfirrmann, multitask] = await Promise.all([
    loadGrader(join(models, "pfirrmann.safetensors"), engine),
    loadGrader(join(models, "multitask.safetensors"), engine),
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
 * Loads the graders of a models folder; once a process and engine.
 * @throws WeightsError where a file is missing or damaged, EngineError where the engine is unknown or not installed
 */
export async function loadGraders(models: string): Promise<Graders> {
  const engine = configuredEngine();
  const key = `${engine} ${models}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const loading = loadBoth(models, engine);
  loaded.set(key, loading);
  // Files that are put right later are read again.
  loading.catch(() => loaded.delete(key));
  return loading;
}
