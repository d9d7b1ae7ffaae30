/** What stands in the head of a column: how its values are spread, and how many are missing. Pure. */
import { cellText, isMissing, isNumeric, numberOf, type Field, type TableResource } from "./model.js";

/** Bars of a column's histogram, at most. */
export const MOST_BARS = 12;
/** Words that are counted one by one; of more only their number is told. */
const MOST_WORDS = MOST_BARS;

/** One bar: how many values, and of what. */
export interface Bar {
  readonly count: number;
  /** The value, or the range of values. */
  readonly what: string;
}

/** The values of one column, as far as the rows are here. */
export interface ColumnSummary {
  readonly missing: number;
  /** None where there is one value or less, or too many different words to count. */
  readonly bars: readonly Bar[];
  /** What the bars run over, in words: `1 to 5`, `4 values`. */
  readonly range: string;
}

/** Summary of a column: equal ranges of numbers, each whole number by itself where these are few; words by how often they occur. */
export function columnSummary(rows: TableResource["data"], field: Field): ColumnSummary {
  const texts = rows.map((row) => row[field.name]).filter(hasValue);
  const missing = rows.length - texts.length;
  return {
    missing,
    ...(isNumeric(field)
      ? spread(texts.map(numberOf), field)
      : counted(texts.map((value) => cellText(value, field)))),
  };
}

/** What is no number counts as missing, too: it has no place on the scale. */
const hasValue = (value: unknown): boolean => !isMissing(value) && value !== "NaN";

function spread(values: readonly number[], field: Field): Omit<ColumnSummary, "missing"> {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { bars: [], range: "" };
  let [low, high] = [Infinity, -Infinity];
  for (const value of finite) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const text = (value: number): string => cellText(value, field);
  if (low === high) return { bars: [], range: text(low) };
  const isWhole = high - low < MOST_BARS && finite.every(Number.isInteger);
  const bars = isWhole ? high - low + 1 : MOST_BARS;
  const width = (high - low) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const value of finite)
    counts[isWhole ? value - low : Math.min(bars - 1, Math.floor((value - low) / width))]!++;
  const what = (i: number): string =>
    isWhole ? text(low + i) : `${text(low + i * width)} to ${text(low + (i + 1) * width)}`;
  return {
    bars: counts.map((count, i) => ({ count, what: what(i) })),
    range: `${text(low)} to ${text(high)}`,
  };
}

function counted(texts: readonly string[]): Omit<ColumnSummary, "missing"> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const range = counts.size === 1 ? "1 value" : `${counts.size} values`;
  if (counts.size === 0) return { bars: [], range: "" };
  // Names and ids are all different: bars of one would tell nothing.
  if (counts.size === 1 || counts.size > MOST_WORDS || counts.size === texts.length)
    return { bars: [], range };
  const bars = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => ({ what, count }));
  return { bars, range };
}
