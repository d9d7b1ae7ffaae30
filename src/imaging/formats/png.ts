import { convertIndexedToRgb, decode, encode } from "fast-png";
import { inflateSync } from "node:zlib";
import { ImagingError, reason } from "../errors.js";
import { requireBytes, voxelCount } from "../limits.js";
import { pictureHeader, pictureSeries, type PictureSize, type PictureSpacing } from "./picture.js";
import type { Series } from "../series.js";
import { rescale } from "./voxels.js";
import type { Volume } from "../volume.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** zlib packs at most about 1032 bytes into one; a PNG that declares more than that is not whole. */
const DEFLATE_LIMIT = 1032;

/** Width and height in pixels from the header alone. Throws `ImagingError` for bytes that are no PNG. */
function pngSize(bytes: Uint8Array, name: string): PictureSize {
  if (bytes.length < 29 || SIGNATURE.some((byte, i) => bytes[i] !== byte))
    throw new ImagingError("malformed", `${name} is not a PNG image; save the slice as an 8 or 16 bit PNG.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const columns = view.getUint32(16);
  const rows = view.getUint32(20);
  const packed = Math.ceil((columns * view.getUint8(24)) / 8) * rows;
  voxelCount([columns, rows], name);
  requireBytes(bytes.length * DEFLATE_LIMIT, packed, name);
  return { columns, rows };
}

/** Samples of a pixel by the header's colour type (PNG specification, section 11.2.1). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Column and row that each pass of an interlaced picture begins with, and the steps to the next (section 8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes that the pixels unpack to: each row of each pass with the byte that names its filter. */
function unpackedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [columns, rows] = [view.getUint32(16), view.getUint32(20)];
  const bits = bytes[24]! * (SAMPLES[bytes[25]!] ?? 4);
  const size = (width: number, height: number) =>
    width <= 0 || height <= 0 ? 0 : height * (1 + Math.ceil((width * bits) / 8));
  if (bytes[28] !== 1) return size(columns, rows);
  return PASSES.reduce(
    (sum, [x, y, across, down]) =>
      sum + size(Math.ceil((columns - x) / across), Math.ceil((rows - y) / down)),
    0,
  );
}

/**
 * The chunks that a picture is made of, without its texts and profiles, whose packed content nothing limits. Throws where
 * its pixels unpack to more than its header declares, before more than that is unpacked.
 */
function plainPng(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE.length)];
  const pixels: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].includes(type)) kept.push(bytes.subarray(at, end));
    if (type === "IDAT") pixels.push(bytes.subarray(at + 8, Math.min(end - 4, bytes.length)));
    if (type === "IEND") break;
    at = end;
  }
  try {
    inflateSync(Buffer.concat(pixels), { maxOutputLength: Math.max(1, unpackedBytes(bytes)) });
  } catch (thrown) {
    if (
      typeof thrown === "object" &&
      thrown !== null &&
      "code" in thrown &&
      thrown.code === "ERR_BUFFER_TOO_LARGE"
    )
      throw new Error("it holds more pixels than its header declares", { cause: thrown });
    throw thrown;
  }
  return Buffer.concat(kept);
}

/**
 * A PNG as a volume of one slice with geometry "image". Gray of 1 to 16 bits keeps its values; colour is averaged and
 * an alpha channel is left out.
 * @param spacingMm distance between neighbouring pixels, the same both ways.
 * @throws ImagingError "no-spacing", "malformed", "too-large" or "truncated".
 */
export function readPng(bytes: Uint8Array, spacingMm: number, name = "The PNG"): Volume {
  const size = pngSize(bytes, name);
  return {
    ...pictureHeader(size, spacingMm, name),
    voxels: grayValues(bytes, size.columns * size.rows, name),
  };
}

/** The series of one picture. Throws `ImagingError` as `readPng` does. */
export function pngSeries(
  bytes: Uint8Array,
  name: string,
  id: string,
  spacing: PictureSpacing | undefined,
): Series {
  const size = pngSize(bytes, name);
  const gray = (): Volume["voxels"] => grayValues(bytes, size.columns * size.rows, name);
  return pictureSeries(id, pictureHeader(size, spacing, name), name, gray);
}

function grayValues(bytes: Uint8Array, count: number, name: string): Volume["voxels"] {
  try {
    const png = decode(plainPng(bytes));
    const indexed = png.palette !== undefined;
    const data = indexed ? convertIndexedToRgb(png) : png.data;
    const channels = indexed ? Math.round(data.length / count) : png.channels;
    const colours = channels >= 3 ? 3 : 1;
    if (colours === 1 && channels === 1 && png.depth >= 8)
      return rescale(data instanceof Uint16Array ? data : new Uint8Array(data), 1, 0);
    if (channels === 1)
      return rescale(unpackBits(new Uint8Array(data), png.width, png.height, png.depth), 1, 0);
    const gray = new Float32Array(count);
    for (let i = 0; i < count; i++)
      gray[i] =
        colours === 1
          ? data[i * channels]!
          : (data[i * channels]! + data[i * channels + 1]! + data[i * channels + 2]!) / 3;
    return gray;
  } catch (thrown) {
    throw new ImagingError(
      "malformed",
      `${name} cannot be decoded as PNG (${reason(thrown)}); save the slice again.`,
    );
  }
}

/** One value per pixel from rows of 1, 2 or 4 bit pixels, each row starting on a byte. */
function unpackBits(data: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const values = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      values[row * width + column] =
        (data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  return values;
}

/** PNG of 8-bit pixels: gray (`width x height` bytes) or RGBA (four times as many). */
export function encodePng(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): Uint8Array {
  const channels = pixels.length / (width * height);
  if (channels !== 1 && channels !== 4)
    throw new RangeError(
      `encodePng needs ${width * height} gray or ${4 * width * height} RGBA bytes, not ${pixels.length}.`,
    );
  return encode({ width, height, data: pixels, depth: 8, channels });
}
