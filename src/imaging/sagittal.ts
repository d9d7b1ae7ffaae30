import { ImagingError } from "./errors.js";
import { affineOf, cross, dot, isNearIsotropic, scale, step, unit } from "./geometry.js";
import { toPatient, type Vec3, type Volume } from "./volume.js";

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

type Axis = 0 | 1 | 2;
const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [2, 0, 1],
  [1, 2, 0],
  [2, 1, 0],
];

/** For each display axis the source axis that runs along it, and whether it runs backwards. */
function nearestAxes(volume: Volume): { source: readonly [Axis, Axis, Axis]; flipped: readonly boolean[] } {
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
  const along = [column, row, normal];
  const cosine = (axis: Axis, display: number) => dot(along[axis]!, DISPLAY_AXES[display]!);
  const fit = (order: readonly [Axis, Axis, Axis]) =>
    order.reduce<number>((sum, axis, i) => sum + Math.abs(cosine(axis, i)), 0);
  const source = PERMUTATIONS.reduce((best, order) => (fit(order) > fit(best) + 1e-9 ? order : best));
  return { source, flipped: source.map((axis, i) => cosine(axis, i) < 0) };
}

/**
 * Turns a stack upright and sagittal by the nearest permutation and flips of its axes. A stack cut in another plane is
 * re-sliced only when its voxels are near-isotropic. A picture without geometry is taken as it is.
 * Throws `ImagingError` "no-sagittal" when slices do not run left-right, "no-orientation" for a degenerate affine.
 */
export function toSagittal(volume: Volume): SagittalStack {
  if (volume.geometry === "image") return { volume, toOriginal: (index) => index };
  const { source, flipped } = nearestAxes(volume);
  if (source[2] !== 2 && !isNearIsotropic(volume))
    throw new ImagingError(
      "no-sagittal",
      "The slices do not run from side to side; choose a sagittal series.",
    );
  if (source[0] === 0 && source[1] === 1 && !flipped.includes(true))
    return { volume, toOriginal: (index) => index };

  const sizes = [volume.columns, volume.rows, volume.slices];
  const toOriginal = (index: Vec3): Vec3 => {
    const original: [number, number, number] = [0, 0, 0];
    source.forEach((axis, i) => {
      original[axis] = flipped[i] ? sizes[axis]! - 1 - index[i]! : index[i]!;
    });
    return original;
  };
  const [columns, rows, slices] = source.map((axis) => sizes[axis]!) as [number, number, number];
  const steps = source.map((axis, i) => scale(step(volume.affine, axis), flipped[i] ? -1 : 1));
  const turned: Volume = {
    voxels: permute(volume, source, flipped, toOriginal([0, 0, 0])),
    columns,
    rows,
    slices,
    spacing: source.map((axis) => volume.spacing[axis]) as unknown as Vec3,
    affine: affineOf(steps[0]!, steps[1]!, steps[2]!, toPatient(volume, toOriginal([0, 0, 0]))),
    geometry: "patient",
  };
  return { volume: turned, toOriginal };
}

/** Voxels in display order; `first` is the original index of display voxel (0, 0, 0). */
function permute(
  volume: Volume,
  source: readonly Axis[],
  flipped: readonly boolean[],
  first: Vec3,
): Volume["voxels"] {
  const sizes = [volume.columns, volume.rows, volume.slices];
  const strides = [1, volume.columns, volume.columns * volume.rows];
  const [columnStep, rowStep, sliceStep] = source.map(
    (axis, i) => (flipped[i] ? -1 : 1) * strides[axis]!,
  ) as [number, number, number];
  const [columns, rows, slices] = source.map((axis) => sizes[axis]!) as [number, number, number];
  const start = first[0] + first[1] * strides[1]! + first[2] * strides[2]!;
  const result =
    volume.voxels instanceof Int16Array
      ? new Int16Array(volume.voxels.length)
      : new Float32Array(volume.voxels.length);
  let target = 0;
  for (let slice = 0; slice < slices; slice++)
    for (let row = 0; row < rows; row++) {
      let from = start + slice * sliceStep + row * rowStep;
      for (let column = 0; column < columns; column++, from += columnStep)
        result[target++] = volume.voxels[from]!;
    }
  return result;
}
