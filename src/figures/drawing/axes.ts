/** The axes of a still: where values lie, ticks with their words, grid lines. */
import { linesOf, textWidth } from "../../text/index.js";
import type { AxisDescription, Place } from "./known.js";
import { balanced, decimals, labels, line, round } from "./words.js";
import { ticksOf } from "./frame.js";
import { ROLES } from "./theme.js";

/** The plot's rectangle in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Maps a value, or the name of a category, to a pixel. */
export type Scale = (value: Place) => number;

export interface Tick {
  readonly at: Place;
  readonly lines: readonly string[];
}

export interface Axis {
  readonly description: AxisDescription;
  readonly kind: "linear" | "log" | "category";
  /** Ends of the axis as {@link placeOf} counts: values, exponents of ten, or numbers of categories; the first lies left or below. */
  readonly range: readonly [number, number];
  readonly categories: readonly string[];
  readonly ticks: readonly Tick[];
  readonly hasGrid: boolean;
}

/** What an axis must hold. */
export interface Reach {
  readonly places: readonly Place[];
  /** Bars stand on it: it begins at their foot, and has room for the numbers on them. */
  readonly isHeight: boolean;
  /** Bars or cells lie along it: no grid is seen between them. */
  readonly isCovered: boolean;
}

/**
 * An axis over what lies along it.
 * @throws Error for names on an axis that is not said to be one of categories, and where nothing tells a range
 */
export function axisOf(description: AxisDescription = {}, reach: Reach): Axis {
  const kind = description.type ?? "linear";
  const hasGrid = description.showgrid ?? !reach.isCovered;
  if (kind === "category") return categoryAxis(description, reach, hasGrid);
  const numbers = reach.places.map((place) => {
    if (typeof place === "number") return place;
    throw new Error(`"${place}" lies on a ${kind} axis: give the axis the type "category".`);
  });
  const { range: given, autorange } = description;
  const ends = given ?? automaticRange(description, numbers, reach.isHeight, kind === "log");
  const range = autorange === "reversed" ? ([ends[1], ends[0]] as const) : ends;
  const whole = given === undefined && numbers.every(Number.isInteger);
  return {
    description,
    kind,
    range,
    categories: [],
    hasGrid,
    ticks: ticksAt(description, kind, ends, whole),
  };
}

function categoryAxis(description: AxisDescription, { places }: Reach, hasGrid: boolean): Axis {
  const categories = [...new Set([...(description.categoryarray ?? []), ...places.map(String)])];
  const ends = [-0.5, categories.length - 0.5] as const;
  const range = description.autorange === "reversed" ? ([ends[1], ends[0]] as const) : ends;
  const ticks = categories.map((name) => ({ at: name, lines: linesOf(name) }));
  return { description, kind: "category", range, categories, ticks, hasGrid };
}

function automaticRange(
  { rangemode }: AxisDescription,
  values: readonly number[],
  isHeight: boolean,
  isLog: boolean,
): readonly [number, number] {
  const fromZero = isHeight || rangemode === "tozero";
  const places = [...(fromZero ? [0] : []), ...(isLog ? values.map(Math.log10) : values)];
  if (places.length === 0) throw new Error("An axis has no values: give it a range.");
  const low = places.reduce((a, b) => Math.min(a, b));
  const high = places.reduce((a, b) => Math.max(a, b));
  const room = high > low ? 0.08 * (high - low) : 0.5;
  return [fromZero && low === 0 ? 0 : low - room, high + room];
}

function ticksAt(
  description: AxisDescription,
  kind: "linear" | "log",
  [low, high]: readonly [number, number],
  isWhole: boolean,
): Tick[] {
  const { tickvals, ticktext, tickformat, dtick } = description;
  if (tickvals !== undefined)
    return tickvals.map((at, i) => ({
      at,
      lines: linesOf(ticktext?.[i] ?? (tickformat ? percent(at) : String(at))),
    }));
  if (kind === "log" && dtick !== undefined)
    throw new Error("A still has no steps on logarithmic axes: give tickvals instead of dtick.");
  if (kind === "log")
    return ticksOf([Math.ceil(low), Math.floor(high)], 5)
      .filter(Number.isInteger)
      .map((power) => ({ at: 10 ** power, lines: [String(10 ** power)] }));
  const values = dtick === undefined ? ticksOf([low, high]) : multiples(dtick, low, high);
  const shown = isWhole ? values.filter(Number.isInteger) : values;
  const digits = Math.max(0, ...shown.map((value) => (String(value).split(".")[1] ?? "").length));
  return shown.map((at) => ({ at, lines: [tickformat ? percent(at) : decimals(at, digits)] }));
}

function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A share from 0 to 1 in words. */
export function percent(share: number): string {
  return `${decimals(100 * share, 0)} %`;
}

/** Where a value lies between the axis' ends, as these are counted. */
function placeOf({ kind, categories }: Axis, value: Place): number {
  if (kind === "category") return categories.indexOf(String(value));
  return kind === "log" ? Math.log10(Number(value)) : Number(value);
}

/** The scale of an axis onto pixels `from` (left or bottom) to `to`. */
export function scaleOf(axis: Axis, from: number, to: number): Scale {
  const [low, high] = axis.range;
  return (value) => from + ((placeOf(axis, value) - low) / (high - low)) * (to - from);
}

/** Pixels from one category to the next. */
export function stepOf({ categories }: Axis, length: number): number {
  return length / categories.length;
}

const TICK_SIZE = 12;
const TITLE_STEP = 16;

/** Width of the widest words at an axis' ticks, pixels. */
export function widestTick({ ticks }: Axis): number {
  return Math.max(0, ...ticks.flatMap(({ lines }) => lines.map((words) => textWidth(words, TICK_SIZE))));
}

