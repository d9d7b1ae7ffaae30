import { agreed, confusionMatrix, margins } from "./confusion.js";
import type { ConfusionMatrix } from "./confusion.js";
import { caseWeights, requireFinite, requirePaired } from "./input.js";
import type { Label, Numbers } from "./input.js";

/** How a disagreement of d ranks counts in Cohen's kappa: "none" 1, "linear" d, "quadratic" d². */
export type KappaWeighting = "none" | "linear" | "quadratic";

/**
 * Cohen's kappa: agreement beyond what the two raters' own class frequencies give by chance,
 * 1 − Σ w·observed / Σ w·expected.
 *
 * Ranks come from the position in `classes`, so a grade that occurs in neither list still keeps its neighbours apart.
 * (scikit-learn without its `labels` closes such gaps, which is wrong for grades.) For fractional grades
 * 1, 1.3, 1.7, 2 … the distance is therefore one rank per step, as in scikit-learn and Niemeyer et al.
 *
 * Degenerate cases: 0 when exactly one rater uses a single class; NaN when both use the same single class, because
 * chance agreement is then already complete.
 *
 * @param truth first rater's class of each case, length n
 * @param predicted second rater's class of each case, length n
 * @param classes every possible class, in rank order
 * @param weighting cost of a disagreement by its distance
 * @param weights weight of each case, length n; 1 each by default
 * @returns −1 … 1, or NaN
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 * @see Cohen, Educ Psychol Meas 1960;20:37 and Psychol Bull 1968;70:213 (weighted). Niemeyer 2021 Table 2 uses "linear".
 */
export function cohenKappa<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weighting: KappaWeighting,
  weights?: Numbers,
): number {
  return kappaOf(confusionMatrix(truth, predicted, classes, weights), weighting);
}

/** Cohen's kappa of a confusion matrix; see `cohenKappa`. */
export function kappaOf(matrix: ConfusionMatrix, weighting: KappaWeighting): number {
  const { rows, columns, total } = margins(matrix);
  let observed = 0;
  let expected = 0;
  for (const [t, row] of matrix.entries())
    for (const [p, count] of row.entries()) {
      const cost = disagreement(Math.abs(t - p), weighting);
      observed += cost * count * total;
      expected += cost * rows[t]! * columns[p]!;
    }
  return expected === 0 ? NaN : 1 - observed / expected;
}

/** Cost of a disagreement by so many ranks. */
export function disagreement(distance: number, weighting: KappaWeighting): number {
  switch (weighting) {
    case "none":
      return distance === 0 ? 0 : 1;
    case "linear":
      return distance;
    case "quadratic":
      return distance * distance;
  }
}

/**
 * Matthews correlation coefficient for any number of classes (Gorodkin's R_K): the correlation between the two
 * class memberships.
 *
 * Degenerate cases: 0 by convention when either list holds a single class, equal or not (scikit-learn does the same).
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class
 * @param weights weight of each case, length n; 1 each by default
 * @returns −1 … 1
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 * @see Gorodkin, Comput Biol Chem 2004;28:367
 */
export function matthews<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): number {
  return matthewsOf(confusionMatrix(truth, predicted, classes, weights));
}

/** Matthews correlation of a confusion matrix; see `matthews`. */
export function matthewsOf(matrix: ConfusionMatrix): number {
  const { rows, columns, total } = margins(matrix);
  if (oneClassOnly(rows) || oneClassOnly(columns)) return 0;
  const dot = (a: number[], b: number[]) => a.reduce((acc, value, i) => acc + value * b[i]!, 0);
  const covariance = agreed(matrix) * total - dot(rows, columns);
  return covariance / Math.sqrt((total * total - dot(rows, rows)) * (total * total - dot(columns, columns)));
}

/** Asked of the counts, because with case weights total² − Σ counts² only comes near zero. */
function oneClassOnly(counts: readonly number[]): boolean {
  return counts.filter((count) => count > 0).length === 1;
}

/**
 * Lin's concordance correlation coefficient, 2·s_xy / (s_x² + s_y² + (mean x − mean y)²): how closely the pairs lie
 * on the line of identity. Variances have the 1/n of the original (torchmetrics divides by n − 1, which differs for
 * small n).
 *
 * Degenerate cases: 0 when one list is constant or both are constant and differ; NaN when both are constant and equal.
 *
 * @param truth values of the first rater, length n
 * @param predicted values of the second rater, length n
 * @param weights weight of each case, length n; 1 each by default
 * @returns −1 … 1, or NaN
 * @throws RangeError for empty or unequal input, or a value that is not finite
 * @see Lin, Biometrics 1989;45:255
 */
