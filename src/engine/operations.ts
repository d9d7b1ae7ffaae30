import { placeLayers, sizeOf } from "./network.js";
import type { Network } from "./network.js";

/**
 * Multiplications and additions of one forward pass of one sample, counted as two operations a multiply-add; what is linear
 * in the number of values (activations, pooling, normalisation, which inference folds into convolutions) is left out.
 */
export function countOperations(network: Network): number {
  return placeLayers(network).reduce((sum, { layer, inputShape, shape }) => {
    if (layer.kind === "convolution") return sum + 2 * sizeOf(shape) * inputShape[0]! * layer.kernel ** 2;
    if (layer.kind === "dense") return sum + 2 * inputShape[0]! * layer.units;
    return sum;
  }, 0);
}
