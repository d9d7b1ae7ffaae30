/**
 * Lower factor of a symmetric matrix by Cholesky's method; undefined where it is not positive definite.
 * @param matrix its lower triangle, the diagonal included
 */
export function choleskyFactor(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const lower = matrix.map((row) => row.map(() => 0));
  for (const [i, row] of matrix.entries())
    for (let j = 0; j <= i; j++) {
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i === j && !(sum > 0)) return undefined;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  return lower;
}

/** The x for which the matrix with this lower factor gives `right`. */
export function choleskySolve(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const forward: number[] = [];
  for (let i = 0; i < n; i++)
    forward.push(
      (right[i]! - forward.reduce((sum, value, k) => sum + lower[i]![k]! * value, 0)) / lower[i]![i]!,
    );
  const solution = Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = forward[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k]![i]! * solution[k]!;
    solution[i] = sum / lower[i]![i]!;
  }
  return solution;
}
