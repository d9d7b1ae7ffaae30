/** Made-up discs and ratings of them. */
import type { RatedDisc, Rating } from "../../src/rating/log/index.js";

const LEVELS = ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
/** Five discs of each of four studies. */
export const cases: RatedDisc[] = ["a", "b", "c", "d"].flatMap((study) =>
  LEVELS.map((level) => ({ study, series: `${study}1`, level })),
);
/** What a verdict says beside its grade. */
export const view = {
  slice: 7,
  region: { column: 1, row: 2, width: 40, height: 30 },
  isChanged: false,
  seconds: 2,
};

/** Ratings of discs by one reader, in the given order. */
export function ratings(
  rater: string,
  reading: number,
  grades: readonly number[],
  feature = "pfirrmannFractional",
): Rating[] {
  return grades.map((grade, i) => ({
    ...{
      id: `${rater} ${reading} ${feature} ${i}`,
      ...cases[i]!,
      rater,
      reading,
      feature,
      kind: "grade",
      grade,
    },
    at: new Date(1e12 + i).toISOString(),
  }));
}
