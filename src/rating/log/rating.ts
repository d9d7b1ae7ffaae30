import type { RatedDisc, RatingReader, RatingRegion } from "./cases.js";
import { discKey } from "./cases.js";

/** One thing that a rater did to a disc, as the log keeps it. Nothing in a log is ever changed. */
export interface Rating extends RatedDisc, RatingReader {
  /** Unique; the same one twice is one rating that was sent again. */
  readonly id: string;
  /** Key of `COHORT_FEATURES`. */
  readonly feature: string;
  /** `undo` takes the disc's latest grade or skip back. */
  readonly kind: "grade" | "skip" | "undo";
  /** With `grade`. */
  readonly grade?: number;
  /** With `skip`: why the disc cannot be graded. */
  readonly reason?: string;
  /** The slice that was chosen, in the upright stack. */
  readonly slice?: number;
  readonly region?: RatingRegion;
  /** Whether the rater changed the proposed slice or region. */
  readonly isChanged?: boolean;
  /** From the picture's first sight to the grade. */
  readonly seconds?: number;
  /** ISO 8601. */
  readonly at: string;
}

/** A rating that holds: neither replaced by a later one nor taken back. */
export type StandingRating = Rating & { readonly kind: "grade" | "skip" };

/** A grade that holds. */
export type StandingGrade = StandingRating & { readonly kind: "grade"; readonly grade: number };

/**
 * The ratings that hold, one for each disc, reader and feature, in the order in which they were given: a later one replaces
 * an earlier one, an `undo` takes the latest one back and leaves the disc unrated.
 */
export function standingRatings(log: readonly Rating[]): StandingRating[] {
  const seen = new Set<string>();
  const standing = new Map<string, StandingRating>();
  for (const rating of log) {
    if (seen.has(rating.id)) continue;
    seen.add(rating.id);
    const key = JSON.stringify([rating.rater, rating.reading, rating.feature, discKey(rating)]);
    // Deleted first, so that a corrected rating is the latest one.
    standing.delete(key);
    if (rating.kind !== "undo") standing.set(key, rating as StandingRating);
  }
  return [...standing.values()];
}

/** Whether a rating that holds is a grade. */
export function isGrade(rating: StandingRating): rating is StandingGrade {
  return rating.kind === "grade" && rating.grade !== undefined;
}

/** The ratings of one reader and feature. */
export function ratingsOf<T extends Rating>(
  ratings: readonly T[],
  { rater, reading, feature }: RatingReader & { readonly feature: string },
): T[] {
  return ratings.filter((one) => one.rater === rater && one.reading === reading && one.feature === feature);
}
