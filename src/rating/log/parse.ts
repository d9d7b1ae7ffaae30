import type { Rating } from "./rating.js";
import type { RatingRegion } from "./cases.js";

type Fields = Readonly<Record<string, unknown>>;

/** The rating that a line of a log holds, or a sentence that says why it holds none. */
export function parseRating(line: string): Rating | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "The line is torn or no JSON; the rating that it was to hold is lost.";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "The line holds no rating.";
  const fields = value as Fields;
  const wrong = wrongField(fields);
  return wrong === undefined ? (value as Rating) : `The line holds no rating: ${wrong} is missing or wrong.`;
}

const TEXTS = ["id", "study", "series", "level", "rater", "feature", "at"] as const;

function wrongField(fields: Fields): string | undefined {
  const text = TEXTS.find((name) => typeof fields[name] !== "string");
  if (text !== undefined) return text;
  if (!isWhole(fields["reading"], 1)) return "reading";
  const { kind, grade, reason, slice, region } = fields;
  if (kind !== "grade" && kind !== "skip" && kind !== "undo") return "kind";
  if (kind === "grade" && !isNumber(grade)) return "grade";
  if (kind === "skip" && typeof reason !== "string") return "reason";
  if (slice !== undefined && !isWhole(slice, 0)) return "slice";
  return region === undefined || isRegion(region) ? undefined : "region";
}

/** Whether a value is a region: four numbers, sides above zero. */
export function isRegion(value: unknown): value is RatingRegion {
  if (typeof value !== "object" || value === null) return false;
  const { column, row, width, height } = value as Fields;
  return isNumber(column) && isNumber(row) && isNumber(width) && isNumber(height) && width > 0 && height > 0;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Whether a value is a whole number, at least `low`. */
export function isWhole(value: unknown, low: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= low;
}
