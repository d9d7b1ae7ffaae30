import type { DataSet } from "dicom-parser";
import { ImagingError } from "../errors.js";
import type { Problem } from "../series.js";
import { readSamples } from "../voxels.js";
import { decodeCompressed, isDecodable } from "./codec.js";
import { EXPLICIT_BIG_ENDIAN } from "./dataset.js";
import { readFrame } from "./frames.js";
import type { PixelLayout } from "./header.js";
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

/**
 * Takes BitsStored bits below HighBit of each stored word and extends their sign, whatever overlays or padding lie in
 * the other bits (PS3.5 section 8.1.1).
 */
function storedValues(
  words: Uint8Array | Uint16Array | Uint32Array,
  layout: PixelLayout,
): Int32Array | Uint32Array {
  const { bitsStored, highBit, signed } = layout;
  const unused = 32 - bitsStored;
  const below = highBit + 1 - bitsStored;
  const values = signed ? new Int32Array(words.length) : new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const raised = (words[i]! >>> below) << unused;
    values[i] = signed ? raised >> unused : raised >>> unused;
  }
  return values;
}

/** MONOCHROME1 shows high values dark; turned so that bright is high, as in every other image. */
function invert(values: Int32Array | Uint32Array, layout: PixelLayout): void {
  const sum = layout.signed ? -1 : 2 ** layout.bitsStored - 1;
  for (let i = 0; i < values.length; i++) values[i] = sum - values[i]!;
}

async function words(dataSet: DataSet, layout: PixelLayout, frame: number, frames: number, name: string) {
  const { bytes, encapsulated } = readFrame(dataSet, layout, frame, frames, name);
  const pixels = layout.rows * layout.columns;
  const width = layout.bitsAllocated / 8;
  if (!encapsulated) {
    const type = width === 1 ? "uint8" : width === 2 ? "uint16" : "uint32";
    // Big endian 8-bit data in OW words would need swapping; no MR writes it.
    return readSamples(bytes, type, pixels, layout.syntax !== EXPLICIT_BIG_ENDIAN) as
      Uint8Array | Uint16Array | Uint32Array;
  }
  const decoded =
    layout.syntax === RLE
      ? decodeRle(bytes, pixels, width, name)
      : await decodeCompressed(bytes, layout, name);
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
  layout: PixelLayout,
  frame: number,
  frames: number,
  name: string,
): Promise<Int32Array | Uint32Array> {
  const problem = pixelProblems(layout, name)[0];
  if (problem) throw new ImagingError(problem.code, problem.message);
  const values = storedValues(await words(dataSet, layout, frame, frames, name), layout);
  if (layout.photometric === "MONOCHROME1") invert(values, layout);
  return values;
}
