import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { inBatches, shapeOf } from "../inputGradient.js";
import type { InputGradient } from "../inputGradient.js";
import { placeLayers } from "../network.js";
import type { Network, PlacedLayer } from "../network.js";
import { directionName } from "../onnx/inputGradient.js";
import type { InputGradientOptions } from "../onnx/inputGradient.js";
import type { Tensor } from "../runtime.js";
import type { Weights } from "../weights.js";
import { forward } from "./forward.js";
import { channelsFirst, fromValues, readAndDispose } from "./layout.js";
import { compute, loadTfjs } from "./load.js";
import type { TfjsBackend } from "./load.js";
import { weightTensors } from "./predictor.js";

/** Layers whose values depend on those of another, without that one. */
function layersAfter(network: Network, layer: string): ReadonlySet<PlacedLayer> {
  const names = new Set([layer]);
  const after = new Set<PlacedLayer>();
  for (const placed of placeLayers(network)) {
    if (placed.name === layer || !placed.reads.some((read) => names.has(read))) continue;
    names.add(placed.name);
    after.add(placed);
  }
  return after;
}

/**
 * The derivative of a network's scores by its image, or by a layer, on tfjs; see
 * {@link import("../create.js").createInputGradient}.
 */
export async function createTfjsInputGradient(
  network: Network,
  weights: Weights,
  { batch = 8, respectTo = "input", isGuided = false }: Partial<InputGradientOptions> = {},
  { backend = "auto" }: { readonly backend?: TfjsBackend } = {},
): Promise<InputGradient> {
  const shape = shapeOf(network, respectTo);
  const after = layersAfter(network, respectTo);
  const isScored = (name: string): boolean =>
    name === respectTo || [...after].some((placed) => placed.name === name);
  if (!network.outputs.some(({ name }) => isScored(name)))
    throw new Error(`No output of ${network.name} depends on ${respectTo}, so it has no gradient.`);
  const before = placeLayers(network).filter((placed) => !after.has(placed));
  const tfjs = await loadTfjs(backend);
  const { tf } = tfjs;
  const parameters = compute(tfjs, () => weightTensors(tf, network, weights));

  const differentiate = (inputs: Readonly<Record<string, Tensor>>): Record<string, TfTensor> => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape: own }]) => [name, fromValues(tf, values, own)]),
    );
    const known = forward(network, { tf, parameters, feeds }, before);
    const values = known.get(respectTo)!;
    const scoreAt = (given: TfTensor): TfTensor => {
      const pass = { tf, parameters, isGuided, feeds: { ...Object.fromEntries(known), [respectTo]: given } };
      const tensors = forward(network, pass, [...after]);
      const scores = network.outputs.map(({ name }) => {
        const product = tf.mul(tensors.get(name)!, known.get(directionName(name))!);
        return tf.sum(tf.reshape(product, [product.shape[0], -1]), 1);
      });
      return scores.reduce((sum, score) => tf.add(sum, score));
    };
    // Samples do not touch each other, so that the gradient of their sum is that of each.
    const { value, grad } = tf.valueAndGrad(scoreAt)(values);
    return { score: value, values: channelsFirst(tf, values), gradient: channelsFirst(tf, grad) };
  };
  return inBatches(network, shape, batch, async (inputs) =>
    readAndDispose(compute(tfjs, () => differentiate(inputs))),
  );
}
