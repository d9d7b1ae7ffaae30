import { GRID, GUIDE, paddedRange, plotlyTitle, POINT } from "./frame.js";
import { alignedText } from "../gradesTable.js";
import { figureOf, type Figure } from "./plot.js";
import { decimals, round } from "./words.js";

/** A horizontal line of the plot with its confidence interval; the interval is NaN where it is unknown. */
export interface DifferenceLine {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface DifferencesInput {
  /** Cases of the same mean and difference are one point. */
  readonly points: readonly { readonly mean: number; readonly difference: number; readonly count: number }[];
  /** Bias first, then the limits; those that are known. */
  readonly lines: readonly DifferenceLine[];
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
}

const LINE_COLOUR = "#d55e00";

/** Bland and Altman's plot: difference of two readings against their mean, with bias and limits of agreement. */
export function differencesFigure(input: DifferencesInput): Figure {
  return figureOf(plotly(input), text(input));
}

/** Radii in pixels: areas grow with the cases at that place. Where no cases coincide, all are small dots. */
function radiiOf({ points }: DifferencesInput): number[] {
  const most = points.reduce((largest, { count }) => Math.max(largest, count), 1);
  const full = Math.min(16, 3.5 * Math.sqrt(most));
  return points.map(({ count }) => Math.max(2.5, full * Math.sqrt(count / most)));
}

function xRange({ points }: DifferencesInput): readonly [number, number] {
  return paddedRange(points.map(({ mean }) => mean));
}

function yRange({ points, lines }: DifferencesInput): readonly [number, number] {
  const bounds = lines.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  return paddedRange([0, ...points.map(({ difference }) => difference), ...bounds]);
}

function words({ name, value }: DifferenceLine): string {
  return `${name} ${decimals(value, 2)}`;
}

function plotly(input: DifferencesInput): Figure["plotly"] {
  const { points, lines, title, subtitle, xTitle, yTitle } = input;
  const across = { xref: "paper", x0: 0, x1: 1 };
  return {
    data: [
      {
        type: "scatter",
        mode: "markers",
        x: points.map(({ mean }) => mean),
        y: points.map(({ difference }) => difference),
        text: points.map(({ count }) => (count === 1 ? "1 case" : `${count} cases`)),
        marker: {
          size: radiiOf(input).map((radius) => round(2 * radius)),
          color: POINT,
          opacity: 0.7,
        },
        hovertemplate: `${xTitle} %{x:.2f}<br>${yTitle} %{y:.2f}<br>%{text}<extra></extra>`,
      },
    ],
    layout: {
      title: plotlyTitle(title, subtitle),
      shapes: [
        ...lines
          .filter(({ low, high }) => high > low)
          .map(({ low, high }) => ({
            type: "rect",
            ...across,
            y0: low,
            y1: high,
            fillcolor: LINE_COLOUR,
            opacity: 0.15,
            line: { width: 0 },
            layer: "below",
          })),
        ...lines.map(({ value }, i) => ({
          type: "line",
          ...across,
          y0: value,
          y1: value,
          line: { color: LINE_COLOUR, width: 1.5, dash: i === 0 ? "solid" : "dash" },
          layer: "below",
        })),
      ],
      annotations: lines.map((drawn) => ({
        xref: "paper",
        x: 1,
        xanchor: "left",
        xshift: 6,
        y: drawn.value,
        text: words(drawn),
        showarrow: false,
        align: "left",
      })),
      xaxis: { range: xRange(input), gridcolor: GRID, zeroline: false, title: { text: xTitle } },
      yaxis: {
        range: yRange(input),
        gridcolor: GRID,
        zeroline: true,
        zerolinecolor: GUIDE,
        title: { text: yTitle },
      },
      showlegend: false,
      margin: { r: 130 },
      height: 460,
    },
  };
}

function text({ lines, title, subtitle }: DifferencesInput): string {
  const rows = lines.map(({ name, value, low, high }) => [
    name,
    decimals(value, 3),
    Number.isNaN(low) ? "–" : `${decimals(low, 3)} to ${decimals(high, 3)}`,
  ]);
  const table = alignedText([["", "value", "95 % confidence interval"], ...rows]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
