/** What the stills of all plots share: the sheet with its titles, axes, ticks, a legend, and colours. */
import { label } from "./svg.js";

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

/** The plot's rectangle in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Maps a value to a pixel. */
export type Scale = (value: number) => number;

/** A scale over `range` of values onto pixels `from` ... `to`; logarithmic where asked for, for values above 0. */
export function scaleOf(range: readonly [number, number], from: number, to: number, isLog = false): Scale {
  const place = isLog ? Math.log : (value: number): number => value;
  const [low, high] = [place(range[0]), place(range[1])];
  return (value) => from + ((place(value) - low) / (high - low)) * (to - from);
}

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

/** A number with a true minus sign, rounded to so many decimals. */
export function decimals(value: number, digits: number): string {
  return Number.isNaN(value)
    ? "–"
    : value
        .toFixed(digits)
        .replace(/^-(?=0\.?0*$)/, "")
        .replace("-", "−");
}

/** A straight line with its attributes. */
export function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`;
}

/** A pixel to a tenth: more only makes the file longer. */
export function round(pixel: number): number {
  return Math.round(10 * pixel) / 10;
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
}

/** The whole drawing on white ground; wide enough for its titles. */
export function sheetSvg({ width, height, title, subtitle }: Sheet, content: readonly string[]): string {
  const wide = Math.ceil(Math.max(width, 32 + 9.6 * title.length, 32 + 6.7 * subtitle.length));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${height}" font-family="DejaVu Sans" font-size="12" fill="#1f2328">` +
    `<rect width="100%" height="100%" fill="#fff"/>` +
    label(16, 28, title, `font-size="16"`) +
    label(16, 48, subtitle, `fill="#57606a"`) +
    content.join("") +
    "</svg>"
  );
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** The horizontal axis: ticks with their text below the area, grid lines through it where asked for, and its title. */
export function xAxisSvg(
  area: Area,
  scale: Scale,
  ticks: readonly Tick[],
  title: string,
  grid = true,
): string {
  const bottom = area.top + area.height;
  const drawn = ticks.map(
    ({ at, text }) =>
      (grid ? line(scale(at), area.top, scale(at), bottom, `stroke="#e6e9ec"`) : "") +
      label(round(scale(at)), bottom + 18, text, `text-anchor="middle"`),
  );
  const middle = area.left + area.width / 2;
  return drawn.join("") + label(middle, bottom + 42, title, `text-anchor="middle" fill="#57606a"`);
}

/** The vertical axis, likewise. */
export function yAxisSvg(area: Area, scale: Scale, ticks: readonly Tick[], title: string): string {
  const drawn = ticks.map(
    ({ at, text }) =>
      line(area.left, scale(at), area.left + area.width, scale(at), `stroke="#e6e9ec"`) +
      label(area.left - 8, round(scale(at) + 4), text, `text-anchor="end"`),
  );
  const middle = area.top + area.height / 2;
  return (
    drawn.join("") +
    label(
      0,
      0,
      title,
      `text-anchor="middle" fill="#57606a" transform="translate(20 ${round(middle)}) rotate(-90)"`,
    )
  );
}

/** Names with their colours in a row, and in as many rows as they need. @returns the drawing and its height */
export function legendSvg(
  left: number,
  top: number,
  width: number,
  entries: readonly { readonly name: string; readonly colour: string }[],
): { readonly svg: string; readonly height: number } {
  let [x, y] = [left, top];
  const parts = entries.map(({ name, colour }) => {
    const length = 26 + 7.6 * name.length;
    if (x > left && x + length > left + width) [x, y] = [left, y + 20];
    const mark = `<rect x="${round(x)}" y="${y - 10}" width="11" height="11" rx="2" fill="${colour}" stroke="${GUIDE}" stroke-width="0.5"/>`;
    const words = label(round(x + 16), y, name, "");
    x += length;
    return mark + words;
  });
  return { svg: parts.join(""), height: entries.length === 0 ? 0 : y - top + 20 };
}

/** From pale green to dark blue: the classes of an ordered scale, also told apart in grey. */
const ORDERED = ["#e3efb0", "#93d2b8", "#43a5c4", "#2b6db0", "#2a3b8f"] as const;

/** Colour of class `index` of `count` ordered ones, and the ink that is read on it. */
export function orderedColour(index: number, count: number): { readonly fill: string; readonly ink: string } {
  const place = count === 1 ? 2 : (index / (count - 1)) * (ORDERED.length - 1);
  const lower = Math.min(ORDERED.length - 2, Math.floor(place));
  const part = place - lower;
  const [from, to] = [channels(ORDERED[lower]!), channels(ORDERED[lower + 1]!)];
  const mixed = from.map((value, i) => Math.round(value + (to[i]! - value) * part));
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
