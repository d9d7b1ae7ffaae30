/** Volumes and their geometry: patient space is LPS in millimetres, voxel order is [slice][row][column]. */

/** A point or direction in LPS millimetres, or (column, row, slice) where named so. */
export type Vec3 = readonly [number, number, number];

/** Row-major 4 x 4 matrix that maps homogeneous (column, row, slice, 1) to LPS millimetres. */
export type Affine = readonly number[];

/** A 3D image. A single picture is a volume of one slice. */
export interface Volume {
  /** Rescaled values, `slices * rows * columns` of them, in [slice][row][column] order. */
  readonly voxels: Int16Array | Float32Array;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** Distance in mm between neighbouring columns, rows and slices. */
  readonly spacing: Vec3;
  readonly affine: Affine;
  /**
   * "patient" when the affine came from a header; "image" for a picture without geometry, whose coordinates are
   * (column x spacing, row x spacing, 0) and which is assumed sagittal, upright, anterior to the left.
   */
  readonly geometry: "patient" | "image";
  /**
   * Of a picture that tells no spacing and was read with "auto": "unknown", where `spacing` is 1 mm for want of a number, until it is
   * "estimated" from what the picture shows; every length is then an estimate. Absent where the spacing was told.
   */
  readonly scale?: "unknown" | "estimated";
}

/** The point in LPS mm at (column, row, slice); fractional indices are allowed, (0,0,0) is the first voxel's centre. */
export function toPatient(volume: Pick<Volume, "affine">, index: Vec3): Vec3 {
  const [c, r, s] = index;
  const m = volume.affine;
  return [
    m[0]! * c + m[1]! * r + m[2]! * s + m[3]!,
    m[4]! * c + m[5]! * r + m[6]! * s + m[7]!,
    m[8]! * c + m[9]! * r + m[10]! * s + m[11]!,
  ];
}
