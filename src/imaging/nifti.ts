import { ImagingError } from "./errors.js";
import { fileSeries, noOrientation, severalVolumes, type ImageHeader } from "./file-series.js";
import { affineOf, imageAffine, spacingOf } from "./geometry.js";
import { gunzip, isGzip } from "./gzip.js";
import { requireBytes, voxelCount } from "./limits.js";
import type { Problem, Series } from "./series.js";
import { readSamples, rescale, sampleBytes, type SampleType } from "./voxels.js";
import type { Affine, Vec3, Volume } from "./volume.js";

const HEADER_BYTES = 348;
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
]);

interface NiftiHeader {
  readonly image: ImageHeader;
  readonly type: SampleType;
  readonly littleEndian: boolean;
  readonly dataOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly problems: readonly Problem[];
}

/** RAS to LPS and back: x and y change sign. */
function flipXY(affine: Affine): Affine {
  return affine.map((value, i) => (i < 8 ? -value + 0 : value));
}

/** Affine in RAS from the quaternion form (nifti1.h, method 2). */
function quaternionAffine(view: DataView, little: boolean, pixdim: Vec3): Affine {
  const [b, c, d] = [256, 260, 264].map((at) => view.getFloat32(at, little)) as [number, number, number];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handedness = view.getFloat32(76, little) < 0 ? -1 : 1;
  const [x, y, z] = [pixdim[0], pixdim[1], pixdim[2] * handedness];
  return affineOf(
    [(a * a + b * b - c * c - d * d) * x, 2 * (b * c + a * d) * x, 2 * (b * d - a * c) * x],
    [2 * (b * c - a * d) * y, (a * a + c * c - b * b - d * d) * y, 2 * (c * d + a * b) * y],
    [2 * (b * d + a * c) * z, 2 * (c * d - a * b) * z, (a * a + d * d - c * c - b * b) * z],
    [268, 272, 276].map((at) => view.getFloat32(at, little)) as unknown as Vec3,
  );
}

/** Affine in RAS by the method the codes choose, or `undefined` where the file gives no orientation. */
function niftiAffine(view: DataView, little: boolean, pixdim: Vec3): Affine | undefined {
  const sform = Array.from({ length: 12 }, (_, i) => view.getFloat32(280 + 4 * i, little)).concat([
    0, 0, 0, 1,
  ]);
  const usable = (affine: Affine) =>
    affine.every(Number.isFinite) && spacingOf(affine).every((length) => length > 1e-6);
  if (view.getInt16(254, little) > 0 && usable(sform)) return sform;
  if (view.getInt16(252, little) <= 0) return undefined;
  const qform = quaternionAffine(view, little, pixdim);
  return usable(qform) ? qform : undefined;
}

