import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { convolutionPadding } from "../network.js";
import type { Layer } from "../network.js";
import type { Tf } from "./load.js";

type Convolution = Extract<Layer, { kind: "convolution" }>;

/**
 * Gradient of the kernel, tap by tap: the input shifted by the tap, as a matrix, times the output's gradient.
 * `input` is padded already.
 */
function kernelGradient(tf: Tf, input: Tensor4D, gradient: Tensor4D, size: number, dilation: number): Tensor {
  const [batch, rows, columns, filters] = gradient.shape;
  const channels = input.shape[3];
  const pixels = batch * rows * columns;
  const flat = tf.reshape(gradient, [pixels, filters]);
  const taps = Array.from({ length: size * size }, (_, tap) => {
    const begin = [0, Math.floor(tap / size) * dilation, (tap % size) * dilation, 0];
    const shifted = tf.slice(input, begin, [batch, rows, columns, channels]);
    return tf.matMul(tf.reshape(shifted, [pixels, channels]), flat, true);
  });
  return tf.reshape(tf.stack(taps), [size, size, channels, filters]);
}

/** Gradient of the padded input: the output's gradient, fully padded, convolved with the flipped, transposed kernel. */
function inputGradient(tf: Tf, kernel: Tensor4D, gradient: Tensor4D, dilation: number): Tensor {
  const reach = (kernel.shape[0] - 1) * dilation;
  const flipped: Tensor4D = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
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

/** A dilated convolution with a gradient: tfjs-core has none for dilations above 1. */
function dilatedConvolution(tf: Tf, input: Tensor4D, kernel: Tensor4D, dilation: number): Tensor {
  const convolve = tf.customGrad((...given) => {
    const [x, k, save] = given as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([x, k]);
    return {
      value: tf.conv2d(x, k, 1, "valid", "NHWC", dilation),
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [savedInput, savedKernel] = saved as [Tensor4D, Tensor4D];
        return [
          inputGradient(tf, savedKernel, gradient as Tensor4D, dilation),
          kernelGradient(tf, savedInput, gradient as Tensor4D, savedKernel.shape[0], dilation),
        ];
      },
    };
  });
  return convolve(input, kernel);
}

/** y = x * kernel + bias. Padding is made by hand: "same" of tfjs is not symmetric where the stride is 2. */
export function convolution(tf: Tf, layer: Convolution, input: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const { stride = 1, dilation = 1 } = layer;
  const x = padded(tf, input as Tensor4D, convolutionPadding(layer));
  const sums =
    dilation === 1
      ? tf.conv2d(x, kernel as Tensor4D, stride, "valid")
      : dilatedConvolution(tf, x, kernel as Tensor4D, dilation);
  return tf.add(sums, bias);
}
