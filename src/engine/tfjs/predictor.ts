import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { isClassification, listParameters } from "../network.js";
import type { Network } from "../network.js";
import type { Predictor, Tensor } from "../runtime.js";
import type { Weights } from "../weights.js";
import { forward } from "./forward.js";
import { channelsFirst, fromValues, parameterLayout, readAndDispose } from "./layout.js";
import { compute, loadTfjs } from "./load.js";
import type { TfjsBackend } from "./load.js";
import type { Tf } from "./tf.js";

/** The weights as tensors of tfjs; copied, since tfjs would share the arrays and training changes them in place. */
export function weightTensors(tf: Tf, network: Network, weights: Weights): Record<string, TfTensor> {
  return Object.fromEntries(
    listParameters(network).map((parameter) => {
      const { name, shape } = parameter;
      const values = weights[name];
      if (values === undefined)
        throw new Error(`The weights have no tensor called ${name}; they belong to another network.`);
      return [name, parameterLayout(tf, parameter, tf.tensor(values.slice(), [...shape]))];
    }),
  );
}

function feedTensors(
  tf: Tf,
  network: Network,
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, TfTensor> {
  const names = ["input", ...Object.keys(network.extraInputs ?? {})];
  return Object.fromEntries(
    names.map((name) => {
      const feed = feeds[name];
      if (feed === undefined) throw new Error(`Network ${network.name} was not fed with "${name}".`);
      return [name, fromValues(tf, feed.values, feed.shape)];
    }),
  );
}

/**
 * The network with these weights on tfjs; takes and gives the same tensors as the predictor on onnxruntime. Outputs
 * trained by cross-entropy give probabilities, others their values; exposed layers come as they are.
 */
export async function createTfjsPredictor(
  network: Network,
  weights: Weights,
  { backend = "auto" }: { readonly backend?: TfjsBackend } = {},
): Promise<Predictor> {
  const tfjs = await loadTfjs(backend);
  const { tf } = tfjs;
  const parameters = compute(tfjs, () => weightTensors(tf, network, weights));
  const predict = (feeds: Readonly<Record<string, Tensor>>): Record<string, TfTensor> => {
    const tensors = forward(network, { tf, parameters, feeds: feedTensors(tf, network, feeds) });
    const results: Record<string, TfTensor> = {};
    for (const name of network.exposed ?? []) results[name] = channelsFirst(tf, tensors.get(name)!);
    for (const { name, loss } of network.outputs) {
      const values = tensors.get(name)!;
      results[name] = channelsFirst(tf, isClassification(loss) ? tf.softmax(values) : values);
    }
    return results;
  };
  return { network, run: async (feeds) => readAndDispose(compute(tfjs, () => predict(feeds))) };
}
