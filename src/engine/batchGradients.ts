import { listParameters, placeLayers } from "./network.js";
import type { Network } from "./network.js";
import { gradientName, listDropoutMasks, LOSS, statisticName, trainingGraph } from "./onnx/graphs.js";
import { targetName, weightName } from "./onnx/losses.js";
import { createSession, runSession } from "./runtime.js";
import type { Tensor } from "./runtime.js";
import type { Weights } from "./weights.js";

/** What one training step is fed with. Targets and weights are by output name; `weights` carry the averaging. */
export interface Batch {
  readonly input: Float32Array;
  readonly extra?: Readonly<Record<string, Float32Array>>;
  readonly targets: Readonly<Record<string, Float32Array>>;
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** Loss and gradients of one batch by parameter name, and the batch's own statistics of each normalisation. */
export interface BatchGradients {
  loss: number;
  gradients: Record<string, Float32Array>;
  statistics: Record<string, Float32Array>;
}

/**
 * Differentiates a network's loss at some weights.
 * @param dropoutMasks by the names and shapes of {@link listDropoutMasks}, [sample][...]: 0 for what is dropped, 1 / (1 − rate) else
 */
export type Differentiate = (
  weights: Weights,
  batch: Batch,
  dropoutMasks: Readonly<Record<string, Float32Array>>,
) => Promise<BatchGradients>;

/** Gradients of a network's loss for batches of one size, by the ONNX training graph on onnxruntime. */
export async function createOnnxGradients(network: Network, batchSize: number): Promise<Differentiate> {
  const session = await createSession(trainingGraph(network, batchSize));
  const shapes = new Map(placeLayers(network).map((placed) => [placed.name, placed.shape]));
  const parameters = listParameters(network);
  const { channels, rows, columns } = network.input;
  return async (weights, batch, dropoutMasks) => {
    const feeds: Record<string, Tensor> = {
      input: { values: batch.input, shape: [batchSize, channels, rows, columns] },
    };
    for (const [name, features] of Object.entries(network.extraInputs ?? {}))
      feeds[name] = { values: batch.extra![name]!, shape: [batchSize, features] };
    for (const { name, shape } of listDropoutMasks(network))
      feeds[name] = { values: dropoutMasks[name]!, shape: [batchSize, ...shape] };
    for (const { name } of network.outputs) {
      const shape = shapes.get(name)!;
      feeds[targetName(name)] = { values: batch.targets[name]!, shape: [batchSize, ...shape] };
      feeds[weightName(name)] = { values: batch.weights[name]!, shape: [batchSize, 1, ...shape.slice(1)] };
    }
    for (const { name, shape, trainable } of parameters)
      if (trainable) feeds[name] = { values: weights[name]!, shape };
    const results = await runSession(session, feeds);
    const pick = (trainable: boolean, named: (name: string) => string): Record<string, Float32Array> =>
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.trainable === trainable)
          .map(({ name }) => [name, results[named(name)]!.values]),
      );
    return {
      loss: results[LOSS]!.values[0]!,
      gradients: pick(true, gradientName),
      statistics: pick(false, statisticName),
    };
  };
}
