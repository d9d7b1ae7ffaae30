import { csvCell } from "../../text/index.js";
import type { Rating } from "./rating.js";

const COLUMNS = [
  ...["study", "series", "level", "rater", "reading", "feature", "kind", "grade", "reason", "slice"],
  ...["column", "row", "width", "height", "isChanged", "seconds", "at", "id"],
];

/** Ratings as CSV (RFC 4180) with a header; region columns in pixels (middle) and mm (sides). Takes a log or what holds of it. */
export function ratingsCsv(ratings: readonly Rating[]): string {
  const lines = ratings.map(({ region, ...rating }) => {
    const fields: Readonly<Record<string, unknown>> = { ...rating, ...region };
    return COLUMNS.map((name) => csvCell(fields[name])).join(",");
  });
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}
