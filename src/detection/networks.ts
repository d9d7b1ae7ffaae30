import { join } from "node:path";
import { configuredEngine, createPredictor, loadWeights } from "../engine/index.js";
import type { Predictor } from "../engine/index.js";

/**
 * Version of what the networks are fed: slices and patches, their spacing and normalisation. Raised with every change, so that weights that
 * were trained on other inputs are refused.
 */
export const DETECTION_INPUTS = { detector: 1, corners: 1 } as const;

const loaded = new Map<string, Promise<Predictor>>();

/**
 * A network of a models folder; loaded once a process and engine.
 * @throws WeightsError where the file is missing or damaged, EngineError where the engine is unknown or not installed
 */
async function loadNetwork(models: string, name: keyof typeof DETECTION_INPUTS): Promise<Predictor> {
  const engine = configuredEngine();
  const path = join(models, `${name}.safetensors`);
  const key = `${engine} ${path}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const loading = loadWeights(path, DETECTION_INPUTS[name]).then(({ network, weights }) =>
    createPredictor(network, weights, engine),
  );
  loaded.set(key, loading);
  // A file that is put right later is read again.
  loading.catch(() => loaded.delete(key));
  return loading;
}

/** The network that names tissues. */
export function loadDetector(models: string): Promise<Predictor> {
  return loadNetwork(models, "detector");
}

/** The network that places corners ({@link import("./corners/network.js").cornerNetwork}). */
export function loadCornerNetwork(models: string): Promise<Predictor> {
  return loadNetwork(models, "corners");
}
