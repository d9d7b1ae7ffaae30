import { ImagingError } from "./errors.js";

/** Largest file read into memory, and largest result of decompressing one: 1.5 GiB. */
export const MAX_FILE_BYTES = 1.5 * 2 ** 30;
/** Most files of a folder or an archive. */
export const MAX_FILES = 1_000_000;
/**
 * Largest file in an archive that may come from less than 1/200 of its bytes: 64 MiB. Images do not compress like that,
 * archives made to fill the memory do.
 */
const MAX_DENSE_BYTES = 64 * 2 ** 20;
const MAX_RATIO = 200;
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

/** Throws `ImagingError` "too-large" for a file larger than is read into memory; `size` in bytes. */
export function requireReadable(size: number, name: string): void {
  if (size > MAX_FILE_BYTES)
    throw new ImagingError(
      "too-large",
      `${name} is larger than the ${MAX_FILE_BYTES / 2 ** 30} GiB that are read; split or crop it first.`,
    );
}

/** Throws `ImagingError` "too-large" for a packed file that would unpack to far more than images do; sizes in bytes. */
export function requirePlausible(packed: number, unpacked: number, name: string): void {
  requireReadable(unpacked, name);
  if (unpacked > MAX_DENSE_BYTES && unpacked > MAX_RATIO * packed)
    throw new ImagingError(
      "too-large",
      `${name} would unpack to more than ${MAX_RATIO} times its size, which no image does; check where the archive comes from.`,
    );
}

/** Throws `ImagingError` "too-large" for more files than are indexed. */
export function requireCountable(count: number, name: string): void {
  if (count > MAX_FILES)
    throw new ImagingError(
      "too-large",
      `${name} holds more than ${MAX_FILES / 1e6} million files; choose a folder of fewer.`,
    );
}
