import type { FilesBeside } from "./beside.js";
import { ImagingError } from "../errors.js";
import { fileSeries, placementOf, severalVolumes } from "./fileSeries.js";
import { affineOf, scale, spansSpace, stackAxes, step, unit } from "../geometry.js";
import { voxelCount } from "../limits.js";
import type { Series } from "../series.js";
import { numberedNames, readStored, requireStored, type StoredVoxels } from "./stored.js";
import { rescale, sampleBytes, writeVoxels, type SampleType } from "./voxels.js";
import type { Affine, Vec3, Volume } from "../volume.js";

/** Longest header that is looked for; one with a file per slice takes some 20 bytes for each. */
const HEADER_LIMIT = 256 * 1024;
/** Element types by name; MetaIO's LONG has 4 bytes on every machine. */
const TYPES: Record<string, SampleType> = {
  MET_CHAR: "int8",
  MET_UCHAR: "uint8",
  MET_SHORT: "int16",
  MET_USHORT: "uint16",
  MET_INT: "int32",
  MET_UINT: "uint32",
  MET_LONG: "int32",
  MET_ULONG: "uint32",
  MET_LONG_LONG: "int64",
  MET_ULONG_LONG: "uint64",
  MET_FLOAT: "float32",
  MET_DOUBLE: "float64",
};

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  /** What ElementDataFile says, and the lines behind it, which are file names after LIST. */
  readonly dataFile: string;
  readonly following: readonly string[];
  readonly dataOffset: number;
}

/** `Key = Value` lines up to and including ElementDataFile, which the format puts last. */
function parseHeader(bytes: Uint8Array, name: string): Header {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_LIMIT)).toString(
    "latin1",
  );
  const end = /^[ \t]*ElementDataFile[ \t]*[=:][ \t]*(\S[^\n]*?)[ \t\r]*(?:\n|$)/m.exec(text);
  if (end === null)
    throw new ImagingError(
      "malformed",
      `${name} is not a MetaImage with a whole header (ElementDataFile is missing); save it again.`,
    );
  const pairs = text
    .slice(0, end.index)
    .split("\n")
    .flatMap((line) => {
      const at = line.search(/[=:]/);
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
    });
  const dataOffset = end.index + end[0].length;
  const dataFile = end[1]!;
  const following = /^LIST\b/.test(dataFile) ? text.slice(dataOffset).split("\n") : [];
  return {
    fields: new Map(pairs),
    dataFile,
    following: following.map((line) => line.trim()).filter((line) => line !== ""),
    dataOffset,
  };
}

function numberList(fields: ReadonlyMap<string, string>, keys: readonly string[]): number[] | undefined {
  const value = keys.map((key) => fields.get(key)).find((text) => text !== undefined);
  const values = value?.split(/\s+/).map(Number);
  return values?.every(Number.isFinite) ? values : undefined;
}

/**
 * The affine in LPS, or `undefined` where the file does not place the image. The matrix lists the direction of each
 * axis in turn; of more than three dimensions the first three count.
 */
function metaAffine(
  fields: ReadonlyMap<string, string>,
  dimensions: number,
  spacing: Vec3,
): Affine | undefined {
  const matrix = numberList(fields, ["TransformMatrix", "Orientation", "Rotation"]);
  const origin = numberList(fields, ["Offset", "Position", "Origin"]);
  if (dimensions < 3 || matrix?.length !== dimensions ** 2 || origin?.length !== dimensions) return undefined;
  const axes = [0, 1, 2].map((axis) => unit(matrix.slice(axis * dimensions).slice(0, 3) as unknown as Vec3));
  const [column, row, slice] = axes;
  if (!column || !row || !slice) return undefined;
  const [x, y, z] = origin as [number, number, number];
  const affine = affineOf(scale(column, spacing[0]), scale(row, spacing[1]), scale(slice, spacing[2]), [
    x,
    y,
    z,
  ]);
  return spansSpace(affine) ? affine : undefined;
}

/** The voxel files in order and how many samples each holds; `total` samples in all dimensions. */
function voxelFiles(
  header: Header,
  bytes: Uint8Array,
  dims: readonly number[],
  total: number,
  name: string,
): Pick<StoredVoxels, "files" | "countPerFile"> {
  const { dataFile, following, dataOffset } = header;
  if (dataFile === "LOCAL") return { files: [bytes.subarray(dataOffset)], countPerFile: total };
  const words = dataFile.split(/\s+/);
  if (words[0] === "LIST") {
    const given = Number.parseInt(words[1] ?? "", 10);
    const each = given > 0 && given <= dims.length ? given : dims.length - 1;
    return {
      files: following,
      countPerFile: dims.slice(0, each).reduce((product, size) => product * size, 1),
    };
  }
  // A pattern may be followed by first, last and step; by itself it counts the slices from 1.
  const numbers = words.slice(1).map(Number);
  if (dataFile.includes("%") && numbers.length <= 3) {
    const files = dims.at(-1)!;
    const [first = 1, last = first + files - 1, step = 1] = numbers;
    return { files: numberedNames(words[0]!, [first, last, step], name), countPerFile: total / files };
  }
  return { files: [dataFile], countPerFile: total };
}

