import { kappaOf, linCcc, matthewsOf, meanAbsoluteError, pearson } from "./agreement.js";
import { agreed, confusionMatrix, margins } from "./confusion.js";
import type { ConfusionMatrix } from "./confusion.js";
import { sum } from "./input.js";
import type { Label, Numbers } from "./input.js";
import { requireOptions } from "./options.js";

/** One class against all others. A ratio with nothing to divide by is NaN. */
export interface ClassScores<L extends Label = Label> {
  readonly class: L;
  /** Cases (or their summed weight) that are truly of this class. */
  readonly support: number;
  /** TP / (TP + FP); NaN for a class that is never predicted. */
  readonly precision: number;
  /** TP / (TP + FN), also called sensitivity; NaN for a class that never occurs in the truth. */
  readonly recall: number;
  /** TN / (TN + FP); NaN where every case is truly of this class. */
  readonly specificity: number;
  /** 2 TP / (2 TP + FP + FN); NaN for a class that is neither true nor predicted. */
  readonly f1: number;
  /** TP / (TP + FP + FN); NaN for a class that is neither true nor predicted. */
  readonly jaccard: number;
}

/** Unweighted means over classes; see `macroScores`. */
export type MacroScores = Readonly<Record<"precision" | "recall" | "specificity" | "f1" | "jaccard", number>>;

/**
 * Share of cases whose predicted class is the true one.
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class
 * @param weights weight of each case, length n; 1 each by default
 * @returns 0 … 1
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 */
export function accuracy<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): number {
  return accuracyOf(confusionMatrix(truth, predicted, classes, weights));
}

/**
 * Class-average accuracy (balanced accuracy, average sensitivity): the mean recall over the classes that occur in
 * the truth. A class that is only predicted costs its cases their recall but has none of its own. A single true
 * class gives that class's recall.
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class
 * @param weights weight of each case, length n; 1 each by default
 * @returns 0 … 1
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 * @see Jamaludin 2017 Table 3, after Maji et al; Niemeyer 2021 Table 2, "average sensitivity"
 */
export function classAverageAccuracy<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): number {
  return macroScores(truth, predicted, classes, weights).recall;
}

/**
 * Precision, recall, specificity, F1 and Jaccard similarity of each class against the others (Niemeyer 2021 Table 3).
 * Undefined ratios are NaN; the fields of `ClassScores` say when.
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class
 * @param weights weight of each case, length n; 1 each by default
 * @returns one entry per class, in the order of `classes`
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 */
export function perClassScores<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): ClassScores<L>[] {
  const scores = scoresOf(confusionMatrix(truth, predicted, classes, weights));
  return classes.map((label, i) => ({ class: label, ...scores[i]! }));
}

/**
 * Unweighted means of the per-class scores, the "average …" columns of Niemeyer 2021 Table 2.
 *
 * Which classes count: for recall those that occur in the truth, so that it equals the class-average accuracy; for
 * the others those that are true or predicted at least once. A class that occurs but is never predicted counts as
 * precision 0, as in scikit-learn and in the paper (its soft-kappa row is only possible so); leaving it out would
 * reward a model for never naming a rare grade. Specificity is NaN where all cases are of one class and all are
 * predicted so.
 *
 * @param truth true class of each case, length n
 * @param predicted predicted class of each case, length n
 * @param classes every possible class
 * @param weights weight of each case, length n; 1 each by default
 * @throws RangeError for empty or unequal input, or a label outside `classes`
 */
export function macroScores<L extends Label>(
  truth: ArrayLike<L>,
  predicted: ArrayLike<L>,
  classes: readonly L[],
  weights?: Numbers,
): MacroScores {
  return macroOf(confusionMatrix(truth, predicted, classes, weights));
}

/** The eleven columns of Niemeyer 2021 Table 2, in the paper's order. */
export const agreementColumns = [
  "kappa",
  "accuracy",
  "matthews",
  "specificity",
  "sensitivity",
  "precision",
  "f1",
  "jaccard",
  "linCcc",
  "meanAbsoluteError",
  "pearson",
] as const;

