/** The head of a still: title, subtitle, and names with their colours. */
import { textWidth, wrapped } from "../../text/index.js";
import type { BarTrace, HeatmapTrace, Layout, ScatterTrace, Titled, Trace } from "./known.js";
import { ROLES } from "./theme.js";
import { modesOf, pointColour, strokeOf } from "./traces.js";
import { box, labels, line, round } from "./words.js";

/** A title's lines, and the baseline of its last one; all is drawn from the sheet's upper edge. */
export interface Head {
  readonly svg: string;
  readonly bottom: number;
}

const MARGIN = 16;
const TITLE_SIZE = 16;

/** Width of a sheet on which the titles need one line each, pixels; 0 where there are none. */
export function headWidth({ text, subtitle }: Titled): number {
  const widest = Math.max(textWidth(text, TITLE_SIZE), textWidth(subtitle?.text ?? ""));
  return widest === 0 ? 0 : widest + 2 * MARGIN;
}

/** Title and subtitle on a sheet of such a width, pixels. */
export function headSvg({ text, subtitle }: Titled, width: number): Head {
  const title = wrapped(text, TITLE_SIZE, width - 2 * MARGIN);
  const more = wrapped(subtitle?.text ?? "", 12, width - 2 * MARGIN);
  const titleBottom = 8 + 20 * title.length;
  return {
    svg:
      labels(MARGIN, 28, title, `font-size="${TITLE_SIZE}"`, 20) +
      labels(MARGIN, titleBottom + 20, more, `fill="${ROLES.softInk}"`, 16),
    bottom: titleBottom + (more.length === 0 ? 0 : 4 + 16 * more.length),
  };
}

/** One name in the legend. */
interface Entry {
  readonly name: string;
  /** Draws the mark with its left end at x, beside words on the baseline y. */
  readonly mark: (x: number, y: number) => string;
  readonly markWidth: number;
}

/** What the legend names: as in plotly all traces with a name, where there are several. */
export function legendEntries(
  data: readonly Trace[],
  { showlegend }: Layout,
  colours: readonly string[],
): Entry[] {
  if (!(showlegend ?? data.length > 1)) return [];
  return data.flatMap((trace, i) =>
    trace.type === "heatmap" || trace.name === undefined || trace.showlegend === false
      ? []
      : [{ name: trace.name, ...markOf(trace, colours[i]!) }],
  );
}

function markOf(trace: Exclude<Trace, HeatmapTrace>, colour: string): Omit<Entry, "name"> {
  return trace.type === "bar" ? barMark(trace, colour) : scatterMark(trace, colour);
}

function barMark({ marker }: BarTrace, colour: string): Omit<Entry, "name"> {
  const fill = typeof marker?.color === "string" ? marker.color : colour;
  return {
    markWidth: 11,
    mark: (x, y) =>
      box(x, y - 10, x + 11, y + 1, `rx="2" fill="${fill}" stroke="#8c959f" stroke-width="0.5"`),
  };
}

function scatterMark(trace: ScatterTrace, colour: string): Omit<Entry, "name"> {
  const modes = modesOf(trace);
  const hasLine = modes.has("lines");
  const markWidth = hasLine ? 22 : 10;
  const dot = (x: number, y: number): string =>
    `<circle cx="${round(x + markWidth / 2)}" cy="${round(y - 4)}" r="4" fill="${pointColour(trace, colour)}"/>`;
  return {
    markWidth,
    mark: (x, y) =>
      (hasLine ? line(x, y - 4, x + markWidth, y - 4, strokeOf(trace.line ?? {}, colour)) : "") +
      (modes.has("markers") ? dot(x, y) : ""),
  };
}

function entryWidth({ name, markWidth }: Entry): number {
  return markWidth + 5 + textWidth(name);
}

/** Width of the longest name with its mark, pixels. */
export function widestEntry(entries: readonly Entry[]): number {
  return Math.max(0, ...entries.map(entryWidth));
}

/** Pixels between two names of a legend, and between its rows. */
const BETWEEN = 16;
const ROW = 20;

/**
 * Names with their marks in a row, and in as many rows as they need.
 * @param top baseline of the first row
 * @returns the drawing and its height, 0 without any name
 */
export function legendSvg(
  entries: readonly Entry[],
  title: string,
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): { readonly svg: string; readonly height: number } {
  if (entries.length === 0) return { svg: "", height: 0 };
  const start = left + (title === "" ? 0 : textWidth(title) + BETWEEN);
  let [x, y] = [start, top];
  const parts = entries.map((entry) => {
    const length = entryWidth(entry);
    if (x > start && x + length > left + width) [x, y] = [start, y + ROW];
    const words = labels(x + entry.markWidth + 5, y, [entry.name], "");
    const mark = entry.mark(x, y);
    x += length + BETWEEN;
    return mark + words;
  });
  const heading = title === "" ? "" : labels(left, top, [title], `fill="${ROLES.softInk}"`);
  return { svg: heading + parts.join(""), height: y - top + ROW };
}
