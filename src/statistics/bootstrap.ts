import { agreementColumns, agreementTable } from "./classification.js";
import type { AgreementTable } from "./classification.js";
import { requireFinite, requirePaired, sum } from "./input.js";
import type { Label, Numbers } from "./input.js";
import { requireOptions } from "./options.js";
import { uniformGenerator } from "../numbers/index.js";

/** Mass of a normal distribution within three standard deviations: Niemeyer's "3σ credible interval". */
export const threeSigma = 0.9973;

/** How a bootstrap is run. */
export interface BootstrapOptions {
  /** Number of draws, 10,000 as in Niemeyer 2021 by default. */
  readonly draws?: number;
  /**
   * Probability mass that the interval holds: 0.95 for 95 %. `threeSigma` (99.73 %, as in Niemeyer 2021) by default, and told
   * by the interval itself.
   */
  readonly mass?: number;
  /** Integer seed, 0 by default; the same seed gives the same draws. */
  readonly seed?: number;
}

const OPTIONS = { draws: true, mass: true, seed: true } as const;

/** Mean and highest-density interval of a posterior. */
export interface Interval {
  /** Probability mass that lies between `low` and `high`: 0.9973 is 99.73 %. */
  readonly mass: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Highest-density interval: the shortest interval that holds at least `mass` of the draws (the lowest of equally
 * short ones). One value, or equal values, give an interval of zero length; any NaN among the draws gives NaN bounds.
 *
 * @param draws draws from the posterior, any order, at least one
 * @param mass 0 < mass ≤ 1
 * @returns [low, high], both of them draws
 * @throws RangeError for no draws, an infinite draw, or a mass outside (0, 1]
 * @see Kruschke, Doing Bayesian Data Analysis, 2nd ed, 25.2
 */
export function hdi(draws: Numbers, mass: number = threeSigma): readonly [low: number, high: number] {
  if (draws.length === 0) throw new RangeError("There are no draws: an interval needs at least one.");
  if (!(mass > 0 && mass <= 1))
    throw new RangeError(`The mass is ${mass}: it must lie above 0 and not above 1.`);
  const sorted = Float64Array.from(draws).sort();
  if (sorted.some(Number.isNaN)) return [NaN, NaN];
  requireFinite(sorted, "draws");
  // 0.55 · 100 is 55.00000000000001 in binary; that is not one draw more.
  const held = Math.ceil(mass * sorted.length - 1e-6);
  let best = 0;
  for (let i = 1; i + held <= sorted.length; i++)
    if (sorted[i + held - 1]! - sorted[i]! < sorted[best + held - 1]! - sorted[best]!) best = i;
  return [sorted[best]!, sorted[best + held - 1]!];
}

/**
 * Bayesian bootstrap of a statistic. Each draw gives every group a weight from a flat Dirichlet distribution and
 * every case the weight of its group. Groups are patients: the discs of one spine are not independent, so weighting
 * discs one by one would make intervals too narrow. Weights are never zero, so a class that occurs once occurs in
 * every draw.
 *
 * Degenerate cases: one group gives an interval of zero length, which says nothing; a statistic that is undefined
 * (NaN) in any draw has NaN mean and bounds.
 *
 * @param groups the group (patient) of each case, length n
 * @param statistic called with the n case weights (sum over groups 1), for instance `(w) => accuracy(t, p, classes, w)`;
 *   it must not keep the array, which is reused
 * @returns mean and highest-density interval of the statistic
 * @throws RangeError for no cases or options out of range
 * @see Rubin, Ann Stat 1981;9:130; Niemeyer 2021 Table 4
 */
export function bayesianBootstrap(
  groups: ArrayLike<Label>,
  statistic: (weights: Float64Array) => number,
  options: BootstrapOptions = {},
): Interval {
  requireOptions("bayesianBootstrap", options, OPTIONS);
  return bootstrapAll(groups, ["value"], (weights) => ({ value: statistic(weights) }), options).value;
}

/**
 * Mean and interval of every column of `agreementTable`, all from the same draws. Each interval says its mass: 99.73 % (three
 * standard deviations, as in Niemeyer 2021) unless `mass` asks for another, such as 0.95.
 *
 * @param truth true grade of each case, length n
 * @param predicted predicted grade of each case, length n
 * @param classes every possible grade, ascending
 * @param groups the patient of each case, length n
 * @param options as for `bayesianBootstrap`, and the fractional grades of `agreementTable`
 * @throws RangeError for empty or unequal input, a grade outside `classes`, or options out of range
 */
export function agreementIntervals(
  truth: Numbers,
  predicted: Numbers,
  classes: readonly number[],
  groups: ArrayLike<Label>,
  options: BootstrapOptions & {
    readonly fractional?: { readonly truth: Numbers; readonly predicted: Numbers };
  } = {},
): Record<keyof AgreementTable, Interval> {
  requireOptions("agreementIntervals", options, { ...OPTIONS, fractional: true });
  requirePaired(truth, groups, "truth", "groups");
  const { fractional } = options;
  const table = (weights: Float64Array) => agreementTable(truth, predicted, classes, { weights, fractional });
  return bootstrapAll(groups, agreementColumns, table, options);
}

function bootstrapAll<K extends string>(
  groups: ArrayLike<Label>,
  keys: readonly K[],
  statistics: (weights: Float64Array) => Readonly<Record<K, number>>,
  options: BootstrapOptions,
): Record<K, Interval> {
  const values = bootstrapValues(groups, keys, statistics, options);
  const intervals = keys.map((key): [K, Interval] => [key, intervalOf(values[key], options.mass)]);
  return Object.fromEntries(intervals) as Record<K, Interval>;
}

/** Mean and highest-density interval of draws. */
export function intervalOf(values: Float64Array, mass: number = threeSigma): Interval {
  const [low, high] = hdi(values, mass);
  return { mean: sum(values) / values.length, low, high, mass };
}

/** The value of each statistic in every draw of the Bayesian bootstrap over groups. @throws RangeError as `bayesianBootstrap` */
export function bootstrapValues<K extends string>(
  groups: ArrayLike<Label>,
  keys: readonly K[],
  statistics: (weights: Float64Array) => Readonly<Record<K, number>>,
  { draws = 10_000, seed = 0 }: BootstrapOptions,
): Record<K, Float64Array> {
  if (groups.length === 0) throw new RangeError("groups is empty: a bootstrap needs at least one case.");
  if (!Number.isInteger(draws) || draws < 1 || draws > 1e6)
    throw new RangeError(`The number of draws is ${draws}: it must be an integer from 1 to a million.`);
  const members = Array.from(groups);
  const positions = new Map([...new Set(members)].map((group, position) => [group, position]));
  const groupOf = members.map((group) => positions.get(group)!);
  const uniform = uniformGenerator(seed);
  const weights = new Float64Array(members.length);
  const results = keys.map(() => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    const share = flatDirichlet(positions.size, uniform);
    for (let i = 0; i < weights.length; i++) weights[i] = share[groupOf[i]!]!;
    const values = statistics(weights);
    for (const [k, key] of keys.entries()) results[k]![draw] = values[key];
  }
  return Object.fromEntries(keys.map((key, k) => [key, results[k]!])) as Record<K, Float64Array>;
}

/** One draw from Dirichlet(1, …, 1): exponential variates divided by their sum. */
function flatDirichlet(size: number, uniform: () => number): Float64Array {
  // uniform() can be 0 but not 1; half a step up keeps every weight positive.
  const shares = new Float64Array(size).map(() => -Math.log(1 - uniform() - 2 ** -33));
  const total = sum(shares);
  return shares.map((share) => share / total);
}