function encodingOf(fields: ReadonlyMap<string, string>): StoredVoxels["encoding"] {
  if (isFalse(fields.get("BinaryData"))) return "text";
  return isTrue(fields.get("CompressedData")) ? "deflate" : "raw";
}

const isTrue = (value: string | undefined) => /^(true|t|1)$/i.test(value ?? "");
const isFalse = (value: string | undefined) => /^(false|f|0)$/i.test(value ?? "");

function elementType(fields: ReadonlyMap<string, string>, name: string): SampleType {
  const given = (fields.get("ElementType") ?? "").toUpperCase();
  const type = TYPES[given];
  if (type !== undefined && Number(fields.get("ElementNumberOfChannels") ?? 1) === 1) return type;
  throw new ImagingError(
    "unsupported-pixels",
    type === undefined
      ? `${name} has elements of a type that is not read (ElementType); convert them to MET_SHORT or MET_FLOAT.`
      : `${name} holds several numbers for each voxel (ElementNumberOfChannels), as colours do; give an image of grey values.`,
  );
}

/**
 * The series in a MetaImage: one .mha file, or a .mhd header with its voxels in one or several files beside it; the
 * first volume of several. Coordinates are LPS, as ITK writes them. Throws `ImagingError`.
 */
export async function metaImageSeries(
  bytes: Uint8Array,
  name: string,
  id: string,
  beside: FilesBeside,
): Promise<Series> {
  const header = parseHeader(bytes, name);
  const { fields } = header;
  const dims = numberList(fields, ["DimSize"]) ?? [];
  const type = elementType(fields, name);
  const [columns, rows, slices] = [dims[0] ?? 0, dims[1] ?? 0, dims[2] ?? 1];
  const count = voxelCount([columns, rows, slices], name);
  const volumes = dims.slice(3).reduce((product, size) => product * size, 1);
  if (!Number.isInteger(volumes) || volumes < 1 || volumes > 1e6)
    throw new ImagingError("malformed", `${name} declares a size below 1 or far too large (DimSize).`);
  const given = numberList(fields, ["ElementSpacing", "ElementSize"]);
  if (given === undefined || given.length < Math.min(3, dims.length) || given.some((size) => size <= 0))
    throw new ImagingError("no-spacing", `${name} has no valid ElementSpacing; set it before reading.`);
  const spacing: Vec3 = [given[0]!, given[1]!, given[2] ?? 1];
  const affine = metaAffine(fields, dims.length, spacing);
  const skip = Number(fields.get("HeaderSize") ?? 0);
  const stored: StoredVoxels = {
    type,
    littleEndian: !isTrue(fields.get("BinaryDataByteOrderMSB") ?? fields.get("ElementByteOrderMSB")),
    encoding: encodingOf(fields),
    lineSkip: 0,
    byteSkip:
      skip === -1 ? "end" : Number.isInteger(skip) && skip > 0 && header.dataFile !== "LOCAL" ? skip : 0,
    count,
    ...voxelFiles(header, bytes, dims, count * volumes, name),
  };
  await requireStored(stored, beside, name);
  const { problems, ...place } = placementOf(affine, spacing, name);
  return fileSeries(
    id,
    { columns, rows, slices, spacing, ...place },
    [...severalVolumes(volumes, name), ...problems],
    async () => rescale(await readStored(stored, beside, name), 1, 0),
  );
}

/**
 * A volume as a MetaImage (.mha, not compressed): MET_SHORT or MET_FLOAT little endian, LPS. A volume without patient
 * geometry gets no matrix and no offset, only its voxel size.
 */
export function writeMetaImage(volume: Volume): Uint8Array {
  const { voxels, spacing, columns, rows, slices } = volume;
  const type = voxels instanceof Float32Array ? "MET_FLOAT" : "MET_SHORT";
  const affine = stackAxes(volume);
  const axes = ([0, 1, 2] as const).flatMap((axis) => unit(step(affine, axis)) ?? [0, 0, 0]);
  const placed =
    volume.geometry === "patient"
      ? `TransformMatrix = ${axes.join(" ")}\nOffset = ${affine[3]!} ${affine[7]!} ${affine[11]!}\nCenterOfRotation = 0 0 0\n`
      : "";
  const header = Buffer.from(
    `ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n${placed}` +
      `ElementSpacing = ${spacing.join(" ")}\nDimSize = ${columns} ${rows} ${slices}\nElementType = ${type}\nElementDataFile = LOCAL\n`,
  );
  const bytes = new Uint8Array(
    header.length + voxels.length * sampleBytes(type === "MET_FLOAT" ? "float32" : "int16"),
  );
  bytes.set(header);
  writeVoxels(bytes.subarray(header.length), voxels);
  return bytes;
}
