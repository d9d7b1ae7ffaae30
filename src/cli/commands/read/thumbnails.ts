import { join } from "node:path";
import { imaging } from "../../../api/index.js";
import { autoWindow } from "../../../figures/index.js";
import { writeAtomically } from "../../../notebook/index.js";

/** Longest side in pixels. */
export const THUMBNAIL_SIDE = 128;

/** What became of one series' thumbnail: its file, or why there is none. */
export interface Thumbnail {
  readonly series: string;
  readonly file?: string;
  /** A sentence for people. */
  readonly problem?: string;
}

/**
 * Writes the middle slice of each series as `folder/<series id>.png`; names and pictures carry no identity. A series whose
 * pixels cannot be read has none, and the others still get theirs.
 *
 * @returns one for each series, in their order
 */
export async function writeThumbnails(
  series: readonly imaging.Series[],
  folder: string,
  signal: AbortSignal,
): Promise<Thumbnail[]> {
  const made: Thumbnail[] = [];
  for (const one of series) {
    signal.throwIfAborted();
    made.push(await writeThumbnail(one, join(folder, `${one.id}.png`)));
  }
  return made;
}

async function writeThumbnail(series: imaging.Series, file: string): Promise<Thumbnail> {
  let volume: imaging.Volume;
  try {
    volume = await series.load();
  } catch (error) {
    if (error instanceof imaging.ImagingError) return { series: series.id, problem: error.message };
    throw error;
  }
  const { pixels, width, height } = thumbnail(volume);
  await writeAtomically(file, imaging.encodePng(pixels, width, height));
  return { series: series.id, file };
}

/**
 * The middle slice with the grey levels of a display (1st to 99th percentile of the whole volume) and with pixels that are
 * square in mm. It is never enlarged along its longer side.
 */
export function thumbnail(volume: imaging.Volume): {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
} {
  const { columns, rows, slices, spacing } = volume;
  const middle = Math.floor(slices / 2) * rows * columns;
  const slice = volume.voxels.subarray(middle, middle + rows * columns);
  const window = windowOf(volume.voxels);
  const [wide, high] = [columns * spacing[0], rows * spacing[1]];
  const side = Math.min(THUMBNAIL_SIDE, Math.max(columns, rows));
  const width = Math.max(1, Math.round((side * wide) / Math.max(wide, high)));
  const height = Math.max(1, Math.round((side * high) / Math.max(wide, high)));
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const value = boxMean(
        slice,
        columns,
        [(row * rows) / height, ((row + 1) * rows) / height],
        [(column * columns) / width, ((column + 1) * columns) / width],
      );
      const grey = Math.round(((value - window.low) / (window.high - window.low)) * 255);
      pixels[row * width + column] = Math.min(255, Math.max(0, grey));
    }
  return { pixels, width, height };
}

/** Mean of the pixels whose places begin in the box; of the one around it where the box is smaller than a pixel. */
function boxMean(
  slice: imaging.Volume["voxels"],
  columns: number,
  [top, bottom]: readonly [number, number],
  [left, right]: readonly [number, number],
): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(top); row < Math.max(bottom, Math.floor(top) + 1); row++)
    for (let column = Math.floor(left); column < Math.max(right, Math.floor(left) + 1); column++) {
      const value = slice[row * columns + column];
      if (value === undefined || !Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
  return count === 0 ? 0 : sum / count;
}

/** The window of displays; values that are not 16-bit whole numbers are spread over 0 to 4095 to find it. */
function windowOf(voxels: imaging.Volume["voxels"]): { readonly low: number; readonly high: number } {
  let [base, scale] = [0, 1];
  let whole: Int16Array;
  if (voxels instanceof Int16Array) whole = voxels;
  else {
    let [low, high] = [Infinity, -Infinity];
    for (const value of voxels)
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (low > high) return { low: 0, high: 1 };
    [base, scale] = [low, 4095 / (high - low || 1)];
    whole = Int16Array.from(voxels, (value) =>
      Number.isFinite(value) ? Math.round((value - base) * scale) : 0,
    );
  }
  const { centre, width } = autoWindow(whole);
  return { low: base + (centre - width / 2) / scale, high: base + (centre + width / 2) / scale };
}