function parseHeader(bytes: Uint8Array, name: string): NiftiHeader {
  requireBytes(bytes.length, HEADER_BYTES, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getInt32(0, true) === HEADER_BYTES;
  if (!little && view.getInt32(0, false) !== HEADER_BYTES)
    throw new ImagingError(
      "malformed",
      `${name} is not a NIfTI-1 file (sizeof_hdr is not 348); convert it to NIfTI-1.`,
    );
  if (String.fromCharCode(...bytes.subarray(344, 347)) !== "n+1")
    throw new ImagingError(
      "unsupported-file",
      `${name} keeps its voxels in another file or is no NIfTI-1 (magic is not n+1); convert it to a single .nii file.`,
    );
  const code = view.getInt16(70, little);
  const type = TYPES.get(code);
  if (type === undefined)
    throw new ImagingError(
      "unsupported-pixels",
      `${name} has NIfTI datatype ${code}, which is not read; convert it to 16-bit integers or 32-bit floats.`,
    );
  const dims = Array.from({ length: 8 }, (_, i) => view.getInt16(40 + 2 * i, little));
  if (dims[0]! < 2 || dims[0]! > 7)
    throw new ImagingError(
      "malformed",
      `${name} declares ${dims[0]!} dimensions (dim[0]); an image has 2 to 7.`,
    );
  const [columns, rows, slices] = [dims[1]!, dims[2]!, dims[0]! > 2 ? dims[3]! : 1];
  voxelCount([columns, rows, slices], name);
  const volumes = dims.slice(4, dims[0]! + 1).reduce((product, size) => product * Math.max(1, size), 1);
  const pixdim = [80, 84, 88].map((at) => Math.abs(view.getFloat32(at, little))) as unknown as Vec3;
  const ras = niftiAffine(view, little, pixdim);
  if (ras === undefined && !pixdim.slice(0, 2).every((size) => size > 0 && Number.isFinite(size)))
    throw new ImagingError("no-spacing", `${name} has no voxel size (pixdim); set it before reading.`);
  const spacing: Vec3 = ras ? spacingOf(ras) : [pixdim[0], pixdim[1], pixdim[2] > 0 ? pixdim[2] : 1];
  const slope = view.getFloat32(112, little);
  const scaled = Number.isFinite(slope) && slope !== 0;
  const intercept = view.getFloat32(116, little);
  return {
    image: {
      columns,
      rows,
      slices,
      spacing,
      affine: ras ? flipXY(ras) : imageAffine(spacing),
      geometry: ras ? "patient" : "image",
    },
    type,
    littleEndian: little,
    dataOffset: Math.max(HEADER_BYTES, view.getFloat32(108, little) || 0),
    slope: scaled ? slope : 1,
    intercept: scaled && Number.isFinite(intercept) ? intercept : 0,
    problems: [...severalVolumes(volumes, name), ...(ras ? [] : [noOrientation(name)])],
  };
}

/** The series in a .nii or .nii.gz file; the first volume of several. Throws `ImagingError`. */
export function niftiSeries(file: Uint8Array, name: string, id: string): Series {
  const bytes = isGzip(file) ? gunzip(file, name) : file;
  const header = parseHeader(bytes, name);
  const { image, type } = header;
  const count = image.columns * image.rows * image.slices;
  requireBytes(bytes.length - header.dataOffset, count * sampleBytes(type), name);
  return fileSeries(id, image, header.problems, () =>
    rescale(
      readSamples(bytes.subarray(header.dataOffset), type, count, header.littleEndian),
      header.slope,
      header.intercept,
    ),
  );
}

/**
 * A volume as a NIfTI-1 file (not compressed): int16 or float32 little endian, LPS turned to RAS in the sform. A volume
 * without patient geometry gets no sform, only its voxel size.
 */
export function writeNifti(volume: Volume): Uint8Array {
  const { voxels, spacing } = volume;
  const float = voxels instanceof Float32Array;
  const dataOffset = 352;
  const width = float ? 4 : 2;
  const bytes = new Uint8Array(dataOffset + voxels.length * width);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, HEADER_BYTES, true);
  [3, volume.columns, volume.rows, volume.slices, 1, 1, 1, 1].forEach((size, i) => {
    view.setInt16(40 + 2 * i, size, true);
  });
  view.setInt16(70, float ? 16 : 4, true);
  view.setInt16(72, width * 8, true);
  [1, ...spacing, 0, 0, 0, 0].forEach((size, i) => {
    view.setFloat32(76 + 4 * i, size, true);
  });
  view.setFloat32(108, dataOffset, true);
  view.setFloat32(112, 1, true);
  view.setUint8(123, 2); // millimetres
  view.setInt16(254, volume.geometry === "patient" ? 1 : 0, true);
  flipXY(volume.affine)
    .slice(0, 12)
    .forEach((value, i) => {
      view.setFloat32(280 + 4 * i, value, true);
    });
  bytes.set([0x6e, 0x2b, 0x31], 344);
  voxels.forEach((value, i) => {
    if (float) view.setFloat32(dataOffset + 4 * i, value, true);
    else view.setInt16(dataOffset + 2 * i, value, true);
  });
  return bytes;
}
