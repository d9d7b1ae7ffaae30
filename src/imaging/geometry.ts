import type { Orientation } from "./series.js";
import type { Affine, Vec3, Volume } from "./volume.js";

/** Largest tilt of a slice normal from a patient axis that still counts as that plane: cos 37 degrees. */
const PLANE_COSINE = 0.8;

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** Unit vector along `a`, or `undefined` where it has no length. */
export function unit(a: Vec3): Vec3 | undefined {
  const length = Math.hypot(...a);
  return length > 1e-9 && Number.isFinite(length) ? scale(a, 1 / length) : undefined;
}

/** Affine whose columns are the mm steps per column, row and slice, and the first voxel's position. */
export function affineOf(column: Vec3, row: Vec3, slice: Vec3, origin: Vec3): Affine {
  return [0, 1, 2]
    .flatMap((axis) => [column[axis]!, row[axis]!, slice[axis]!, origin[axis]!])
    .concat([0, 0, 0, 1]);
}

/** The mm step of an affine per index along `axis` (0 column, 1 row, 2 slice). */
export function step(affine: Affine, axis: 0 | 1 | 2): Vec3 {
  return [affine[axis]!, affine[4 + axis]!, affine[8 + axis]!];
}

/** Lengths of the three steps in mm. */
export function spacingOf(affine: Affine): Vec3 {
  return [Math.hypot(...step(affine, 0)), Math.hypot(...step(affine, 1)), Math.hypot(...step(affine, 2))];
}

/** Affine of an image without patient geometry: (column x spacing, row x spacing, slice x spacing). */
export function imageAffine(spacing: Vec3): Affine {
  return affineOf([spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, spacing[2]], [0, 0, 0]);
}

/** The plane whose normal is closest to `normal`; "oblique" when it is more than 37 degrees from every axis. */
export function orientationOf(normal: Vec3): Orientation {
  const [x, y, z] = normal.map(Math.abs) as [number, number, number];
  const largest = Math.max(x, y, z);
  if (!(largest >= PLANE_COSINE)) return "oblique";
  return largest === x ? "sagittal" : largest === y ? "coronal" : "axial";
}

/** Plane of the slices of an affine. */
export function planeOf(affine: Affine): Orientation {
  const normal = unit(cross(step(affine, 0), step(affine, 1)));
  return normal === undefined ? "unknown" : orientationOf(normal);
}

/**
 * Whether a stack may be cut in another plane without looking coarse: its voxels are nearly cubes, or fine in every
 * direction (a 3D SPACE of 0.5 x 0.5 x 0.9 mm), and there are enough of them each way.
 */
export function isNearIsotropic(volume: Pick<Volume, "spacing" | "rows" | "columns" | "slices">): boolean {
  const finest = Math.min(...volume.spacing);
  const coarsest = Math.max(...volume.spacing);
  const cubes = coarsest <= 1.5 * finest || coarsest <= 1.2;
  return cubes && Math.min(volume.rows, volume.columns, volume.slices) >= 16;
}
