/**
 * The still of a figure, drawn from the JSON that plotly draws in the browser: one description for both. It knows the part of
 * plotly that our figures are made of (`known.ts`), and refuses what it does not know (`check.ts`).
 */
import {
  axisOf,
  belowAxis,
  besideAxis,
  edges,
  gridSvg,
  scaleOf,
  stepOf,
  titleBeside,
  widestTick,
  xAxisSvg,
  yAxisSvg,
  type Area,
  type Axis,
  type BelowAxis,
  type Reach,
} from "./axes.js";
import { barSpans, barsSvg, barStep } from "./bars.js";
import { checkFigure } from "./check.js";
import { SERIES_COLOURS } from "./frame.js";
import { cellsSvg, cellWidth, colourScaleSvg, scaleWidth } from "./heatmap.js";
import { headSvg, headWidth, legendEntries, legendSvg, widestEntry } from "./legend.js";
import { annotationsSvg, besideWidth, shapesSvg } from "./shapes.js";
import { scatterSvg } from "./traces.js";
import type { BarTrace, DrawnFigure, HeatmapTrace, ScatterTrace } from "./known.js";

/** Height of a sheet that tells none, pixels. */
const PLAIN_HEIGHT = 450;
/** Of an area along whose horizontal axis nothing asks for room, pixels. */
const PLAIN_WIDTH = 460;
const LEAST_WIDTH = 280;
/** Names of categories that would make the area wider than this are turned, pixels. */
const MOST_WIDTH = 1400;
/** A sheet is widened up to this for its titles; longer ones go on in a second line. */
const TITLE_WIDTH = 620;

/** The traces of a figure by their types, each with its colour. */
interface Parts {
  readonly bars: readonly BarTrace[];
  readonly cells: readonly HeatmapTrace[];
  readonly points: readonly ScatterTrace[];
  readonly colourOf: ReadonlyMap<object, string>;
}

/**
 * A figure as an SVG on white ground, with its own width and height.
 * @param figure plotly's JSON: scatter, bar and heatmap traces on one pair of axes; what lies beyond a given range is drawn there,
 *   outside of the area
 * @throws Error that names what of the figure stills do not know
 */
export function drawPlotly(figure: {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
}): string {
  const drawn = checkFigure(figure);
  const parts = partsOf(drawn);
  const [xAxis, yAxis] = axesOf(drawn, parts);
  const sheet = sheetOf(drawn, parts, xAxis, yAxis);
  const { area, width, height } = sheet;
  const { right, bottom } = edges(area);
  const x = scaleOf(xAxis, area.left, right);
  const y = scaleOf(yAxis, bottom, area.top);
  const places = { area, x, y };
  const { shapes = [], annotations = [] } = drawn.layout;
  const step = { x: stepOf(xAxis, area.width), y: stepOf(yAxis, area.height) };
  const { bars, cells, points, colourOf } = parts;
  const barColours = bars.map((trace) => colourOf.get(trace)!);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="12" fill="#1f2328">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    sheet.head,
    gridSvg(area, xAxis, yAxis, x, y),
    shapesSvg(shapes, "below", places),
    ...cells.map((trace) => cellsSvg(trace, step, x, y) + colourScaleSvg(trace, area)),
    barsSvg(bars, drawn.layout, step.x, x, y, barColours),
    ...points.map((trace) => scatterSvg(trace, x, y, colourOf.get(trace)!)),
    shapesSvg(shapes, "above", places),
    xAxisSvg(area, xAxis, x, sheet.below),
    yAxisSvg(area, yAxis, y, sheet.beside),
    annotationsSvg(annotations, places),
    "</svg>",
  ].join("");
}

function partsOf({ data }: DrawnFigure): Parts {
  return {
    bars: data.filter((trace) => trace.type === "bar"),
    cells: data.filter((trace) => trace.type === "heatmap"),
    points: data.filter((trace) => trace.type === "scatter"),
    colourOf: new Map(data.map((trace, i) => [trace, SERIES_COLOURS[i % SERIES_COLOURS.length]!])),
  };
}

