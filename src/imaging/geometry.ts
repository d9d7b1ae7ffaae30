import type { Orientation } from "./series.js";
import { toPatient, type Affine, type Vec3, type Volume } from "./volume.js";

/** Largest tilt of a slice normal from a patient axis that still counts as that plane: cos 37 degrees. */
const PLANE_COSINE = 0.8;
/** Sine of one degree. */
const ONE_DEGREE = 0.0175;

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

/**
 * The affine of a stack with three steps of some length: a single slice may come without a slice step, and its normal
 * times the slice spacing stands in. Unchanged where there is no normal either.
 */
export function stackAxes({ affine, spacing }: Pick<Volume, "affine" | "spacing">): Affine {
  const [column, row, slice] = ([0, 1, 2] as const).map((axis) => step(affine, axis)) as [Vec3, Vec3, Vec3];
  const normal = unit(cross(column, row));
  if (unit(slice) !== undefined || normal === undefined) return affine;
  return affineOf(column, row, scale(normal, spacing[2] || 1), [affine[3]!, affine[7]!, affine[11]!]);
}

/** Whether an affine's steps are finite, have a length and lead in three directions, none within a degree of the others' plane. */
export function spansSpace(affine: Affine): boolean {
  const [a, b, c] = ([0, 1, 2] as const).map((axis) => unit(step(affine, axis)));
  return (
    affine.every(Number.isFinite) &&
    a !== undefined &&
    b !== undefined &&
    c !== undefined &&
    Math.abs(dot(cross(a, b), c)) > ONE_DEGREE
  );
}

/** Inverse of an affine: LPS mm -> (column, row, slice); `undefined` where its axes do not span the space. */
function inverseOf(affine: Affine): Affine | undefined {
  const [a, b, c] = ([0, 1, 2] as const).map((axis) => step(affine, axis)) as [Vec3, Vec3, Vec3];
  const volume = dot(cross(a, b), c);
  if (!(Math.abs(volume) > 1e-12)) return undefined;
  // Rows of the inverse stand at right angles to the two other axes.
  const rows = [cross(b, c), cross(c, a), cross(a, b)].map((row) => scale(row, 1 / volume));
  const origin: Vec3 = [affine[3]!, affine[7]!, affine[11]!];
  return [...rows.flatMap((row) => [...row, -dot(row, origin)]), 0, 0, 0, 1];
}

/** Index (column, row, slice) of a point in LPS mm: the inverse of {@link toPatient}; `undefined` for axes that do not span space. */
export function fromPatient({ affine }: Pick<Volume, "affine">, point: Vec3): Vec3 | undefined {
  const inverse = inverseOf(affine);
  return inverse && toPatient({ affine: inverse }, point);
}

type Stack = Pick<Volume, "affine" | "spacing" | "columns" | "rows" | "slices">;
/** Places along each axis at which an overlap is looked at. */
const PROBES = 12;

/** Part of the box of voxels of `a` that lies in the box of `b`, 0 to 1, from 12 x 12 x 12 evenly spread places. */
function partInside(a: Stack, b: Stack): number {
  const from = stackAxes(a);
  const to = inverseOf(stackAxes(b));
  if (to === undefined) return 0;
  const sizes = [a.columns, a.rows, a.slices];
  const limits = [b.columns, b.rows, b.slices];
  let inside = 0;
  for (let i = 0; i < PROBES ** 3; i++) {
    const cell = [i % PROBES, Math.floor(i / PROBES) % PROBES, Math.floor(i / PROBES ** 2)];
    // A voxel reaches half an index beyond its centre.
    const index = cell.map((at, axis) => ((at + 0.5) / PROBES) * sizes[axis]! - 0.5) as unknown as Vec3;
    const there = toPatient({ affine: to }, toPatient({ affine: from }, index));
    if (there.every((at, axis) => at >= -0.5 && at <= limits[axis]! - 0.5)) inside++;
  }
  return inside / PROBES ** 3;
}

/**
 * How much of the smaller of two stacks lies in the other in patient space, 0 to 1, to about a twelfth; `undefined`
 * where one of them has no place in the patient.
 */
export function overlapOf(
  a: Stack & Pick<Volume, "geometry">,
  b: Stack & Pick<Volume, "geometry">,
): number | undefined {
  if (a.geometry !== "patient" || b.geometry !== "patient") return undefined;
  return Math.max(partInside(a, b), partInside(b, a));
}
