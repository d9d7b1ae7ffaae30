import { discKey } from "./cases.js";
import type { RatedDisc } from "./cases.js";
import { isGrade, standingRatings } from "./rating.js";
import type { Rating, StandingGrade } from "./rating.js";

/** A grade that somebody gave a disc. */
export interface GivenGrade extends RatedDisc {
  readonly rater: string;
  readonly grade: number;
}

/** A disc with what its raters say. */
export interface Disagreement extends RatedDisc {
  readonly grades: readonly GivenGrade[];
  /** Largest difference between two of them, in grades. */
  readonly difference: number;
}

/** Rater's name under which a decision between raters is saved. */
export const ADJUDICATED = "adjudicated";
/** Rater's name under which a reviewed pseudo-label is saved. */
export const REVIEWED = "reviewed";

/** Grades that differ by this much in Niemeyer 2021 were reviewed. */
export const PSEUDO_LABEL_THRESHOLD = 1.7;

/** In binary 2.7 − 1 is a little more than 1.7, and 4.7 − 3 a little less. */
const ROUNDING = 1e-9;

/** The grades of one feature that hold, of raters who are people reading by themselves, from one reading of each. */
export function independentGrades(
  log: readonly Rating[],
  { feature, reading, raters }: GradeChoice,
): StandingGrade[] {
  return standingRatings(log)
    .filter(isGrade)
    .filter((one) => one.feature === feature && one.reading === reading)
    .filter(({ rater }) => (raters ? raters.includes(rater) : rater !== ADJUDICATED && rater !== REVIEWED));
}

/** Which grades are compared. */
export interface GradeChoice {
  readonly feature: string;
  readonly reading: number;
  /** All who rated where absent, without what was adjudicated or reviewed. */
  readonly raters?: readonly string[];
}

/**
 * The discs that at least two raters graded and on which two of them differ by more than `moreThan` grades.
 * @param moreThan 0 for every disc on which they are not of one mind
 */
export function disagreements(grades: readonly GivenGrade[], moreThan: number): Disagreement[] {
  return byDisc(grades).filter((disc) => disc.grades.length > 1 && disc.difference > moreThan + ROUNDING);
}

/**
 * The discs whose pseudo-label must be looked at: where the model's grade and the human one differ by `threshold` or more
 * (Niemeyer 2021: 1.7, which was so in 84 of 1,769 discs). Discs that only one of them graded are left out.
 * @param threshold in grades
 */
export function pseudoLabelCases(
  model: readonly Omit<GivenGrade, "rater">[],
  human: readonly Omit<GivenGrade, "rater">[],
  threshold = PSEUDO_LABEL_THRESHOLD,
): Disagreement[] {
  const said =
    (rater: string) =>
    (one: Omit<GivenGrade, "rater">): GivenGrade => ({ ...one, rater });
  return byDisc([...human.map(said("human")), ...model.map(said("model"))]).filter(
    (disc) => disc.grades.length > 1 && disc.difference >= threshold - ROUNDING,
  );
}

function byDisc(grades: readonly GivenGrade[]): Disagreement[] {
  const discs = new Map<string, GivenGrade[]>();
  for (const { study, series, level, rater, grade } of grades) {
    const one = { study, series, level, rater, grade };
    const given = discs.get(discKey(one));
    if (given === undefined) discs.set(discKey(one), [one]);
    else given.push(one);
  }
  return [...discs.values()].map((given) => {
    const values = given.map(({ grade }) => grade);
    const { study, series, level } = given[0]!;
    return { study, series, level, grades: given, difference: Math.max(...values) - Math.min(...values) };
  });
}
