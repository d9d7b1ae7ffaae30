import { requireFinite, requirePaired, sum } from "./input.js";
import type { Numbers } from "./input.js";
import { studentFactor } from "./student.js";

/** Standard deviations on either side of the mean that hold 95 % of a normal distribution, as Bland & Altman round it. */
const NORMAL_95 = 1.96;

/** An estimate with its 95 % confidence interval; `low` and `high` are NaN where the spread is unknown. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Bland and Altman's comparison of two readings; in the unit of the values (grades, mm). */
export interface LimitsOfAgreement {
  readonly cases: number;
  /** Mean of a − b. */
  readonly bias: Estimate;
  /** Standard deviation of the differences, with n − 1. */
  readonly deviation: number;
  /** Bias − 1.96 deviations: 95 % of differences are expected above it. */
  readonly lower: Estimate;
  /** Bias + 1.96 deviations. */
  readonly upper: Estimate;
}

/**
 * Bland and Altman's limits of agreement: how far two readings of the same case differ on average (bias), and between which
 * limits 95 % of the differences a − b are expected. Confidence intervals are Student's with n − 1 degrees of freedom; the
 * variance of a limit is (1/n + 1.96² / (2(n − 1))) s², of the bias s²/n.
 *
 * The limits take differences as normal, of the same spread at every grade, and cases as independent. Discs of one patient are
 * not: intervals over discs are then somewhat too narrow (`bayesianBootstrap` over patients does it right).
 *
 * Degenerate cases: one case has a bias and nothing else, all other numbers are NaN; equal differences have deviation 0 and
 * intervals of zero length.
 *
 * @param a first reading of each case, length n
 * @param b second reading of each case, length n
 * @throws RangeError for empty or unequal input, or a value that is not finite
 * @see Bland & Altman, Lancet 1986;1:307, and Stat Methods Med Res 1999;8:135 (the variance of a limit)
 */
export function blandAltman(a: Numbers, b: Numbers): LimitsOfAgreement {
  const { cases, mean, deviation } = differencesOf(a, b);
  if (cases === 1) {
    const unknown = { value: NaN, low: NaN, high: NaN };
    return { cases, bias: { ...unknown, value: mean }, deviation: NaN, lower: unknown, upper: unknown };
  }
  const factor = studentFactor(0.95, cases - 1);
  const estimate = (value: number, standardError: number): Estimate => ({
    value,
    low: value - factor * standardError,
    high: value + factor * standardError,
  });
  const errorOfLimit = deviation * Math.sqrt(1 / cases + NORMAL_95 ** 2 / (2 * (cases - 1)));
  return {
    cases,
    bias: estimate(mean, deviation / Math.sqrt(cases)),
    deviation,
    lower: estimate(mean - NORMAL_95 * deviation, errorOfLimit),
    upper: estimate(mean + NORMAL_95 * deviation, errorOfLimit),
  };
}

/** How exact a single reading is, in the unit of the values. */
export interface MeasurementError {
  readonly cases: number;
  /** Mean of second − first: what the rater drifted between the readings. */
  readonly drift: number;
  /** SEM: standard deviation of the differences / √2. */
  readonly standardError: number;
  /** SDC: 1.96 · √2 · SEM. Only a change beyond it is likely (95 %) to be more than the noise of reading. */
  readonly smallestDetectableChange: number;
}

/**
 * Standard error of measurement and smallest detectable change, from the same cases read twice under the same conditions (one
 * rater twice, or a model on two scans). The drift between the readings is told apart and is not in the error.
 *
 * Degenerate cases: NaN for both of a single case; 0 where all differences are equal. On whole grades the change that can be
 * told is a whole grade: compare it with the next one above the number.
 *
 * @param first reading of each case, length n
 * @param second reading of each case, length n
 * @throws RangeError for empty or unequal input, or a value that is not finite
 * @see de Vet et al, J Clin Epidemiol 2006;59:1033 (SEM consistency; SDC)
 */
export function measurementError(first: Numbers, second: Numbers): MeasurementError {
  const { cases, mean, deviation } = differencesOf(second, first);
  const standardError = deviation / Math.SQRT2;
  return {
    cases,
    drift: mean,
    standardError,
    smallestDetectableChange: NORMAL_95 * Math.SQRT2 * standardError,
  };
}

/** Mean and standard deviation (n − 1) of a − b. */
function differencesOf(a: Numbers, b: Numbers) {
  requirePaired(a, b, "the first reading", "the second reading");
  requireFinite(a, "the first reading");
  requireFinite(b, "the second reading");
  const differences = Array.from(a, (value, i) => value - b[i]!);
  const cases = differences.length;
  // Measured from one of them, equal differences have a deviation of exactly zero.
  const origin = differences[0]!;
  const shifted = differences.map((difference) => difference - origin);
  const mean = sum(shifted) / cases;
  const squares = sum(shifted.map((difference) => (difference - mean) ** 2));
  return { cases, mean: origin + mean, deviation: Math.sqrt(squares / (cases - 1)) };
}
