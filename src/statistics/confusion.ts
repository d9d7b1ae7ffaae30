import { caseWeights, classPositions, requirePaired, sum } from "./input.js";
import type { Label, Numbers } from "./input.js";

/** Counts (or sums of case weights), `classes x classes`: row = class in truth, column = class predicted. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Confusion matrix over an explicit list of classes, so that a class nobody has keeps its row and column.
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class, in order; the order is that of rows and columns
 * @param weights weight of each case, length n; 1 each by default
 * @returns `matrix[t][p]`, k x k for k classes
 * @throws RangeError for empty input, unequal lengths, or a label that is not in `classes` (NaN and null included)
 */
export function confusionMatrix<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): number[][] {
  requirePaired(truth, predicted, "truth", "predicted");
  const weight = caseWeights(weights, truth.length);
  const positions = classPositions(classes);
  const position = (label: L, name: string, i: number): number => {
    const found = positions.get(label);
    if (found === undefined || Number.isNaN(label))
      throw new RangeError(
        `${name}[${i}] is ${String(label)}, which is not one of the classes ${classes.join(", ")}.`,
      );
    return found;
  };
  const matrix = classes.map(() => new Array<number>(classes.length).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[position(truth[i]!, "truth", i)]!;
    row[position(predicted[i]!, "predicted", i)]! += weight[i]!;
  }
  return matrix;
}

/** Sums of the rows (cases per true class) and columns (cases per predicted class), and of the whole matrix. */
export function margins(matrix: ConfusionMatrix): { rows: number[]; columns: number[]; total: number } {
  const rows = matrix.map(sum);
  const columns = matrix.map((_, column) => sum(matrix.map((row) => row[column]!)));
  return { rows, columns, total: sum(rows) };
}

/** Sum of the diagonal: the cases on which truth and prediction agree. */
export function agreed(matrix: ConfusionMatrix): number {
  return sum(matrix.map((row, i) => row[i]!));
}
