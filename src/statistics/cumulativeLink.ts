import { choleskyFactor, choleskySolve } from "./cholesky.js";

/**
 * Ordered classes of a continuous score (McCullagh, "Regression models for ordinal data", JRSS B 42:109, 1980, the proportional-odds
 * model): P(class ≤ k) = logistic(slope · (thresholdₖ − score)). A reader who draws the borders elsewhere has other thresholds on the
 * same score.
 */

/** Where one reader passes from a class to the next, on the score's scale. */
export interface CumulativeLink {
  /** One less than classes, rising: at a threshold the reader gives a class above it as often as one below. */
  readonly thresholds: readonly number[];
  /** Positive: how sharply the reader's borders are drawn (per unit of the score). */
  readonly slope: number;
}

/** A score with the class that a reader gave. */
export interface ScoredClass {
  readonly score: number;
  /** Counted from 0. */
  readonly label: number;
  /** How much it counts, 1 unless given. */
  readonly weight?: number;
}

/** What is held of the reader before any reading: a known one, and how far others usually are from it. */
export interface CumulativeLinkPrior {
  readonly centre: CumulativeLink;
  /** Standard deviation of the common shift of all thresholds, in units of the score. */
  readonly shift: number;
  /** Standard deviation of the logarithm of each distance between thresholds, and of the slope's. */
  readonly shape: number;
}

/** Steps of Newton's method; each halves or better the distance to the best fit. */
const MOST_STEPS = 60;
/** Step of numerical derivatives, and the change at which the fit is done. */
const [DIFFERENCE, ENOUGH] = [1e-4, 1e-9];
/** A probability of 0 would make one reading decide everything. */
const SMALLEST = 1e-12;
/** Distances between thresholds are no smaller than this. */
const CLOSEST = 1e-3;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Probability of each class at a score; they sum to 1. */
export function cumulativeLinkProbabilities(score: number, { thresholds, slope }: CumulativeLink): number[] {
  const below = thresholds.map((threshold) => logistic(slope * (threshold - score)));
  return [...below, 1].map((p, k) => p - (below[k - 1] ?? 0));
}

/** First threshold, logarithms of the distances, logarithm of the slope: any numbers are a valid model. */
function toParameters({ thresholds, slope }: CumulativeLink): number[] {
  const distances = thresholds.slice(1).map((threshold, k) => threshold - thresholds[k]!);
  return [
    thresholds[0]!,
    ...distances.map((distance) => Math.log(Math.max(CLOSEST, distance))),
    Math.log(slope),
  ];
}

function fromParameters(parameters: readonly number[]): CumulativeLink {
  const thresholds = [parameters[0]!];
  for (const log of parameters.slice(1, -1)) thresholds.push(thresholds.at(-1)! + Math.exp(log));
  return { thresholds, slope: Math.exp(parameters.at(-1)!) };
}

/** Mean threshold: what a common shift moves. */
function middle({ thresholds }: CumulativeLink): number {
  return thresholds.reduce((sum, threshold) => sum + threshold, 0) / thresholds.length;
}

/** −log of likelihood times prior, as a function of the parameters. */
function costOf(
  readings: readonly ScoredClass[],
  { centre, shift, shape }: CumulativeLinkPrior,
): (parameters: readonly number[]) => number {
  const [usualMiddle, usual] = [middle(centre), toParameters(centre)];
  return (parameters) => {
    const model = fromParameters(parameters);
    let total = ((middle(model) - usualMiddle) / shift) ** 2 / 2;
    for (let i = 1; i < usual.length; i++) total += ((parameters[i]! - usual[i]!) / shape) ** 2 / 2;
    const { thresholds, slope } = model;
    const below = (k: number, score: number): number =>
      k < 0 ? 0 : k === thresholds.length ? 1 : logistic(slope * (thresholds[k]! - score));
    for (const { score, label, weight = 1 } of readings)
      total -= weight * Math.log(Math.max(SMALLEST, below(label, score) - below(label - 1, score)));
    return total;
  };
}

/** Gradient and the lower triangle of the Hessian of a function at a place of this value, by central differences. */
function derivatives(
  f: (x: readonly number[]) => number,
  x: readonly number[],
  here: number,
): { gradient: number[]; hessian: number[][] } {
  const moved = (...steps: readonly (readonly [number, number])[]): number => {
    const y = [...x];
    for (const [i, step] of steps) y[i]! += step;
    return f(y);
  };
  const d = DIFFERENCE;
  const beside = x.map((_, i) => [moved([i, d]), moved([i, -d])] as const);
  const mixed = (i: number, j: number): number =>
    moved([i, d], [j, d]) - moved([i, d], [j, -d]) - moved([i, -d], [j, d]) + moved([i, -d], [j, -d]);
  return {
    gradient: beside.map(([after, before]) => (after - before) / (2 * d)),
    hessian: beside.map(([after, before], i) => [
      ...Array.from({ length: i }, (_, j) => mixed(i, j) / (4 * d ** 2)),
      (after - 2 * here + before) / d ** 2,
    ]),
  };
}

/**
 * The most probable thresholds and slope of a reader, given readings and what is held of readers in general. With few readings the
 * fit stays near the prior; a class that was never given keeps the prior's distance.
 * @throws RangeError for a label that is no class, or a score that is no number
 */
export function fitCumulativeLink(
  readings: readonly ScoredClass[],
  prior: CumulativeLinkPrior,
): CumulativeLink {
  const classes = prior.centre.thresholds.length + 1;
  for (const { score, label } of readings)
    if (!Number.isFinite(score) || !Number.isInteger(label) || label < 0 || label >= classes)
      throw new RangeError(
        `A reading of class ${label} at score ${score} cannot be used: classes are 0 to ${classes - 1}.`,
      );
  const f = costOf(readings, prior);
  let at = toParameters(prior.centre);
  let value = f(at);
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(f, at, value);
    // Levenberg's damping: far from the best fit the cost is not convex in these parameters.
    const damped = hessian.map((row, i) =>
      row.map((h, j) => (i === j ? h + damping * (1 + Math.abs(h)) : h)),
    );
    const factor = choleskyFactor(damped);
    const change = factor && choleskySolve(factor, gradient);
    const next = change && at.map((x, i) => x - change[i]!);
    const nextValue = next === undefined ? Infinity : f(next);
    if (next === undefined || !(nextValue <= value)) {
      damping *= 8;
      if (damping > 1e8) break;
      continue;
    }
    const gain = value - nextValue;
    [at, value, damping] = [next, nextValue, Math.max(1e-9, damping / 8)];
    if (gain < ENOUGH * (1 + Math.abs(value))) break;
  }
  return fromParameters(at);
}
