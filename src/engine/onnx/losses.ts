import type { Output, Shape } from "../network.js";
import type { GraphBuilder } from "./builder.js";

/** Names of the graph inputs that an output is trained with. */
export function targetName(output: string): string {
  return `target/${output}`;
}
export function weightName(output: string): string {
  return `weight/${output}`;
}

/** Guards the logarithm of a sum of probabilities that single precision rounded to zero. */
const TINY = 1e-12;

export interface LossTerm {
  /** Scalar: sum over samples (and pixels) of weight x loss; the weights carry the averaging. */
  readonly loss: string;
  /** Gradient with respect to the output's values before any softmax. */
  readonly gradient: string;
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
  const total = (tensor: string): string => graph.sum(graph.op("Mul", [tensor, weight]), axes);
  const weighted = (tensor: string): string => graph.op("Mul", [tensor, weight]);

  if (output.loss === "squaredError") {
    const difference = graph.op("Sub", [values, target]);
    const share = graph.scalar(1 / shape[0]!);
    return {
      loss: graph.op("Mul", [total(graph.op("Mul", [difference, difference])), share]),
      gradient: weighted(graph.op("Mul", [difference, graph.scalar(2 / shape[0]!)])),
    };
  }
  const logarithms = graph.op("LogSoftmax", [values], { axis: 1 });
  const probabilities = graph.op("Exp", [logarithms]);
  if (output.loss === "crossEntropy")
    return {
      loss: graph.op("Neg", [total(graph.op("Mul", [logarithms, target]))]),
      gradient: weighted(graph.op("Sub", [probabilities, target])),
    };
  const allowed = graph.op("Mul", [probabilities, target]);
  const sum = graph.op("Add", [graph.sum(allowed, [1], true), graph.scalar(TINY)]);
  return {
    loss: graph.op("Neg", [total(graph.op("Log", [sum]))]),
    gradient: weighted(graph.op("Sub", [probabilities, graph.op("Div", [allowed, sum])])),
  };
}
