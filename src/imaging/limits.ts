import { ImagingError } from "./errors.js";

/** Largest file read into memory, and largest result of decompressing one: 1.5 GiB. */
export const MAX_FILE_BYTES = 1.5 * 2 ** 30;
/** Largest volume: 400 million voxels, some twenty times a whole-spine 3D series. */
const MAX_VOXELS = 4e8;

/** Number of voxels of a declared shape. Throws `ImagingError` for sizes below 1, not whole, or too large together. */
export function voxelCount(shape: readonly number[], name: string): number {
  if (shape.some((size) => !Number.isInteger(size) || size < 1))
    throw new ImagingError(
      "malformed",
      `${name} declares an image of ${shape.join(" x ")} voxels; every size must be 1 or more.`,
    );
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > MAX_VOXELS)
    throw new ImagingError(
      "too-large",
      `${name} declares ${shape.join(" x ")} voxels, more than the ${MAX_VOXELS / 1e6} million that are read; crop it first.`,
    );
  return count;
}

/** Throws `ImagingError` "truncated" when fewer bytes are there than the header declares. */
export function requireBytes(available: number, needed: number, name: string): void {
  if (available < needed)
    throw new ImagingError(
      "truncated",
      `${name} holds ${Math.max(0, available)} bytes of voxels where its header declares ${needed}; copy or export it again.`,
    );
}
