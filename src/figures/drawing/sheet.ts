/** Where everything of a still stands: how large the sheet is, and the area that its axes enclose. */
import {
  belowAxis,
  besideAxis,
  stepOf,
  titleBeside,
  widestTick,
  type Area,
  type Axis,
  type BelowAxis,
} from "./axes.js";
import { barStep } from "./bars.js";
import { cellWidth, scaleWidth } from "./heatmap.js";
import { headSvg, headWidth, legendEntries, legendSvg, widestEntry } from "./legend.js";
import { besideWidth } from "./shapes.js";
import type { BarTrace, DrawnFigure, HeatmapTrace, ScatterTrace } from "./known.js";

/** Height of a sheet that tells none, pixels. */
const PLAIN_HEIGHT = 450;
/** Of an area along whose horizontal axis nothing asks for room, pixels. */
const PLAIN_WIDTH = 460;
const LEAST_WIDTH = 280;
/** Of an area on a sheet whose width is given: what is narrower shows nothing, pixels. */
const LEAST_ROOM = 150;
/** Names of categories that would make the area wider than this are turned, pixels. */
const MOST_WIDTH = 1400;
/** A sheet is widened up to this for its titles; longer ones go on in a second line. */
const TITLE_WIDTH = 620;
/** A cell is no lower than its two lines of words, pixels. */
const LEAST_CELL = 42;

/** The traces of a figure by their types, each with its colour. */
export interface Parts {
  readonly bars: readonly BarTrace[];
  readonly cells: readonly HeatmapTrace[];
  readonly points: readonly ScatterTrace[];
  readonly colourOf: ReadonlyMap<object, string>;
}

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly area: Area;
  /** Title, subtitle and legend. */
  readonly head: string;
  readonly below: BelowAxis;
  /** Lines of the vertical axis' title. */
  readonly beside: readonly string[];
}

/**
 * Where everything stands: the area as high as the figure says, and as wide as its bars, cells and names need.
 * @param wanted width of the sheet in pixels, which the area is made narrower, lower or larger for
 */
export function sheetOf(drawn: DrawnFigure, parts: Parts, x: Axis, y: Axis, wanted?: number): Sheet {
  const { data, layout } = drawn;
  const colours = data.map((trace) => parts.colourOf.get(trace)!);
  const entries = legendEntries(data, layout, colours);
  // What a title, a legend and names of one line leave; more lines make the sheet higher.
  const around = 68 + (entries.length > 0 ? 24 : 0) + belowAxis(x, Infinity, false).height;
  const atEase = Math.max(120, (layout.height ?? PLAIN_HEIGHT) - around);
  const right = Math.max(
    28,
    besideWidth(layout.annotations ?? []),
    ...parts.cells.map((trace) => scaleWidth(trace)),
  );
  const planned = (titleHeight: number) => {
    const beside = titleBeside(y, titleHeight);
    const left = besideAxis(y, beside);
    const room = wanted === undefined ? undefined : Math.max(LEAST_ROOM, wanted - left - right);
    return { beside, left, ...areaSize(drawn, parts, [x, y], atEase, room) };
  };
  const first = planned(atEase);
  const { beside, left, ...size } = first.height === atEase ? first : planned(first.height);
  const title = layout.title ?? { text: "" };
  const least = Math.max(
    wanted ?? Math.max(layout.width ?? 0, Math.min(headWidth(title), TITLE_WIDTH)),
    entries.length > 0 ? left + widestEntry(entries) + 16 : 0,
  );
  const width = Math.ceil(Math.max(left + size.width + right, least));
  const area = { left, width: size.isFixed ? size.width : width - left - right, height: size.height };
  const head = headSvg(title, width);
  const legend = legendSvg(entries, layout.legend?.title?.text ?? "", {
    left,
    top: head.bottom + 28,
    width: width - left - 16,
  });
  const top = head.bottom + 20 + (legend.height > 0 ? 4 + legend.height : 0);
  const below = belowAxis(x, area.width, size.isTurned);
  return {
    width,
    below,
    beside,
    head: head.svg + legend.svg,
    area: { ...area, top },
    height: Math.ceil(top + size.height + below.height),
  };
}

interface AreaSize {
  readonly width: number;
  readonly height: number;
  /** Its width stands to its height. */
  readonly isFixed: boolean;
  /** Names of categories have no room side by side. */
  readonly isTurned: boolean;
}

/** Size of the area, pixels: at ease, `height` high; or as it has to be for so much `room` from left to right. */
function areaSize(
  drawn: DrawnFigure,
  parts: Parts,
  axes: readonly [Axis, Axis],
  height: number,
  room?: number,
) {
  const [x, y] = axes;
  if (x.kind === "category") return categorySize(drawn, parts, axes, height, room);
  if (hasEqualUnits(x, y)) {
    const ratio = (x.range[1] - x.range[0]) / (y.range[1] - y.range[0]);
    const width = room ?? height * ratio;
    return { width, height: width / ratio, isFixed: true, isTurned: false };
  }
  const width = room ?? PLAIN_WIDTH;
  return { width, height: inProportion(height, width / PLAIN_WIDTH), isFixed: false, isTurned: false };
}

function categorySize(
  { layout }: DrawnFigure,
  { bars, cells }: Parts,
  [x, y]: readonly [Axis, Axis],
  height: number,
  room?: number,
): AreaSize {
  const count = x.categories.length;
  const isFixed = cells.length > 0;
  const words = Math.max(0, ...cells.map(cellWidth));
  // Cells are squares where their words allow it.
  const square = isFixed ? Math.max(stepOf(y, height), words) : 0;
  const step = Math.max(24, barStep(bars, layout, false), square, widestTick(x) + 12);
  const narrowest = Math.max(24, barStep(bars, layout, true), room === undefined ? square : words);
  if (room === undefined) {
    const isTurned = step * count > MOST_WIDTH;
    const width = (isTurned ? narrowest : step) * count;
    return { width: Math.max(width, isFixed ? 0 : LEAST_WIDTH), height, isFixed, isTurned };
  }
  const given = Math.max(narrowest, room / count);
  return {
    width: given * count,
    height: isFixed
      ? Math.max(given, LEAST_CELL) * y.categories.length
      : inProportion(height, given / Math.max(step, LEAST_WIDTH / count)),
    isFixed,
    isTurned: given < widestTick(x) + 6,
  };
}

/** A height that follows a width which is so many times what it is at ease: less, so that it stays legible and on its page. */
function inProportion(height: number, times: number): number {
  return height * Math.min(1.25, Math.max(0.65, times));
}

/** Whether a unit is as long on either axis: where the figure says so, and where both have the same given range. */
function hasEqualUnits({ description: x, kind }: Axis, { description: y, kind: other }: Axis): boolean {
  if (kind !== "linear" || other !== "linear") return false;
  if (x.scaleanchor !== undefined || y.scaleanchor !== undefined) return true;
  return x.range !== undefined && y.range !== undefined && x.range.join() === y.range.join();
}
