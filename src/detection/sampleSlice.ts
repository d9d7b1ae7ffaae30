import type { Volume } from "../imaging/index.js";

/** Value of a slice at a fractional position, bilinear; 0 outside. */
export function sampleSlice(volume: Volume, slice: number, column: number, row: number): number {
  const [c, r] = [Math.floor(column), Math.floor(row)];
  if (c < 0 || r < 0 || c >= volume.columns - 1 || r >= volume.rows - 1) return 0;
  const [fc, fr] = [column - c, row - r];
  const { voxels, columns } = volume;
  const i = (slice * volume.rows + r) * columns + c;
  return (
    (voxels[i]! * (1 - fc) + voxels[i + 1]! * fc) * (1 - fr) +
    (voxels[i + columns]! * (1 - fc) + voxels[i + columns + 1]! * fc) * fr
  );
}
