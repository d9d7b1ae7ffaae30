/** What every form of the grades' display says alike. */
import type { GradeCell, GradesPayload } from "./mime.js";

/** What all grades of a feature were trained on; `undefined` where discs differ, and each cell has to say it. */
export function commonTraining(payload: GradesPayload, feature: string): GradeCell["trainedOn"] | undefined {
  const cells = payload.discs.flatMap(({ grades }) => grades.filter((cell) => cell.feature === feature));
  const [first, ...others] = new Set(cells.map(({ trainedOn }) => trainedOn));
  return others.length === 0 ? first : undefined;
}

/** From which probability on a finding is called present, in words; none where that is one half. */
export function calledFrom({ threshold }: Pick<GradeCell, "threshold">): readonly string[] {
  return threshold === undefined ? [] : [`called present from ${Math.round(100 * threshold)} % on`];
}

/** A grade in few signs: its number, or what stands in its place; a dash where there is neither. */
export function shownGrade({ grade, shown }: Pick<GradeCell, "grade" | "shown">): string {
  return shown ?? (grade === undefined ? "–" : String(grade));
}
