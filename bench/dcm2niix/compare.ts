import type { Affine, Vec3, Volume } from "../../src/imaging/index.js";
import { toPatient } from "../../src/imaging/index.js";

/**
 * The volumes of a NIfTI-1 file as dcm2niix writes it, read without Spinebook's own reader. dcm2niix's places are RAS
 * (x to the right, y to the front) and its rows run upwards; the affine here is turned to LPS, the rows stay as they lie.
 */
export interface Reference {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly affine: Affine;
  /** Voxels of each volume, stored times slope plus intercept. */
  readonly volumes: readonly Float64Array[];
}

/** How far a volume is from its reference. */
export interface Difference {
  /**
   * Largest distance in mm between a corner of the volume and the reference voxel that lies there; `undefined` for a
   * volume whose header does not say where it lies.
   */
  readonly place: number | undefined;
  /** Voxels with another value. */
  readonly voxels: number;
  /** Largest difference of values. */
  readonly largest: number;
}

const READ: Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]> = {
  2: [1, (view, at) => view.getUint8(at)],
  4: [2, (view, at) => view.getInt16(at, true)],
  8: [4, (view, at) => view.getInt32(at, true)],
  16: [4, (view, at) => view.getFloat32(at, true)],
  512: [2, (view, at) => view.getUint16(at, true)],
};

/** Reads a little endian .nii of dcm2niix. Throws `Error` for data types that it does not write for MR. */
export function readReference(bytes: Uint8Array): Reference {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = (axis: number) =>
    axis <= view.getInt16(40, true) ? Math.max(1, view.getInt16(40 + 2 * axis, true)) : 1;
  const [columns, rows, slices, count] = [size(1), size(2), size(3), size(4)];
  const code = view.getInt16(70, true);
  const type = READ[code];
  if (type === undefined) throw new Error(`The NIfTI data type ${code} is not compared.`);
  const offset = view.getFloat32(108, true);
  const stated = view.getFloat32(112, true);
  const isScaled = Number.isFinite(stated) && stated !== 0;
  const slope = isScaled ? stated : 1;
  const intercept = isScaled ? view.getFloat32(116, true) : 0;
  const voxels = columns * rows * slices;
  // RAS to LPS: x and y change sign.
  const affine = Array.from({ length: 16 }, (_, i) =>
    i < 12 ? (i < 8 ? -1 : 1) * view.getFloat32(280 + 4 * i, true) : Number(i === 15),
  );
  return {
    columns,
    rows,
    slices,
    affine,
    volumes: Array.from({ length: count }, (_, volume) =>
      Float64Array.from(
        { length: voxels },
        (_value, i) => type[1](view, offset + (volume * voxels + i) * type[0]) * slope + intercept,
      ),
    ),
  };
}

/** (column, row, slice) at a place in mm: the inverse of an affine, which need not have right angles. */
function indexAt(affine: Affine, place: Vec3): Vec3 {
  const m = affine;
  const d = [place[0] - m[3]!, place[1] - m[7]!, place[2] - m[11]!] as const;
  const determinant = (a: readonly number[]) =>
    a[0]! * (a[4]! * a[8]! - a[5]! * a[7]!) -
    a[1]! * (a[3]! * a[8]! - a[5]! * a[6]!) +
    a[2]! * (a[3]! * a[7]! - a[4]! * a[6]!);
  const matrix = [m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[6]!, m[8]!, m[9]!, m[10]!];
  const whole = determinant(matrix);
  // Cramer's rule: each axis' column exchanged for the offset.
  return [0, 1, 2].map(
    (axis) => determinant(matrix.map((value, i) => (i % 3 === axis ? d[Math.floor(i / 3)]! : value))) / whole,
  ) as unknown as Vec3;
}

/**
 * Compares a volume with volume `which` of a reference voxel by voxel at the same places, however rows, columns and slices
 * are flipped; `undefined` where the two do not have the same voxels at all (shape, or places more than half a voxel apart).
 */
export function compareVolumes(volume: Volume, reference: Reference, which: number): Difference | undefined {
  if (volume.voxels.length !== reference.volumes[which]!.length) return undefined;
  if (volume.geometry === "image")
    // Nothing says where it lies; dcm2niix then leaves its rows as they are.
    return {
      place: undefined,
      ...valueDifference(
        volume,
        reference,
        which,
        [0, 0, 0],
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      ),
    };
  const toReference = (index: Vec3) => indexAt(reference.affine, toPatient(volume, index));
  const start = toReference([0, 0, 0]).map(Math.round);
  const ends = [volume.columns, volume.rows, volume.slices].map((size, axis) => {
    const end: [number, number, number] = [0, 0, 0];
    end[axis] = Math.max(1, size - 1);
    return toReference(end).map((value, i) => Math.round((value - start[i]!) / end[axis]!));
  });
  const sizes = [reference.columns, reference.rows, reference.slices];
  const at = (index: Vec3) =>
    start.map((value, i) => value + ends.reduce((sum, step, a) => sum + step[i]! * index[a]!, 0));
  const last: Vec3 = [volume.columns - 1, volume.rows - 1, volume.slices - 1];
  const corners = Array.from({ length: 8 }, (_, i): Vec3 => [
    i & 1 ? last[0] : 0,
    i & 2 ? last[1] : 0,
    i & 4 ? last[2] : 0,
  ]);
  let place = 0;
  for (const corner of corners) {
    const there = at(corner);
    if (there.some((value, i) => value < 0 || value >= sizes[i]!)) return undefined;
    const [x, y, z] = toPatient(reference, there as unknown as Vec3);
    const [u, v, w] = toPatient(volume, corner);
    place = Math.max(place, Math.hypot(x - u, y - v, z - w));
  }
  return { place, ...valueDifference(volume, reference, which, start, ends) };
}

function valueDifference(
  volume: Volume,
  reference: Reference,
  which: number,
  start: readonly number[],
  steps: readonly (readonly number[])[],
): { voxels: number; largest: number } {
  const expected = reference.volumes[which]!;
  const strides = [1, reference.columns, reference.columns * reference.rows];
  const flat = (step: readonly number[]) => step.reduce((sum, value, i) => sum + value * strides[i]!, 0);
  const [column, row, slice] = steps.map(flat) as [number, number, number];
  let voxels = 0;
  let largest = 0;
  let position = 0;
  for (let s = 0; s < volume.slices; s++)
    for (let r = 0; r < volume.rows; r++) {
      let there = flat(start) + s * slice + r * row;
      for (let c = 0; c < volume.columns; c++, position++, there += column) {
        // A place outside the reference gives NaN, which differs from every value.
        const difference = Math.abs(volume.voxels[position]! - (expected[there] ?? NaN));
        if (!(difference <= 1e-6 * Math.max(1, Math.abs(volume.voxels[position]!)))) voxels++;
        if (!(difference <= largest)) largest = difference;
      }
    }
  return { voxels, largest };
}
