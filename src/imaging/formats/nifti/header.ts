import { ImagingError } from "../../errors.js";
import { requireBytes } from "../../limits.js";
import type { SampleType } from "../voxels.js";
import type { Vec3 } from "../../volume.js";
import type { Placements } from "./orientation.js";

/** Bytes of the header by version; its first number says which (nifti1.h, nifti2.h). */
export const HEADER_BYTES = { 1: 348, 2: 540 } as const;
/** Data types by code (nifti1.h). */
const TYPES = new Map<number, SampleType>([
  [2, "uint8"],
  [4, "int16"],
  [8, "int32"],
  [16, "float32"],
  [64, "float64"],
  [256, "int8"],
  [512, "uint16"],
  [768, "uint32"],
  [1024, "int64"],
  [1280, "uint64"],
]);
/** Data types that are no grey values, by code. */
const REFUSED = new Map<number, string>([
  [1, "single bits"],
  [32, "complex numbers"],
  [128, "colours (RGB)"],
  [1536, "128-bit floats"],
  [1792, "complex numbers"],
  [2048, "complex numbers"],
  [2304, "colours (RGBA)"],
]);
/** Millimetres in the file's unit of length, by the low three bits of xyzt_units; unknown is taken as mm. */
const MILLIMETRES: readonly number[] = [1, 1000, 1, 0.001];

/** What a NIfTI header of either version says, in its own terms. */
export interface NiftiHeader extends Placements {
  readonly headerBytes: number;
  readonly littleEndian: boolean;
  /** Whether the voxels lie in an .img file beside the header. */
  readonly detached: boolean;
  readonly type: SampleType;
  /** dim[1] on, at least three of them. */
  readonly shape: readonly number[];
  readonly dataOffset: number;
  readonly slope: number;
  readonly intercept: number;
  /** mm in the file's unit of length. */
  readonly unit: number;
}

/** Where the two versions keep the fields that are read here. */
interface Layout {
  readonly magic: number;
  readonly type: number;
  readonly dim: number;
  readonly pixdim: number;
  readonly dataOffset: number;
  readonly slope: number;
  readonly qform: number;
  readonly sform: number;
  readonly quaternion: number;
  readonly rows: number;
  readonly units: number;
}

const LAYOUTS: Readonly<Record<1 | 2, Layout>> = {
  1: {
    magic: 344,
    type: 70,
    dim: 40,
    pixdim: 76,
    dataOffset: 108,
    slope: 112,
    qform: 252,
    sform: 254,
    quaternion: 256,
    rows: 280,
    units: 123,
  },
  2: {
    magic: 4,
    type: 12,
    dim: 16,
    pixdim: 104,
    dataOffset: 168,
    slope: 176,
    qform: 344,
    sform: 348,
    quaternion: 352,
    rows: 400,
    units: 500,
  },
};

function versionOf(view: DataView, name: string): { version: 1 | 2; little: boolean } {
  for (const version of [1, 2] as const)
    for (const little of [true, false])
      if (view.getInt32(0, little) === HEADER_BYTES[version]) return { version, little };
  throw new ImagingError(
    "malformed",
    `${name} is not a NIfTI file (sizeof_hdr is neither 348 nor 540); convert it to NIfTI.`,
  );
}

/** Reads a NIfTI-1 or NIfTI-2 header in either byte order. Throws `ImagingError` for anything else or a bad shape. */
export function parseNiftiHeader(bytes: Uint8Array, name: string): NiftiHeader {
  requireBytes(bytes.length, HEADER_BYTES[1], name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { version, little } = versionOf(view, name);
  requireBytes(bytes.length, HEADER_BYTES[version], name);
  const layout = LAYOUTS[version];
  // The second version widened every field.
  const integer = (at: number) => (version === 1 ? view.getInt16(at, little) : view.getInt32(at, little));
  const size = (at: number, i: number) =>
    version === 1 ? view.getInt16(at + 2 * i, little) : Number(view.getBigInt64(at + 8 * i, little));
  const float = (at: number, i = 0) =>
    version === 1 ? view.getFloat32(at + 4 * i, little) : view.getFloat64(at + 8 * i, little);
  const floats = (at: number, count: number) => Array.from({ length: count }, (_, i) => float(at, i));

  const magic = String.fromCharCode(...bytes.subarray(layout.magic, layout.magic + 3));
  if (magic !== `n+${version}` && magic !== `ni${version}`)
    throw new ImagingError(
      "unsupported-file",
      `${name} is no NIfTI file (its magic is missing, as in Analyze 7.5, which does not say left from right); convert it to NIfTI.`,
    );
  const dimensions = size(layout.dim, 0);
  if (dimensions < 2 || dimensions > 7)
    throw new ImagingError(
      "malformed",
      `${name} declares ${dimensions} dimensions (dim[0]); an image has 2 to 7.`,
    );
  const shape = Array.from({ length: dimensions }, (_, i) => size(layout.dim, i + 1));
  const slope = float(layout.slope);
  const intercept = float(layout.slope, 1);
  const scaled = Number.isFinite(slope) && slope !== 0;
  const units = version === 1 ? view.getUint8(layout.units) : view.getInt32(layout.units, little);
  return {
    headerBytes: HEADER_BYTES[version],
    littleEndian: little,
    detached: magic.startsWith("ni"),
    type: sampleType(view.getInt16(layout.type, little), name),
    shape: dimensions === 2 ? [...shape, 1] : shape,
    dataOffset: dataOffset(version === 1 ? float(layout.dataOffset) : size(layout.dataOffset, 0), name),
    slope: scaled ? slope : 1,
    intercept: scaled && Number.isFinite(intercept) ? intercept : 0,
    unit: MILLIMETRES[units & 7] ?? 1,
    qformCode: integer(layout.qform),
    sformCode: integer(layout.sform),
    pixdim: floats(layout.pixdim, 4),
    quaternion: floats(layout.quaternion, 3) as unknown as Vec3,
    offset: floats(layout.quaternion, 6).slice(3) as unknown as Vec3,
    sform: floats(layout.rows, 12),
  };
}

function sampleType(code: number, name: string): SampleType {
  const type = TYPES.get(code);
  if (type !== undefined) return type;
  const what = REFUSED.get(code);
  throw new ImagingError(
    "unsupported-pixels",
    what === undefined
      ? `${name} has NIfTI datatype ${code}, which is not known; convert it to 16-bit integers or 32-bit floats.`
      : `${name} holds ${what} (NIfTI datatype ${code}) and no grey values; convert it to 16-bit integers or 32-bit floats.`,
  );
}

function dataOffset(offset: number, name: string): number {
  if (offset >= 0 && Number.isSafeInteger(offset)) return offset;
  // Programs that write no offset leave it as it was.
  if (Number.isNaN(offset)) return 0;
  throw new ImagingError(
    "malformed",
    `${name} says that its voxels begin at byte ${offset} (vox_offset); save it again.`,
  );
}
