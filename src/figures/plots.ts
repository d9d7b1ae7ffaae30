import { uniformGenerator } from "../numbers/index.js";
import {
  countClasses,
  linCcc,
  meanAbsoluteError,
  offByMoreThan,
  pearson,
  requireOptions,
} from "../statistics/index.js";
import { curvesFigure } from "./drawing/curves.js";
import { paddedRange, SERIES_COLOURS } from "./drawing/frame.js";
import { decimals } from "./drawing/words.js";
import { histogramFigure } from "./drawing/histogram.js";
import { scatterFigure } from "./drawing/scatter.js";
import type { Curve, CurvesInput } from "./drawing/curves.js";
import type { Figure } from "./drawing/plot.js";
import type { HistogramInput } from "./drawing/histogram.js";
import { Plot, sampleOf, shownText } from "./plot.js";

/** The numbers that occur, ascending, each once. */
function occurring(...lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

/** Reference against predicted grades. */
export class ScatterPlot extends Plot {
  constructor(
    /** What is drawn: reference and prediction of each case, jittered. */
    readonly points: readonly (readonly [number, number])[],
    readonly cases: number,
    readonly pearson: number,
    readonly linCcc: number,
    /** Grades. */
    readonly meanAbsoluteError: number,
    /** Share of cases, 0 to 1. */
    readonly offByMoreThanOne: number,
    private readonly drawn: Omit<Parameters<typeof scatterFigure>[0], "points" | "subtitle" | "text">,
  ) {
    super();
  }

  protected figure(): Figure {
    const { cases, points, drawn } = this;
    const off = (100 * this.offByMoreThanOne).toFixed(1);
    const numbers = `n = ${cases}, r ${decimals(this.pearson, 3)}, CCC ${decimals(this.linCcc, 3)}, MAE ${decimals(this.meanAbsoluteError, 3)}, off by more than one grade ${off} %`;
    const subtitle = numbers + shownText(points.length, cases);
    return scatterFigure({ ...drawn, points, subtitle, text: `${drawn.title}\n${subtitle}` });
  }
}

export interface ScatterOptions {
  readonly title?: string;
  /** Grades by which a point is moved at most, in either direction, so that equal cases do not hide each other; 0.1 when absent. */
  readonly jitter?: number;
  /** Of the jitter, 1 when absent. */
  readonly seed?: number;
  /** Valid grades, drawn as a light grid; when absent those of the reference, or whole ones where these are many. */
  readonly classes?: readonly number[];
  readonly xTitle?: string;
  readonly yTitle?: string;
}

/**
 * Reference against predicted grades, a point a case, jittered, with the line of identity (Niemeyer 2021, Fig 2 and 5). The
 * jitter is for the eye only: the numbers are those of the grades.
 * @param reference grades of the reference standard, one a case
 * @param predicted grades of the system, or of another reader, in the same order
 * @throws RangeError for empty or unequal input, a value that is not finite, or a negative jitter
 * @example scatterPlot([1, 2, 3.3, 4], [1, 2.3, 3, 4], { classes: [1, 1.3, 1.7, 2, 2.3, 2.7, 3, 3.3, 3.7, 4, 4.3, 4.7, 5] })
 */
export function scatterPlot(
  reference: readonly number[],
  predicted: readonly number[],
  options: ScatterOptions = {},
): ScatterPlot {
  requireOptions("scatterPlot", options, {
    title: true,
    jitter: true,
    seed: true,
    classes: true,
    xTitle: true,
    yTitle: true,
  });
  const { jitter = 0.1, seed = 1 } = options;
  if (!(jitter >= 0 && jitter < Infinity))
    throw new RangeError(`The jitter is ${jitter} grades: it must be 0 or more.`);
  const r = pearson(reference, predicted);
  const different = occurring(reference);
  const [low, high] = paddedRange([...reference, ...predicted, ...(options.classes ?? [])], 0);
  const whole = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  const uniform = uniformGenerator(seed);
  const moved = (value: number): number => value + jitter * (2 * uniform() - 1);
  const points = reference.map((value, i) => [moved(value), moved(predicted[i]!)] as const);
  const room = Math.max(0.3, 1.5 * jitter);
  return new ScatterPlot(
    sampleOf(points, seed),
    reference.length,
    r,
    linCcc(reference, predicted),
    meanAbsoluteError(reference, predicted),
    offByMoreThan(reference, predicted, 1),
    {
      grid: options.classes ?? (different.length <= 25 ? different : whole),
      range: [low - room, high + room],
      title: options.title ?? "Reference and prediction",
      xTitle: options.xTitle ?? "reference",
      yTitle: options.yTitle ?? "predicted",
    },
  );
}

/** Counts of grades, by reader or by part of the data. */
export class GradeHistogram extends Plot {
  constructor(
    readonly classes: readonly number[],
    /** Cases of each class, in the order of `classes`, by series. */
    readonly counts: Readonly<Record<string, readonly number[]>>,
    private readonly drawn: Pick<HistogramInput, "isStacked" | "title" | "xTitle">,
  ) {
    super();
  }

  protected figure(): Figure {
    const series = Object.entries(this.counts).map(([name, counts]) => ({ name, counts }));
    const subtitle = series
      .map(({ name, counts }) => `${name} n = ${counts.reduce((total, count) => total + count, 0)}`)
      .join(", ");
    return histogramFigure({ ...this.drawn, classes: this.classes.map(String), series, subtitle });
  }
}

export interface HistogramOptions {
  /** All classes in order; those that occur when absent. */
  readonly classes?: readonly number[];
  readonly title?: string;
  /** Parts of one data set on each other (Niemeyer 2021, Fig 1) instead of readers side by side (Jamaludin 2017, Fig 6). */
  readonly stacked?: boolean;
  readonly xTitle?: string;
}

/**
 * How often each grade was given, by reader or by part of a data set, with the counts on the bars.
 * @param series grades by name, up to seven
 * @throws RangeError without any series, for one without grades, or a grade that is not among the classes
 * @example gradeHistogram({ Radiologist: [1, 2, 2, 3], Model: [1, 2, 3, 3] }, { classes: [1, 2, 3, 4, 5] })
 */
export function gradeHistogram(
  series: Readonly<Record<string, readonly number[]>>,
  options: HistogramOptions = {},
): GradeHistogram {
  requireOptions("gradeHistogram", options, { classes: true, title: true, stacked: true, xTitle: true });
  const names = Object.keys(series);
  if (names.length === 0)
    throw new RangeError("There is nothing to count: give the grades of one reader at least.");
  if (names.length > SERIES_COLOURS.length)
    throw new RangeError(
      `There are ${names.length} readers: a histogram has colours for ${SERIES_COLOURS.length}.`,
    );
  const empty = names.find((name) => series[name]!.length === 0);
  if (empty !== undefined) throw new RangeError(`${empty} has no grades: leave it out of the histogram.`);
  const classes = options.classes ?? occurring(...Object.values(series));
  const counts = Object.fromEntries(names.map((name) => [name, countClasses(series[name]!, classes)]));
  return new GradeHistogram(classes, counts, {
    isStacked: options.stacked ?? false,
    title: options.title ?? "Distribution of grades",
    xTitle: options.xTitle ?? "grade",
  });
}

/** Named lines, such as learning curves. */
export class CurvePlot extends Plot {
  constructor(
    readonly curves: readonly Curve[],
    private readonly drawn: Omit<CurvesInput, "curves">,
  ) {
    super();
  }

  protected figure(): Figure {
    return curvesFigure({ ...this.drawn, curves: this.curves });
  }
}

export interface CurveOptions {
  readonly title?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** A logarithmic horizontal axis, such as for the size of a training set that was halved again and again. */
  readonly logX?: boolean;
}

/**
 * Measures against the size of the training set or the resolution, one line a measure (Niemeyer 2021, Fig 3 and 4).
 * @param curves up to seven, their points in any order
 * @throws RangeError without curves or points, for values that are not finite, or for x of 0 or less on a logarithmic axis
 * @example curvePlot([{ name: "linear κ", points: [[223, 0.71], [447, 0.78], [894, 0.83]] }], { xTitle: "training discs", logX: true })
 */
export function curvePlot(curves: readonly Curve[], options: CurveOptions = {}): CurvePlot {
  requireOptions("curvePlot", options, { title: true, xTitle: true, yTitle: true, logX: true });
  const { title = "Curves", xTitle = "x", yTitle = "value", logX: isLog = false } = options;
  if (curves.length === 0 || curves.length > SERIES_COLOURS.length)
    throw new RangeError(`A plot has 1 to ${SERIES_COLOURS.length} curves, not ${curves.length}.`);
  for (const { name, points } of curves) {
    if (points.length === 0) throw new RangeError(`The curve "${name}" has no points: leave it out.`);
    if (!points.flat().every(Number.isFinite))
      throw new RangeError(`The curve "${name}" has a point that is not a number: leave it out.`);
    if (isLog && points.some(([x]) => x <= 0))
      throw new RangeError(
        `The curve "${name}" has a point at 0 or below, where no logarithmic axis reaches.`,
      );
  }
  const sorted = curves.map(({ name, points }) => ({
    name,
    points: [...points].sort((a, b) => a[0] - b[0]),
  }));
  return new CurvePlot(sorted, { title, subtitle: "", xTitle, yTitle, isLog });
}
