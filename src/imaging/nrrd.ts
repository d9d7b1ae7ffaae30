import { ImagingError } from "./errors.js";
import { fileSeries, noOrientation } from "./file-series.js";
import { affineOf, imageAffine, spacingOf } from "./geometry.js";
import { gunzip } from "./gzip.js";
import { requireBytes, voxelCount } from "./limits.js";
import type { Series } from "./series.js";
import { readSamples, rescale, sampleBytes, type SampleType } from "./voxels.js";
import type { Affine, Vec3 } from "./volume.js";

const HEADER_LIMIT = 64 * 1024;
/** Type names and their synonyms (teem's NRRD format, section 5). */
const TYPES: readonly (readonly [RegExp, SampleType])[] = [
  [/^(signed char|int8(_t)?)$/, "int8"],
  [/^(uchar|unsigned char|uint8(_t)?)$/, "uint8"],
  [/^((signed )?short( int)?|int16(_t)?)$/, "int16"],
  [/^(ushort|unsigned short( int)?|uint16(_t)?)$/, "uint16"],
  [/^((signed )?int|int32(_t)?)$/, "int32"],
  [/^(uint|unsigned int|uint32(_t)?)$/, "uint32"],
  [/^float$/, "float32"],
  [/^double$/, "float64"],
];
/** Signs that turn a named space into LPS. */
const SPACES: Record<string, Vec3> = {
  "left-posterior-superior": [1, 1, 1],
  lps: [1, 1, 1],
  "right-anterior-superior": [-1, -1, 1],
  ras: [-1, -1, 1],
  "left-anterior-superior": [1, -1, 1],
  las: [1, -1, 1],
};

/** `key: value` lines up to the blank line before the data. */
function parseHeader(bytes: Uint8Array, name: string): { fields: Map<string, string>; dataOffset: number } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_LIMIT)).toString(
    "latin1",
  );
  const end = /\r?\n\r?\n/.exec(text);
  if (!text.startsWith("NRRD000") || end === null)
    throw new ImagingError("malformed", `${name} is not an NRRD file with a whole header; save it again.`);
  const pairs = text
    .slice(0, end.index)
    .split(/\r?\n/)
    .flatMap((line) => {
      const match = /^([^#:=][^:=]*): (.*)$/.exec(line);
      return match ? [[match[1]!.trim().toLowerCase(), match[2]!.trim()] as const] : [];
    });
  return { fields: new Map(pairs), dataOffset: end.index + end[0].length };
}

function vectors(text: string | undefined): Vec3[] {
  const found = [...(text ?? "").matchAll(/\(([^)]*)\)/g)].map((match) => match[1]!.split(",").map(Number));
  return found.every((values) => values.length === 3 && values.every(Number.isFinite))
    ? (found as unknown as Vec3[])
    : [];
}

/** Affine in LPS, or `undefined` where the file does not place the image in a patient. */
function nrrdAffine(fields: Map<string, string>): Affine | undefined {
  const signs = SPACES[(fields.get("space") ?? "").toLowerCase()];
  const directions = vectors(fields.get("space directions"));
  const origin = vectors(fields.get("space origin"))[0];
  if (signs === undefined || directions.length !== 3 || origin === undefined) return undefined;
  const lps = (v: Vec3): Vec3 => [v[0] * signs[0], v[1] * signs[1], v[2] * signs[2]];
  const affine = affineOf(lps(directions[0]!), lps(directions[1]!), lps(directions[2]!), lps(origin));
  return spacingOf(affine).every((length) => length > 1e-6) ? affine : undefined;
}

/** The series in an .nrrd file with attached raw or gzip data. Throws `ImagingError`. */
export function nrrdSeries(bytes: Uint8Array, name: string, id: string): Series {
  const { fields, dataOffset } = parseHeader(bytes, name);
  const type = TYPES.find(([pattern]) => pattern.test((fields.get("type") ?? "").toLowerCase()))?.[1];
  const encoding = (fields.get("encoding") ?? "").toLowerCase();
  const sizes = (fields.get("sizes") ?? "").split(/\s+/).map(Number);
  if (fields.has("data file") || fields.has("datafile"))
    throw new ImagingError(
      "unsupported-file",
      `${name} keeps its voxels in another file (data file); save it as a single .nrrd.`,
    );
  if (
    type === undefined ||
    !["raw", "gzip", "gz"].includes(encoding) ||
    (sizes.length !== 2 && sizes.length !== 3)
  )
    throw new ImagingError(
      "unsupported-pixels",
      `${name} must hold 2 or 3 dimensions of plain numbers, raw or gzip (type, sizes, encoding); convert it.`,
    );
  if (fields.has("line skip") || fields.has("byte skip"))
    throw new ImagingError(
      "unsupported-file",
      `${name} skips bytes before its voxels (line skip, byte skip); save it again without.`,
    );
  const [columns, rows, slices] = [sizes[0]!, sizes[1]!, sizes[2] ?? 1];
  const count = voxelCount([columns, rows, slices], name);
  const placed = nrrdAffine(fields);
  const spacings = (fields.get("spacings") ?? "").split(/\s+/).map(Number);
  const spacing: Vec3 = placed ? spacingOf(placed) : [spacings[0]!, spacings[1] ?? NaN, spacings[2] ?? 1];
  if (!spacing.every((size) => size > 0 && Number.isFinite(size)))
    throw new ImagingError(
      "no-spacing",
      `${name} has neither space directions nor spacings; set them before reading.`,
    );
  const data = bytes.subarray(dataOffset);
  const size = count * sampleBytes(type);
  if (encoding === "raw") requireBytes(data.length, size, name);
  const header = {
    columns,
    rows,
    slices,
    spacing,
    affine: placed ?? imageAffine(spacing),
    geometry: placed ? "patient" : "image",
  } as const;
  return fileSeries(id, header, placed ? [] : [noOrientation(name)], () => {
    const raw = encoding === "raw" ? data : gunzip(data, name, size);
    requireBytes(raw.length, size, name);
    return rescale(readSamples(raw, type, count, (fields.get("endian") ?? "little") !== "big"), 1, 0);
  });
}
