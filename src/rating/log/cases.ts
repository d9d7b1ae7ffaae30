import { createHash } from "node:crypto";

/** A rectangle along rows and columns of the upright sagittal stack: middle in pixels, sides in mm. */
export interface RatingRegion {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** One disc of one series. */
export interface RatedDisc {
  /** Pseudonyms, as in the cohort's records. */
  readonly study: string;
  readonly series: string;
  readonly level: string;
}

/** Who rates for which time. */
export interface RatingReader {
  /** A pseudonym. */
  readonly rater: string;
  /** 1 for the first reading, 2 for a repeated one ... */
  readonly reading: number;
}

/** Names a disc within a cohort. */
export function discKey({ study, series, level }: RatedDisc): string {
  return JSON.stringify([study, series, level]);
}

/** A number that looks random and depends on the texts alone. */
function hashOf(...texts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/**
 * The cases in the random order of one reader: another rater, reading or seed gives another order, the same ones give the
 * same. The place of a case depends on nothing but itself and the reader, so cases that are added later move no others
 * past each other, and the order in which they are given does not matter.
 */
export function blindedOrder<T extends RatedDisc>(
  cases: readonly T[],
  { rater, reading, seed }: RatingReader & { readonly seed: number },
): T[] {
  return cases
    .map((one) => ({ one, rank: hashOf(seed, rater, reading, discKey(one)) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ one }) => one);
}

/** The grades of one disc in a random order that depends on the disc and the seed, so that "A" is now one rater, now the other. */
export function shuffledGrades<T extends { readonly rater: string }>(
  grades: readonly T[],
  disc: RatedDisc,
  seed: number,
): T[] {
  return grades
    .map((one) => ({ one, rank: hashOf(seed, one.rater, discKey(disc)) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ one }) => one);
}
