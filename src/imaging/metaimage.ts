import { inflateSync } from "node:zlib";
import { ImagingError, reason } from "./errors.js";
import { fileSeries, noOrientation, severalVolumes } from "./file-series.js";
import { affineOf, imageAffine, scale } from "./geometry.js";
import { gunzip, isGzip } from "./gzip.js";
import { requireBytes, voxelCount } from "./limits.js";
import type { Series } from "./series.js";
import { readSamples, rescale, sampleBytes, type SampleType } from "./voxels.js";
import type { Vec3 } from "./volume.js";

/** Longest header that is looked for. */
const HEADER_LIMIT = 64 * 1024;
const TYPES: Record<string, SampleType> = {
  MET_CHAR: "int8",
  MET_UCHAR: "uint8",
  MET_SHORT: "int16",
  MET_USHORT: "uint16",
  MET_INT: "int32",
  MET_UINT: "uint32",
  MET_FLOAT: "float32",
  MET_DOUBLE: "float64",
};

interface Header {
  readonly fields: Map<string, string>;
  readonly dataOffset: number;
}

/** `Key = Value` lines up to and including ElementDataFile, which the format puts last. */
function parseHeader(bytes: Uint8Array, name: string): Header {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_LIMIT)).toString(
    "latin1",
  );
  const end = /^ElementDataFile\s*=\s*(\S+)[^\n]*\n/m.exec(text);
  if (end === null)
    throw new ImagingError(
      "malformed",
      `${name} is not a MetaImage with a whole header (ElementDataFile is missing); save it again.`,
    );
  if (end[1] !== "LOCAL")
    throw new ImagingError(
      "unsupported-file",
      `${name} keeps its voxels in another file (ElementDataFile); save it as a single .mha.`,
    );
  const lines = text.slice(0, end.index).split("\n");
  const pairs = lines.flatMap((line) => {
    const match = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    return match ? [[match[1]!, match[2]!] as const] : [];
  });
  return { fields: new Map(pairs), dataOffset: end.index + end[0].length };
}

function numberList(fields: Map<string, string>, keys: readonly string[]): number[] | undefined {
  const value = keys.map((key) => fields.get(key)).find((text) => text !== undefined);
  const values = value?.split(/\s+/).map(Number);
  return values?.every(Number.isFinite) ? values : undefined;
}

function inflate(bytes: Uint8Array, size: number, name: string): Uint8Array {
  if (isGzip(bytes)) return gunzip(bytes, name, size);
  try {
    return inflateSync(bytes, { maxOutputLength: size });
  } catch (thrown) {
    throw new ImagingError(
      "malformed",
      `${name} has compressed voxels that do not inflate to the declared size (${reason(thrown)}); save it again.`,
    );
  }
}

/** The series in a MetaImage (.mha) file; coordinates are LPS, as ITK writes them. Throws `ImagingError`. */
export function metaImageSeries(bytes: Uint8Array, name: string, id: string): Series {
  const { fields, dataOffset } = parseHeader(bytes, name);
  const dims = numberList(fields, ["DimSize"]) ?? [];
  const type = TYPES[fields.get("ElementType") ?? ""];
  if (
    type === undefined ||
    Number(fields.get("ElementNumberOfChannels") ?? 1) !== 1 ||
    /false/i.test(fields.get("BinaryData") ?? "")
  )
    throw new ImagingError(
      "unsupported-pixels",
      `${name} must hold binary numbers with one channel (ElementType, ElementNumberOfChannels, BinaryData); convert it.`,
    );
  const [columns, rows, slices] = [dims[0] ?? 0, dims[1] ?? 0, dims[2] ?? 1];
  const count = voxelCount([columns, rows, slices], name);
  const given = numberList(fields, ["ElementSpacing", "ElementSize"]);
  if (given === undefined || given.length < Math.min(3, dims.length) || given.some((size) => size <= 0))
    throw new ImagingError("no-spacing", `${name} has no valid ElementSpacing; set it before reading.`);
  const spacing: Vec3 = [given[0]!, given[1]!, given[2] ?? 1];
  const matrix = numberList(fields, ["TransformMatrix", "Orientation", "Rotation"]);
  const origin = numberList(fields, ["Offset", "Position", "Origin"]);
  const placed = dims.length === 3 && matrix?.length === 9 && origin?.length === 3;
  const axis = (i: number): Vec3 => [matrix![3 * i]!, matrix![3 * i + 1]!, matrix![3 * i + 2]!];
  const affine = placed
    ? affineOf(scale(axis(0), spacing[0]), scale(axis(1), spacing[1]), scale(axis(2), spacing[2]), [
        origin[0]!,
        origin[1]!,
        origin[2]!,
      ])
    : imageAffine(spacing);
  const littleEndian = !/true/i.test(
    fields.get("BinaryDataByteOrderMSB") ?? fields.get("ElementByteOrderMSB") ?? "",
  );
  const compressed = /true/i.test(fields.get("CompressedData") ?? "");
  const size = count * sampleBytes(type);
  const data = bytes.subarray(dataOffset);
  if (!compressed) requireBytes(data.length, size, name);
  const volumes = dims.slice(3).reduce((product, n) => product * Math.max(1, n), 1);
  const problems = [...severalVolumes(volumes, name), ...(placed ? [] : [noOrientation(name)])];
  return fileSeries(
    id,
    { columns, rows, slices, spacing, affine, geometry: placed ? "patient" : "image" },
    problems,
    () => {
      const raw = compressed ? inflate(data, size * Math.max(1, volumes), name) : data;
      requireBytes(raw.length, size, name);
      return rescale(readSamples(raw, type, count, littleEndian), 1, 0);
    },
  );
}
