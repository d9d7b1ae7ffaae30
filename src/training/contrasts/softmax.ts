import { contrastProbabilities, standardised } from "../../detection/index.js";
import type { ContrastModel } from "../../detection/index.js";
import { softmax } from "../../numbers/index.js";

/** A picture to learn from. */
export interface ContrastCase {
  /** Logarithms of signals, as the model takes them. */
  readonly inputs: readonly number[];
  /** Index of its weighting. */
  readonly truth: number;
}

/** Penalty on the squares of weights, over the number of cases; without it weights of well separated classes grow for ever. */
const PENALTY = 1e-3;
/** Steps of accelerated descent: probabilities have settled to two digits by then. */
const STEPS = 800;

const rounded = (value: number): number => Number(value.toPrecision(5));

/**
 * Softmax regression by accelerated gradient descent (Nesterov 1983), each weighting counting alike however many cases it has.
 * Nothing in it is random.
 */
export function fitSoftmax(
  cases: readonly ContrastCase[],
  classes: number,
): Pick<ContrastModel, "mean" | "deviation" | "weights"> {
  const size = cases[0]!.inputs.length;
  const mean = Array.from({ length: size }, (_, i) =>
    rounded(cases.reduce((sum, { inputs }) => sum + inputs[i]!, 0) / cases.length),
  );
  const deviation = mean.map((m, i) =>
    rounded(
      Math.max(
        1e-3,
        Math.sqrt(cases.reduce((sum, { inputs }) => sum + (inputs[i]! - m) ** 2, 0) / cases.length),
      ),
    ),
  );
  const rows = cases.map(({ inputs }) => standardised(inputs, { mean, deviation }));
  const counts = Array.from({ length: classes }, (_, k) => cases.filter(({ truth }) => truth === k).length);
  const share = cases.map(({ truth }) => 1 / (classes * counts[truth]!));
  // Half the trace bounds the curvature (Böhning 1992).
  const curvature =
    rows.reduce((sum, row, n) => sum + share[n]! * row.reduce((s, z) => s + z * z, 0), 0) / 2 + PENALTY;
  let weights = Array.from({ length: classes }, () => new Float64Array(size + 1));
  let ahead = weights.map((row) => row.slice());
  for (let step = 0; step < STEPS; step++) {
    const gradient = ahead.map((row) => row.map((weight, i) => (i < size ? PENALTY * weight : 0)));
    rows.forEach((row, n) => {
      const found = softmax(ahead.map((own) => own.reduce((sum, weight, i) => sum + weight * row[i]!, 0)));
      for (let k = 0; k < classes; k++) {
        const error = share[n]! * (found[k]! - Number(cases[n]!.truth === k));
        for (let i = 0; i <= size; i++) gradient[k]![i]! += error * row[i]!;
      }
    });
    const next = ahead.map((row, k) => row.map((weight, i) => weight - gradient[k]![i]! / curvature));
    const momentum = step / (step + 3);
    ahead = next.map((row, k) => row.map((weight, i) => weight + momentum * (weight - weights[k]![i]!)));
    weights = next;
  }
  return { mean, deviation, weights: weights.map((row) => Array.from(row, rounded)) };
}

/** Probabilities of each case by a model that was fitted without the cases of its part. @param parts part of each case */
export function crossFitted(
  cases: readonly ContrastCase[],
  parts: readonly number[],
  classes: number,
): number[][] {
  const found: number[][] = [];
  for (const part of new Set(parts)) {
    const model = fitSoftmax(
      cases.filter((_, i) => parts[i] !== part),
      classes,
    );
    cases.forEach(({ inputs }, i) => {
      if (parts[i] === part) found[i] = contrastProbabilities(inputs, model);
    });
  }
  return found;
}
