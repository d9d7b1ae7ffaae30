import { GRID, orderedColour, plotlyTitle } from "./frame.js";
import { alignedText } from "../gradesTable.js";
import { figureOf, type Figure } from "./plot.js";

export interface DistributionInput {
  readonly classes: readonly string[];
  /** Counts of each class by group; a group has one case at least. */
  readonly groups: readonly { readonly name: string; readonly counts: readonly number[] }[];
  readonly title: string;
  readonly subtitle: string;
  /** What the classes are, such as `pfirrmann`. */
  readonly valueTitle: string;
  /** What the groups are, such as `level`. */
  readonly groupTitle: string;
}

/** Shares of grades in each group, on each other, with the counts in them and the number of cases at the group's name. */
export function distributionFigure(input: DistributionInput): Figure {
  return figureOf(plotly(input), text(input));
}

function totalOf(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function plotly(input: DistributionInput): Figure["plotly"] {
  const { classes, groups, title, subtitle, valueTitle, groupTitle } = input;
  const totals = groups.map(({ counts }) => totalOf(counts));
  const names = groups.map(({ name }, i) => `${name}<br>n = ${totals[i]}`);
  return {
    data: classes.map((name, k) => {
      const { fill, ink } = orderedColour(k, classes.length);
      const counts = groups.map((group) => group.counts[k]!);
      return {
        type: "bar",
        name,
        x: names,
        y: counts.map((count, i) => count / totals[i]!),
        // A share too thin for its number is drawn without it; pointing at it tells.
        text: counts.map(String),
        customdata: counts,
        textposition: "inside",
        insidetextanchor: "middle",
        textangle: 0,
        insidetextfont: { color: ink },
        marker: { color: fill, line: { color: "#8c959f", width: 0.5 } },
        hovertemplate: `%{x}<br>${valueTitle} ${name}: %{customdata} cases, %{y:.1%}<extra></extra>`,
      };
    }),
    layout: {
      title: plotlyTitle(title, subtitle),
      barmode: "stack",
      bargap: 0.2,
      uniformtext: { minsize: 10, mode: "hide" },
      xaxis: { type: "category", categoryarray: names, title: { text: groupTitle } },
      yaxis: { range: [0, 1], gridcolor: GRID, tickformat: ".0%", title: { text: "share of cases" } },
      showlegend: true,
      legend: { title: { text: valueTitle }, traceorder: "reversed" },
      height: 480,
    },
  };
}

function text({ classes, groups, title, subtitle, groupTitle, valueTitle }: DistributionInput): string {
  const rows = groups.map(({ name, counts }) => {
    const total = totalOf(counts);
    return [
      name,
      ...counts.map((count) => `${count} (${Math.round((100 * count) / total)} %)`),
      String(total),
    ];
  });
  const table = alignedText([
    [groupTitle, ...classes.map((name) => `${valueTitle} ${name}`), "cases"],
    ...rows,
  ]);
  return [title, subtitle, table].filter((part) => part !== "").join("\n");
}
