import { cohortFeature, CohortError, type CohortStore } from "../cohort/index.js";
import { groupOrder, groupsOf, jupyterDisplay, tableBundle, WritableTable } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import type { MimeBundle } from "../protocol/index.js";
import {
  agreementIntervals,
  agreementTable,
  agreementTrend,
  COMPARED,
  offByMoreThan,
  requireOptions,
  type BootstrapOptions,
  type ComparedMeasure,
  type Interval,
} from "../statistics/index.js";
import { gradePairs, type RaterName } from "./gradePairs.js";
import { withRemark } from "./remark.js";

/** How agreement is told. */
export interface CohortAgreementOptions extends BootstrapOptions {
  /**
   * Into which groups discs are parted: by `level`, or by a column of `studies`: `dataset`, `scanner`, `sex`, `age` (in steps), or one of
   * one's own; by several at once where a list is given. All discs together stand in the last row.
   */
  readonly by?: string | readonly string[];
}

const OPTIONS = { by: true, draws: true, mass: true, seed: true } as const;
/** A 95 % interval of enough draws for two digits, unless something else is asked for. */
const DEFAULTS = { mass: 0.95, draws: 2000 } as const;

export const NAMES: Readonly<Record<ComparedMeasure, string>> = {
  kappa: "linear κ",
  accuracy: "accuracy",
  meanAbsoluteError: "mean absolute error",
};

/** Agreement of one group of discs. */
export interface GroupAgreement {
  readonly group: string;
  readonly discs: number;
  readonly patients: number;
  /** Discs that are off by more than one grade, in percent. */
  readonly offByMore: number;
  /** As measured. */
  readonly value: Readonly<Record<ComparedMeasure, number>>;
  readonly interval: Readonly<Record<ComparedMeasure, Interval>>;
}

