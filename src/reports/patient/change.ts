import { FEATURES } from "../../grading/index.js";
import type { GradedDisc } from "../../grading/index.js";
import type { ReportRow } from "./patientTables.js";
import { gradeWords, signed } from "./patientTables.js";

/** One disc at two examinations. */
export interface DiscChange {
  readonly level: string;
  readonly before: GradedDisc;
  readonly now: GradedDisc;
  /** Names of features whose sets of grades that cannot be excluded have no grade in common. */
  readonly apart: readonly string[];
}

/** Discs that both examinations show, from the top down. */
export function changesOf(before: readonly GradedDisc[], now: readonly GradedDisc[]): DiscChange[] {
  return now.flatMap((disc) => {
    const earlier = before.find(({ level }) => level === disc.level);
    return earlier === undefined
      ? []
      : [{ level: disc.level, before: earlier, now: disc, apart: apartFeatures(earlier, disc) }];
  });
}

/**
 * Features whose conformal sets are disjoint. Where no set was fitted nothing can be said, and the feature is not named:
 * two different grades alone are no change, as one scan read twice differs too.
 */
function apartFeatures(before: GradedDisc, now: GradedDisc): string[] {
  return FEATURES.filter(({ key }) => {
    const [a, b] = [before.grades[key]!.set, now.grades[key]!.set];
    return a !== undefined && b !== undefined && !a.some((grade) => b.includes(grade));
  }).map(({ name }) => name);
}

/** One row a disc: Pfirrmann and measures before and now, and what changed beyond the sets. */
export function changeRows(changes: readonly DiscChange[]): ReportRow[] {
  const pfirrmann = FEATURES.find(({ key }) => key === "pfirrmann")!;
  const arrow = (a: string, b: string): { words: string } => ({ words: `${a} → ${b}` });
  return changes.map(({ level, before, now, apart }) => [
    level,
    [
      arrow(gradeWords(pfirrmann, before.grades.pfirrmann!), gradeWords(pfirrmann, now.grades.pfirrmann!)),
      arrow(before.measures.height.toFixed(1), now.measures.height.toFixed(1)),
      arrow(signed(before.measures.slip), signed(now.measures.slip)),
      arrow(before.measures.canal.toFixed(1), now.measures.canal.toFixed(1)),
      { words: apart.length === 0 ? "none" : apart.join(", "), isFound: apart.length > 0 },
    ],
  ]);
}
