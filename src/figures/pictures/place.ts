import { fingerprint } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { placeMismatch } from "../../protocol/index.js";
import type { SeriesPlace } from "../../protocol/index.js";

/** Which pictures these are: their grid, where they lie, and a name made of their voxels. */
export function placeOf(volume: Volume): SeriesPlace & { readonly series: string } {
  const { columns, rows, slices, affine } = volume;
  return { series: fingerprint(volume), size: [columns, rows, slices], affine };
}

/**
 * What keeps outlines, heat and grades off the pictures of another study, series, grid or place.
 *
 * @throws RangeError with a sentence for people where they are not the same, or nothing says where it was found
 */
export function requireSamePlace(found: SeriesPlace | undefined, shown: SeriesPlace): void {
  const mismatch = placeMismatch(found, shown);
  if (mismatch !== undefined) throw new RangeError(mismatch);
}

/** {@link requireSamePlace} for volumes; one and the same volume is not looked through. */
export function requireSamePictures(found: Volume, shown: Volume): void {
  if (found !== shown) requireSamePlace(placeOf(found), placeOf(shown));
}
