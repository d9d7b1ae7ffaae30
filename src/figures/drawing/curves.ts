import { alignedText } from "../gradesTable.js";
import { GRID, paddedRange, plotlyTitle, SERIES_COLOURS, ticksOf } from "./frame.js";
import { figureOf, type Figure } from "./plot.js";

/** A named line through points, such as a measure against the size of the training set. */
export interface Curve {
  readonly name: string;
  /** x and y, ascending in x. */
  readonly points: readonly (readonly [number, number])[];
}

export interface CurvesInput {
  readonly curves: readonly Curve[];
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Each doubling of x is as long as the other. */
  readonly isLog: boolean;
}

/** Measures against the size of the training set, or the resolution (Niemeyer 2021, Fig 3 and 4). */
export function curvesFigure(input: CurvesInput): Figure {
  return figureOf(plotly(input), text(input));
}

/** All x of the curves, ascending, each once. */
function placesOf({ curves }: CurvesInput): number[] {
  const places = curves.flatMap(({ points }) => points.map(([x]) => x));
  return [...new Set(places)].sort((a, b) => a - b);
}

/** Where the horizontal axis is labelled: on a logarithmic one at the measured sizes, as far as they have room. */
function xTicks(input: CurvesInput, range: readonly [number, number]): number[] {
  if (!input.isLog) return ticksOf(range);
  const [low, high] = [Math.log(range[0]), Math.log(range[1])];
  let last = -Infinity;
  return placesOf(input).filter((x) => {
    const place = (Math.log(x) - low) / (high - low);
    if (place - last < 0.1) return false;
    last = place;
    return true;
  });
}

function xRange(input: CurvesInput): readonly [number, number] {
  const places = placesOf(input);
  if (!input.isLog) return paddedRange(places, 0.04);
  const [low, high] = paddedRange(places.map(Math.log), 0.04);
  return [Math.exp(low), Math.exp(high)];
}

function yRange({ curves }: CurvesInput): readonly [number, number] {
  return paddedRange(
    curves.flatMap(({ points }) => points.map(([, y]) => y)),
    0.08,
  );
}

function plotly(input: CurvesInput): Figure["plotly"] {
  const { curves, title, subtitle, xTitle, yTitle, isLog } = input;
  const range = xRange(input);
  const ticks = xTicks(input, range);
  return {
    data: curves.map(({ name, points }, i) => ({
      type: "scatter",
      mode: "lines+markers",
      name,
      x: points.map(([x]) => x),
      y: points.map(([, y]) => y),
      line: { color: SERIES_COLOURS[i], width: 2 },
      marker: { size: 8 },
      hovertemplate: `${xTitle} %{x}<br>${yTitle} %{y:.3f}<extra>%{fullData.name}</extra>`,
    })),
    layout: {
      title: plotlyTitle(title, subtitle),
      xaxis: {
        type: isLog ? "log" : "linear",
        range: isLog ? range.map(Math.log10) : range,
        tickvals: ticks,
        ticktext: ticks.map(String),
        zeroline: false,
        gridcolor: GRID,
        title: { text: xTitle },
      },
      yaxis: { range: yRange(input), zeroline: false, gridcolor: GRID, title: { text: yTitle } },
      showlegend: curves.length > 1,
      height: 440,
    },
  };
}

function text(input: CurvesInput): string {
  const { curves, title, subtitle, xTitle } = input;
  const rows = placesOf(input).map((place) => [
    String(place),
    ...curves.map(({ points }) => {
      const point = points.find(([x]) => x === place);
      return point === undefined ? "–" : String(Number(point[1].toPrecision(4)));
    }),
  ]);
  const table = alignedText([[xTitle, ...curves.map(({ name }) => name)], ...rows]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
