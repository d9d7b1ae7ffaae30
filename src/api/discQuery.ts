import { COHORT_FEATURES, CohortError, columnOf, filtered, type ReadingFilter } from "../cohort/index.js";
import { requireOptions } from "../statistics/index.js";

/** What `discs` can be asked for; what is left open is not asked for. */
export interface DiscQuery extends ReadingFilter {
  /** Grades by feature key: one, or a list of which any will do. */
  readonly grades?: Readonly<Record<string, number | readonly number[]>>;
  readonly dataset?: string;
  readonly sex?: "F" | "M";
  /** Years, both ends included. */
  readonly age?: readonly [from: number, to: number];
}

/** @throws CohortError for a key that is no feature's */
export function requireFeature(key: string): void {
  if (!COHORT_FEATURES.some((feature) => feature.key === key))
    throw new CohortError(
      "query",
      `There is no feature "${key}"; known are ${COHORT_FEATURES.map((feature) => feature.key).join(", ")}.`,
    );
}

const DISC_QUERY = {
  study: true,
  level: true,
  rater: true,
  model: true,
  reader: true,
  reading: true,
  grades: true,
  dataset: true,
  sex: true,
  age: true,
} as const;

/** Columns that `discs` may be asked for besides grades and age. */
const ASKED = ["study", "level", "rater", "model", "reader", "reading", "dataset", "sex"] as const;

/** A condition on a column, with its parameters numbered on. */
interface Conditions {
  readonly where: string;
  readonly parameters: (string | number)[];
}

/** What a query asks for, as SQL. @throws CohortError, RangeError for what cannot be asked */
export function conditionsOf(query: DiscQuery): Conditions {
  requireOptions("discs", query, DISC_QUERY);
  const parameters: (string | number)[] = [];
  const next = (value: string | number): string => `$${parameters.push(value)}`;
  const { grades = {}, age } = query;
  const parts = ASKED.flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [`${filtered(name)} = ${next(value)}`];
  });
  for (const [key, wanted] of Object.entries(grades)) {
    requireFeature(key);
    const list = (typeof wanted === "number" ? [wanted] : wanted).map(next);
    parts.push(list.length === 0 ? "FALSE" : `"${columnOf(key)}" IN (${list.join(", ")})`);
  }
  if (age !== undefined) parts.push(`age BETWEEN ${next(age[0])} AND ${next(age[1])}`);
  return { where: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`, parameters };
}
