import { join } from "node:path";
import { configuredEngine, createPredictor, loadWeights } from "../engine/index.js";
import type { EngineName, Predictor, Weights } from "../engine/index.js";

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
  const { network, weights } = await loadWeights(path);
  return { predictor: await createPredictor(network, weights, engine), weights, engine };
}

async function loadBoth(models: string, engine: EngineName): Promise<Graders> {
  const [pfirrmann, multitask] = await Promise.all([
    loadGrader(join(models, "pfirrmann.safetensors"), engine),
    loadGrader(join(models, "multitask.safetensors"), engine),
  ]);
  return { pfirrmann, multitask };
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