export function linCcc(truth: Numbers, predicted: Numbers, weights?: Numbers): number {
  const { varianceX, varianceY, covariance, meanDifference } = moments(truth, predicted, weights);
  const scale = varianceX + varianceY + meanDifference * meanDifference;
  return scale === 0 ? NaN : (2 * covariance) / scale;
}

/**
 * Pearson's product-moment correlation r.
 *
 * Degenerate cases: NaN when either list is constant, hence also for a single case.
 *
 * @param truth values of the first rater, length n
 * @param predicted values of the second rater, length n
 * @param weights weight of each case, length n; 1 each by default
 * @returns −1 … 1, or NaN
 * @throws RangeError for empty or unequal input, or a value that is not finite
 */
export function pearson(truth: Numbers, predicted: Numbers, weights?: Numbers): number {
  const { varianceX, varianceY, covariance } = moments(truth, predicted, weights);
  if (varianceX === 0 || varianceY === 0) return NaN;
  // Rounding can carry a perfect correlation a hair past 1.
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceX) / Math.sqrt(varianceY)));
}

/**
 * Mean absolute error, in the unit of the values (grades).
 *
 * @param truth true values, length n
 * @param predicted predicted values, length n
 * @param weights weight of each case, length n; 1 each by default
 * @throws RangeError for empty or unequal input, or a value that is not finite
 */
export function meanAbsoluteError(truth: Numbers, predicted: Numbers, weights?: Numbers): number {
  return weightedMean(truth, predicted, weights, (t, p) => Math.abs(t - p));
}

/**
 * Share of cases whose prediction is off by more than `grades`; a difference of exactly `grades` does not count.
 * Jamaludin 2017 reports 3.9 % off by more than one Pfirrmann grade, Niemeyer 2021 0.8 %.
 *
 * @param truth true grades, length n, whole or fractional
 * @param predicted predicted grades, length n
 * @param grades the tolerated difference, not negative
 * @param weights weight of each case, length n; 1 each by default
 * @returns 0 … 1
 * @throws RangeError for empty or unequal input, a value that is not finite, or a negative `grades`
 */
export function offByMoreThan(truth: Numbers, predicted: Numbers, grades: number, weights?: Numbers): number {
  if (!(grades >= 0))
    throw new RangeError(`The tolerated difference is ${grades} grades: it must not be negative.`);
  // In binary 2.7 − 1.7 is a little more than 1.
  return weightedMean(truth, predicted, weights, (t, p) => (Math.abs(t - p) > grades + 1e-9 ? 1 : 0));
}

function requireValues(truth: Numbers, predicted: Numbers): void {
  requirePaired(truth, predicted, "truth", "predicted");
  requireFinite(truth, "truth");
  requireFinite(predicted, "predicted");
}

function weightedMean(
  x: Numbers,
  y: Numbers,
  weights: Numbers | undefined,
  of: (x: number, y: number) => number,
) {
  requireValues(x, y);
  const weight = caseWeights(weights, x.length);
  let total = 0;
  let result = 0;
  for (let i = 0; i < x.length; i++) {
    total += weight[i]!;
    result += weight[i]! * of(x[i]!, y[i]!);
  }
  return result / total;
}

/** First and second moments of the pairs, with 1/n. */
function moments(x: Numbers, y: Numbers, weights: Numbers | undefined) {
  requireValues(x, y);
  const weight = caseWeights(weights, x.length);
  // Measured from a case that counts, a constant list has a variance of exactly zero, whatever the constant.
  const origin = Array.from(weight).findIndex((value) => value > 0);
  const [x0, y0] = [x[origin]!, y[origin]!];
  const meanX = weightedMean(x, y, weight, (xi) => xi - x0);
  const meanY = weightedMean(x, y, weight, (_, yi) => yi - y0);
  return {
    varianceX: weightedMean(x, y, weight, (xi) => (xi - x0 - meanX) ** 2),
    varianceY: weightedMean(x, y, weight, (_, yi) => (yi - y0 - meanY) ** 2),
    covariance: weightedMean(x, y, weight, (xi, yi) => (xi - x0 - meanX) * (yi - y0 - meanY)),
    meanDifference: weightedMean(x, y, weight, (xi, yi) => xi - yi),
  };
}
