import { CohortError, type CohortStore } from "../cohort/index.js";
import { jupyterDisplay, tableBundle, WritableTable } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import type { MimeBundle } from "../protocol/index.js";
import {
  agreementTable,
  pairedDifferences,
  type ComparedMeasure,
  type PairedDifference,
} from "../statistics/index.js";
import { counted } from "../text/index.js";
import {
  asked,
  called,
  digits,
  groupCells,
  grouped,
  NAMES,
  percent,
  subset,
  withInterval,
  type CohortAgreementOptions,
  type Cases,
} from "./agreement.js";
import { gradePairs, type RaterName } from "./gradePairs.js";
import { withRemark } from "./remark.js";

/** How two systems differ in one group of discs. */
export interface GroupDifference {
  readonly group: string;
  readonly discs: number;
  readonly patients: number;
  /** As measured, of the first and of the second. */
  readonly first: Readonly<Record<ComparedMeasure, number>>;
  readonly second: Readonly<Record<ComparedMeasure, number>>;
  /** Second less first. */
  readonly difference: Readonly<Record<ComparedMeasure, PairedDifference>>;
}

/** Two systems compared on the same discs. As the last value of a cell it shows a table with a paper's digits. */
export class CohortComparison extends WritableTable implements Displayable {
  constructor(
    readonly title: string,
    readonly rows: readonly GroupDifference[],
    readonly mass: number,
  ) {
    super();
  }

  /** The table as it is shown. */
  table(decimals = 2): Record<string, string | number>[] {
    return this.rows.map((row) =>
      groupCells(row, (key) => [
        [NAMES[key], `${digits(row.first[key], decimals)} → ${digits(row.second[key], decimals)}`],
        [
          `difference of ${NAMES[key]} (${percent(this.mass)} interval)`,
          withInterval(row.second[key] - row.first[key], row.difference[key], decimals),
        ],
        [`second is better in ${NAMES[key]}, %`, (100 * row.difference[key].better).toFixed(1)],
      ]),
    );
  }

  protected override shownRows(digits?: number): Record<string, string | number>[] {
    return this.table(digits);
  }

  /** Each measure of both, and their difference with its interval, as numbers. */
  protected override exactRows(): Record<string, string | number>[] {
    return this.rows.map((row) =>
      groupCells(row, (key) => [
        [`first ${NAMES[key]}`, row.first[key]],
        [`second ${NAMES[key]}`, row.second[key]],
        [`difference of ${NAMES[key]}`, row.second[key] - row.first[key]],
        [`difference of ${NAMES[key]}, low`, row.difference[key].low],
        [`difference of ${NAMES[key]}, high`, row.difference[key].high],
        [`second is better in ${NAMES[key]}`, row.difference[key].better],
      ]),
    );
  }

  [jupyterDisplay](): MimeBundle {
    return withRemark(
      tableBundle(this.table()),
      `${this.title}. Intervals hold ${percent(this.mass)} of the posterior of a Bayesian bootstrap over patients, in which both have the same draws; the last column of each measure is the share of it in which the second is the better one.`,
    );
  }
}

/** As `Cohort.compare`. */
export async function cohortComparison(
  store: CohortStore,
  feature: string,
  reference: RaterName,
  first: RaterName,
  second: RaterName,
  options: CohortAgreementOptions = {},
): Promise<CohortComparison> {
  const { classes, bootstrap } = asked("compare", feature, options);
  const [one, other] = [
    await gradePairs(store, feature, reference, first),
    await gradePairs(store, feature, reference, second),
  ];
  const key = (studies: readonly string[], levels: readonly string[], i: number): string =>
    `${studies[i]!}\n${levels[i]!}`;
  const places = new Map(other.studies.map((_, i) => [key(other.studies, other.levels, i), i]));
  const both = one.studies.flatMap((_, i): [number, number][] => {
    const at = places.get(key(one.studies, one.levels, i));
    return at === undefined ? [] : [[i, at]];
  });
  if (both.length === 0)
    throw new CohortError(
      "query",
      `No disc that ${called(reference)} read has ${feature} from both ${called(first)} and ${called(second)}.`,
    );
  const mine = both.map(([i]) => i);
  const paired = subset({ ...one, truth: one.reference, graded: [one.predicted] }, mine);
  const cases: Cases = { ...paired, graded: [paired.graded[0]!, both.map(([, i]) => other.predicted[i]!)] };
  const { groups } = await grouped(store, cases, options.by);
  const rows = groups.map(([group, { truth, graded, patients }]): GroupDifference => {
    const [a, b] = [graded[0]!, graded[1]!];
    return {
      group,
      discs: truth.length,
      patients: new Set(patients).size,
      first: agreementTable(truth, a, classes),
      second: agreementTable(truth, b, classes),
      difference: pairedDifferences(truth, a, b, classes, patients, bootstrap),
    };
  });
  const title = `${feature}: ${called(first)} and ${called(second)} compared with ${called(reference)} on ${counted(both.length, "disc")}`;
  return new CohortComparison(title, rows, bootstrap.mass);
}