function axesOf({ data, layout }: DrawnFigure, { bars, cells, points }: Parts): readonly [Axis, Axis] {
  const isCovered = bars.length > 0 || cells.length > 0;
  const along: Reach = { places: data.flatMap(({ x }) => x), isHeight: false, isCovered };
  const tops = barSpans(bars, layout.barmode === "stack").flatMap((spans) => spans.map(({ to }) => to));
  const up: Reach = {
    places: [...tops, ...[...points, ...cells].flatMap(({ y }) => y)],
    isHeight: bars.length > 0,
    isCovered: cells.length > 0,
  };
  const axes = [axisOf(layout.xaxis, along), axisOf(layout.yaxis, up)] as const;
  if (isCovered && (axes[0].kind !== "category" || (cells.length > 0 && axes[1].kind !== "category")))
    throw new Error(`Bars and cells stand on axes of the type "category": say so of the figure's axes.`);
  return axes;
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly area: Area;
  /** Title, subtitle and legend. */
  readonly head: string;
  readonly below: BelowAxis;
  /** Lines of the vertical axis' title. */
  readonly beside: readonly string[];
}

/** Where everything stands: the area as high as the figure says, and as wide as its bars, cells and names need. */
function sheetOf({ data, layout }: DrawnFigure, parts: Parts, x: Axis, y: Axis): Sheet {
  const entries = legendEntries(
    data,
    layout,
    data.map((trace) => parts.colourOf.get(trace)!),
  );
  // What a title, a legend and names of one line leave; more lines make the sheet higher.
  const around = 68 + (entries.length > 0 ? 24 : 0) + belowAxis(x, Infinity, false).height;
  const areaHeight = Math.max(120, (layout.height ?? PLAIN_HEIGHT) - around);
  const beside = titleBeside(y, areaHeight);
  const left = besideAxis(y, beside);
  const right = Math.max(
    28,
    besideWidth(layout.annotations ?? []),
    ...parts.cells.map((trace) => scaleWidth(trace)),
  );
  const wanted = areaWidth({ data, layout }, parts, x, y, areaHeight);
  const title = layout.title ?? { text: "" };
  const least = Math.max(
    layout.width ?? 0,
    Math.min(headWidth(title), TITLE_WIDTH),
    entries.length > 0 ? left + widestEntry(entries) + 16 : 0,
  );
  const width = Math.ceil(Math.max(left + wanted.width + right, least));
  const area = { left, width: wanted.isFixed ? wanted.width : width - left - right, height: areaHeight };
  const head = headSvg(title, width);
  const legendTop = head.bottom + 28;
  const legend = legendSvg(entries, layout.legend?.title?.text ?? "", {
    left,
    top: legendTop,
    width: width - left - 16,
  });
  const top = head.bottom + 20 + (legend.height > 0 ? 4 + legend.height : 0);
  const below = belowAxis(x, area.width, wanted.isTurned);
  return {
    width,
    below,
    beside,
    head: head.svg + legend.svg,
    area: { ...area, top },
    height: Math.ceil(top + areaHeight + below.height),
  };
}

/** Width of the area, pixels; fixed where it stands to the height, turned where names have no room side by side. */
function areaWidth(
  { layout }: DrawnFigure,
  { bars, cells }: Parts,
  x: Axis,
  y: Axis,
  height: number,
): { readonly width: number; readonly isFixed: boolean; readonly isTurned: boolean } {
  if (x.kind === "category") {
    // Cells are squares where their words allow it.
    const cell = cells.length > 0 ? Math.max(stepOf(y, height), ...cells.map(cellWidth)) : 0;
    const step = Math.max(24, barStep(bars, layout, false), cell, widestTick(x) + 12);
    const isTurned = step * x.categories.length > MOST_WIDTH;
    const least = Math.max(24, barStep(bars, layout, true), cell);
    const width = (isTurned ? least : step) * x.categories.length;
    return {
      width: Math.max(width, cells.length > 0 ? 0 : LEAST_WIDTH),
      isFixed: cells.length > 0,
      isTurned,
    };
  }
  if (hasEqualUnits(x, y)) {
    const [long, high] = [x.range[1] - x.range[0], y.range[1] - y.range[0]];
    return { width: (height * long) / high, isFixed: true, isTurned: false };
  }
  return { width: PLAIN_WIDTH, isFixed: false, isTurned: false };
}

/** Whether a unit is as long on either axis: where the figure says so, and where both have the same given range. */
function hasEqualUnits({ description: x, kind }: Axis, { description: y, kind: other }: Axis): boolean {
  if (kind !== "linear" || other !== "linear") return false;
  if (x.scaleanchor !== undefined || y.scaleanchor !== undefined) return true;
  return x.range !== undefined && y.range !== undefined && x.range.join() === y.range.join();
}
