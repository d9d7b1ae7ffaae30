import assert from "node:assert/strict";
import { ImagingError, type Volume } from "../../src/imaging/index.js";

/** Fails unless `actual` is within `tolerance` of `expected`. */
export function close(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

/** The code of the ImagingError a promise rejects with; also checks that it is one sentence without a folder in it. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (thrown) {
    assert.ok(thrown instanceof ImagingError, `not an ImagingError: ${String(thrown)}`);
    assert.match(thrown.message, /^\S.*\.$/);
    assert.doesNotMatch(thrown.message, /[\\/](tmp|work|home)[\\/]|\n/);
    return thrown.code;
  }
  return "none";
}

/** A sagittal stack of 6 x 7 x 4 distinct voxels, tilted by a few degrees, with three different spacings. */
export function slanted(type: typeof Int16Array | typeof Float32Array): Volume {
  const [columns, rows, slices] = [6, 7, 4];
  const spacing = [0.6, 0.7, 4] as const;
  const angle = 0.1;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  // Columns run posterior, rows to the feet, slices to the right; turned about the head-feet axis.
  const affine = [-s * 0.6, 0, -c * 4, 20, c * 0.6, 0, -s * 4, -60, 0, -0.7, 0, 100, 0, 0, 0, 1];
  const voxels = new type(columns * rows * slices).map((_, i) =>
    type === Float32Array ? i * 1.25 - 7.5 : i * 30 - 500,
  );
  return { voxels, columns, rows, slices, spacing, affine, geometry: "patient" };
}
