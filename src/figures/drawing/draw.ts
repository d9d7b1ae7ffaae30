/**
 * The still of a figure, drawn from the JSON that plotly draws in the browser: one description for both. It knows the part of
 * plotly that our figures are made of (`known.ts`), and refuses what it does not know (`check.ts`).
 */
import {
  axisOf,
  edges,
  gridSvg,
  scaleOf,
  stepOf,
  xAxisSvg,
  yAxisSvg,
  type Axis,
  type Reach,
} from "./axes.js";
import { barSpans, barsSvg } from "./bars.js";
import { checkFigure } from "./check.js";
import { SERIES_COLOURS } from "./frame.js";
import { cellsSvg, colourScaleSvg } from "./heatmap.js";
import { annotationsSvg, shapesSvg } from "./shapes.js";
import { sheetOf, type Parts } from "./sheet.js";
import { inTheme, ROLES, type Theme } from "./theme.js";
import { scatterSvg } from "./traces.js";
import type { DrawnFigure } from "./known.js";

/** How a still is drawn. */
export interface Drawing {
  /** `light` unless given. */
  readonly theme?: Theme;
  /** Width of the sheet in pixels, of which the words are 11 to 16; as wide as the figure is at ease unless given. What cannot be narrower is wider. */
  readonly width?: number | undefined;
}

/**
 * A figure as an SVG on its theme's ground, with its own width and height.
 * @param figure plotly's JSON: scatter, bar and heatmap traces on one pair of axes; what lies beyond a given range is drawn there,
 *   outside of the area
 * @throws Error that names what of the figure stills do not know
 */
export function drawPlotly(
  figure: {
    readonly data: readonly unknown[];
    readonly layout: Readonly<Record<string, unknown>>;
  },
  { theme = "light", width: wanted }: Drawing = {},
): string {
  const drawn = checkFigure(figure);
  const parts = partsOf(drawn);
  const [xAxis, yAxis] = axesOf(drawn, parts);
  const sheet = sheetOf(drawn, parts, xAxis, yAxis, wanted);
  const { area, width, height } = sheet;
  const { right, bottom } = edges(area);
  const x = scaleOf(xAxis, area.left, right);
  const y = scaleOf(yAxis, bottom, area.top);
  const places = { area, x, y };
  const { shapes = [], annotations = [] } = drawn.layout;
  const step = { x: stepOf(xAxis, area.width), y: stepOf(yAxis, area.height) };
  const { bars, cells, points, colourOf } = parts;
  const barColours = bars.map((trace) => colourOf.get(trace)!);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="12" fill="${ROLES.ink}">`,
    `<rect width="100%" height="100%" fill="${ROLES.ground}"/>`,
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
  return inTheme(svg, theme);
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
