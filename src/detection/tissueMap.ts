import type { Predictor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { intensityScale } from "./intensity.js";
import { DETECTION_SPACING, TISSUES } from "./tissue.js";

/** Rows and columns that the network takes are multiples of this: it halves four times. */
const MULTIPLE = 16;

/** Tissue probabilities of one slice at {@link DETECTION_SPACING}. */
export interface TissueMap {
  readonly rows: number;
  readonly columns: number;
  /** [tissue][row][column], summing to 1 over the tissues. */
  readonly probabilities: Float32Array;
  /** Pixels of the slice per pixel of the map, along columns and rows. */
  readonly columnStep: number;
  readonly rowStep: number;
}

/** Position in the slice of a position in the map. */
export function toSlice(
  map: Pick<TissueMap, "columnStep" | "rowStep">,
  row: number,
  column: number,
): { row: number; column: number } {
  return { row: (row + 0.5) * map.rowStep - 0.5, column: (column + 0.5) * map.columnStep - 0.5 };
}

/** Probability of one tissue at a pixel index. */
export function probability(map: TissueMap, tissue: number, index: number): number {
  return map.probabilities[tissue * map.rows * map.columns + index]!;
}

/**
 * One slice resampled to 1 mm (mean of 2 x 2 points a pixel) and standardised, padded to what the network takes.
 * @param window only this part is filled; all of it unless given
 */
export function prepareSlice(
  volume: Volume,
  slice: number,
  window?: MapWindow,
): { values: Float32Array; rows: number; columns: number; columnStep: number; rowStep: number } {
  const { rows: height, columns: width, spacing } = volume;
  const pixels = volume.voxels.subarray(slice * height * width, (slice + 1) * height * width);
  const { mean, deviation } = intensityScale(pixels);
  const [columnStep, rowStep] = [DETECTION_SPACING / spacing[0], DETECTION_SPACING / spacing[1]];
  const pad = (size: number): number => Math.ceil(size / MULTIPLE) * MULTIPLE;
  const [rows, columns] = [pad(height / rowStep), pad(width / columnStep)];
  const values = new Float32Array(rows * columns);
  const { top, bottom, left, right } = fittingWindow(window, rows, columns);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      let sum = 0;
      for (const oy of [0.25, 0.75])
        for (const ox of [0.25, 0.75]) {
          const row = (y + oy) * rowStep - 0.5;
          const column = (x + ox) * columnStep - 0.5;
          const [r, c] = [Math.floor(row), Math.floor(column)];
          if (r < 0 || c < 0 || r >= height - 1 || c >= width - 1) continue;
          const [fr, fc] = [row - r, column - c];
          const i = r * width + c;
          sum +=
            (pixels[i]! * (1 - fc) + pixels[i + 1]! * fc) * (1 - fr) +
            (pixels[i + width]! * (1 - fc) + pixels[i + width + 1]! * fc) * fr;
        }
      values[y * columns + x] = (sum / 4 - mean) / deviation;
    }
  return { values, rows, columns, columnStep, rowStep };
}

/** Part of a map: rows top to bottom and columns left to right, the last ones excluded. */
export interface MapWindow {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A window of a map grown to a size that the network takes; the whole map where there is none. */
function fittingWindow(window: MapWindow | undefined, rows: number, columns: number): MapWindow {
  if (window === undefined) return { top: 0, bottom: rows, left: 0, right: columns };
  const grow = (from: number, to: number, limit: number): [number, number] => {
    const size = Math.min(limit, Math.ceil((to - from) / MULTIPLE) * MULTIPLE);
    const start = Math.min(from, limit - size);
    return [start, start + size];
  };
  const [top, bottom] = grow(window.top, window.bottom, rows);
  const [left, right] = grow(window.left, window.right, columns);
  return { top, bottom, left, right };
}

/**
 * Tissue probabilities of one slice of an upright sagittal volume. With a window only that part is read; all else is
 * background.
 */
export async function tissueMap(
  predictor: Predictor,
  volume: Volume,
  slice: number,
  window?: MapWindow,
): Promise<TissueMap> {
  const { values, rows, columns, columnStep, rowStep } = prepareSlice(volume, slice, window);
  const part = fittingWindow(window, rows, columns);
  const [height, width] = [part.bottom - part.top, part.right - part.left];
  const input = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    const from = (part.top + row) * columns + part.left;
    input.set(values.subarray(from, from + width), row * width);
  }
  const { tissue } = await predictor.run({ input: { values: input, shape: [1, 1, height, width] } });
  if (tissue!.shape[1] !== TISSUES.length)
    throw new Error("The detector's weights belong to another version of the tissue classes.");
  if (height === rows && width === columns)
    return { rows, columns, columnStep, rowStep, probabilities: tissue!.values };
  const probabilities = new Float32Array(TISSUES.length * rows * columns);
  probabilities.fill(1, 0, rows * columns);
  for (let k = 0; k < TISSUES.length; k++)
    for (let row = 0; row < height; row++) {
      const from = (k * height + row) * width;
      const to = (k * rows + part.top + row) * columns + part.left;
      probabilities.set(tissue!.values.subarray(from, from + width), to);
    }
  return { rows, columns, columnStep, rowStep, probabilities };
}
