import { createOnnxGradients } from "./batchGradients.js";
import type { Differentiate } from "./batchGradients.js";
import { configuredEngine } from "./engines.js";
import type { EngineName } from "./engines.js";
import { createOnnxInputGradient } from "./inputGradient.js";
import type { InputGradient } from "./inputGradient.js";
import type { Network } from "./network.js";
import type { InputGradientOptions } from "./onnx/inputGradient.js";
import { createOnnxPredictor, runtimeInUse } from "./runtime.js";
import type { Predictor, RuntimeInUse } from "./runtime.js";
import { tfjsGradients } from "./tfjs/gradients.js";
import { createTfjsInputGradient } from "./tfjs/inputGradient.js";
import { loadTfjs } from "./tfjs/load.js";
import { createTfjsPredictor } from "./tfjs/predictor.js";
import type { Weights } from "./weights.js";

const SLOW =
  "spinebook: networks are computed by TensorFlow.js in plain JavaScript, which takes some hundred times as long as onnxruntime";

let isWarned = false;

/**
 * Says once a process, on stderr, where the engine asked for is TensorFlow.js without its native part. Whatever makes a network here says it
 * by itself; a process that has networks computed by others, of whom nothing is seen, says it for them.
 * @throws EngineError where the engine is unknown or not installed
 */
export async function warnWhereSlow(engine: EngineName = configuredEngine()): Promise<void> {
  if (engine === "onnxruntime") return;
  const { name, problem } = await loadTfjs();
  if (name !== "tfjs" || isWarned) return;
  isWarned = true;
  const advice = problem ?? "`npm install @tensorflow/tfjs-node` brings its native part.";
  process.stderr.write(`${SLOW}; ${advice}\n`);
}

/**
 * What networks are computed with at present, by the engine asked for.
 * @throws EngineError where the engine is unknown or not installed
 */
export async function engineInUse(engine: EngineName = configuredEngine()): Promise<RuntimeInUse> {
  if (engine === "onnxruntime") return runtimeInUse();
  const { name, device, version, problem } = await loadTfjs();
  return { name, device, version, ...(problem === undefined ? {} : { problem }) };
}

/**
 * The network with these weights on the engine asked for. Outputs trained by cross-entropy give probabilities, others
 * their values; exposed layers come as they are.
 * @throws EngineError where the engine is unknown or not installed; Error where the weights are of another network
 */
export async function createPredictor(
  network: Network,
  weights: Weights,
  engine: EngineName = configuredEngine(),
): Promise<Predictor> {
  if (engine === "onnxruntime") return createOnnxPredictor(network, weights);
  await warnWhereSlow(engine);
  return createTfjsPredictor(network, weights);
}

/**
 * Makes the derivative of a network's scores by its image, or by a layer (`respectTo`). Batch normalisation is at its
 * running statistics and nothing is dropped. Samples are worked on in batches of `batch`.
 * @throws EngineError as {@link createPredictor}; Error where the layer is unknown or no output depends on it.
 */
export async function createInputGradient(
  network: Network,
  weights: Weights,
  options: Partial<InputGradientOptions> = {},
  engine: EngineName = configuredEngine(),
): Promise<InputGradient> {
  if (engine === "onnxruntime") return createOnnxInputGradient(network, weights, options);
  await warnWhereSlow(engine);
  return createTfjsInputGradient(network, weights, options);
}

/** Gradients of a network's loss for batches of one size. @throws EngineError as {@link createPredictor} */
export async function createGradients(
  network: Network,
  batchSize: number,
  engine: EngineName = configuredEngine(),
): Promise<Differentiate> {
  if (engine === "onnxruntime") return createOnnxGradients(network, batchSize);
  await warnWhereSlow(engine);
  return (weights, batch, masks) => tfjsGradients(network, weights, batch, masks);
}
