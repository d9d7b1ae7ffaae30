import { agreementTable } from "./classification.js";
import { bootstrapValues, intervalOf } from "./bootstrap.js";
import type { BootstrapOptions, Interval } from "./bootstrap.js";
import { requirePaired } from "./input.js";
import type { Label, Numbers } from "./input.js";

/** Measures of agreement that are compared. */
export const COMPARED = ["kappa", "accuracy", "meanAbsoluteError"] as const;
export type ComparedMeasure = (typeof COMPARED)[number];

/** A difference of two systems on the same cases. */
export interface PairedDifference extends Interval {
  /** Share of the posterior in which the second is the better one. */
  readonly better: number;
}

/** Whether less of a measure is better. */
const isLessBetter = (measure: ComparedMeasure): boolean => measure === "meanAbsoluteError";

/**
 * How much better the second of two systems agrees with the reference than the first, on the same cases: differences, second less first,
 * under the Bayesian bootstrap over patients, in which both systems have each draw's weights.
 * @param truth reference grade of each case, length n
 * @param first grades of the first system, length n
 * @param second grades of the second system, length n
 * @param classes every possible grade, ascending
 * @param groups the patient of each case, length n
 * @throws RangeError for empty or unequal input, a grade outside `classes`, or options out of range
 */
export function pairedDifferences(
  truth: Numbers,
  first: Numbers,
  second: Numbers,
  classes: readonly number[],
  groups: ArrayLike<Label>,
  options: BootstrapOptions = {},
): Record<ComparedMeasure, PairedDifference> {
  requirePaired(truth, first, "truth", "first");
  requirePaired(truth, second, "truth", "second");
  requirePaired(truth, groups, "truth", "groups");
  const draws = bootstrapValues(
    groups,
    COMPARED,
    (weights) => {
      const [one, other] = [first, second].map((predicted) =>
        agreementTable(truth, predicted, classes, { weights }),
      );
      return Object.fromEntries(COMPARED.map((key) => [key, other![key] - one![key]])) as Record<
        ComparedMeasure,
        number
      >;
    },
    options,
  );
  return Object.fromEntries(
    COMPARED.map((key): [ComparedMeasure, PairedDifference] => {
      const values = draws[key];
      const wins = values.filter((value) => (isLessBetter(key) ? value < 0 : value > 0)).length;
      const ties = values.filter((value) => value === 0).length;
      return [key, { ...intervalOf(values, options.mass), better: (wins + ties / 2) / values.length }];
    }),
  ) as Record<ComparedMeasure, PairedDifference>;
}

/**
 * Trend of a system's agreement over ordered groups of cases, such as levels from above: the slope of a straight line through the
 * groups' kappas, each weighted by its cases, per step from one group to the next, under the Bayesian bootstrap over patients.
 * @param ranks rank of each case's group, length n; two different ones at least
 * @throws RangeError as {@link pairedDifferences}, and for fewer than two groups
 */
export function agreementTrend(
  truth: Numbers,
  predicted: Numbers,
  ranks: Numbers,
  classes: readonly number[],
  groups: ArrayLike<Label>,
  options: BootstrapOptions = {},
): Interval {
  requirePaired(truth, predicted, "truth", "predicted");
  requirePaired(truth, ranks, "truth", "ranks");
  requirePaired(truth, groups, "truth", "groups");
  const kinds = [...new Set(Array.from(ranks))].sort((a, b) => a - b);
  if (kinds.length < 2) throw new RangeError("A trend needs cases of two groups at least.");
  const members = kinds.map((kind) => Array.from(ranks).flatMap((rank, i) => (rank === kind ? [i] : [])));
  const pick = (values: Numbers, at: readonly number[]): number[] => at.map((i) => values[i]!);
  const slope = (weights: Float64Array): number => {
    const points = members.map((at, x) => ({
      x,
      weight: pick(weights, at).reduce((sum, one) => sum + one, 0),
      y: agreementTable(pick(truth, at), pick(predicted, at), classes, {
        weights: Float64Array.from(pick(weights, at)),
      }).kappa,
    }));
    const known = points.filter(({ y }) => !Number.isNaN(y));
    const total = known.reduce((sum, { weight }) => sum + weight, 0);
    const mean = (of: (point: (typeof known)[number]) => number): number =>
      known.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
    const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
    return mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
  };
  const { slope: values } = bootstrapValues(
    groups,
    ["slope"],
    (weights) => ({ slope: slope(weights) }),
    options,
  );
  return intervalOf(values, options.mass);
}
