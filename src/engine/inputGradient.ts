import { placeLayers, sizeOf } from "./network.js";
import type { Network, Shape } from "./network.js";
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

/** Rows `from` to `to` of a tensor. */
function rowsOf({ values, shape }: Tensor, from: number, to: number): Tensor {
  const own = shape.slice(1);
  const size = sizeOf(own);
  return { values: values.subarray(from * size, to * size), shape: [to - from, ...own] };
}

/** A tensor with rows of zeros up to a whole batch. */
function padded({ values, shape }: Tensor, batch: number): Tensor {
  const own = shape.slice(1);
  const whole = new Float32Array(batch * sizeOf(own));
  whole.set(values);
  return { values: whole, shape: [batch, ...own] };
}

/**
 * Differentiates any number of samples, some at a time.
 * @param shape of one sample of what the score is differentiated by
 * @param differentiate feeds and directions (by {@link directionName}) of at most `batch` samples -> `score`, `values`
 * and `gradient` of at least as many
 */
export function inBatches(
  network: Network,
  shape: Shape,
  batch: number,
  differentiate: (inputs: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>,
): InputGradient {
  const placed = new Map(placeLayers(network).map((layer) => [layer.name, layer.shape]));
  const size = sizeOf(shape);
  return {
    network,
    run: async (feeds, directions) => {
      const samples = feeds.input!.shape[0]!;
      const all: Record<string, Tensor> = { ...feeds };
      for (const { name } of network.outputs) {
        const units = placed.get(name)!;
        const values = directions[name] ?? new Float32Array(samples * sizeOf(units));
        all[directionName(name)] = { values, shape: [samples, ...units] };
      }
      const score = new Float32Array(samples);
      const values = new Float32Array(samples * size);
      const gradient = new Float32Array(samples * size);
      for (let from = 0; from < samples; from += batch) {
        const to = Math.min(samples, from + batch);
        const inputs = Object.fromEntries(
          Object.entries(all).map(([name, tensor]) => [name, rowsOf(tensor, from, to)]),
        );
        const results = await differentiate(inputs);
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

/** Shape of one sample of the image or of a layer. @throws Error where the network has no such layer */
export function shapeOf(network: Network, layer: string): Shape {
  const { channels, rows, columns } = network.input;
  if (layer === "input") return [channels, rows, columns];
  const placed = placeLayers(network).find(({ name }) => name === layer);
  if (placed === undefined) throw new Error(`${network.name} has no layer called ${layer}.`);
  return placed.shape;
}

/** The derivative on onnxruntime; see {@link import("./create.js").createInputGradient}. */
export async function createOnnxInputGradient(
  network: Network,
  weights: Weights,
  { batch = 8, ...options }: Partial<InputGradientOptions> = {},
): Promise<InputGradient> {
  const session = await createSession(inputGradientGraph(network, weights, { ...options, batch }));
  return inBatches(network, shapeOf(network, options.respectTo ?? "input"), batch, (inputs) =>
    runSession(
      session,
      Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, padded(tensor, batch)])),
    ),
  );
}