/** The columns' heads. */
export const agreementNames: Readonly<Record<(typeof agreementColumns)[number], string>> = {
  kappa: "κ (linear)",
  accuracy: "accuracy",
  matthews: "MCC",
  specificity: "specificity",
  sensitivity: "sensitivity",
  precision: "precision",
  f1: "F1 score",
  jaccard: "Jaccard",
  linCcc: "Lin's CCC",
  meanAbsoluteError: "MAE",
  pearson: "Pearson's r",
};

/** One row of Niemeyer 2021 Table 2. `kappa` is linearly weighted; the averages are those of `macroScores`. */
export type AgreementTable = Readonly<Record<(typeof agreementColumns)[number], number>>;

/** What `agreementTable` may be told beside the grades. */
export interface AgreementOptions {
  /** Fractional grades of the same cases, from which MAE and Pearson's r are then computed, as in the paper. */
  readonly fractional?: { readonly truth: Numbers; readonly predicted: Numbers };
  /** Weight of each case, length n; 1 each by default. */
  readonly weights?: Numbers;
}

/**
 * All global metrics of Niemeyer 2021 Table 2 at once. Each has the definition and the degenerate cases of the
 * function of its name: `cohenKappa` (linear), `accuracy`, `matthews`, `macroScores`, `linCcc`, `meanAbsoluteError`,
 * `pearson`.
 *
 * @param truth true (integral) grade of each case, length n
 * @param predicted predicted grade of each case, length n
 * @param classes every possible grade, ascending
 * @throws RangeError for empty or unequal input, or a grade outside `classes`
 */
export function agreementTable(
  truth: Numbers,
  predicted: Numbers,
  classes: readonly number[],
  options: AgreementOptions = {},
): AgreementTable {
  requireOptions("agreementTable", options, { weights: true, fractional: true });
  const { weights, fractional = { truth, predicted } } = options;
  if (fractional.truth.length !== truth.length)
    throw new RangeError(`There are ${fractional.truth.length} fractional grades for ${truth.length} cases.`);
  const matrix = confusionMatrix(truth, predicted, classes, weights);
  const macro = macroOf(matrix);
  return {
    kappa: kappaOf(matrix, "linear"),
    accuracy: accuracyOf(matrix),
    matthews: matthewsOf(matrix),
    specificity: macro.specificity,
    sensitivity: macro.recall,
    precision: macro.precision,
    f1: macro.f1,
    jaccard: macro.jaccard,
    linCcc: linCcc(truth, predicted, weights),
    meanAbsoluteError: meanAbsoluteError(fractional.truth, fractional.predicted, weights),
    pearson: pearson(fractional.truth, fractional.predicted, weights),
  };
}

function accuracyOf(matrix: ConfusionMatrix): number {
  return agreed(matrix) / margins(matrix).total;
}

/** Scores of each class; 0 / 0 is NaN. */
function scoresOf(matrix: ConfusionMatrix): Omit<ClassScores, "class">[] {
  const { rows, columns } = margins(matrix);
  return matrix.map((row, k) => {
    const hits = row[k]!;
    // Summed, not subtracted from the total: with case weights a difference would miss zero by a rounding error.
    const misses = sum(row.filter((_, p) => p !== k));
    const falseAlarms = sum(matrix.filter((_, t) => t !== k).map((other) => other[k]!));
    const others = sum(rows.filter((_, t) => t !== k));
    return {
      support: rows[k]!,
      precision: hits / columns[k]!,
      recall: hits / rows[k]!,
      specificity: others === 0 ? NaN : 1 - falseAlarms / others,
      f1: (2 * hits) / (2 * hits + falseAlarms + misses),
      jaccard: hits / (hits + falseAlarms + misses),
    };
  });
}

function macroOf(matrix: ConfusionMatrix): MacroScores {
  const { rows, columns } = margins(matrix);
  const present = scoresOf(matrix).filter((_, k) => rows[k]! > 0 || columns[k]! > 0);
  return {
    precision: definedMean(present.map(({ precision }) => (Number.isNaN(precision) ? 0 : precision))),
    recall: definedMean(present.map(({ recall }) => recall)),
    specificity: definedMean(present.map(({ specificity }) => specificity)),
    f1: definedMean(present.map(({ f1 }) => f1)),
    jaccard: definedMean(present.map(({ jaccard }) => jaccard)),
  };
}

/** Mean of the values that are not NaN; NaN where none is left. */
function definedMean(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return sum(defined) / defined.length;
}
