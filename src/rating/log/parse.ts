import * as v from "valibot";
import { checkedJson, finiteNumber, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import type { RatingRegion } from "./cases.js";
import type { Rating } from "./rating.js";

const SIDE = v.pipe(finiteNumber(), v.gtValue(0, "a number above 0"));

/** A rectangle about a disc, in a log's line and in what a display sends. */
export const RATING_REGION: Schema<RatingRegion> = v.object({
  column: finiteNumber(),
  row: finiteNumber(),
  width: SIDE,
  height: SIDE,
});

const COMMON = {
  id: v.string(),
  study: v.string(),
  series: v.string(),
  level: v.string(),
  rater: v.string(),
  reading: wholeNumber(1),
  feature: v.string(),
  at: v.string(),
  slice: v.optional(wholeNumber(0)),
  region: v.optional(RATING_REGION),
  isChanged: v.optional(v.boolean()),
  seconds: v.optional(finiteNumber()),
};

const RATING: Schema<Rating> = v.variant("kind", [
  v.object({ ...COMMON, kind: v.literal("grade"), grade: finiteNumber() }),
  v.object({ ...COMMON, kind: v.literal("skip"), reason: v.string() }),
  v.object({ ...COMMON, kind: v.literal("undo") }),
]);

/** The rating that a line of a log holds, or a sentence that says why it holds none. */
export function parseRating(line: string): Rating | string {
  const { value, problem } = checkedJson(line, RATING);
  return problem === undefined ? value : `The line holds no rating: ${problem}.`;
}
