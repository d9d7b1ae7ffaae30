/**
 * The forms of what reaches a display: a payload from a notebook's file, and answers of a kernel. Their long lists (pixels, heat, rows)
 * are looked at where they are drawn (a picture whole in `slices/decode.ts`); here only what says which lists there are.
 */
import * as v from "valibot";
import type { GradesPayload, RatingAnswer, RatingPayload, TableAnswer } from "../protocol/index.js";

type Schema<T> = v.GenericSchema<unknown, T>;

/** A list, its items unseen. */
const LIST = v.custom<never[]>((value) => Array.isArray(value));
const OBJECT = v.custom<never>((value) => typeof value === "object" && value !== null);

export const GRADES: Schema<GradesPayload> = v.object({
  version: v.literal(1),
  title: v.string(),
  features: LIST,
  discs: LIST,
  flags: LIST,
});

export const RATING: Schema<RatingPayload> = v.object({
  version: v.literal(1),
  title: v.string(),
  session: v.string(),
  done: v.number(),
  total: v.number(),
});

const RATING_ANSWER: Schema<RatingAnswer> = v.variant("type", [
  v.object({ type: v.literal("about"), about: OBJECT, state: OBJECT }),
  v.object({ type: v.literal("case"), case: OBJECT }),
  v.object({ type: v.literal("state"), state: OBJECT }),
  v.object({ type: v.literal("failed"), message: v.string() }),
]);

const TABLE_ANSWER: Schema<TableAnswer> = v.union([
  v.object({ number: v.number(), failed: v.string() }),
  v.object({ number: v.number(), rows: LIST, total: v.number() }),
]);

const OTHER_VERSION = v.object({ version: v.pipe(v.number(), v.notValue(1)) });

/**
 * An output's payload.
 * @param what what it is, and a verb, such as `these grades have`
 * @throws Error, the end of a sentence, where it is damaged or of a version that is not known
 */
export function payloadOf<T>(data: unknown, schema: Schema<T>, what: string): T {
  if (v.is(schema, data)) return data as T;
  const later = v.safeParse(OTHER_VERSION, data);
  if (later.success)
    throw new Error(`${what} version ${later.output.version}, but only version 1 is known: update Spinebook`);
  throw new Error("its data in this file are damaged: run the cell again");
}

/** The kernel's answer to a rating display; `undefined` for what is none. */
export function ratingAnswer(value: unknown): RatingAnswer | undefined {
  return v.is(RATING_ANSWER, value) ? (value as RatingAnswer) : undefined;
}

/** The kernel's answer to a table; `undefined` for what is none. */
export function tableAnswer(value: unknown): TableAnswer | undefined {
  return v.is(TABLE_ANSWER, value) ? (value as TableAnswer) : undefined;
}
