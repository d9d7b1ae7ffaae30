/** Reads the one kind of file that the viewer is given: a single uncompressed NIfTI-1 file (nifti1.h). */
import { inverseOf, type Affine, type Vec3 } from "./affine.js";

export type Voxels = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** A volume as the viewer keeps it; voxels in the order slice, row, column. */
export interface Volume {
  readonly voxels: Voxels;
  /** Intensity = slope x voxel + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** Columns, rows, slices. */
  readonly size: Vec3;
  /** Voxel indices to LPS mm. */
  readonly affine: Affine;
  /** LPS mm to voxel indices. */
  readonly inverse: Affine;
  /** Whether the file says where the patient lies; otherwise positions are mm in the image alone. */
  readonly oriented: boolean;
}

const HEADER_BYTES = 348;

/** Data types by code. */
const TYPES = new Map<number, { readonly bytes: number; readonly name: keyof typeof READERS }>([
  [2, { bytes: 1, name: "uint8" }],
  [4, { bytes: 2, name: "int16" }],
  [16, { bytes: 4, name: "float32" }],
  [512, { bytes: 2, name: "uint16" }],
]);

const READERS = {
  uint8: { array: Uint8Array, read: (view: DataView, at: number) => view.getUint8(at) },
  int16: { array: Int16Array, read: (view: DataView, at: number) => view.getInt16(at, false) },
  uint16: { array: Uint16Array, read: (view: DataView, at: number) => view.getUint16(at, false) },
  float32: { array: Float32Array, read: (view: DataView, at: number) => view.getFloat32(at, false) },
};

/**
 * @param bytes the whole file
 * @throws Error with a sentence for people when the file is damaged or of another kind
 */
export function parseNifti(bytes: Uint8Array): Volume {
  if (bytes.length < HEADER_BYTES)
    throw new Error(`It ends after ${bytes.length} bytes; a NIfTI-1 header alone has ${HEADER_BYTES}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getInt32(0, true) === HEADER_BYTES;
  if (!little && view.getInt32(0, false) !== HEADER_BYTES)
    throw new Error("It is no uncompressed NIfTI-1 file (the header does not begin with 348).");
  if (String.fromCharCode(...bytes.subarray(344, 347)) !== "n+1")
    throw new Error("It is no single-file NIfTI-1 (the header does not end with n+1).");
  const size = sizeOf(view, little);
  const affine = affineOf(view, little);
  const usable = affine ?? imageAffine(pixelSizes(view, little));
  const inverse = inverseOf(usable);
  if (!inverse) throw new Error("Its voxels have no size: the header's spacing is zero or not a number.");
  const slope = view.getFloat32(112, little);
  const scaled = Number.isFinite(slope) && slope !== 0;
  const intercept = view.getFloat32(116, little);
  return {
    voxels: voxelsOf(bytes, view, little, size[0] * size[1] * size[2]),
    slope: scaled ? slope : 1,
    intercept: scaled && Number.isFinite(intercept) ? intercept : 0,
    size,
    affine: usable,
    inverse,
    oriented: affine !== undefined,
  };
}

function sizeOf(view: DataView, little: boolean): Vec3 {
  const dimensions = Array.from({ length: 4 }, (_, i) => view.getInt16(40 + 2 * i, little));
  const [count, columns, rows] = dimensions as [number, number, number, number];
  const slices = count >= 3 ? dimensions[3]! : 1;
  if (count < 2 || count > 7 || Math.min(columns, rows, slices) < 1)
    throw new Error(
      `Its header declares a size of ${columns} x ${rows} x ${slices} voxels in ${count} dimensions.`,
    );
  return [columns, rows, slices];
}

function voxelsOf(bytes: Uint8Array, view: DataView, little: boolean, count: number): Voxels {
  const code = view.getInt16(70, little);
  const type = TYPES.get(code);
  if (!type) throw new Error(`Its voxels are of NIfTI datatype ${code}, which the viewer does not read.`);
  const declared = view.getFloat32(108, little);
  const start = Number.isFinite(declared) ? Math.max(HEADER_BYTES, Math.trunc(declared)) : HEADER_BYTES;
  const end = start + count * type.bytes;
  if (bytes.length < end)
    throw new Error(
      `It ends after ${bytes.length} of ${end} bytes; it was cut off when it was written or copied.`,
    );
  const { array, read } = READERS[type.name];
  if (!little) {
    const voxels = new array(count);
    for (let i = 0; i < count; i++) voxels[i] = read(view, start + i * type.bytes);
    return voxels;
  }
  const offset = bytes.byteOffset + start;
  // Typed arrays begin at multiples of their element size.
  return offset % type.bytes === 0
    ? new array(bytes.buffer as ArrayBuffer, offset, count)
    : new array(bytes.slice(start, end).buffer);
}

function pixelSizes(view: DataView, little: boolean): Vec3 {
  const [x, y, z] = [80, 84, 88].map((at) => Math.abs(view.getFloat32(at, little))) as [
    number,
    number,
    number,
  ];
  // A single slice often has no thickness.
  return [x, y, z > 0 ? z : 1];
}

function imageAffine([x, y, z]: Vec3): Affine {
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0];
}

/** The affine (LPS) by the form that the codes choose; `undefined` where the file gives no usable one. */
function affineOf(view: DataView, little: boolean): Affine | undefined {
  const sform = Array.from({ length: 12 }, (_, i) => view.getFloat32(280 + 4 * i, little));
  if (view.getInt16(254, little) > 0 && inverseOf(sform)) return toLps(sform);
  if (view.getInt16(252, little) <= 0) return undefined;
  const qform = quaternionAffine(view, little);
  return inverseOf(qform) ? toLps(qform) : undefined;
}

/** Affine (RAS) of the quaternion form, method 2 of nifti1.h. */
function quaternionAffine(view: DataView, little: boolean): Affine {
  const float = (at: number): number => view.getFloat32(at, little);
  const [b, c, d] = [float(256), float(260), float(264)];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const [x, y, depth] = pixelSizes(view, little);
  const z = float(76) < 0 ? -depth : depth;
  return [
    [(a * a + b * b - c * c - d * d) * x, 2 * (b * c - a * d) * y, 2 * (b * d + a * c) * z, float(268)],
    [2 * (b * c + a * d) * x, (a * a + c * c - b * b - d * d) * y, 2 * (c * d - a * b) * z, float(272)],
    [2 * (b * d - a * c) * x, 2 * (c * d + a * b) * y, (a * a + d * d - c * c - b * b) * z, float(276)],
  ].flat();
}

/** NIfTI counts to the right and the front, DICOM to the left and the back: x and y change sign. */
function toLps(ras: Affine): Affine {
  return ras.map((value, i) => (i < 8 && value !== 0 ? -value : value));
}
