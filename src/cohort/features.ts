import { isGradeOf, TABLE_FEATURES } from "../grading/index.js";
import type { TableFeature } from "../grading/index.js";

/** A column of grades in a cohort; the column's name in SQL is the key in snake case ({@link columnOf}). */
export type CohortFeature = TableFeature;

/** What a disc may be graded for in a cohort. */
export const COHORT_FEATURES: readonly CohortFeature[] = TABLE_FEATURES;

export { isGradeOf };

/** The name of a key's column in SQL: `upperEndplateDefect` is `upper_endplate_defect`. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The feature with this key; undefined where there is none. */
export function cohortFeature(key: string): CohortFeature | undefined {
  return COHORT_FEATURES.find((feature) => feature.key === key);
}
