import { alignedText } from "../gradesTable.js";
import { GRID, plotlyTitle, SERIES_COLOURS } from "./frame.js";
import { figureOf, type Figure } from "./plot.js";

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
  return figureOf(plotly(input), text(input));
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

function text({ classes, series, title, subtitle, xTitle }: HistogramInput): string {
  const rows = classes.map((name, k) => [name, ...series.map(({ counts }) => String(counts[k]))]);
  const table = alignedText([[xTitle, ...series.map(({ name }) => name)], ...rows]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
