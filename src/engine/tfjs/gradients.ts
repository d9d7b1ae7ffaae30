import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { listParameters, placeLayers } from "../network.js";
import type { Network } from "../network.js";
import { listDropoutMasks } from "../onnx/graphs.js";
import type { Batch, BatchGradients } from "../batchGradients.js";
import type { Weights } from "../weights.js";
import { forward } from "./forward.js";
import { fromValues, parameterLayout, readAndDispose } from "./layout.js";
import { compute, loadTfjs } from "./load.js";
import type { TfjsBackend } from "./load.js";
import type { Tf } from "./tf.js";
import { lossOf } from "./losses.js";

/** The batch as tensors: what the network reads, its dropout masks, and target and weight of each output. */
function batchTensors(
  tf: Tf,
  network: Network,
  batch: Batch,
  masks: Readonly<Record<string, Float32Array>>,
): {
  feeds: Record<string, Tensor>;
  masks: Record<string, Tensor>;
  labels: Record<string, { target: Tensor; weight: Tensor }>;
} {
  const { channels, rows, columns } = network.input;
  const size = batch.input.length / (channels * rows * columns);
  const shapes = new Map(placeLayers(network).map((placed) => [placed.name, placed.shape]));
  const extra = Object.entries(network.extraInputs ?? {}).map(([name, features]): [string, Tensor] => [
    name,
    fromValues(tf, batch.extra![name]!, [size, features]),
  ]);
  return {
    feeds: {
      input: fromValues(tf, batch.input, [size, channels, rows, columns]),
      ...Object.fromEntries(extra),
    },
    masks: Object.fromEntries(
      listDropoutMasks(network).map(({ name, shape }) => [
        name,
        fromValues(tf, masks[name]!, [size, ...shape]),
      ]),
    ),
    labels: Object.fromEntries(
      network.outputs.map(({ name }) => {
        const shape = shapes.get(name)!;
        const target = fromValues(tf, batch.targets[name]!, [size, ...shape]);
        const weight = fromValues(tf, batch.weights[name]!, [size, 1, ...shape.slice(1)]);
        return [name, { target, weight }];
      }),
    ),
  };
}

/**
 * Loss and gradients of one batch on tfjs, by parameter name, and the batch's statistics: what
 * {@link import("../batchGradients.js").createOnnxGradients} gives on onnxruntime.
 *
 * @param dropoutMasks by the names and shapes of {@link listDropoutMasks}: 0 for what is dropped, 1 / (1 − rate) else
 */
export async function tfjsGradients(
  network: Network,
  weights: Weights,
  batch: Batch,
  dropoutMasks: Readonly<Record<string, Float32Array>>,
  { backend = "auto" }: { readonly backend?: TfjsBackend } = {},
): Promise<BatchGradients> {
  const tfjs = await loadTfjs(backend);
  const { tf } = tfjs;
  const trained = listParameters(network).filter((parameter) => parameter.trainable);
  const results = compute(tfjs, () => {
    const { feeds, masks, labels } = batchTensors(tf, network, batch, dropoutMasks);
    const statistics: Record<string, Tensor> = {};
    const lossAt = (...tensors: Tensor[]): Scalar => {
      const parameters = Object.fromEntries(
        trained.map((parameter, i) => [parameter.name, parameterLayout(tf, parameter, tensors[i]!)]),
      );
      const values = forward(network, { tf, feeds, parameters, training: { masks, statistics } });
      // The gradient's own tidying would dispose them.
      Object.values(statistics).forEach((tensor) => tf.keep(tensor));
      const losses = network.outputs.map(({ name, loss }) => {
        const { target, weight } = labels[name]!;
        return lossOf(tf, loss, values.get(name)!, target, weight);
      });
      return losses.reduce((sum, loss) => tf.add(sum, loss)) as Scalar;
    };
    const given = trained.map(({ name, shape }) => tf.tensor(weights[name]!, [...shape]));
    const { value, grads } = tf.valueAndGrads(lossAt)(given);
    const gradients = Object.fromEntries(trained.map(({ name }, i) => [name, grads[i]!]));
    return { loss: { loss: value }, gradients, statistics };
  });
  const values = async (tensors: Record<string, Tensor>): Promise<Record<string, Float32Array>> =>
    Object.fromEntries(
      Object.entries(await readAndDispose(tensors)).map(([name, tensor]) => [name, tensor.values]),
    );
  const { loss } = await values(results.loss);
  return {
    loss: loss![0]!,
    gradients: await values(results.gradients),
    statistics: await values(results.statistics),
  };
}
