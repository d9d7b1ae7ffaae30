import { requireOptions, agreementTable, confusionMatrix as countConfusions } from "../statistics/index.js";
import type { AgreementTable } from "../statistics/index.js";
import { confusionFigure } from "./drawing/confusion.js";
import type { Figure } from "./drawing/plot.js";
import { Plot } from "./plot.js";

/** Counts of reference against predicted grades. As the last value of a cell it shows itself as a plot. */
export class ConfusionMatrix extends Plot {
  constructor(
    readonly classes: readonly number[],
    /** counts[r][p]: cases of reference class r that were predicted as class p. */
    readonly counts: readonly (readonly number[])[],
    /** Niemeyer's Table 2 measures: linear kappa, accuracy, class-average accuracy (sensitivity), Lin's CCC ... */
    readonly agreement: AgreementTable,
    private readonly title: string,
  ) {
    super();
  }

  protected figure(): Figure {
    const { accuracy, sensitivity, kappa, linCcc } = this.agreement;
    const subtitle = `accuracy ${accuracy.toFixed(2)}, class average ${sensitivity.toFixed(2)}, linear κ ${kappa.toFixed(2)}, CCC ${linCcc.toFixed(2)}`;
    return confusionFigure({
      matrix: this.counts,
      classes: this.classes.map(String),
      title: this.title,
      subtitle,
    });
  }
}

export interface ConfusionOptions {
  /** All classes in order; those that occur when absent. Give them: weighted kappa depends on the full list. */
  readonly classes?: readonly number[];
  readonly title?: string;
}

/** @throws RangeError for what is no list of numbers, such as text labels */
function checkGrades(what: string, grades: unknown): void {
  if (!Array.isArray(grades) && !ArrayBuffer.isView(grades))
    throw new RangeError(`A confusion matrix takes a list of grades as its ${what}, not ${typeof grades}.`);
  const at = Array.from(grades as ArrayLike<unknown>).findIndex((grade) => typeof grade !== "number");
  if (at < 0) return;
  const wrong = (grades as ArrayLike<unknown>)[at];
  throw new RangeError(
    `A confusion matrix takes grades as numbers; number ${at + 1} of the ${what} is ${
      typeof wrong === "string"
        ? `the text ${JSON.stringify(wrong.slice(0, 40))}`
        : String(wrong === null ? null : typeof wrong)
    }. Give each label a number, in the order of the classes.`,
  );
}

/**
 * Confusion matrix of predicted against reference grades, with agreement statistics.
 * @param reference grades of the reference standard, one a case
 * @param predicted grades of the system, in the same order
 * @throws RangeError for labels that are no numbers, and for lists of different lengths
 * @example confusionMatrix(truth, predicted, { classes: [1, 2, 3, 4, 5] })
 */
export function confusionMatrix(
  reference: readonly number[],
  predicted: readonly number[],
  options: ConfusionOptions = {},
): ConfusionMatrix {
  for (const [what, grades] of Object.entries({ reference, predicted, classes: options.classes ?? [] }))
    checkGrades(what, grades);
  requireOptions("confusionMatrix", options, { classes: true, title: true });
  const classes = options.classes ?? [...new Set([...reference, ...predicted])].sort((a, b) => a - b);
  return new ConfusionMatrix(
    classes,
    countConfusions(reference, predicted, classes),
    agreementTable(reference, predicted, classes),
    options.title ?? "Confusion matrix",
  );
}
