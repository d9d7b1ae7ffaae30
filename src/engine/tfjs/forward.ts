import type { Tensor, Tensor4D, Tensor2D } from "@tensorflow/tfjs-core";
import { placeLayers } from "../network.js";
import type { Network, PlacedLayer } from "../network.js";
import { dropoutMaskName } from "../onnx/layers/index.js";
import { EPSILON } from "../onnx/layers/normalization.js";
import { convolution } from "./convolution.js";
import type { Tf } from "./load.js";

/** What a forward pass reads; all tensors in tfjs's layout. */
export interface Pass {
  readonly tf: Tf;
  /** `input` and the extra inputs. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** While training: masks by {@link dropoutMaskName}, and where the statistics of the batch are put. */
  readonly training?: {
    readonly masks: Readonly<Record<string, Tensor>>;
    readonly statistics: Record<string, Tensor>;
  };
}

/** Values of all layers by name. */
export function forward(network: Network, pass: Pass): ReadonlyMap<string, Tensor> {
  const tensors = new Map(Object.entries(pass.feeds));
  for (const placed of placeLayers(network)) {
    const inputs = placed.reads.map((read) => tensors.get(read)!);
    tensors.set(placed.name, applyLayer(pass, placed, inputs));
  }
  return tensors;
}

function applyLayer(pass: Pass, placed: PlacedLayer, inputs: readonly Tensor[]): Tensor {
  const { tf, training } = pass;
  const { layer, name } = placed;
  const input = inputs[0]!;
  const own = (role: string): Tensor => pass.parameters[`${name}/${role}`]!;
  switch (layer.kind) {
    case "convolution":
      return convolution(tf, layer, input, own("kernel"), own("bias"));
    case "leakyRelu":
      return tf.leakyRelu(input, layer.slope);
    case "batchNormalization":
      return batchNormalization(pass, name, input);
    case "dropout":
      return training === undefined ? input : tf.mul(input, training.masks[dropoutMaskName(name)]!);
    case "maxPooling":
      return tf.maxPool(input as Tensor4D, 2, 2, "valid");
    case "upsampling": {
      const [, rows, columns] = (input as Tensor4D).shape;
      return tf.image.resizeNearestNeighbor(input as Tensor4D, [rows * 2, columns * 2]);
    }
    case "concatenation":
      return tf.concat([...inputs], -1);
    case "addition":
      return tf.add(input, inputs[1]!);
    case "globalAveragePooling":
      return tf.mean(input, [1, 2]);
    case "dense":
      return tf.add(tf.matMul(input as Tensor2D, own("kernel") as Tensor2D, false, true), own("bias"));
  }
}

/** Inference: running statistics. Training: those of the batch, in two passes about the mean. */
function batchNormalization({ tf, parameters, training }: Pass, name: string, input: Tensor): Tensor {
  const [meanName, varianceName] = [`${name}/mean`, `${name}/variance`];
  const axes = input.shape.map((_, axis) => axis).slice(0, -1);
  const { mean, variance } =
    training === undefined
      ? { mean: parameters[meanName]!, variance: parameters[varianceName]! }
      : tf.moments(input, axes);
  if (training !== undefined) {
    training.statistics[meanName] = mean;
    training.statistics[varianceName] = variance;
  }
  const gain = tf.mul(parameters[`${name}/scale`]!, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(tf.sub(input, mean), gain), parameters[`${name}/shift`]!);
}
