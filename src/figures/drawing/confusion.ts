import { alignedText } from "../gradesTable.js";
import { figureOf, type Figure } from "./plot.js";

export interface ConfusionInput {
  /** Counts: one row per reference class, one column per predicted class. */
  readonly matrix: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly title: string;
  readonly subtitle: string;
}

/** Room that a cell needs, pixels. */
const CELL = 64;

/** Light to dark blue. */
const SCALE = [
  [0, "#f7fbff"],
  [0.25, "#c6dbef"],
  [0.5, "#6baed6"],
  [0.75, "#2171b5"],
  [1, "#08306b"],
] as const;

/**
 * A confusion matrix with the count and the share of its row in every cell, coloured by that share. A class without
 * reference cases has no shares: its row stays empty of colour and shows counts only.
 *
 * @throws RangeError when the matrix is not square over the classes or holds something else than counts
 */
export function confusionFigure(input: ConfusionInput): Figure {
  check(input);
  const shares = input.matrix.map(rowShares);
  return figureOf(plotly(input, shares), text(input));
}

function check({ matrix, classes }: ConfusionInput): void {
  const square = matrix.length === classes.length && matrix.every((row) => row.length === classes.length);
  if (!square || classes.length === 0)
    throw new RangeError(
      `a confusion matrix of ${classes.length} classes needs as many rows and columns, one at least`,
    );
  if (!matrix.flat().every((count) => Number.isFinite(count) && count >= 0))
    throw new RangeError("a confusion matrix holds counts: finite numbers of at least 0");
}

/** Each count over its row's sum; `null` in a row without cases. */
function rowShares(row: readonly number[]): readonly (number | null)[] {
  const sum = row.reduce((total, count) => total + count, 0);
  return row.map((count) => (sum === 0 ? null : count / sum));
}

function shareText(share: number | null): string {
  return share === null ? "" : `${(share * 100).toFixed(0)} %`;
}

function plotly(
  { matrix, classes, title, subtitle }: ConfusionInput,
  shares: readonly (readonly (number | null)[])[],
) {
  const words = matrix.map((row, i) => row.map((count, j) => `${count}<br>${shareText(shares[i]![j]!)}`));
  const axis = { type: "category", showgrid: false, zeroline: false, fixedrange: true };
  return {
    data: [
      {
        type: "heatmap",
        z: shares,
        x: classes,
        y: classes,
        text: words,
        texttemplate: "%{text}",
        hovertemplate: "reference %{y}<br>predicted %{x}<br>%{text}<extra></extra>",
        colorscale: SCALE,
        zmin: 0,
        zmax: 1,
        xgap: 2,
        ygap: 2,
        colorbar: { title: { text: "share of row" }, tickformat: ".0%" },
      },
    ],
    layout: {
      title: { text: title, subtitle: { text: subtitle } },
      xaxis: { ...axis, title: { text: "predicted" } },
      yaxis: { ...axis, title: { text: "reference" }, autorange: "reversed" },
      height: 180 + Math.max(3, classes.length) * CELL,
    },
  };
}

function text({ matrix, classes, title, subtitle }: ConfusionInput): string {
  const rows = [
    ["reference \\ predicted", ...classes],
    ...matrix.map((row, i) => [classes[i]!, ...row.map(String)]),
  ];
  return [title, subtitle, alignedText(rows)].filter((line) => line !== "").join("\n");
}
