import type { MimeBundle } from "../protocol/index.js";
import {
  requireOptions,
  agreementColumns,
  agreementNames,
  agreementTable,
  perClassScores,
} from "../statistics/index.js";
import type { AgreementTable } from "../statistics/index.js";
import { jupyterDisplay } from "./display.js";
import { tableBundle } from "./table.js";
import { WritableTable } from "./tableFormats.js";
import type { Displayable } from "./display.js";

/** What is undefined (0 / 0) stands in the table as an empty cell. */
function cell(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Scores of one grade against all others; NaN where there is nothing to divide by. */
export interface GradeRow {
  readonly grade: number;
  /** Cases of this grade in the reference. */
  readonly cases: number;
  readonly precision: number;
  readonly sensitivity: number;
  readonly f1: number;
  readonly jaccard: number;
}

/** Scores by grade. As the last value of a cell it shows itself as a table. */
export class PerGradeTable extends WritableTable implements Displayable {
  constructor(readonly rows: readonly GradeRow[]) {
    super();
  }

  protected shownRows() {
    return this.rows.map(({ grade, cases, precision, sensitivity, f1, jaccard }) => ({
      grade,
      cases,
      precision: cell(precision),
      sensitivity: cell(sensitivity),
      "F1 score": cell(f1),
      "Jaccard similarity": cell(jaccard),
    }));
  }

  [jupyterDisplay](): MimeBundle {
    return tableBundle(this.shownRows());
  }
}

/**
 * Precision, sensitivity, F1 score and Jaccard similarity of each grade (Niemeyer 2021, Table 3).
 * @param reference grades of the reference standard, one a case
 * @param predicted grades of the system, in the same order
 * @param classes every possible grade, in order
 * @throws RangeError for empty or unequal input, or a grade that is not among the classes
 * @example perGradeTable(truth, predicted, [1, 2, 3, 4, 5])
 */
export function perGradeTable(
  reference: readonly number[],
  predicted: readonly number[],
  classes: readonly number[],
): PerGradeTable {
  const rows = perClassScores(reference, predicted, classes).map(
    ({ class: grade, support, precision, recall, f1, jaccard }): GradeRow => ({
      grade,
      cases: support,
      precision,
      sensitivity: recall,
      f1,
      jaccard,
    }),
  );
  return new PerGradeTable(rows);
}

/** Two readings of the same cases. */
export interface ReadingPair {
  readonly reference: readonly number[];
  readonly predicted: readonly number[];
  /** Fractional grades of the same cases, of which the mean absolute error and Pearson's r then are, as in the paper. */
  readonly fractional?: { readonly reference: readonly number[]; readonly predicted: readonly number[] };
}

/** The measures of Niemeyer 2021, Table 2, of one pair of readings. */
export interface AgreementRow extends AgreementTable {
  readonly name: string;
  readonly cases: number;
}

/** Agreement of pairs of readings. As the last value of a cell it shows itself as a table. */
export class AgreementRows extends WritableTable implements Displayable {
  constructor(readonly rows: readonly AgreementRow[]) {
    super();
  }

  protected shownRows() {
    return this.rows.map((row) => ({
      readings: row.name,
      cases: row.cases,
      ...Object.fromEntries(agreementColumns.map((key) => [agreementNames[key], cell(row[key])])),
    }));
  }

  [jupyterDisplay](): MimeBundle {
    return tableBundle(this.shownRows());
  }
}

/**
 * Agreement of pairs of readings, one row each (Niemeyer 2021, Table 2): linear κ, accuracy, Matthews correlation, specificity,
 * sensitivity, precision, F1 and Jaccard averaged over grades, Lin's concordance, mean absolute error, Pearson's r. Give whole
 * grades, and fractional ones beside them where there are some, as the paper does.
 * @param pairs readings by name, such as `{ "Reader 1, repeated": { reference, predicted } }`
 * @throws RangeError without pairs, and, naming the pair, for empty or unequal input or a grade that is not among the classes
 * @example agreementRows({ Model: { reference, predicted } }, { classes: [1, 2, 3, 4, 5] })
 */
export function agreementRows(
  pairs: Readonly<Record<string, ReadingPair>>,
  options: { readonly classes: readonly number[] },
): AgreementRows {
  requireOptions("agreementRows", options, { classes: true });
  const { classes } = options;
  const names = Object.keys(pairs);
  if (names.length === 0)
    throw new RangeError("There is nothing to compare: give one pair of readings at least.");
  return new AgreementRows(names.map((name) => rowOf(name, pairs[name]!, classes)));
}

function rowOf(name: string, pair: ReadingPair, classes: readonly number[]): AgreementRow {
  const { reference, predicted, fractional } = pair;
  const options = fractional && {
    fractional: { truth: fractional.reference, predicted: fractional.predicted },
  };
  try {
    return { name, cases: reference.length, ...agreementTable(reference, predicted, classes, options) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${name}: ${error.message}`, { cause: error });
  }
}
