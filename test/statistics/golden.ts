import assert from "node:assert/strict";

/** The golden base case of the metrics: ten discs, grades 1 to 5. */
export const truth = [1, 2, 2, 3, 3, 3, 4, 4, 5, 5];
export const predicted = [1, 2, 3, 3, 3, 4, 4, 4, 5, 4];
export const grades = [1, 2, 3, 4, 5];

/** Asserts that two numbers agree to the six digits in which golden values are printed, or to `tolerance`. */
export function close(actual: number, expected: number, tolerance = 5e-7): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);
}
