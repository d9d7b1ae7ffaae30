/** tfjs computes maps as [batch][row][column][channel]; everything outside of this folder as [batch][channel][row][column]. */
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import type { Parameter, Shape } from "../network.js";
import type { Tensor } from "../runtime.js";
import type { Tf } from "./tf.js";

/** Channels of maps to the last axis; vectors and numbers stay. */
export function channelsLast(tf: Tf, tensor: TfTensor): TfTensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [0, 2, 3, 1]) : tensor;
}

/** The way back. */
export function channelsFirst(tf: Tf, tensor: TfTensor): TfTensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor;
}

/** A parameter as the layers here read it: kernels of convolutions become [row][column][channel][filter]. */
export function parameterLayout(tf: Tf, parameter: Parameter, tensor: TfTensor): TfTensor {
  return parameter.shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
}

/** Values in the order of our tensors -> tfjs tensor in its own layout. */
export function fromValues(tf: Tf, values: Float32Array, shape: Shape): TfTensor {
  return channelsLast(tf, tf.tensor(values, [...shape], "float32"));
}

/** Reads named tensors and disposes them. */
export async function readAndDispose(
  tensors: Readonly<Record<string, TfTensor>>,
): Promise<Record<string, Tensor>> {
  const read = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, Tensor]> => {
    const values = (await tensor.data()) as Float32Array;
    const { shape } = tensor;
    tensor.dispose();
    return [name, { values, shape }];
  });
  return Object.fromEntries(await Promise.all(read));
}
