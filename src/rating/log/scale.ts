import { FRACTIONAL_GRADES } from "../../grading/index.js";
import { COHORT_FEATURES, CohortError, cohortFeature } from "../../cohort/index.js";

/** What is graded, and the grades that may be given. */
export interface RatingScale {
  /** Key of `COHORT_FEATURES`; `pfirrmannFractional` for Niemeyer's grades with .3 and .7. */
  readonly feature: string;
  /** As people call it. */
  readonly name: string;
  /** In rank order. */
  readonly grades: readonly number[];
}

/**
 * The scale of a feature: Niemeyer's 13 fractional Pfirrmann grades (1.0, 1.3, 1.7, 2.0 ... 5.0; 2021, "Training data and
 * preprocessing"), or a feature's own classes.
 * @param feature key of `COHORT_FEATURES`
 * @param fractional whether the Pfirrmann grade has its transitional grades; other features have none
 * @throws CohortError for a feature that is not known
 */
export function ratingScale(feature: string, fractional: boolean): RatingScale {
  const found = cohortFeature(feature);
  if (found === undefined)
    throw new CohortError(
      "bad-option",
      `There is no feature ${feature} to rate; there are ${COHORT_FEATURES.map(({ key }) => key).join(", ")}.`,
    );
  if (feature === "pfirrmannFractional" || (feature === "pfirrmann" && fractional))
    return { feature: "pfirrmannFractional", name: "Pfirrmann grade", grades: FRACTIONAL_GRADES };
  return { feature, name: feature === "pfirrmann" ? "Pfirrmann grade" : found.name, grades: found.classes };
}

/** The whole grade of a fractional one: x.3 is x, x.7 is x + 1 (Niemeyer 2021); whole grades stay. */
export function integralGrade(grade: number): number {
  return Math.round(grade);
}