/** A tick's words in one line, as they stand upright. */
function turnedWords({ lines }: Tick): string {
  return lines.join(", ");
}

/** Grid and zero lines of both axes, below all else. */
export function gridSvg(area: Area, x: Axis, y: Axis, xScale: Scale, yScale: Scale): string {
  const { right, bottom } = edges(area);
  const upright = (at: Place, ink: string): string =>
    line(xScale(at), area.top, xScale(at), bottom, `stroke="${ink}"`);
  const across = (at: Place, ink: string): string =>
    line(area.left, yScale(at), right, yScale(at), `stroke="${ink}"`);
  const lines = (axis: Axis, draw: typeof upright): string => {
    const { gridcolor, zeroline, zerolinecolor } = axis.description;
    const grid = axis.hasGrid ? axis.ticks.map(({ at }) => draw(at, gridcolor ?? ROLES.grid)).join("") : "";
    const [low, high] = [Math.min(...axis.range), Math.max(...axis.range)];
    const hasZero = axis.kind === "linear" && zeroline !== false && low <= 0 && high >= 0;
    // A colour that is seen on dark ground too is strong on white.
    return (
      `<g stroke-opacity="${gridcolor ? 0.6 : 1}">${grid}</g>` +
      (hasZero ? draw(0, zerolinecolor ?? gridcolor ?? ROLES.grid) : "")
    );
  };
  return lines(x, upright) + lines(y, across);
}

/** Right and bottom edge of an area. */
export function edges({ left, top, width, height }: Area): {
  readonly right: number;
  readonly bottom: number;
} {
  return { right: left + width, bottom: top + height };
}

/** How the words below the horizontal axis are laid out. */
export interface BelowAxis {
  /** Names of categories stand upright where they have no room beside each other. */
  readonly isTurned: boolean;
  readonly titleLines: readonly string[];
  /** Pixels from the area to the sheet's lower edge. */
  readonly height: number;
  /** Pixels from the area to the title. */
  readonly titleAt: number;
}

/** The words below an axis of such a width, pixels. */
export function belowAxis(axis: Axis, width: number, isTurned: boolean): BelowAxis {
  const rows = Math.max(1, ...axis.ticks.map(({ lines }) => lines.length));
  const upright = axis.ticks.map((tick) => textWidth(turnedWords(tick), TICK_SIZE));
  const words = isTurned ? Math.max(0, ...upright) + 12 : 2 + TITLE_STEP * rows;
  const titleLines = balanced(axis.description.title?.text ?? "", TICK_SIZE, width);
  const titleAt = words + 24;
  return {
    isTurned,
    titleLines,
    titleAt,
    height: words + 8 + TITLE_STEP * Math.max(1, titleLines.length) + 18,
  };
}

/** The words of the horizontal axis. */
export function xAxisSvg(area: Area, axis: Axis, scale: Scale, below: BelowAxis): string {
  const { bottom } = edges(area);
  const shown = axis.kind === "category" ? axis.ticks : apart(axis.ticks, scale);
  const ticks = shown.map((tick) => {
    const { at, lines } = tick;
    if (below.isTurned) return turned(scale(at) + 4, bottom + 10, turnedWords(tick), "end");
    const [first, ...more] = lines;
    return (
      labels(scale(at), bottom + 18, [first!], `text-anchor="middle"`) +
      labels(scale(at), bottom + 34, more, `text-anchor="middle" font-size="11" fill="${ROLES.softInk}"`)
    );
  });
  const middle = area.left + area.width / 2;
  const title = `text-anchor="middle" fill="${ROLES.softInk}"`;
  return ticks.join("") + labels(middle, bottom + below.titleAt, below.titleLines, title, TITLE_STEP);
}

/** Ticks whose words do not run into those of the one before. */
function apart(ticks: readonly Tick[], scale: Scale): Tick[] {
  const half = ({ lines }: Tick): number =>
    Math.max(...lines.map((words) => textWidth(words, TICK_SIZE))) / 2;
  const shown: Tick[] = [];
  for (const tick of [...ticks].sort((a, b) => scale(a.at) - scale(b.at))) {
    const last = shown.at(-1);
    if (last === undefined || scale(tick.at) - scale(last.at) >= half(tick) + half(last)) shown.push(tick);
  }
  return shown;
}

function turned(x: number, y: number, words: string, anchor: string, ink = ""): string {
  const turn = `transform="translate(${round(x)} ${round(y)}) rotate(-90)"`;
  return labels(0, 0, [words], `text-anchor="${anchor}"${ink} ${turn}`);
}

/** Lines of the vertical axis' title beside an area of such a height, pixels. */
export function titleBeside({ description }: Axis, height: number): string[] {
  return balanced(description.title?.text ?? "", TICK_SIZE, height + 20);
}

/** Pixels left of the area that the vertical axis' words need. */
export function besideAxis(axis: Axis, titleLines: readonly string[]): number {
  return 16 + (titleLines.length > 0 ? 4 + TITLE_STEP * titleLines.length : 0) + widestTick(axis) + 8;
}

/** The words of the vertical axis; `titleLines` as {@link titleBeside} gives them. */
export function yAxisSvg(area: Area, axis: Axis, scale: Scale, titleLines: readonly string[]): string {
  const ticks = axis.ticks.map(({ at, lines }) =>
    labels(area.left - 8, scale(at) + 4 - 8 * (lines.length - 1), lines, `text-anchor="end"`),
  );
  const middle = area.top + area.height / 2;
  const title = titleLines.map((words, i) =>
    turned(24 + TITLE_STEP * i, middle, words, "middle", ` fill="${ROLES.softInk}"`),
  );
  return ticks.join("") + title.join("");
}
