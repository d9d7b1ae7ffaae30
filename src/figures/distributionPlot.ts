import { countClasses, requireOptions } from "../statistics/index.js";
import { distributionFigure } from "./drawing/distribution.js";
import type { Figure } from "./drawing/plot.js";
import { groupOrder, groupsOf } from "./groups.js";
import { Plot } from "./plot.js";

/** One bar of the plot. */
export interface GradeGroup {
  /** `L4-L5`, `40–49`, `F` ... */
  readonly name: string;
  readonly cases: number;
  /** Cases of each class, in the order of the classes. */
  readonly counts: readonly number[];
}

/** Distribution of grades by group. As the last value of a cell it shows itself as a plot. */
export class DistributionPlot extends Plot {
  constructor(
    readonly classes: readonly number[],
    readonly groups: readonly GradeGroup[],
    /** Rows without a value, which are not in any group. */
    readonly leftOut: number,
    private readonly titles: {
      readonly title: string;
      readonly valueTitle: string;
      readonly groupTitle: string;
    },
  ) {
    super();
  }

  protected figure(): Figure {
    const { classes, groups, leftOut } = this;
    const cases = groups.reduce((total, group) => total + group.cases, 0);
    const without = leftOut === 0 ? "" : `; ${leftOut} without a value left out`;
    return distributionFigure({
      ...this.titles,
      classes: classes.map(String),
      groups,
      subtitle: `n = ${cases}${without}`,
    });
  }
}

/** Reads something of a row: the name of a column, or a function. */
type Reader<R, T> = string | ((row: R) => T);

export interface DistributionOptions<R> {
  /** The grade: a column, or a function of the row; rows without one are counted and left out. */
  readonly value: Reader<R, number | bigint | null | undefined>;
  /** The group: a column, or a function of the row. More than twelve different numbers (ages) are put together in steps. */
  readonly by: Reader<R, string | number | bigint | null | undefined>;
  /** All classes in order; those that occur when absent. */
  readonly classes?: readonly number[];
  readonly title?: string;
  /** What the grades are; the column's name, or `grade`. */
  readonly valueTitle?: string;
  /** What the groups are; the column's name, or `group`. */
  readonly groupTitle?: string;
}

/** Different grades that a plot without given classes has at most: more are a continuous score. */
const MOST_CLASSES = 25;

/** Groups at most: more bars have no room. */
const MOST_GROUPS = 40;

/**
 * Distribution of grades by level, age, sex or anything else: the share of each grade in every group, with counts. Levels come from
 * above down, ages ascending, names by alphabet, what is unknown last.
 * @param rows such as a query gives them
 * @throws RangeError without rows that have a value, for a column that no row has, a value that is no number or no class, and for
 *   more groups or different values than can be drawn
 * @example distributionPlot(rows, { value: "pfirrmann", by: "level", classes: [1, 2, 3, 4, 5] })
 * @example distributionPlot(rows, { value: "pfirrmann", by: (row) => (row.age < 50 ? "below 50" : "50 and older") })
 */
export function distributionPlot<R extends object>(
  rows: readonly R[],
  options: DistributionOptions<R>,
): DistributionPlot {
  requireOptions("distributionPlot", options, {
    value: true,
    by: true,
    classes: true,
    title: true,
    valueTitle: true,
    groupTitle: true,
  });
  const { value, by, classes: given, title = "Distribution of grades" } = options;
  const values = rows.map((row) => gradeOf(read(row, value)));
  requireColumns(rows, [value, by]);
  const graded = rows.flatMap((row, i) => (values[i] === undefined ? [] : [{ row, grade: values[i] }]));
  if (graded.length === 0)
    throw new RangeError(
      rows.length === 0
        ? "There are no rows to draw."
        : `None of the ${rows.length} rows has a value to draw.`,
    );
  const classes = given ?? [...new Set(graded.map(({ grade }) => grade))].sort((a, b) => a - b);
  if (classes.length > MOST_CLASSES)
    throw new RangeError(
      `There are ${classes.length} different values: round them to grades first, such as with { value: (row) => Math.round(row.score) }.`,
    );
  const names = groupsOf(graded.map(({ row }) => read(row, by)));
  const order = groupOrder(names);
  if (order.length > MOST_GROUPS)
    throw new RangeError(
      `There are ${order.length} groups: put them together until ${MOST_GROUPS} are left.`,
    );
  const groups = order.map((name): GradeGroup => {
    const grades = graded.filter((_, i) => names[i] === name).map(({ grade }) => grade);
    return { name, cases: grades.length, counts: countClasses(grades, classes) };
  });
  return new DistributionPlot(classes, groups, rows.length - graded.length, {
    title,
    valueTitle: options.valueTitle ?? (typeof value === "string" ? value : "grade"),
    groupTitle: options.groupTitle ?? (typeof by === "string" ? by : "group"),
  });
}

function read<R extends object>(row: R, reader: Reader<R, unknown>): unknown {
  return typeof reader === "function" ? reader(row) : (row as Readonly<Record<string, unknown>>)[reader];
}

function gradeOf(value: unknown): number | undefined {
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  // A database counts in bigint.
  const grade = typeof value === "bigint" ? Number(value) : value;
  if (typeof grade === "number" && Number.isFinite(grade)) return grade;
  throw new RangeError("A row has a value that is not a number: a grade is one.");
}

function requireColumns<R extends object>(rows: readonly R[], readers: readonly Reader<R, unknown>[]): void {
  for (const name of readers)
    if (typeof name === "string" && rows.length > 0 && !rows.some((row) => name in row))
      throw new RangeError(`No row has a column "${name}"; there are ${Object.keys(rows[0]!).join(", ")}.`);
}
