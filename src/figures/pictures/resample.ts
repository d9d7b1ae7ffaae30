/** Making a picture smaller in the plane of its slices, overlays included. */
import type { Outline } from "../../protocol/index.js";
import type { HeatInput } from "./pack.js";

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Each output pixel is the mean of the input area that it covers.
 *
 * @param voxels [slice][row][column]
 * @param to at most as large as `from`
 */
export function shrinkSlices(voxels: Int16Array, from: Grid, to: Grid, slices: number): Int16Array {
  const across = coverage(from.columns, to.columns);
  const down = coverage(from.rows, to.rows);
  const result = new Int16Array(slices * to.rows * to.columns);
  const strip = new Float64Array(from.rows * to.columns);
  for (let slice = 0; slice < slices; slice++) {
    for (let row = 0; row < from.rows; row++) {
      const start = (slice * from.rows + row) * from.columns;
      across.forEach((shares, column) => {
        let sum = 0;
        for (const [source, share] of shares) sum += voxels[start + source]! * share;
        strip[row * to.columns + column] = sum;
      });
    }
    down.forEach((shares, row) => {
      for (let column = 0; column < to.columns; column++) {
        let sum = 0;
        for (const [source, share] of shares) sum += strip[source * to.columns + column]! * share;
        result[(slice * to.rows + row) * to.columns + column] = Math.round(sum);
      }
    });
  }
  return result;
}

/** For each of `to` cells the source cells that it covers and their shares, which sum to 1. */
function coverage(from: number, to: number): readonly (readonly (readonly [number, number])[])[] {
  const step = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const [start, end] = [cell * step, (cell + 1) * step];
    const shares: [number, number][] = [];
    for (let source = Math.floor(start); source < Math.min(from, Math.ceil(end - 1e-9)); source++)
      shares.push([source, (Math.min(end, source + 1) - Math.max(start, source)) / step]);
    return shares;
  });
}

/** Outlines on the smaller grid; pixel centres are whole numbers on both. */
export function shrinkOutlines(outlines: readonly Outline[], from: Grid, to: Grid): readonly Outline[] {
  const [x, y] = [to.columns / from.columns, to.rows / from.rows];
  return outlines.map((outline) => ({
    ...outline,
    corners: outline.corners.map(
      ([column, row]) => [(column + 0.5) * x - 0.5, (row + 0.5) * y - 0.5] as const,
    ),
  }));
}

/** Heat on the smaller grid: each cell takes the strongest value under it, so that a small hotspot is never lost. */
export function shrinkHeat(layer: HeatInput, from: Grid, to: Grid): HeatInput {
  const across = axis(layer.origin[0], layer.columns, to.columns / from.columns);
  const down = axis(layer.origin[1], layer.rows, to.rows / from.rows);
  const values = new Uint8Array(layer.slices * down.count * across.count);
  for (let slice = 0; slice < layer.slices; slice++)
    for (let row = 0; row < layer.rows; row++)
      for (let column = 0; column < layer.columns; column++) {
        const value = layer.values[(slice * layer.rows + row) * layer.columns + column]!;
        const target = (slice * down.count + down.cellOf(row)) * across.count + across.cellOf(column);
        values[target] = Math.max(values[target]!, value);
      }
  return {
    ...layer,
    origin: [across.first, down.first, layer.origin[2]],
    columns: across.count,
    rows: down.count,
    values,
  };
}

/** The cells of the smaller grid that a run of pixels falls on, by the pixels' centres. */
function axis(origin: number, length: number, scale: number) {
  const cell = (index: number): number => Math.floor((origin + index + 0.5) * scale);
  const first = cell(0);
  return { first, count: cell(length - 1) - first + 1, cellOf: (index: number) => cell(index) - first };
}
