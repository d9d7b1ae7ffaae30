import { alignedText } from "../gradesTable.js";
import type { Figure } from "./plot.js";
import { label } from "./svg.js";

export interface ConfusionInput {
  /** Counts: one row per reference class, one column per predicted class. */
  readonly matrix: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly title: string;
  readonly subtitle: string;
}

const CELL = 64;
const LEFT = 96;
const TOP = 76;

/** Light to dark blue; the number's colour changes where the ground gets dark. */
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
  return { plotly: plotly(input, shares), svg: svg(input, shares), text: text(input) };
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

function svg(
  { matrix, classes, title, subtitle }: ConfusionInput,
  shares: readonly (readonly (number | null)[])[],
): string {
  const side = classes.length * CELL;
  const width = Math.max(LEFT + side + 24, 340);
  const height = TOP + side + 56;
  const cells = matrix.flatMap((row, i) => row.map((count, j) => cellSvg(count, shares[i]![j]!, i, j)));
  const names = classes.flatMap((name, i) => {
    const middle = (i + 0.5) * CELL;
    return [
      label(LEFT - 8, TOP + middle + 4, name, `text-anchor="end"`),
      label(LEFT + middle, TOP + side + 18, name, `text-anchor="middle"`),
    ];
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="12" fill="#1f2328">` +
    `<rect width="100%" height="100%" fill="#fff"/>` +
    label(16, 28, title, `font-size="16"`) +
    label(16, 48, subtitle, `fill="#57606a"`) +
    cells.join("") +
    names.join("") +
    label(LEFT + side / 2, TOP + side + 42, "predicted", `text-anchor="middle" fill="#57606a"`) +
    label(
      0,
      0,
      "reference",
      `text-anchor="middle" fill="#57606a" transform="translate(20 ${TOP + side / 2}) rotate(-90)"`,
    ) +
    "</svg>"
  );
}

function cellSvg(count: number, share: number | null, row: number, column: number): string {
  const [x, y] = [LEFT + column * CELL, TOP + row * CELL];
  const ink = (share ?? 0) > 0.5 ? "#fff" : "#1f2328";
  const square = `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill="${share === null ? "#eee" : shade(share)}"/>`;
  const centred = `text-anchor="middle" fill="${ink}"`;
  return (
    square +
    label(x + CELL / 2, y + CELL / 2, String(count), `${centred} font-size="15"`) +
    label(x + CELL / 2, y + CELL / 2 + 17, shareText(share), `${centred} font-size="11"`)
  );
}

/** Colour of a share 0..1 on {@link SCALE}. */
function shade(share: number): string {
  const upper = Math.max(
    1,
    SCALE.findIndex(([stop]) => share <= stop),
  );
  const [[from, low], [to, high]] = [SCALE[upper - 1]!, SCALE[upper]!];
  const part = (share - from) / (to - from);
  const channel = (at: number): number => {
    const [a, b] = [low, high].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
      number,
      number,
    ];
    return Math.round(a + (b - a) * part);
  };
  return `rgb(${channel(1)},${channel(3)},${channel(5)})`;
}

function text({ matrix, classes, title, subtitle }: ConfusionInput): string {
  const rows = [
    ["reference \\ predicted", ...classes],
    ...matrix.map((row, i) => [classes[i]!, ...row.map(String)]),
  ];
  return [title, subtitle, alignedText(rows)].filter((line) => line !== "").join("\n");
}
