import { softmax } from "../numbers/index.js";
import { choleskyFactor, choleskySolve } from "./cholesky.js";

/**
 * Multinomial logistic regression with a ridge: P(class k | x) is proportional to exp(interceptₖ + weightsₖ · x). Fitted by Böhning's fixed bound on the
 * curvature (Ann Inst Stat Math 44:197, 1992): each step lowers the cost, whatever the data.
 */
export interface Multinomial {
  /** One for each class. */
  readonly intercepts: readonly number[];
  /** One row a class, one number a predictor. */
  readonly weights: readonly (readonly number[])[];
}

/** What is known of one case. */
export interface MultinomialCase {
  /** Predictors, best of mean 0 and deviation 1. */
  readonly values: readonly number[];
  /** Class, counted from 0. */
  readonly label: number;
  /** How much it counts. */
  readonly weight: number;
}

/** Steps at most, and the largest change of a coefficient at which the fit is done. */
const MOST_STEPS = 4000;
const ENOUGH = 1e-4;

/** Probabilities of the classes; they sum to 1. */
export function multinomialProbabilities(
  { intercepts, weights }: Multinomial,
  values: readonly number[],
): number[] {
  return softmax(
    intercepts.map((intercept, k) =>
      weights[k]!.reduce((sum, weight, j) => sum + weight * values[j]!, intercept),
    ),
  );
}

/**
 * Fits the model by penalised likelihood.
 * @param classes number of classes
 * @param ridge penalty: half of it times the sum of squared weights; intercepts are free
 * @throws RangeError without cases, where cases differ in length or name another class, or where predictors follow from one another and no ridge
 *   tells them apart
 */
export function fitMultinomial(
  cases: readonly MultinomialCase[],
  classes: number,
  ridge: number,
): Multinomial {
  const size = cases[0]?.values.length;
  if (size === undefined) throw new RangeError("A multinomial model needs cases to be fitted on.");
  for (const [i, { values, label }] of cases.entries())
    if (values.length !== size || !(Number.isInteger(label) && label >= 0 && label < classes))
      throw new RangeError(`Case ${i} must have ${size} values and a class from 0 to ${classes - 1}.`);
  const rows = cases.map(({ values }) => [1, ...values]);
  // Half of the cases' second moments bounds the curvature; a free intercept keeps a trace of it.
  const penalty = Array.from({ length: size + 1 }, (_, i) => (i === 0 ? 1e-9 : ridge));
  const bound = penalty.map((own, i) =>
    penalty.map((_, j) => {
      const moment = rows.reduce((sum, row, c) => sum + cases[c]!.weight * row[i]! * row[j]!, 0);
      return moment / 2 + (i === j ? own : 0);
    }),
  );
  const factor = choleskyFactor(bound);
  if (factor === undefined)
    throw new RangeError("Predictors follow from one another: give a ridge above 0, or leave some out.");
  const coefficients = Array.from({ length: classes }, () => new Array<number>(size + 1).fill(0));
  for (let step = 0; step < MOST_STEPS; step++) {
    const gradient = coefficients.map((row) => row.map((value, i) => (i === 0 ? 0 : ridge * value)));
    const model = {
      intercepts: coefficients.map((row) => row[0]!),
      weights: coefficients.map((row) => row.slice(1)),
    };
    for (const [c, { label, weight, values }] of cases.entries())
      multinomialProbabilities(model, values).forEach((p, k) => {
        const error = weight * (p - (k === label ? 1 : 0));
        rows[c]!.forEach((value, i) => (gradient[k]![i]! += error * value));
      });
    let largest = 0;
    coefficients.forEach((row, k) => {
      choleskySolve(factor, gradient[k]!).forEach((change, i) => {
        row[i]! -= change;
        largest = Math.max(largest, Math.abs(change));
      });
    });
    if (largest < ENOUGH) break;
  }
  return {
    intercepts: coefficients.map((row) => row[0]!),
    weights: coefficients.map((row) => row.slice(1)),
  };
}
