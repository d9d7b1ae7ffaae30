import {
  GRID,
  GUIDE,
  line,
  plotlyTitle,
  round,
  scaleOf,
  POINT,
  sheetSvg,
  xAxisSvg,
  yAxisSvg,
} from "./frame.js";
import type { Figure } from "./plot.js";

export interface ScatterInput {
  /** Places of the points, jittered: x the reference, y the prediction. */
  readonly points: readonly (readonly [number, number])[];
  /** Valid grades: the lines of the grid, and the numbers at the axes where they have room. */
  readonly grid: readonly number[];
  /** Values of both axes. */
  readonly range: readonly [number, number];
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** The numbers in plain text. */
  readonly text: string;
}

const AREA = { left: 72, top: 68, width: 400, height: 400 } as const;

/** Reference against prediction, one point a case, with the line of identity (Niemeyer 2021, Fig 2 and 5). */
export function scatterFigure(input: ScatterInput): Figure {
  return { plotly: plotly(input), svg: svg(input), text: input.text };
}

/** The less opaque the more there are, so that heaps of points show as such. */
function opacity(count: number): number {
  return Math.max(0.2, Math.min(0.7, 8 / Math.sqrt(count)));
}

/** The grid's grades that are written at the axes: all where they have room, else the whole ones. */
function labelled(grid: readonly number[]): readonly number[] {
  return grid.length <= 14 ? grid : grid.filter(Number.isInteger);
}

function plotly({ points, grid, range, title, subtitle, xTitle, yTitle }: ScatterInput): Figure["plotly"] {
  const ticks = labelled(grid);
  const axis = { range, zeroline: false, gridcolor: GRID, tickvals: ticks, ticktext: ticks.map(String) };
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: range,
        y: range,
        name: "identity",
        line: { dash: "dot", color: GUIDE, width: 1 },
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "markers",
        name: "case",
        x: points.map(([x]) => Number(x.toFixed(3))),
        y: points.map(([, y]) => Number(y.toFixed(3))),
        marker: { size: 6, opacity: opacity(points.length), color: POINT },
        hovertemplate: `${xTitle} %{x:.1f}<br>${yTitle} %{y:.1f}<extra></extra>`,
      },
    ],
    layout: {
      title: plotlyTitle(title, subtitle),
      xaxis: { ...axis, title: { text: xTitle }, constrain: "domain" },
      // One grade is as long on either axis: the line of identity lies at 45 degrees.
      yaxis: { ...axis, title: { text: yTitle }, scaleanchor: "x" },
      showlegend: false,
      height: 560,
    },
  };
}

function svg({ points, grid, range, title, subtitle, xTitle, yTitle }: ScatterInput): string {
  const x = scaleOf(range, AREA.left, AREA.left + AREA.width);
  const y = scaleOf(range, AREA.top + AREA.height, AREA.top);
  const shown = new Set(labelled(grid));
  const ticks = grid.map((at) => ({ at, text: shown.has(at) ? String(at) : "" }));
  const [low, high] = range;
  const dots = points.map(([px, py]) => `<circle cx="${round(x(px))}" cy="${round(y(py))}" r="2.6"/>`);
  return sheetSvg(
    { width: AREA.left + AREA.width + 28, height: AREA.top + AREA.height + 60, title, subtitle },
    [
      xAxisSvg(AREA, x, ticks, xTitle),
      yAxisSvg(AREA, y, ticks, yTitle),
      line(x(low), y(low), x(high), y(high), `stroke="${GUIDE}" stroke-dasharray="3 3"`),
      `<g fill="${POINT}" fill-opacity="${opacity(points.length).toFixed(2)}">${dots.join("")}</g>`,
    ],
  );
}
