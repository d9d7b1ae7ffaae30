import { alignedText } from "../gradesTable.js";
import type { Figure } from "./plot.js";
import { label } from "./svg.js";

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
const SIDE = 320;
const LEFT = 72;
const TOP = 76;

/**
 * A reliability diagram: how often the finding was there, against the probability that was given. A trustworthy
 * probability lies on the diagonal; a point's area tells how many cases it stands for.
 *
 * @throws RangeError without any curve, and for numbers that are no shares
 */
export function reliabilityFigure(input: ReliabilityInput): Figure {
  check(input);
  return { plotly: plotly(input), svg: svg(input), text: text(input) };
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

function svg({ curves, title, subtitle }: ReliabilityInput): string {
  const [width, height] = [LEFT + SIDE + 24, TOP + SIDE + 84];
  const x = (share: number): number => LEFT + share * SIDE;
  const y = (share: number): number => TOP + (1 - share) * SIDE;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      line(x(share), y(0), x(share), y(1), `stroke="#e6e9ec"`) +
      line(x(0), y(share), x(1), y(share), `stroke="#e6e9ec"`) +
      label(x(share), y(0) + 18, percent(share), `text-anchor="middle"`) +
      label(x(0) - 8, y(share) + 4, percent(share), `text-anchor="end"`),
  );
  const drawn = curves.map(({ name, points }, i) => {
    const colour = COLOURS[i]!;
    const path = points.map(({ confidence, frequency }) => `${x(confidence)},${y(frequency)}`).join(" ");
    const dots = points.map(
      ({ confidence, frequency, count }) =>
        `<circle cx="${x(confidence)}" cy="${y(frequency)}" r="${radius(count)}" fill="${colour}" fill-opacity="0.8"/>`,
    );
    const at = LEFT + (i * SIDE) / curves.length;
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      dots.join("") +
      `<circle cx="${at + 6}" cy="${height - 14}" r="5" fill="${colour}"/>` +
      label(at + 16, height - 10, name, "")
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="12" fill="#1f2328">` +
    `<rect width="100%" height="100%" fill="#fff"/>` +
    label(16, 28, title, `font-size="16"`) +
    label(16, 48, subtitle, `fill="#57606a"`) +
    ticks.join("") +
    line(x(0), y(0), x(1), y(1), `stroke="#8c959f" stroke-dasharray="3 3"`) +
    drawn.join("") +
    label(x(0.5), y(0) + 42, "probability given", `text-anchor="middle" fill="#57606a"`) +
    label(
      0,
      0,
      "share in which it was so",
      `text-anchor="middle" fill="#57606a" transform="translate(20 ${y(0.5)}) rotate(-90)"`,
    ) +
    "</svg>"
  );
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${attributes}/>`;
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
