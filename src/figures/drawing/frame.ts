/** What the descriptions of all plots share: colours, ranges and titles. */

/** Okabe and Ito's palette without black, as the interactive plots have it: told apart with colour-vision deficiency. */
export const SERIES_COLOURS = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#b3a414",
] as const;

/** Lines and marks that explain; seen on light and dark ground. */
export const GUIDE = "#8c959f";

/** Single points and bubbles: a blue that is seen on light and dark ground, also where it is let through. */
export const POINT = "#2b8cd6";

/** Grid of the interactive plots: weaker than a theme of high contrast would have it, so that it does not drown points. */
export const GRID = "rgba(140, 149, 159, 0.35)";

/** Round values within a range, about `wanted` of them, at steps of 1, 2 or 5 times a power of ten. */
export function ticksOf([low, high]: readonly [number, number], wanted = 6): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Counted, not added up, and rounded: 0.1 + 0.2 would be drawn as 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A range with some room on either side; one value alone gets half a unit. */
export function paddedRange(values: readonly number[], share = 0.06): readonly [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const room = high > low ? share * (high - low) : 0.5;
  return [low - room, high + room];
}

/** From pale green to dark blue: the classes of an ordered scale, also told apart in grey. */
const ORDERED = ["#e3efb0", "#93d2b8", "#43a5c4", "#2b6db0", "#2a3b8f"] as const;

/** Colour of class `index` of `count` ordered ones, and the ink that is read on it. */
export function orderedColour(index: number, count: number): { readonly fill: string; readonly ink: string } {
  const place = count === 1 ? 2 : (index / (count - 1)) * (ORDERED.length - 1);
  const lower = Math.min(ORDERED.length - 2, Math.floor(place));
  return mixedColour(ORDERED[lower]!, ORDERED[lower + 1]!, place - lower);
}

/** A colour so far on the way between two `#rrggbb`, 0 to 1, and the ink that is read on it. */
export function mixedColour(
  from: string,
  to: string,
  part: number,
): { readonly fill: string; readonly ink: string } {
  const end = channels(to);
  const mixed = channels(from).map((value, i) => Math.round(value + (end[i]! - value) * part));
  const light = 0.3 * mixed[0]! + 0.59 * mixed[1]! + 0.11 * mixed[2]!;
  return { fill: `rgb(${mixed.join(",")})`, ink: light > 130 ? "#1f2328" : "#ffffff" };
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Titles of a plot for plotly. */
export function plotlyTitle(title: string, subtitle: string): Readonly<Record<string, unknown>> {
  return { text: title, subtitle: { text: subtitle } };
}
