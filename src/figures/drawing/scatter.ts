import { GRID, GUIDE, plotlyTitle, POINT } from "./frame.js";
import { figureOf, type Figure } from "./plot.js";

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

/** Reference against prediction, one point a case, with the line of identity (Niemeyer 2021, Fig 2 and 5). */
export function scatterFigure(input: ScatterInput): Figure {
  return figureOf(plotly(input), input.text);
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
  const axis = {
    range,
    zeroline: false,
    gridcolor: GRID,
    tickvals: ticks,
    ticktext: ticks.map((tick) => String(Number(tick.toFixed(2)))),
  };
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
