/** A matrix of scatter plots as so many plots: pure. */
import { fieldsOf, listOf, type Fields } from "./panel.js";

/** Room between two plots, as a part of a plot's place. */
const GAP = 0.1;
/** Plots in a row: more would be smaller than their marks. */
const MOST = 12;

export interface SplomPlots {
  readonly data: readonly Fields[];
  /** Axes, under what the figure says of them. */
  readonly axes: Fields;
}

/**
 * @param index of the trace in its figure, by which its plots share a place in the legend
 * @param colour of its marks where it says none
 */
export function splomPlots(trace: Fields, index: number, colour: string): SplomPlots {
  const { dimensions, diagonal, showupperhalf, showlowerhalf, ...rest } = trace;
  const shown = listOf(dimensions)
    .map(fieldsOf)
    .filter(({ visible }) => visible !== false)
    .slice(0, MOST);
  const isShown = (row: number, column: number): boolean => {
    if (row === column) return fieldsOf(diagonal)["visible"] !== false;
    return row > column ? showlowerhalf !== false : showupperhalf !== false;
  };
  const marker = { color: colour, ...fieldsOf(rest["marker"]) };
  const group = rest["legendgroup"] ?? `splom ${index}`;
  const cells = shown.flatMap((across, column) =>
    shown.flatMap((down, row) => (isShown(row, column) ? [{ across, down, row, column }] : [])),
  );
  const data = cells.map(({ across, down, row, column }, i) => ({
    ...rest,
    type: "scatter",
    mode: "markers",
    x: across["values"],
    y: down["values"],
    xaxis: named("x", column),
    yaxis: named("y", row),
    legendgroup: group,
    showlegend: i === 0 && rest["showlegend"] !== false && rest["name"] !== undefined,
    marker: { ...marker, showscale: i === 0 && fieldsOf(marker)["showscale"] === true },
  }));
  const count = shown.length;
  const axes = shown.flatMap((dimension, i): (readonly [string, Fields])[] => {
    const part = (at: number): [number, number] => [(at + GAP / 2) / count, (at + 1 - GAP / 2) / count];
    const title = { text: dimension["label"] };
    return [
      [`xaxis${i === 0 ? "" : i + 1}`, { domain: part(i), anchor: named("y", count - 1), title }],
      [`yaxis${i === 0 ? "" : i + 1}`, { domain: part(count - 1 - i), anchor: "x", title }],
    ];
  });
  return { data, axes: Object.fromEntries(axes) };
}

function named(letter: string, index: number): string {
  return index === 0 ? letter : `${letter}${index + 1}`;
}
