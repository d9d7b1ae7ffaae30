/**
 * tfjs-core as Node loads it knows no gradients: only the union package registers them. These are the ones that the
 * layers and losses here need; where the native package brought its own, those stay.
 */
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import type { Tf } from "./tf.js";

interface Rule {
  /** Names of the kernel's inputs that the gradient needs, in the order of `saved`; "all" of a list. */
  readonly inputs?: readonly string[] | "all";
  /** The output is saved too, after the inputs. */
  readonly output?: boolean;
  /** Gradients of the inputs by name, computed when called; `dy` is that of the output. */
  readonly gradients: (dy: Tensor, saved: Tensor[], attributes: NamedAttrMap) => Record<string, () => Tensor>;
}

function rules(tf: Tf): Readonly<Record<string, Rule>> {
  /** Sums the gradient over the axes along which a tensor of this shape was repeated. */
  const unbroadcast = (gradient: Tensor, shape: number[]): Tensor => {
    const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
    return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), shape);
  };
  const pair = (partial: (dy: Tensor, a: Tensor, b: Tensor) => [Tensor, Tensor]): Rule => ({
    inputs: ["a", "b"],
    gradients: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const [byA, byB] = partial(dy, a, b);
      return { a: () => unbroadcast(byA, a.shape), b: () => unbroadcast(byB, b.shape) };
    },
  });
  return {
    Add: pair((dy) => [dy, dy]),
    Sub: pair((dy) => [dy, tf.neg(dy)]),
    Multiply: pair((dy, a, b) => [tf.mul(dy, b), tf.mul(dy, a)]),
    BatchMatMul: {
      inputs: ["a", "b"],
      gradients: (dy, saved, { transposeA, transposeB }) => {
        const [a, b] = saved as [Tensor, Tensor];
        return {
          a: () => (transposeA ? tf.matMul(b, dy, !!transposeB, true) : tf.matMul(dy, b, false, !transposeB)),
          b: () => (transposeB ? tf.matMul(dy, a, true, !!transposeA) : tf.matMul(a, dy, !transposeA, false)),
        };
      },
    },
    Concat: {
      inputs: "all",
      gradients: (dy, saved, { axis }) => {
        const along = ((axis as number) + dy.rank) % dy.rank;
        const sizes = saved.map(({ shape }) => shape[along]!);
        const parts = tf.split(dy, sizes, along);
        return Object.fromEntries(parts.map((part, i) => [String(i), () => part]));
      },
    },
    Exp: { output: true, gradients: (dy, [y]) => ({ x: () => tf.mul(dy, y!) }) },
    LeakyRelu: {
      inputs: ["x"],
      gradients: (dy, [x], { alpha }) => ({
        x: () => tf.where(tf.greater(x!, 0), dy, tf.mul(dy, alpha as number)),
      }),
    },
    Log: { inputs: ["x"], gradients: (dy, [x]) => ({ x: () => tf.div(dy, x!) }) },
    LogSoftmax: {
      output: true,
      gradients: (dy, [y], { axis }) => ({
        logits: () => tf.sub(dy, tf.mul(tf.sum(dy, axis as number, true), tf.exp(y!))),
      }),
    },
    PadV2: {
      inputs: ["x"],
      gradients: (dy, [x], { paddings }) => ({
        x: () =>
          tf.slice(
            dy,
            (paddings as [number, number][]).map(([before]) => before),
            x!.shape,
          ),
      }),
    },
    Reshape: { inputs: ["x"], gradients: (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }) },
    Rsqrt: {
      output: true,
      gradients: (dy, [y]) => ({ x: () => tf.mul(tf.mul(dy, -0.5), tf.pow(y!, 3)) }),
    },
    Sum: {
      inputs: ["x"],
      gradients: (dy, [x], { axis }) => {
        const axes = tf.util.parseAxisParam(axis as number | number[], x!.shape);
        const kept = x!.shape.map((n, i) => (axes.includes(i) ? 1 : n));
        return { x: () => tf.mul(tf.reshape(dy, kept), tf.onesLike(x!)) };
      },
    },
    Transpose: {
      gradients: (dy, _saved, { perm }) => {
        const order = perm as number[];
        return {
          x: () =>
            tf.transpose(
              dy,
              order.map((_, axis) => order.indexOf(axis)),
            ),
        };
      },
    },
  };
}

/** Registers the gradients that this tfjs lacks. */
export function registerGradients(tf: Tf): void {
  for (const [kernelName, { inputs, output, gradients }] of Object.entries(rules(tf))) {
    if ((tf.getGradient(kernelName) as GradConfig | undefined) !== undefined) continue;
    tf.registerGradient({
      kernelName,
      ...(inputs === "all" ? { saveAllInputs: true } : { inputsToSave: [...(inputs ?? [])] }),
      ...(output === true ? { outputsToSave: [true] } : {}),
      gradFunc: (dy, saved, attributes) => gradients(dy as Tensor, saved, attributes),
    });
  }
}
