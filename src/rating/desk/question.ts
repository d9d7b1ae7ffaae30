import * as v from "valibot";
import { UNREADABLE } from "../../protocol/index.js";
import type { RatingQuestion } from "../../protocol/index.js";
import { finiteNumber, numberBetween, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { RATING_REGION } from "../log/index.js";

const LONGEST_ID = 64;
const LONGEST_REASON = 200;
/** A rater may leave a case open over a weekend; what is more is a clock gone wrong. */
const MOST_SECONDS = 7 * 86_400;

const text = (most: number): Schema<string> => {
  const wish = `a text of 1 to ${most} characters`;
  return v.pipe(v.string(wish), v.minLength(1, wish), v.maxLength(most, wish));
};

const CASE = { position: wholeNumber(0) };
const NAMED_CASE = { ...CASE, id: text(LONGEST_ID) };
const VIEW = {
  ...NAMED_CASE,
  slice: wholeNumber(0),
  box: RATING_REGION,
  isChanged: v.boolean(),
  seconds: numberBetween(0, MOST_SECONDS),
};

/** What a display may ask; whether there is such a case, slice or grade its session says. */
export const RATING_QUESTION: Schema<RatingQuestion> = v.variant("type", [
  v.object({ type: v.literal("open") }),
  v.object({ type: v.literal("case"), ...CASE }),
  v.object({ type: v.literal("grade"), grade: finiteNumber(), ...VIEW }),
  v.object({ type: v.literal("skip"), reason: text(LONGEST_REASON), ...VIEW }),
  // Nobody chooses slice and region of a picture that cannot be shown.
  v.object({
    type: v.literal("skip"),
    reason: v.literal(UNREADABLE),
    ...NAMED_CASE,
    slice: v.optional(v.undefined()),
    box: v.optional(v.undefined()),
  }),
  v.object({ type: v.literal("undo"), ...NAMED_CASE }),
]);
