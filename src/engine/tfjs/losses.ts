import type { Tensor } from "@tensorflow/tfjs-core";
import type { Loss } from "../network.js";
import type { Tf } from "./tf.js";

/** Guards logarithms of what single precision rounded to zero, as in the ONNX graphs. */
const TINY = 1e-12;

/** A tensor computed from `values` that is a constant to the gradient (tfjs has no gradient of argMax to skip). */
function constantOf(tf: Tf, values: Tensor, compute: (values: Tensor) => Tensor): Tensor {
  return tf.customGrad((input) => ({
    value: compute(input as Tensor),
    gradFunc: () => tf.zerosLike(input as Tensor),
  }))(values);
}

/** 1 + d / (K − 1), or with its square; d is the distance in ranks between the likeliest class and the target's. */
function rankFactor(tf: Tf, loss: Loss, values: Tensor, target: Tensor): Tensor {
  return constantOf(tf, values, (logits) => {
    const ranks = tf.sub(
      tf.cast(tf.argMax(logits, -1), "float32"),
      tf.cast(tf.argMax(target, -1), "float32"),
    );
    const share = tf.div(tf.abs(ranks), Math.max(1, values.shape.at(-1)! - 1));
    const cost = loss === "ordinalCrossEntropy" ? share : tf.mul(share, share);
    return tf.expandDims(tf.add(cost, 1), -1);
  });
}

/** log(1 − κ) with quadratic weights; see {@link Loss}. */
function softKappa(tf: Tf, probabilities: Tensor, target: Tensor, weight: Tensor): Tensor {
  const classes = probabilities.shape.at(-1)!;
  const ranks = tf.range(0, classes);
  const distance = tf.sub(tf.reshape(ranks, [classes, 1]), tf.reshape(ranks, [1, classes]));
  const cost = tf.mul(distance, distance);
  const observed = tf.sum(tf.mul(tf.mul(tf.matMul(target, cost), probabilities), weight));
  const truth = tf.sum(tf.mul(target, tf.div(weight, tf.sum(weight))), 0, true);
  const prediction = tf.sum(tf.mul(probabilities, weight), 0, true);
  const expected = tf.sum(tf.mul(tf.matMul(truth, cost), prediction));
  return tf.sub(tf.log(tf.add(observed, TINY)), tf.log(tf.add(expected, TINY)));
}

/** Sum over samples (and pixels) of weight x loss; see {@link Loss}. Classes are on the last axis. */
export function lossOf(tf: Tf, loss: Loss, values: Tensor, target: Tensor, weight: Tensor): Tensor {
  const total = (perSample: Tensor): Tensor => tf.sum(tf.mul(perSample, weight));
  const logarithms = (): Tensor => tf.logSoftmax(values);
  switch (loss) {
    case "squaredError": {
      const difference = tf.sub(values, target);
      return tf.mul(total(tf.mul(difference, difference)), 1 / values.shape.at(-1)!);
    }
    case "absoluteError": {
      const sign = constantOf(tf, values, (v) => tf.sign(tf.sub(v, target)));
      return tf.mul(total(tf.mul(tf.sub(values, target), sign)), 1 / values.shape.at(-1)!);
    }
    case "crossEntropy":
      return tf.mul(total(tf.mul(logarithms(), target)), -1);
    case "setCrossEntropy":
      return tf.mul(total(tf.log(tf.add(tf.sum(tf.mul(tf.exp(logarithms()), target), -1, true), TINY))), -1);
    case "ordinalCrossEntropy":
    case "squaredOrdinalCrossEntropy":
      return tf.mul(total(tf.mul(tf.mul(logarithms(), target), rankFactor(tf, loss, values, target))), -1);
    case "softKappa":
      return softKappa(tf, tf.exp(logarithms()), target, weight);
  }
}
