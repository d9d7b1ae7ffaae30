import { placeLayers, sizeOf } from "./network.js";
import type { Network } from "./network.js";
import { directionName, inputGradientGraph } from "./onnx/inputGradient.js";
import type { InputGradientOptions } from "./onnx/inputGradient.js";
import { createSession, runSession } from "./runtime.js";
import type { Tensor } from "./runtime.js";
import type { Weights } from "./weights.js";

/** What a score is of each sample, and its derivative. */
export interface ScoreGradient {
  /** [sample]: sum over outputs of their values before any softmax times their direction. */
  readonly score: Float32Array;
  /** The values that the score was differentiated by, [sample][...]. */
  readonly values: Tensor;
  /** Derivative of each sample's score by these values, of the same shape. */
  readonly gradient: Tensor;
}

/** Differentiates scores of a network as it is at inference. */
export interface InputGradient {
  readonly network: Network;
  /**
   * @param feeds the network's inputs, [sample][...]; any number of samples.
   * @param directions output name -> [sample][unit] weights of its values in the score; zero for outputs left out.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    directions: Readonly<Record<string, Float32Array>>,
  ): Promise<ScoreGradient>;
}

/** Rows `from` to `to` of a tensor's values, followed by zeros up to a whole batch. */
function chunk(values: Float32Array, size: number, from: number, to: number, batch: number): Float32Array {
  const part = new Float32Array(batch * size);
  part.set(values.subarray(from * size, to * size));
  return part;
}

/**
 * Makes the derivative of a network's scores by its image, or by a layer (`respectTo`), run on onnxruntime. Batch
 * normalisation is at its running statistics and nothing is dropped. Samples are worked on in batches of `batch`.
 * @throws Error where the layer is unknown or no output depends on it.
 */
export async function createInputGradient(
  network: Network,
  weights: Weights,
  { batch = 8, ...options }: Partial<InputGradientOptions> = {},
): Promise<InputGradient> {
  const { respectTo = "input" } = options;
  const session = await createSession(inputGradientGraph(network, weights, { ...options, batch }));
  const placed = new Map(placeLayers(network).map(({ name, shape }) => [name, shape]));
  const { channels, rows, columns } = network.input;
  const shape = respectTo === "input" ? [channels, rows, columns] : placed.get(respectTo)!;
  const size = sizeOf(shape);
  return {
    network,
    run: async (feeds, directions) => {
      const samples = feeds.input!.shape[0]!;
      const score = new Float32Array(samples);
      const values = new Float32Array(samples * size);
      const gradient = new Float32Array(samples * size);
      for (let from = 0; from < samples; from += batch) {
        const to = Math.min(samples, from + batch);
        const inputs: Record<string, Tensor> = {};
        for (const [name, tensor] of Object.entries(feeds)) {
          const own = tensor.shape.slice(1);
          inputs[name] = {
            values: chunk(tensor.values, sizeOf(own), from, to, batch),
            shape: [batch, ...own],
          };
        }
        for (const { name } of network.outputs) {
          const units = placed.get(name)!;
          const direction = directions[name] ?? new Float32Array(0);
          inputs[directionName(name)] = {
            values: chunk(direction, sizeOf(units), from, to, batch),
            shape: [batch, ...units],
          };
        }
        const results = await runSession(session, inputs);
        score.set(results.score!.values.subarray(0, to - from), from);
        values.set(results.values!.values.subarray(0, (to - from) * size), from * size);
        gradient.set(results.gradient!.values.subarray(0, (to - from) * size), from * size);
      }
      return {
        score,
        values: { values, shape: [samples, ...shape] },
        gradient: { values: gradient, shape: [samples, ...shape] },
      };
    },
  };
}
