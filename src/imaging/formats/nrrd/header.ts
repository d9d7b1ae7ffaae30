import { ImagingError } from "../../errors.js";
import { numberedNames, type StoredVoxels } from "../stored.js";
import type { SampleType } from "../voxels.js";

const HEADER_LIMIT = 1024 * 1024;
/** Type names and their synonyms (teem's definition of the NRRD format, section 5). */
const TYPES: readonly (readonly [RegExp, SampleType])[] = [
  [/^(signed char|int8(_t)?)$/, "int8"],
  [/^(uchar|unsigned char|uint8(_t)?)$/, "uint8"],
  [/^((signed )?short( int)?|int16(_t)?)$/, "int16"],
  [/^(ushort|unsigned short( int)?|uint16(_t)?)$/, "uint16"],
  [/^((signed )?int|int32(_t)?)$/, "int32"],
  [/^(uint|unsigned int|uint32(_t)?)$/, "uint32"],
  [/^(longlong|(signed )?long long( int)?|int64(_t)?)$/, "int64"],
  [/^(ulonglong|unsigned long long( int)?|uint64(_t)?)$/, "uint64"],
  [/^float$/, "float32"],
  [/^double$/, "float64"],
];
const ENCODINGS: Readonly<Record<string, StoredVoxels["encoding"]>> = {
  raw: "raw",
  gz: "deflate",
  gzip: "deflate",
  txt: "text",
  text: "text",
  ascii: "text",
  hex: "hex",
};

/** The fields of an NRRD header and where its voxels begin. */
export interface NrrdHeader {
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  /** Lines behind `data file: LIST`. */
  readonly following: readonly string[];
  /** Byte behind the blank line. */
  readonly dataOffset: number;
}

/** `key: value` lines up to the blank line before the data; a detached header may end without one. */
export function parseNrrdHeader(bytes: Uint8Array, name: string): NrrdHeader {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_LIMIT)).toString(
    "latin1",
  );
  const blank = /\r?\n\r?\n/.exec(text);
  const lines = text.slice(0, blank?.index ?? text.length).split(/\r?\n/);
  const list = lines.findIndex((line) => /^data ?file: LIST\b/i.test(line));
  const following = list < 0 ? [] : lines.slice(list + 1).map((line) => line.trim());
  const pairs = lines.slice(1, list < 0 ? undefined : list + 1).flatMap((line) => {
    const match = /^([^#:=][^:=]*): (.*)$/.exec(line);
    return match ? [[match[1]!.trim().toLowerCase(), match[2]!.trim()] as const] : [];
  });
  const fields = new Map(pairs.map(([key, value]) => [key === "datafile" ? "data file" : key, value]));
  if (!text.startsWith("NRRD000") || (blank === null && !fields.has("data file")))
    throw new ImagingError("malformed", `${name} is not an NRRD file with a whole header; save it again.`);
  return {
    fields,
    following: following.filter((line) => line !== "" && !line.startsWith("#")),
    dataOffset: blank === null ? text.length : blank.index + blank[0].length,
  };
}

function wholeNumber(fields: NrrdHeader["fields"], keys: readonly string[], name: string): number {
  const value = Number(keys.map((key) => fields.get(key)).find((text) => text !== undefined) ?? 0);
  if (Number.isInteger(value) && value >= -1 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new ImagingError("malformed", `${name} has a "${keys[0]!}" that is no number; save it again.`);
}

/** Where the voxels are: in this file, one beside it, a numbered or a listed row of files. */
function voxelFiles(
  { fields, following, dataOffset }: NrrdHeader,
  bytes: Uint8Array,
  sizes: readonly number[],
  name: string,
): Pick<StoredVoxels, "files" | "countPerFile"> {
  const total = sizes.reduce((product, size) => product * size, 1);
  const dataFile = fields.get("data file");
  if (dataFile === undefined) return { files: [bytes.subarray(dataOffset)], countPerFile: total };
  const words = dataFile.split(/\s+/);
  // Every file holds one step of the slowest axis, unless it is told of how many axes it holds all.
  const each = (axes: string | undefined) => {
    const given = Number(axes ?? sizes.length - 1);
    const kept = given >= 1 && given <= sizes.length ? given : sizes.length - 1;
    return sizes.slice(0, kept).reduce((product, size) => product * size, 1);
  };
  if (words[0]!.toUpperCase() === "LIST") return { files: following, countPerFile: each(words[1]) };
  const range = words.slice(-(words.length > 4 ? 4 : 3)).map(Number);
  if (dataFile.includes("%") && words.length >= 4 && range.every(Number.isInteger))
    return {
      files: numberedNames(words[0]!, range.slice(0, 3), name),
      countPerFile: each(range[3] === undefined ? undefined : String(range[3])),
    };
  return { files: [dataFile], countPerFile: total };
}

/** How and where the voxels of all `sizes` are kept. Throws `ImagingError` for a type or encoding that is not read. */
export function nrrdStored(
  header: NrrdHeader,
  bytes: Uint8Array,
  sizes: readonly number[],
  name: string,
): Omit<StoredVoxels, "count"> {
  const { fields } = header;
  const type = TYPES.find(([pattern]) => pattern.test((fields.get("type") ?? "").toLowerCase()))?.[1];
  const given = (fields.get("encoding") ?? "").toLowerCase();
  const encoding = ENCODINGS[given];
  if (type === undefined)
    throw new ImagingError(
      "unsupported-pixels",
      `${name} has samples of a type that is not read (type); convert them to short or float.`,
    );
  if (encoding === undefined)
    throw new ImagingError(
      "unsupported-pixels",
      `${name} has ${/^bz/.test(given) ? "bzip2 packed voxels" : "an encoding"} that ${/^bz/.test(given) ? "are" : "is"} not read (encoding); save it as raw or gzip.`,
    );
  const byteSkip = wholeNumber(fields, ["byte skip", "byteskip"], name);
  return {
    type,
    encoding,
    littleEndian: (fields.get("endian") ?? "little").toLowerCase() !== "big",
    lineSkip: Math.max(0, wholeNumber(fields, ["line skip", "lineskip"], name)),
    byteSkip: byteSkip === -1 ? "end" : byteSkip,
    ...voxelFiles(header, bytes, sizes, name),
  };
}
