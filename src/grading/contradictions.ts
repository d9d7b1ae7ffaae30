import type { Flag } from "../detection/index.js";
import type { FeatureGrade } from "./report.js";

/** Grades that do not occur together on one disc, by what the scales themselves say. */
interface Contradiction {
  readonly isFound: (grade: (key: string) => number) => boolean;
  readonly words: (grade: (key: string) => number) => string;
}

/**
 * Pfirrmann et al. (Spine 26:1873, 2001, Table 1) give grades I and II to discs of normal height, and know height loss from III on
 * ("normal to slightly decreased") and collapse in V alone; a disc with the bright nucleus of grade I has not lost it through its annulus.
 */
const CONTRADICTIONS: readonly Contradiction[] = [
  {
    isFound: (grade) => grade("pfirrmann") <= 2 && grade("narrowing") >= 3,
    words: (grade) =>
      `Pfirrmann ${grade("pfirrmann")}, which is of discs of normal height, beside narrowing ${grade("narrowing")}`,
  },
  {
    isFound: (grade) => grade("pfirrmann") === 5 && grade("narrowing") === 1,
    words: () => "Pfirrmann 5, which is of collapsed discs, beside normal height",
  },
  {
    isFound: (grade) => grade("pfirrmann") === 1 && grade("herniation") === 1,
    words: () => "Pfirrmann 1, a normal disc, beside a herniation",
  },
];

/** Code of the flag. */
export const CONTRADICTION = "contradiction";

/** What a disc's grades say against one another: one of the two is wrong, and a person has to see which. */
export function contradictionFlags(
  level: string,
  grades: Readonly<Record<string, Pick<FeatureGrade, "grade">>>,
): Flag[] {
  const grade = (key: string): number => grades[key]?.grade ?? NaN;
  return CONTRADICTIONS.filter(({ isFound }) => isFound(grade)).map(({ words }) => ({
    code: CONTRADICTION,
    message: `${level}: ${words(grade)}: these contradict each other, look at the picture.`,
  }));
}
