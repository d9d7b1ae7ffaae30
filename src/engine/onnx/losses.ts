import { sizeOf } from "../network.js";
import type { Loss, Output, Shape } from "../network.js";
import type { GraphBuilder } from "./builder.js";
import { FLOAT } from "./proto.js";

/** Names of the graph inputs that an output is trained with. */
export function targetName(output: string): string {
  return `target/${output}`;
}
export function weightName(output: string): string {
  return `weight/${output}`;
}

/** Guards logarithms and divisions of what single precision rounded to zero. */
const TINY = 1e-12;

export interface LossTerm {
  /** Scalar: sum over samples (and pixels) of weight x loss; the weights carry the averaging. */
  readonly loss: string;
  /** Gradient with respect to the output's values before any softmax. */
  readonly gradient: string;
}

/** The tensors that an output's loss is made of, and its number of classes or units. */
interface Parts {
  readonly graph: GraphBuilder;
  readonly loss: Loss;
  readonly values: string;
  readonly target: string;
  readonly weight: string;
  readonly classes: number;
  /** Axes over which losses are summed: all. */
  readonly axes: readonly number[];
}

/**
 * Writes one output's loss. Targets have the output's shape; weights one value a sample (and pixel), zero where there
 * is no label. Definitions: {@link import("../network.js").Loss}.
 */
export function emitLoss(
  graph: GraphBuilder,
  output: Output,
  values: string,
  shape: Shape,
  batch: number,
): LossTerm {
  const target = graph.input(targetName(output.name), [batch, ...shape]);
  const weight = graph.input(weightName(output.name), [batch, 1, ...shape.slice(1)]);
  const axes = [0, 1, ...shape.slice(1).map((_, i) => i + 2)];
  const { loss } = output;
  const parts: Parts = { graph, loss, values, target, weight, classes: shape[0]!, axes };
  switch (loss) {
    case "squaredError":
    case "absoluteError":
      return emitError(parts);
    case "setCrossEntropy":
      return emitSetCrossEntropy(parts);
    case "softKappa":
      if (sizeOf(shape) !== shape[0])
        throw new Error(`The loss softKappa is for one class a sample; output ${output.name} is a map.`);
      return emitSoftKappa(parts);
    default:
      return emitCrossEntropy(parts);
  }
}

/** Sum of weight x tensor over everything. */
function total({ graph, weight, axes }: Parts, tensor: string): string {
  return graph.sum(graph.op("Mul", [tensor, weight]), axes);
}

/** Squared or absolute error, mean over the output's units. */
function emitError(parts: Parts): LossTerm {
  const { graph, loss, values, target, weight, classes } = parts;
  const difference = graph.op("Sub", [values, target]);
  const share = graph.scalar(1 / classes);
  const isSquared = loss === "squaredError";
  const error = isSquared ? graph.op("Mul", [difference, difference]) : graph.op("Abs", [difference]);
  const slope = isSquared
    ? graph.op("Mul", [difference, graph.scalar(2 / classes)])
    : graph.op("Mul", [graph.op("Sign", [difference]), share]);
  return {
    loss: graph.op("Mul", [total(parts, error), share]),
    gradient: graph.op("Mul", [slope, weight]),
  };
}

function emitSetCrossEntropy(parts: Parts): LossTerm {
  const { graph, values, target, weight } = parts;
  const probabilities = graph.op("Exp", [graph.op("LogSoftmax", [values], { axis: 1 })]);
  const allowed = graph.op("Mul", [probabilities, target]);
  const sum = graph.op("Add", [graph.sum(allowed, [1], true), graph.scalar(TINY)]);
  return {
    loss: graph.op("Neg", [total(parts, graph.op("Log", [sum]))]),
    gradient: graph.op("Mul", [graph.op("Sub", [probabilities, graph.op("Div", [allowed, sum])]), weight]),
  };
}

/** Cross-entropy, for ordinal losses times the rank factor: a further weight of the sample. */
function emitCrossEntropy(parts: Parts): LossTerm {
  const { graph, loss, values, target } = parts;
  const weight = loss === "crossEntropy" ? parts.weight : graph.op("Mul", [parts.weight, rankFactor(parts)]);
  const logarithms = graph.op("LogSoftmax", [values], { axis: 1 });
  const probabilities = graph.op("Exp", [logarithms]);
  return {
    loss: graph.op("Neg", [total({ ...parts, weight }, graph.op("Mul", [logarithms, target]))]),
    gradient: graph.op("Mul", [graph.op("Sub", [probabilities, target]), weight]),
  };
}

/** 1 + d / (K − 1), or with its square; d is the distance in ranks between the likeliest class and the target's. */
function rankFactor({ graph, loss, values, target, classes }: Parts): string {
  const rank = (tensor: string): string =>
    graph.op("Cast", [graph.op("ArgMax", [tensor], { axis: 1, keepdims: 1 })], { to: FLOAT });
  const distance = graph.op("Abs", [graph.op("Sub", [rank(values), rank(target)])]);
  const share = graph.op("Mul", [distance, graph.scalar(1 / Math.max(1, classes - 1))]);
  const cost = loss === "ordinalCrossEntropy" ? share : graph.op("Mul", [share, share]);
  return graph.op("Add", [cost, graph.scalar(1)]);
}

/**
 * log(1 − κ) = log(observed) − log(expected) with costs (i − j)², from probabilities P [sample][class], targets T and
 * sample weights w: observed = Σ w (T·cost ∘ P), expected = n·cost·mᵀ / Σ w with n = Σ w T and m = Σ w P by class.
 */
function emitSoftKappa({ graph, values, target, weight, classes }: Parts): LossTerm {
  const cost = graph.floats(
    `quadratic${classes}`,
    [classes, classes],
    Float32Array.from(
      { length: classes * classes },
      (_, i) => (Math.floor(i / classes) - (i % classes)) ** 2,
    ),
  );
  const probabilities = graph.op("Softmax", [values], { axis: 1 });
  const guarded = (tensor: string): string => graph.op("Add", [tensor, graph.scalar(TINY)]);
  const weightedTarget = graph.op("Mul", [target, weight]);
  const observedCosts = graph.op("MatMul", [weightedTarget, cost]);
  const observed = guarded(graph.sum(graph.op("Mul", [observedCosts, probabilities]), [0, 1]));
  const samples = graph.sum(weight, [0, 1]);
  const truth = graph.op("Div", [graph.sum(weightedTarget, [0], true), samples]);
  const expectedCosts = graph.op("Mul", [graph.op("MatMul", [truth, cost]), weight]);
  const expected = guarded(graph.sum(graph.op("Mul", [expectedCosts, probabilities]), [0, 1]));
  // Both terms are linear in the probabilities; the softmax's own derivative follows.
  const slope = graph.op("Sub", [
    graph.op("Div", [observedCosts, observed]),
    graph.op("Div", [expectedCosts, expected]),
  ]);
  const mean = graph.sum(graph.op("Mul", [slope, probabilities]), [1], true);
  return {
    loss: graph.op("Sub", [graph.op("Log", [observed]), graph.op("Log", [expected])]),
    gradient: graph.op("Mul", [probabilities, graph.op("Sub", [slope, mean])]),
  };
}
