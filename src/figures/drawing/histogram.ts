import { alignedText } from "../gradesTable.js";
import {
  GRID,
  legendSvg,
  plotlyTitle,
  round,
  scaleOf,
  SERIES_COLOURS,
  sheetSvg,
  ticksOf,
  yAxisSvg,
} from "./frame.js";
import type { Figure } from "./plot.js";
import { label } from "./svg.js";

export interface HistogramInput {
  readonly classes: readonly string[];
  /** Counts of each class by reader, or by part of the data; 1 to as many as there are colours. */
  readonly series: readonly { readonly name: string; readonly counts: readonly number[] }[];
  /** One bar a class with its parts on each other, instead of bars side by side. */
  readonly isStacked: boolean;
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
}

const LEFT = 72;
const HEIGHT = 300;

/**
 * Counts of grades: readers side by side (Jamaludin 2017, Fig 6), or the parts of a data set on each other with the sum above
 * (Niemeyer 2021, Fig 1). The count stands on every bar.
 *
 * @throws RangeError with other than one count a class
 */
export function histogramFigure(input: HistogramInput): Figure {
  const { series, classes } = input;
  if (!series.every(({ counts }) => counts.length === classes.length))
    throw new RangeError(`A histogram of ${classes.length} classes needs as many counts in each series.`);
  return { plotly: plotly(input), svg: svg(input), text: text(input) };
}

/** Black on the lighter colours of the palette. */
const INKS = ["#ffffff", "#1f2328", "#ffffff", "#1f2328", "#1f2328", "#ffffff", "#1f2328"] as const;

function sumsOf({ classes, series }: HistogramInput): number[] {
  return classes.map((_, k) => series.reduce((total, { counts }) => total + counts[k]!, 0));
}

function plotly(input: HistogramInput): Figure["plotly"] {
  const { classes, series, isStacked, title, subtitle, xTitle } = input;
  const sums = sumsOf(input);
  return {
    data: [
      ...series.map(({ name, counts }, i) => ({
        type: "bar",
        name,
        x: classes,
        y: counts,
        text: counts.map((count) => (count === 0 ? "" : String(count))),
        textposition: isStacked ? "inside" : "outside",
        insidetextanchor: "middle",
        textangle: 0,
        cliponaxis: false,
        ...(isStacked ? { insidetextfont: { color: INKS[i] } } : {}),
        marker: { color: SERIES_COLOURS[i] },
        hovertemplate: `${xTitle} %{x}<br>%{y} cases<extra>%{fullData.name}</extra>`,
      })),
      ...(isStacked && series.length > 1
        ? [
            {
              type: "scatter",
              mode: "text",
              x: classes,
              y: sums,
              text: sums.map(String),
              textposition: "top center",
              cliponaxis: false,
              hoverinfo: "skip",
              showlegend: false,
            },
          ]
        : []),
    ],
    layout: {
      title: plotlyTitle(title, subtitle),
      barmode: isStacked ? "stack" : "group",
      bargap: 0.25,
      ...(isStacked ? { uniformtext: { minsize: 10, mode: "hide" } } : {}),
      xaxis: { type: "category", categoryarray: classes, title: { text: xTitle } },
      yaxis: { gridcolor: GRID, title: { text: "cases" }, rangemode: "tozero" },
      showlegend: series.length > 1,
      legend: { traceorder: "normal" },
      height: 460,
    },
  };
}

function svg(input: HistogramInput): string {
  const { classes, series, isStacked, title, subtitle, xTitle } = input;
  const bars = isStacked ? 1 : series.length;
  // A count of four digits has room on its bar.
  const barWidth = Math.max(30, Math.min(64, 150 / bars));
  const cell = barWidth * bars + 20;
  const width = Math.max(cell * classes.length, 280);
  const head = series.length > 1 ? legendSvg(LEFT, 76, width, entries(input)) : { svg: "", height: 0 };
  const area = { left: LEFT, top: 84 + head.height, width, height: HEIGHT };
  const sums = sumsOf(input);
  const most = Math.max(1, ...(isStacked ? sums : series.flatMap(({ counts }) => counts)));
  const y = scaleOf([0, most * 1.08], area.top + area.height, area.top);
  const ticks = ticksOf([0, most * 1.08], 5).filter(Number.isInteger);
  const step = width / classes.length;
  const drawn = classes.map((name, k) => {
    const middle = area.left + (k + 0.5) * step;
    const words = label(round(middle), y(0) + 18, name, `text-anchor="middle"`);
    const columns = isStacked
      ? stackedBars(series, k, middle - barWidth / 2, barWidth, y)
      : series.map(({ counts }, i) =>
          besideBar(counts[k]!, i, middle + (i - bars / 2) * barWidth, barWidth, y),
        );
    const total =
      isStacked && series.length > 1
        ? label(round(middle), round(y(sums[k]!) - 5), String(sums[k]), `text-anchor="middle"`)
        : "";
    return words + columns.join("") + total;
  });
  return sheetSvg({ width: area.left + width + 24, height: area.top + area.height + 60, title, subtitle }, [
    head.svg,
    yAxisSvg(
      area,
      y,
      ticks.map((at) => ({ at, text: String(at) })),
      "cases",
    ),
    drawn.join(""),
    label(area.left + width / 2, y(0) + 42, xTitle, `text-anchor="middle" fill="#57606a"`),
  ]);
}

function entries({ series }: HistogramInput) {
  return series.map(({ name }, i) => ({ name, colour: SERIES_COLOURS[i]! }));
}

function besideBar(count: number, i: number, left: number, width: number, y: (v: number) => number): string {
  return (
    rect(left + 1, y(count), width - 2, y(0) - y(count), SERIES_COLOURS[i]!) +
    label(round(left + width / 2), round(y(count) - 5), String(count), `text-anchor="middle" font-size="11"`)
  );
}

function stackedBars(
  series: HistogramInput["series"],
  k: number,
  left: number,
  width: number,
  y: (v: number) => number,
): string[] {
  let below = 0;
  return series.map(({ counts }, i) => {
    const [from, to] = [y(below), y(below + counts[k]!)];
    below += counts[k]!;
    // With several series the sum stands above; a part too flat for its number goes without, the table has it.
    const words =
      series.length === 1
        ? label(
            round(left + width / 2),
            round(to - 5),
            String(counts[k]),
            `text-anchor="middle" font-size="11"`,
          )
        : from - to >= 13
          ? label(
              round(left + width / 2),
              round((from + to) / 2 + 4),
              String(counts[k]),
              `text-anchor="middle" font-size="11" fill="${INKS[i]}"`,
            )
          : "";
    return rect(left, to, width, from - to, SERIES_COLOURS[i]!) + words;
  });
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
}

function text({ classes, series, title, subtitle, xTitle }: HistogramInput): string {
  const rows = classes.map((name, k) => [name, ...series.map(({ counts }) => String(counts[k]))]);
  const table = alignedText([[xTitle, ...series.map(({ name }) => name)], ...rows]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
