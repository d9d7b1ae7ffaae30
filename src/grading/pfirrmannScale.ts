/** Pfirrmann grades with Niemeyer's transitional ones: x.3 is nearer x, x.7 nearer x + 1. */
export const FRACTIONAL_GRADES: readonly number[] = [1, 1.3, 1.7, 2, 2.3, 2.7, 3, 3.3, 3.7, 4, 4.3, 4.7, 5];
/** Pfirrmann's own five grades. */
export const INTEGRAL_GRADES: readonly number[] = [1, 2, 3, 4, 5];

/** Index of the valid grade nearest to a number; the lower of two equally near ones. */
export function nearestGrade(value: number, grades: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < grades.length; k++)
    if (Math.abs(grades[k]! - value) < Math.abs(grades[best]! - value) - 1e-9) best = k;
  return best;
}
