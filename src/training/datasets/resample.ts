import { toPatient } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";

/** Pixels whose sides differ by less than this part are square. */
const SQUARE = 0.01;

/** Points along either side of a new pixel whose mean it is. */
const POINTS = 2;

/**
 * The side (mm) of the square pixels that slices are given: that of their finer side, or `least` where that is coarser; undefined where
 * they can stay as they are.
 */
export function squareSide({ spacing: [x, y] }: Pick<Volume, "spacing">, least: number): number | undefined {
  const side = Math.max(least, Math.min(x, y));
  return Math.abs(x / y - 1) < SQUARE && side <= Math.max(x, y) ? undefined : side;
}

/** Value at a row and column (fractional) of a slice that begins at `start`; at the border that of the nearest pixel. */
function bilinear({ voxels, rows, columns }: Volume, start: number, row: number, column: number): number {
  const [y, x] = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))];
  const [r, c] = [
    Math.min(Math.floor(y), Math.max(0, rows - 2)),
    Math.min(Math.floor(x), Math.max(0, columns - 2)),
  ];
  const [down, right] = [rows > 1 ? columns : 0, columns > 1 ? 1 : 0];
  const i = start + r * columns + c;
  const [fr, fc] = [y - r, x - c];
  return (
    (voxels[i]! * (1 - fc) + voxels[i + right]! * fc) * (1 - fr) +
    (voxels[i + down]! * (1 - fc) + voxels[i + down + right]! * fc) * fr
  );
}

/**
 * A volume with square pixels of this side (mm) in every slice; its slices stay.
 * @param kind signals are means of what a new pixel covers, labels those of the nearest old pixel
 */
export function withSquarePixels(volume: Volume, side: number, kind: "signal" | "labels"): Volume {
  const { spacing, affine, voxels, slices } = volume;
  const [x, y] = [side / spacing[0], side / spacing[1]];
  const [columns, rows] = [
    Math.max(1, Math.round(volume.columns / x)),
    Math.max(1, Math.round(volume.rows / y)),
  ];
  const result =
    voxels instanceof Int16Array
      ? new Int16Array(slices * rows * columns)
      : new Float32Array(slices * rows * columns);
  const isWhole = voxels instanceof Int16Array;
  const nearest = (at: number, size: number): number => Math.min(size - 1, Math.max(0, Math.round(at)));
  let target = 0;
  for (let slice = 0; slice < slices; slice++) {
    const start = slice * volume.rows * volume.columns;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        if (kind === "labels") {
          const r = nearest((row + 0.5) * y - 0.5, volume.rows);
          const c = nearest((column + 0.5) * x - 0.5, volume.columns);
          result[target++] = voxels[start + r * volume.columns + c]!;
          continue;
        }
        let sum = 0;
        for (let v = 0; v < POINTS; v++)
          for (let u = 0; u < POINTS; u++)
            sum += bilinear(
              volume,
              start,
              (row + (v + 0.5) / POINTS) * y - 0.5,
              (column + (u + 0.5) / POINTS) * x - 0.5,
            );
        const mean = sum / POINTS ** 2;
        result[target++] = isWhole ? Math.round(mean) : mean;
      }
  }
  const [ox, oy, oz] = toPatient(volume, [0.5 * x - 0.5, 0.5 * y - 0.5, 0]);
  const scaled = affine.map((value, i) =>
    i >= 12 ? value : i % 4 === 0 ? value * x : i % 4 === 1 ? value * y : value,
  );
  [scaled[3], scaled[7], scaled[11]] = [ox, oy, oz];
  return { ...volume, voxels: result, rows, columns, spacing: [side, side, spacing[2]], affine: scaled };
}

/** Slices `first`, `first + step` ... of a volume, `count` of them, as a volume of its own. */
export function sliceRange(volume: Volume, first: number, count: number, step = 1): Volume {
  const size = volume.rows * volume.columns;
  const voxels =
    volume.voxels instanceof Int16Array ? new Int16Array(count * size) : new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const from = (first + i * step) * size;
    voxels.set(volume.voxels.subarray(from, from + size), i * size);
  }
  const affine = volume.affine.map((value, i) => (i < 12 && i % 4 === 2 ? value * step : value));
  [affine[3], affine[7], affine[11]] = toPatient(volume, [0, 0, first]);
  const [x, y, z] = volume.spacing;
  return { ...volume, voxels, slices: count, spacing: [x, y, z * step], affine };
}