/** `0.81`, as papers print; a minus of its own width; nothing for what is undefined. */
export function digits(value: number, decimals = 2): string {
  if (Number.isNaN(value)) return "–";
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** `0.81 (0.76 to 0.86)`. */
export function withInterval(value: number, { low, high }: Interval, decimals = 2): string {
  const [middle, from, to] = [value, low, high].map((one) => digits(one, decimals));
  return Number.isNaN(low) ? middle! : `${middle!} (${from!} to ${to!})`;
}

export const percent = (mass: number): string => `${Number((100 * mass).toFixed(2))} %`;

const OFF = "off by more than one, %";

/** Cells of a group of discs: what it is, and for each measure what is asked for. */
export function groupCells(
  { group, discs, patients }: Pick<GroupAgreement, "group" | "discs" | "patients">,
  cellsOf: (key: ComparedMeasure) => [name: string, cell: string | number][],
): Record<string, string | number> {
  return { group, discs, patients, ...Object.fromEntries(COMPARED.flatMap(cellsOf)) };
}

/** Agreement by group. As the last value of a cell it shows a table with a paper's digits. */
export class CohortAgreement extends WritableTable implements Displayable {
  constructor(
    readonly title: string,
    readonly rows: readonly GroupAgreement[],
    /** Mass of the intervals. */
    readonly mass: number,
    /** How linear κ changes from one group to the next, where these have an order. */
    readonly trend: Interval | undefined,
  ) {
    super();
  }

  /** The table as it is shown. */
  table(decimals = 2): Record<string, string | number>[] {
    return this.rows.map((row) => ({
      ...groupCells(row, (key) => [
        [
          `${NAMES[key]} (${percent(this.mass)} interval)`,
          withInterval(row.value[key], row.interval[key], decimals),
        ],
      ]),
      [OFF]: row.offByMore.toFixed(1),
    }));
  }

  protected override shownRows(digits?: number): Record<string, string | number>[] {
    return this.table(digits);
  }

  /** Each measure and the ends of its interval as numbers. */
  protected override exactRows(): Record<string, string | number>[] {
    return this.rows.map((row) => ({
      ...groupCells(row, (key) => [
        [NAMES[key], row.value[key]],
        [`${NAMES[key]}, low`, row.interval[key].low],
        [`${NAMES[key]}, high`, row.interval[key].high],
      ]),
      [OFF]: row.offByMore,
    }));
  }

  [jupyterDisplay](): MimeBundle {
    const trend =
      this.trend === undefined
        ? ""
        : ` From each level to the next one below, linear κ changes by ${withInterval(this.trend.mean, this.trend)}.`;
    return withRemark(
      tableBundle(this.table()),
      `${this.title}. Intervals hold ${percent(this.mass)} of the posterior of a Bayesian bootstrap over patients.${trend}`,
    );
  }
}

/** Discs that are compared. */
export interface Cases {
  readonly truth: readonly number[];
  readonly graded: readonly (readonly number[])[];
  readonly patients: readonly string[];
  readonly studies: readonly string[];
  readonly levels: readonly string[];
}

export function subset({ truth, graded, patients, studies, levels }: Cases, at: readonly number[]): Cases {
  const pick = <T>(list: readonly T[]): T[] => at.map((i) => list[i]!);
  return {
    truth: pick(truth),
    graded: graded.map(pick),
    patients: pick(patients),
    studies: pick(studies),
    levels: pick(levels),
  };
}

/** The cases by group, in the order that a person expects, and all of them last. */
export async function grouped(
  store: CohortStore,
  cases: Cases,
  by: string | readonly string[] | undefined,
): Promise<{ readonly names: string[]; readonly groups: [name: string, cases: Cases][] }> {
  const all: [string, Cases] = ["all", cases];
  const columns = by === undefined ? [] : typeof by === "string" ? [by] : by;
  if (columns.length === 0) return { names: [], groups: [all] };
  const parts = await Promise.all(columns.map((column) => namesOf(store, cases, column)));
  const orders = parts.map(groupOrder);
  const names = cases.levels.map((_, i) => parts.map((part) => part[i]!).join(", "));
  const ranks = cases.levels.map((_, i) => parts.map((part, j) => orders[j]!.indexOf(part[i]!)));
  const groups = groupsInOrder(names, ranks);
  // Under each group of the first column of several stand all of its discs.
  const withSums = groups.flatMap((name, i): [string, readonly number[]][] => {
    const own = placesOf(names, name);
    const head = parts[0]![own[0]!]!;
    const next = groups[i + 1];
    const isLast = next === undefined || parts[0]![names.indexOf(next)] !== head;
    return columns.length > 1 && isLast
      ? [
          [name, own],
          [`${head}, all`, placesOf(parts[0]!, head)],
        ]
      : [[name, own]];
  });
  return {
    names,
    groups: [...withSums.map(([name, at]): [string, Cases] => [name, subset(cases, at)]), all],
  };
}

function placesOf(names: readonly string[], name: string): number[] {
  return names.flatMap((one, i) => (one === name ? [i] : []));
}

/** The groups, sorted by the places of their parts in the order of each column. */
function groupsInOrder(names: readonly string[], ranks: readonly (readonly number[])[]): string[] {
  const first = [...new Set(names)].map((name) => names.indexOf(name));
  first.sort((a, b) => ranks[a]!.reduce((order, rank, j) => order || rank - ranks[b]![j]!, 0));
  return first.map((at) => names[at]!);
}

/** The group of each case by a column. @throws CohortError for a column that there is not */
async function namesOf(store: CohortStore, { studies, levels }: Cases, by: string): Promise<string[]> {
  if (by === "level") return [...levels];
  const described = await store.sql("DESCRIBE SELECT * EXCLUDE (study) FROM studies");
  const columns = described.map(({ column_name }) => column_name as string);
  if (!columns.includes(by))
    throw new CohortError(
      "query",
      `Discs cannot be parted by "${by.slice(0, 40)}"; give level, or a column of studies: ${columns.join(", ")}.`,
    );
  const rows = await store.sql(`SELECT study, "${by}" AS value FROM studies`);
  const values = new Map(rows.map(({ study, value }) => [study, value]));
  return groupsOf(studies.map((study) => values.get(study)));
}

/** What is asked for, with the usual interval where nothing else is. @throws CohortError for a feature without classes */
export function asked(
  call: string,
  feature: string,
  options: CohortAgreementOptions,
): { classes: readonly number[]; bootstrap: Required<BootstrapOptions> } {
  requireOptions(call, options, OPTIONS);
  const known = cohortFeature(feature);
  if (known?.isContinuous === true)
    throw new CohortError("query", `${feature} has no classes to agree on; compare it with blandAltman.`);
  const { mass = DEFAULTS.mass, draws = DEFAULTS.draws, seed = 0 } = options;
  return { classes: known?.classes ?? [], bootstrap: { mass, draws, seed } };
}

export function called({ rater, model, reading, reader = "" }: RaterName): string {
  const as = reader === "" ? "" : `as ${reader}`;
  return [rater, model ?? "", as, reading === undefined ? "" : `reading ${reading}`]
    .filter((one) => one !== "")
    .join(" ");
}

/** As `Cohort.agreement`. */
export async function cohortAgreement(
  store: CohortStore,
  feature: string,
  reference: RaterName | readonly RaterName[],
  predicted: RaterName,
  options: CohortAgreementOptions = {},
): Promise<CohortAgreement> {
  if (!("rater" in reference)) return byReader(store, feature, reference, predicted, options);
  const { classes, bootstrap } = asked("agreement", feature, options);
  const pairs = await gradePairs(store, feature, reference, predicted);
  const cases: Cases = { ...pairs, truth: pairs.reference, graded: [pairs.predicted] };
  const { groups, names } = await grouped(store, cases, options.by);
  const rows = groups.map(([group, { truth, graded, patients }]): GroupAgreement => {
    const own = graded[0]!;
    return {
      group,
      discs: truth.length,
      patients: new Set(patients).size,
      offByMore: 100 * offByMoreThan(truth, own, 1),
      value: agreementTable(truth, own, classes),
      interval: agreementIntervals(truth, own, classes, patients, bootstrap),
    };
  });
  const order = groupOrder(names);
  const hasTrend = [options.by].flat().join(",") === "level" && order.length > 1;
  const ranks = names.map((name) => order.indexOf(name));
  const trend = hasTrend
    ? agreementTrend(cases.truth, pairs.predicted, ranks, classes, pairs.patients, bootstrap)
    : undefined;
  const title = `${feature}: ${called(predicted)} compared with ${called(reference)}`;
  return new CohortAgreement(title, rows, bootstrap.mass, trend);
}

/** Agreement with each of several readers, one row a reader. */
async function byReader(
  store: CohortStore,
  feature: string,
  readers: readonly RaterName[],
  predicted: RaterName,
  options: CohortAgreementOptions,
): Promise<CohortAgreement> {
  const { by, ...rest } = options;
  if (readers.length === 0 || (by !== undefined && by !== "reader"))
    throw new CohortError(
      "bad-option",
      "With a list of readers each of them is a row of its own: name one reader at least, and leave `by` out.",
    );
  const rows: GroupAgreement[] = [];
  let mass = 0;
  for (const reader of readers) {
    const own = await cohortAgreement(store, feature, reader, predicted, rest);
    mass = own.mass;
    rows.push({ ...own.rows[0]!, group: called(reader) });
  }
  return new CohortAgreement(
    `${feature}: ${called(predicted)} compared with each reader`,
    rows,
    mass,
    undefined,
  );
}
