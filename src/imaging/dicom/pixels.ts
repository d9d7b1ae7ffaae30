import type { DataSet } from "dicom-parser";
import { ImagingError } from "../errors.js";
import type { Problem } from "../series.js";
import { readSamples } from "../formats/voxels.js";
import { decodeCompressed, isDecodable, sniffSyntax } from "./codec.js";
import { EXPLICIT_BIG_ENDIAN } from "./dataset.js";
import { readFrame } from "./frames.js";
import type { FileHeader } from "./header.js";
import type { PixelLayout } from "./pixelLayout.js";
import { decodeRle } from "./rle.js";

const RLE = "1.2.840.10008.1.2.5";
const NATIVE = new Set([
  "1.2.840.10008.1.2",
  "1.2.840.10008.1.2.1",
  "1.2.840.10008.1.2.1.99",
  EXPLICIT_BIG_ENDIAN,
]);

/** What keeps these pixels from being read, known from the header alone. */
export function pixelProblems(layout: PixelLayout, name: string): Problem[] {
  const problems: Problem[] = [];
  if (layout.samplesPerPixel !== 1 || !layout.photometric.startsWith("MONOCHROME"))
    problems.push({
      code: "not-grayscale",
      message: `${name} is a colour image (0028,0004); choose the grayscale series it was made from.`,
    });
  if (!NATIVE.has(layout.syntax) && layout.syntax !== RLE && !isDecodable(layout.syntax))
    problems.push({
      code: "unsupported-syntax",
      message: `${name} uses transfer syntax ${layout.syntax.replace(/[^0-9.]/g, "?").slice(0, 64)} (0002,0010), which is not decoded; export it uncompressed.`,
    });
  return problems;
}

/** Pixels as a file stores them, before rescaling: in 16 bits where they fit. */
export type StoredValues = Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/**
 * Takes BitsStored bits below HighBit of each stored word and extends their sign, whatever overlays or padding lie in
 * the other bits (PS3.5 section 8.1.1).
 */
function storedValues(words: Uint8Array | Uint16Array | Uint32Array, layout: PixelLayout): StoredValues {
  const { bitsStored, highBit, signed } = layout;
  const unused = 32 - bitsStored;
  const above = 31 - highBit;
  const count = words.length;
  if (signed) {
    const values = bitsStored > 16 ? new Int32Array(count) : new Int16Array(count);
    for (let i = 0; i < count; i++) values[i] = (words[i]! << above) >> unused;
    return values;
  }
  const values =
    bitsStored > 16
      ? new Uint32Array(count)
      : bitsStored === 16
        ? new Uint16Array(count)
        : new Int16Array(count);
  for (let i = 0; i < count; i++) values[i] = (words[i]! << above) >>> unused;
  return values;
}

/** MONOCHROME1 shows high values dark; turned so that bright is high, as in every other image (floats have no highest). */
function invert(values: StoredValues, layout: PixelLayout): void {
  const sum = layout.sample !== "integer" ? 0 : layout.signed ? -1 : 2 ** layout.bitsStored - 1;
  for (let i = 0; i < values.length; i++) values[i] = sum - values[i]!;
}

/** Neighbouring bytes exchanged. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
}

/** One frame of pixels that are floats, which are never compressed and have no unused bits. */
function floats(
  dataSet: DataSet,
  { layout, storedFrames }: FileHeader,
  frame: number,
  name: string,
): StoredValues {
  const { bytes } = readFrame(dataSet, layout, frame, storedFrames, name);
  const littleEndian = layout.syntax !== EXPLICIT_BIG_ENDIAN;
  const type = layout.sample === "float64" ? "float64" : "float32";
  return readSamples(bytes, type, layout.rows * layout.columns, littleEndian) as Float32Array | Float64Array;
}

/**
 * The words of one frame as they are stored, decompressed, with whatever lies beside the stored bits: one per pixel and sample,
 * in the order of the file. Throws `ImagingError` for pixels that cannot be read whole.
 */
export async function storedWords(
  dataSet: DataSet,
  layout: PixelLayout,
  frame: number,
  frames: number,
  name: string,
): Promise<Uint8Array | Uint16Array | Uint32Array> {
  const { bytes, encapsulated } = readFrame(dataSet, layout, frame, frames, name);
  const pixels = layout.rows * layout.columns * layout.samplesPerPixel;
  const width = layout.bitsAllocated / 8;
  if (!encapsulated) {
    const type = width === 1 ? "uint8" : width === 2 ? "uint16" : "uint32";
    const isBigEndian = layout.syntax === EXPLICIT_BIG_ENDIAN;
    // Bytes that were written as 16-bit words change places with their order (PS3.5 section 8.1.1).
    const stored = isBigEndian && width === 1 && layout.isWords ? swapped(bytes) : bytes;
    return readSamples(stored, type, pixels, !isBigEndian) as Uint8Array | Uint16Array | Uint32Array;
  }
  // A file without a file meta group does not say how its fragments are compressed; they do.
  const syntax = NATIVE.has(layout.syntax) ? (sniffSyntax(bytes) ?? RLE) : layout.syntax;
  const decoded =
    syntax === RLE
      ? decodeRle(bytes, pixels, width, name)
      : await decodeCompressed(bytes, { ...layout, syntax }, name);
  const decodedWidth = decoded.length / pixels;
  if (decodedWidth !== 1 && decodedWidth !== 2 && decodedWidth !== 4)
    throw new ImagingError(
      "decode-failed",
      `${name} decodes to ${decoded.length} bytes, which is no image of ${layout.rows} rows and ${layout.columns} columns; export it uncompressed.`,
    );
  const type = decodedWidth === 1 ? "uint8" : decodedWidth === 2 ? "uint16" : "uint32";
  return readSamples(decoded, type, pixels, true) as Uint8Array | Uint16Array | Uint32Array;
}

/** The stored values of one frame before rescaling. Throws `ImagingError` for pixels that cannot be read whole. */
export async function decodeFrame(
  dataSet: DataSet,
  header: FileHeader,
  frame: number,
  name: string,
): Promise<StoredValues> {
  const { layout, storedFrames } = header;
  const problem = pixelProblems(layout, name)[0];
  if (problem) throw new ImagingError(problem.code, problem.message);
  const values =
    layout.sample === "integer"
      ? storedValues(await storedWords(dataSet, layout, frame, storedFrames, name), layout)
      : floats(dataSet, header, frame, name);
  if (layout.photometric === "MONOCHROME1") invert(values, layout);
  return values;
}

/** The tile of a mosaic frame whose first pixel lies at `tile`; the whole frame where there is no tile. */
export function tileOf(
  values: StoredValues,
  { layout, rows, columns }: Pick<FileHeader, "layout" | "rows" | "columns">,
  tile: { readonly row: number; readonly column: number } | undefined,
): StoredValues {
  if (tile === undefined) return values;
  const out = values.slice(0, rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = (tile.row + row) * layout.columns + tile.column;
    out.set(values.subarray(start, start + columns), row * columns);
  }
  return out;
}
