import { GRID, legendSvg, orderedColour, plotlyTitle, round, scaleOf, sheetSvg, yAxisSvg } from "./frame.js";
import { alignedText } from "../gradesTable.js";
import type { Figure } from "./plot.js";
import { label } from "./svg.js";

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

const LEFT = 72;
const HEIGHT = 300;

/** Shares of grades in each group, on each other, with the counts in them and the number of cases at the group's name. */
export function distributionFigure(input: DistributionInput): Figure {
  return { plotly: plotly(input), svg: svg(input), text: text(input) };
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

function svg(input: DistributionInput): string {
  const { classes, groups, title, subtitle, valueTitle, groupTitle } = input;
  const longest = Math.max(
    ...groups.map(({ name, counts }) => Math.max(name.length, String(totalOf(counts)).length + 4)),
  );
  const step = Math.max(60, 7.6 * longest + 14);
  const width = Math.max(step * groups.length, 280);
  const colours = classes.map((_, k) => orderedColour(k, classes.length));
  const head = legendSvg(
    LEFT + 7.6 * valueTitle.length + 12,
    76,
    width - 7.6 * valueTitle.length,
    classes.map((name, k) => ({ name, colour: colours[k]!.fill })),
  );
  const area = { left: LEFT, top: 72 + head.height, width, height: HEIGHT };
  const y = scaleOf([0, 1], area.top + area.height, area.top);
  const bar = 0.76 * (width / groups.length);
  const drawn = groups.map(({ name, counts }, i) => {
    const middle = area.left + ((i + 0.5) * width) / groups.length;
    const total = totalOf(counts);
    let below = 0;
    const parts = counts.map((count, k) => {
      const [from, to] = [y(below / total), y((below + count) / total)];
      below += count;
      const { fill, ink } = colours[k]!;
      const rect = `<rect x="${round(middle - bar / 2)}" y="${round(to)}" width="${round(bar)}" height="${round(from - to)}" fill="${fill}" stroke="#8c959f" stroke-width="0.5"/>`;
      if (from - to < 13) return count === 0 ? "" : rect;
      return (
        rect +
        label(
          round(middle),
          round((from + to) / 2 + 4),
          String(count),
          `text-anchor="middle" font-size="11" fill="${ink}"`,
        )
      );
    });
    return (
      parts.join("") +
      label(round(middle), y(0) + 18, name, `text-anchor="middle"`) +
      label(round(middle), y(0) + 34, `n = ${total}`, `text-anchor="middle" font-size="11" fill="#57606a"`)
    );
  });
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, text: `${Math.round(100 * at)} %` }));
  return sheetSvg({ width: area.left + width + 24, height: area.top + area.height + 74, title, subtitle }, [
    label(LEFT, 76, valueTitle, `fill="#57606a"`),
    head.svg,
    yAxisSvg(area, y, shares, "share of cases"),
    drawn.join(""),
    label(area.left + width / 2, y(0) + 58, groupTitle, `text-anchor="middle" fill="#57606a"`),
  ]);
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
