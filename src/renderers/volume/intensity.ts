/** Intensities: the window in which they are shown, and the grey picture of a slice. */
import type { Vec3 } from "./affine.js";
import type { Volume } from "./nifti.js";
import type { Plane } from "./planes.js";

/** Mid grey lies at the centre; black and white half a width below and above. */
export interface Window {
  readonly centre: number;
  readonly width: number;
}

/** Voxels that are looked at to choose a window; more would not change it visibly. */
const SAMPLES = 200_000;

/**
 * The window from the 1st to the 99th percentile, so that a few very bright voxels do not darken the picture. Values that
 * are not numbers are passed over; a constant volume gets a width of 1.
 */
export function initialWindow({
  voxels,
  slope,
  intercept,
}: Pick<Volume, "voxels" | "slope" | "intercept">): Window {
  const stride = Math.max(1, Math.floor(voxels.length / SAMPLES));
  const sample = new Float32Array(Math.ceil(voxels.length / stride));
  let count = 0;
  for (let i = 0; i < voxels.length; i += stride) {
    const value = voxels[i]! * slope + intercept;
    if (Number.isFinite(value)) sample[count++] = value;
  }
  if (count === 0) return { centre: 0, width: 1 };
  const sorted = sample.subarray(0, count).sort();
  const low = sorted[Math.floor((count - 1) * 0.01)]!;
  const high = sorted[Math.ceil((count - 1) * 0.99)]!;
  return { centre: (low + high) / 2, width: high > low ? high - low : 1 };
}

/** Intensity of a voxel. */
export function intensityAt({ voxels, slope, intercept, size }: Volume, [column, row, slice]: Vec3): number {
  return voxels[(slice * size[1] + row) * size[0] + column]! * slope + intercept;
}

/**
 * Fills `pixels` (RGBA, row by row, `plane.columns` x `plane.rows`) with a slice's greys. Values that are not numbers are
 * black.
 */
export function paintSlice(
  pixels: Uint32Array,
  volume: Volume,
  plane: Plane,
  slice: number,
  window: Window,
): void {
  const { voxels, size } = volume;
  const strides = [1, size[0], size[0] * size[1]] as const;
  const acrossStep = strides[plane.across.axis] * plane.across.sign;
  const downStep = strides[plane.down.axis] * plane.down.sign;
  const start =
    slice * strides[plane.through] +
    (plane.across.sign === 1 ? 0 : (plane.columns - 1) * strides[plane.across.axis]) +
    (plane.down.sign === 1 ? 0 : (plane.rows - 1) * strides[plane.down.axis]);
  // One multiplication and one addition take a stored value to its grey, with a half for rounding.
  const gain = (volume.slope * 255) / window.width;
  const offset = ((volume.intercept - window.centre) / window.width + 0.5) * 255 + 0.5;
  let pixel = 0;
  for (let row = 0; row < plane.rows; row++) {
    let at = start + row * downStep;
    for (let column = 0; column < plane.columns; column++, at += acrossStep) {
      const level = voxels[at]! * gain + offset;
      const grey = level > 255 ? 255 : level > 0 ? level | 0 : 0;
      // Alpha, blue, green, red: every machine that runs VS Code is little endian.
      pixels[pixel++] = 0xff000000 | (grey * 0x010101);
    }
  }
}
