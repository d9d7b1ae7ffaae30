import type { ReadingRecord } from "../../cohort/index.js";
import { discKey } from "./cases.js";
import { isGrade, standingRatings } from "./rating.js";
import type { Rating } from "./rating.js";
import { integralGrade } from "./scale.js";

/**
 * The readings that a cohort's store takes: one for each disc, rater and reading, with the grades of all features that hold.
 * A fractional Pfirrmann grade gives the whole one too (x.3 is x, x.7 is x + 1). Discs that were skipped have none.
 */
export function toReadingRecords(log: readonly Rating[]): ReadingRecord[] {
  const records = new Map<string, ReadingRecord>();
  for (const rating of standingRatings(log)) {
    if (!isGrade(rating)) continue;
    const { study, series, level, rater, reading, at } = rating;
    const key = JSON.stringify([rater, reading, discKey(rating)]);
    const known = records.get(key);
    const latest = known?.at !== undefined && known.at > at ? known.at : at;
    const grades = { ...known?.grades, ...gradesOf(rating.feature, rating.grade) };
    records.set(key, { study, series, level, rater, model: "", reading, grades, at: latest });
  }
  return [...records.values()];
}

function gradesOf(feature: string, grade: number): Record<string, number> {
  return feature === "pfirrmannFractional"
    ? { pfirrmannFractional: grade, pfirrmann: integralGrade(grade) }
    : { [feature]: grade };
}
