/** Voxel indices and patient space: small linear algebra on plain numbers. */

export type Vec3 = readonly [number, number, number];

/** Column, row and slice to LPS mm: three rows of four numbers, row by row. */
export type Affine = readonly number[];

/** One of the three directions in which voxels are counted: 0 columns, 1 rows, 2 slices. */
export type Axis = 0 | 1 | 2;

export const AXES: readonly Axis[] = [0, 1, 2];

/** Position (LPS mm) of voxel indices, which may be fractional. */
export function toPatient(affine: Affine, index: Vec3): Vec3 {
  const at = (k: number): number =>
    affine[k]! * index[0] + affine[k + 1]! * index[1] + affine[k + 2]! * index[2] + affine[k + 3]!;
  return [at(0), at(4), at(8)];
}

/** The mm step per index along an axis. */
export function stepOf(affine: Affine, axis: Axis): Vec3 {
  return [affine[axis]!, affine[4 + axis]!, affine[8 + axis]!];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function lengthOf(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/**
 * The way back from LPS mm to voxel indices.
 *
 * @returns `undefined` where the three steps span no space
 */
export function inverseOf(affine: Affine): Affine | undefined {
  const [a, b, c] = [stepOf(affine, 0), stepOf(affine, 1), stepOf(affine, 2)];
  const determinant = dot(a, cross(b, c));
  // Compared with the box that steps of these lengths could span at most, so that small voxels count too.
  const box = lengthOf(a) * lengthOf(b) * lengthOf(c);
  if (!Number.isFinite(determinant) || Math.abs(determinant) <= 1e-6 * box || box === 0) return undefined;
  const origin: Vec3 = [affine[3]!, affine[7]!, affine[11]!];
  return [cross(b, c), cross(c, a), cross(a, b)].flatMap((row) => {
    const scaled = row.map((value) => value / determinant) as unknown as Vec3;
    return [...scaled, -dot(scaled, origin)];
  });
}
