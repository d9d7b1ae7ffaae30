/** Figures of more points than a picture shows, with every so many of them: pure. */
import { fieldsOf, type Fields } from "./panel.js";

/** Marks and corners of lines in one still: more take minutes to draw, and cover each other. */
const MOST_POINTS = 20_000;

/** Types whose points are drawn one by one; all others count or group theirs. */
const POINTWISE = /^scatter|^splom$|^parcoords$/;
const PLACES = ["x", "y", "r", "a", "lat", "real", "z"];

export function thinned(data: readonly Fields[]): {
  readonly data: readonly Fields[];
  readonly leftOut: readonly string[];
} {
  const counts = data.map(pointsOf);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const step = Math.ceil(all / MOST_POINTS);
  if (step < 2) return { data, leftOut: [] };
  return {
    data: data.map((trace, i) => (counts[i] === 0 ? trace : (every(trace, counts[i]!, step) as Fields))),
    leftOut: [`${step - 1} of each ${step} points, as there are ${all}`],
  };
}

function pointsOf(trace: Fields): number {
  const type = typeof trace["type"] === "string" ? trace["type"] : "scatter";
  if (!POINTWISE.test(type)) return 0;
  if (Array.isArray(trace["dimensions"]))
    return Math.max(0, ...trace["dimensions"].map((one: unknown) => lengthOf(fieldsOf(one)["values"])));
  return Math.max(0, ...PLACES.map((name) => lengthOf(trace[name])));
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) || ArrayBuffer.isView(list) ? (list as unknown as ArrayLike<unknown>).length : 0;
}

/** A trace with each of its lists of so many values made shorter. */
function every(value: unknown, count: number, step: number): unknown {
  if (lengthOf(value) === count)
    return Array.from(value as ArrayLike<unknown>).filter((_, i) => i % step === 0);
  if (Array.isArray(value)) return value.map((item: unknown) => every(item, count, step));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, every(item, count, step)]));
}
