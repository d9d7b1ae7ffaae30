import type { Tensor, Tensor4D, Tensor2D } from "@tensorflow/tfjs-core";
import { placeLayers } from "../network.js";
import type { Network, PlacedLayer } from "../network.js";
import { dropoutMaskName } from "../onnx/layers/index.js";
import { EPSILON } from "../onnx/layers/normalization.js";
import { convolution } from "./convolution.js";
import type { Tf } from "./tf.js";

/** What a forward pass reads; all tensors in tfjs's layout. */
export interface Pass {
  readonly tf: Tf;
  /** `input` and the extra inputs; values of other layers where not all are computed. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** While training: masks by {@link dropoutMaskName}, and where the statistics of the batch are put. */
  readonly training?: {
    readonly masks: Readonly<Record<string, Tensor>>;
    readonly statistics: Record<string, Tensor>;
  };
  /** Guided back-propagation: leaky ReLU's backward part also zeroes negative gradients. */
  readonly isGuided?: boolean;
}

/** Values of these layers by name, besides what the pass is fed with. */
export function forward(
  network: Network,
  pass: Pass,
  layers: readonly PlacedLayer[] = placeLayers(network),
): ReadonlyMap<string, Tensor> {
  const tensors = new Map(Object.entries(pass.feeds));
  for (const placed of layers) {
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
      return pass.isGuided === true
        ? guidedLeakyRelu(tf, input, layer.slope)
        : tf.leakyRelu(input, layer.slope);
    case "batchNormalization":
      return batchNormalization(pass, name, input);
    case "dropout":
      return training === undefined ? input : tf.mul(input, training.masks[dropoutMaskName(name)]!);
    case "maxPooling":
      return maxPooling(tf, input as Tensor4D);
    case "upsampling":
      return upsampling(tf, input as Tensor4D);
    case "concatenation":
      return tf.concat([...inputs], -1);
    case "addition":
      return tf.add(input, inputs[1]!);
    case "globalAveragePooling":
      return meanOver(tf, input, [1, 2]);
    case "dense":
      return tf.add(tf.matMul(input as Tensor2D, own("kernel") as Tensor2D, false, true), own("bias"));
  }
}

/** Leaky ReLU whose backward part takes only positive gradients (Springenberg et al. 2015). */
function guidedLeakyRelu(tf: Tf, input: Tensor, slope: number): Tensor {
  return tf.customGrad((...given) => {
    const [x, save] = given as [Tensor, (tensors: Tensor[]) => void];
    save([x]);
    return {
      value: tf.leakyRelu(x, slope),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const positive = tf.relu(dy);
        return tf.where(tf.greater(saved[0]!, 0), positive, tf.mul(positive, slope));
      },
    };
  })(input);
}

/**
 * The gradient goes to all values that equal their window's maximum, as on onnxruntime; tfjs's own goes to one of them, and
 * on its wasm backend to none where all are negative.
 */
function maxPooling(tf: Tf, input: Tensor4D): Tensor {
  return tf.customGrad((...given) => {
    const [x, save] = given as [Tensor4D, (tensors: Tensor[]) => void];
    const value = tf.maxPool(x, 2, 2, "valid");
    save([x, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [whole, pooled] = saved as [Tensor4D, Tensor4D];
        const [batch, rows, columns, channels] = pooled.shape;
        const window = (tensor: Tensor): Tensor =>
          tf.reshape(tensor, [batch * rows, 1, columns, 1, channels]);
        const apart = tf.reshape(whole, [batch * rows, 2, columns, 2, channels]);
        const isMaximum = tf.cast(tf.equal(apart, window(pooled)), "float32");
        return tf.reshape(tf.mul(isMaximum, window(dy)), whole.shape);
      },
    };
  })(input);
}

/**
 * Repeats rows and columns by multiplying with ones. Not by `resizeNearestNeighbor`: on tfjs's CPU backend (4.22) its
 * gradient reads the wrong samples where the batch has more than one.
 */
function upsampling(tf: Tf, input: Tensor4D): Tensor {
  const [batch, rows, columns, channels] = input.shape;
  const apart = tf.reshape(input, [batch * rows, 1, columns, 1, channels]);
  const repeated = tf.mul(apart, tf.ones([1, 2, 1, 2, 1]));
  return tf.reshape(repeated, [batch, rows * 2, columns * 2, channels]);
}

/** The mean over axes; a sum of its own, so that one gradient serves both. */
function meanOver(tf: Tf, tensor: Tensor, axes: number[]): Tensor {
  const count = axes.reduce((product, axis) => product * tensor.shape[axis]!, 1);
  return tf.mul(tf.sum(tensor, axes), 1 / count);
}

/** Inference: running statistics. Training: those of the batch, in two passes about the mean. */
function batchNormalization({ tf, parameters, training }: Pass, name: string, input: Tensor): Tensor {
  const [meanName, varianceName] = [`${name}/mean`, `${name}/variance`];
  const axes = input.shape.slice(1).map((_, axis) => axis);
  const mean = training === undefined ? parameters[meanName]! : meanOver(tf, input, axes);
  const centred = tf.sub(input, mean);
  const variance =
    training === undefined ? parameters[varianceName]! : meanOver(tf, tf.mul(centred, centred), axes);
  if (training !== undefined) {
    training.statistics[meanName] = mean;
    training.statistics[varianceName] = variance;
  }
  const gain = tf.mul(parameters[`${name}/scale`]!, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(centred, gain), parameters[`${name}/shift`]!);
}
