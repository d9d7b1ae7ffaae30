import { join } from "node:path";
import { createPredictor, loadWeights } from "../engine/index.js";
import type { Predictor } from "../engine/index.js";

const loaded = new Map<string, Promise<Predictor>>();

/** A network of a models folder; loaded once a process. @throws WeightsError where the file is missing or damaged */
function loadNetwork(models: string, name: string): Promise<Predictor> {
  const path = join(models, `${name}.safetensors`);
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = loadWeights(path).then(({ network, weights }) => createPredictor(network, weights));
  loaded.set(path, loading);
  // A file that is put right later is read again.
  loading.catch(() => loaded.delete(path));
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
