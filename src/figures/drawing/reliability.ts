import { alignedText } from "../gradesTable.js";
import { figureOf, type Figure } from "./plot.js";

/** Cases with a probability in (low, high]. */
export interface ReliabilityPoint {
  readonly count: number;
  /** Mean probability of the bin's cases. */
  readonly confidence: number;
  /** Share of them in which it was so. */
  readonly frequency: number;
}

export interface ReliabilityInput {
  /** Curves by name, such as before and after calibration; empty bins left out. */
  readonly curves: readonly { readonly name: string; readonly points: readonly ReliabilityPoint[] }[];
  readonly title: string;
  readonly subtitle: string;
}

const COLOURS = ["#8c959f", "#2171b5", "#d4700b"] as const;

/**
 * A reliability diagram: how often the finding was there, against the probability that was given. A trustworthy
 * probability lies on the diagonal; a point's area tells how many cases it stands for.
 *
 * @throws RangeError without any curve, and for numbers that are no shares
 */
export function reliabilityFigure(input: ReliabilityInput): Figure {
  check(input);
  return figureOf(plotly(input), text(input));
}

function check({ curves }: ReliabilityInput): void {
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  if (curves.length === 0 || curves.length > COLOURS.length)
    throw new RangeError(`a reliability diagram has 1 to ${COLOURS.length} curves, not ${curves.length}`);
  const points = curves.flatMap((curve) => curve.points);
  if (!points.every(({ confidence, frequency }) => isShare(confidence) && isShare(frequency)))
    throw new RangeError("a reliability diagram holds probabilities and shares: numbers from 0 to 1");
}

/** Radius in pixels of a point of so many cases. */
function radius(count: number): number {
  return Math.min(12, 2.5 + 0.9 * Math.sqrt(count));
}

function plotly({ curves, title, subtitle }: ReliabilityInput): Figure["plotly"] {
  const axis = { range: [0, 1], zeroline: false };
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: [0, 1],
        y: [0, 1],
        name: "perfect",
        line: { dash: "dot", color: "#8c959f", width: 1 },
        hoverinfo: "skip",
      },
      ...curves.map(({ name, points }, i) => ({
        type: "scatter",
        mode: "lines+markers",
        name,
        x: points.map(({ confidence }) => confidence),
        y: points.map(({ frequency }) => frequency),
        text: points.map(({ count }) => `${count} cases`),
        hovertemplate: "said %{x:.0%}<br>was so in %{y:.0%}<br>%{text}<extra>%{fullData.name}</extra>",
        line: { color: COLOURS[i], width: 2 },
        marker: { size: points.map(({ count }) => 2 * radius(count)), opacity: 0.8 },
      })),
    ],
    layout: {
      title: { text: title, subtitle: { text: subtitle } },
      xaxis: { ...axis, title: { text: "probability given" }, tickformat: ".0%" },
      yaxis: { ...axis, title: { text: "share in which it was so" }, tickformat: ".0%" },
      height: 480,
    },
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function text({ curves, title, subtitle }: ReliabilityInput): string {
  const rows = curves.flatMap(({ name, points }) =>
    points.map(({ confidence, frequency, count }) => [
      name,
      percent(confidence),
      percent(frequency),
      String(count),
    ]),
  );
  const table = alignedText([["", "probability given", "was so", "cases"], ...rows]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
