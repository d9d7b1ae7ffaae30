import { ImagingError } from "./errors.js";
import { cross, isNearIsotropic, step, unit } from "./geometry.js";
import { coarseAxis, nearestTurn, turnedHeader, turnedVoxels, unturned, type Turn } from "./turn.js";
import type { Vec3, Volume } from "./volume.js";

/** A volume turned upright: columns run anterior to posterior, rows head to feet, slices from the right to the left. */
export interface SagittalStack {
  /** Permuted and flipped, never resampled; its affine leads to the same places as the original's. */
  readonly volume: Volume;
  /** (column, row, slice) of `volume` -> (column, row, slice) of the volume it was made from; fractions allowed. */
  readonly toOriginal: (index: Vec3) => Vec3;
}

/** Posterior, feet and left in LPS: where columns, rows and slices of a display stack run to. */
const DISPLAY_AXES: readonly Vec3[] = [
  [0, 1, 0],
  [0, 0, -1],
  [1, 0, 0],
];

/** For each display axis the source axis that runs along it, and whether it runs backwards. */
function nearestAxes(volume: Volume): Turn {
  const directions = ([0, 1, 2] as const).map((axis) => unit(step(volume.affine, axis)));
  const column = directions[0];
  const row = directions[1];
  if (!column || !row)
    throw new ImagingError(
      "no-orientation",
      "The volume's affine has a direction without length; its orientation is unknown.",
    );
  // One slice may come without a slice step; its normal stands in.
  const normal = directions[2] ?? unit(cross(column, row));
  if (!normal)
    throw new ImagingError(
      "no-orientation",
      "The volume's rows and columns run the same way; its orientation is unknown.",
    );
  return nearestTurn([column, row, normal], DISPLAY_AXES);
}

/**
 * Turns a stack upright and sagittal by the nearest permutation and flips of its axes, in whatever order it keeps them. A
 * stack cut in another plane is re-sliced only when its voxels are near-isotropic. A picture without geometry is taken as it is.
 * Throws `ImagingError` "no-sagittal" when slices do not run left-right, "no-orientation" for a degenerate affine.
 */
export function toSagittal(volume: Volume): SagittalStack {
  if (volume.geometry === "image") return { volume, toOriginal: (index) => index };
  const turn = nearestAxes(volume);
  const { source, flipped } = turn;
  if (source[2] !== coarseAxis(volume) && !isNearIsotropic(volume))
    throw new ImagingError(
      "no-sagittal",
      "The slices do not run from side to side; choose a sagittal series.",
    );
  if (source[0] === 0 && source[1] === 1 && !flipped.includes(true))
    return { volume, toOriginal: (index) => index };
  return {
    volume: { ...turnedHeader(volume, turn), voxels: turnedVoxels(volume, turn) },
    toOriginal: (index) => unturned(volume, turn, index),
  };
}
