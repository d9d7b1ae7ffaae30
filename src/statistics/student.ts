/** Student's t distribution, for confidence intervals of means of few cases. */

/** Lanczos' approximation with g = 7 and nine terms: fifteen digits. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Logarithm of the gamma function of x ≥ 0.5. */
function logGamma(x: number): number {
  const base = x + 6.5;
  const series = LANCZOS.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * Regularised incomplete beta function I_x(a, b) by Lentz's continued fraction.
 * @see Press et al, Numerical Recipes, 3rd ed, 6.4
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const away = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let c = 1;
  let result = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      step = c * d;
      result *= step;
    }
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return (front * result) / a;
}

/**
 * The value that a Student-distributed variable exceeds in absolute value with probability 1 − `confidence`: the factor
 * that turns a standard error into half of a confidence interval.
 *
 * @param confidence 0 < confidence < 1, such as 0.95
 * @param degrees of freedom, above 0
 * @returns for instance 2.262157 for 0.95 and 9
 * @throws RangeError for a confidence or degrees out of range
 */
export function studentFactor(confidence: number, degrees: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`The confidence is ${confidence}: it must lie between 0 and 1.`);
  if (!(degrees > 0 && degrees < Infinity))
    throw new RangeError(`There are ${degrees} degrees of freedom: they must be above 0.`);
  // Found in u = ν / (ν + t²), whose distribution is the beta one, by halving: u falls from 1 to 0 as t grows.
  const beyond = 1 - confidence;
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 1100 && low < (low + high) / 2 && (low + high) / 2 < high; halving++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, degrees / 2, 0.5) < beyond) low = middle;
    else high = middle;
  }
  return Math.sqrt((degrees * (1 - high)) / high);
}
