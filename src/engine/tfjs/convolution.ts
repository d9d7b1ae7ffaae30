import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { convolutionPadding } from "../network.js";
import type { Layer } from "../network.js";
import type { Tf } from "./tf.js";

type Convolution = Extract<Layer, { kind: "convolution" }>;

/**
 * Gradient of the kernel, tap by tap: the input shifted by the tap, as a matrix, times the output's gradient.
 * `input` is padded already.
 */
function kernelGradient(tf: Tf, layer: Convolution, input: Tensor4D, gradient: Tensor4D): Tensor {
  const { kernel: size, stride = 1, dilation = 1 } = layer;
  const [batch, rows, columns, filters] = gradient.shape;
  const channels = input.shape[3];
  const pixels = batch * rows * columns;
  const flat = tf.reshape(gradient, [pixels, filters]);
  const taps = Array.from({ length: size * size }, (_, tap) => {
    const [top, left] = [Math.floor(tap / size) * dilation, (tap % size) * dilation];
    const end = [batch, top + (rows - 1) * stride + 1, left + (columns - 1) * stride + 1, channels];
    const shifted = tf.stridedSlice(input, [0, top, left, 0], end, [1, stride, stride, 1]);
    return tf.matMul(tf.reshape(shifted, [pixels, channels]), flat, true);
  });
  return tf.reshape(tf.stack(taps), [size, size, channels, filters]);
}

/**
 * Gradient of the padded input: the output's gradient, fully padded, convolved with the flipped, transposed kernel;
 * without dilation, where there may be a stride, tfjs's transposed convolution.
 */
function inputGradient(
  tf: Tf,
  layer: Convolution,
  input: Tensor4D,
  kernel: Tensor4D,
  gradient: Tensor4D,
): Tensor {
  const { stride = 1, dilation = 1 } = layer;
  if (dilation === 1) return tf.conv2dTranspose(gradient, kernel, input.shape, stride, "valid");
  const flipped: Tensor4D = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
  const reach = (layer.kernel - 1) * dilation;
  return tf.conv2d(padded(tf, gradient, reach), flipped, 1, "valid", "NHWC", dilation);
}

function padded(tf: Tf, input: Tensor4D, by: number): Tensor4D {
  return by === 0
    ? input
    : tf.pad(input, [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ]);
}

/** A convolution without padding, with a gradient of our own: tfjs-core has none for dilations above 1. */
function convolve(tf: Tf, layer: Convolution, input: Tensor4D, kernel: Tensor4D): Tensor {
  const operation = tf.customGrad((...given) => {
    const [x, k, save] = given as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([x, k]);
    return {
      value: tf.conv2d(x, k, layer.stride ?? 1, "valid", "NHWC", layer.dilation ?? 1),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [savedInput, savedKernel] = saved as [Tensor4D, Tensor4D];
        const gradient = dy as Tensor4D;
        return [
          inputGradient(tf, layer, savedInput, savedKernel, gradient),
          kernelGradient(tf, layer, savedInput, gradient),
        ];
      },
    };
  });
  return operation(input, kernel);
}

/** y = x * kernel + bias. Padding is made by hand: "same" of tfjs is not symmetric where the stride is 2. */
export function convolution(tf: Tf, layer: Convolution, input: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const x = padded(tf, input as Tensor4D, convolutionPadding(layer));
  return tf.add(convolve(tf, layer, x, kernel as Tensor4D), bias);
}
