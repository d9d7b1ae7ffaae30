import { ImagingError, reason } from "../errors.js";
import type { PixelLayout } from "./pixelLayout.js";
import { decodeByWasm, isDecodedByWasm } from "./wasmCodecs.js";
import { decodeExtendedJpeg } from "./jpegExtended.js";
import { decodeLosslessJpeg, isLosslessJpeg } from "./jpegLossless.js";
import { plainJpeg } from "./plainJpeg.js";
import { codestreamIn, plainJpeg2000 } from "./plainJpeg2000.js";

const JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
/** Compressed transfer syntaxes that are decoded: by a WebAssembly package, but for JPEG extended and JPEG lossless. */
const DECODED = new Set([
  "1.2.840.10008.1.2.4.50", // JPEG baseline
  JPEG_EXTENDED, // 8 or 12 bit
  "1.2.840.10008.1.2.4.57", // JPEG lossless
  "1.2.840.10008.1.2.4.70", // JPEG lossless, first-order prediction
  "1.2.840.10008.1.2.4.80", // JPEG-LS lossless
  "1.2.840.10008.1.2.4.81", // JPEG-LS near-lossless
  "1.2.840.10008.1.2.4.90", // JPEG 2000 lossless
  "1.2.840.10008.1.2.4.91", // JPEG 2000
  "1.2.840.10008.1.2.4.201", // High-throughput JPEG 2000 lossless
  "1.2.840.10008.1.2.4.202", // High-throughput JPEG 2000 lossless, with resolutions in order
  "1.2.840.10008.1.2.4.203", // High-throughput JPEG 2000
]);

export function isDecodable(syntax: string): boolean {
  return DECODED.has(syntax);
}

interface CodestreamSize {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

/** Frame header markers of JPEG and the transfer syntaxes that they belong to. */
const SYNTAX_OF_FRAME: Record<number, string> = {
  0xffc0: "1.2.840.10008.1.2.4.50",
  0xffc1: JPEG_EXTENDED,
  0xffc3: "1.2.840.10008.1.2.4.57",
  0xfff7: "1.2.840.10008.1.2.4.81",
};

/**
 * The transfer syntax of a compressed frame by its own first bytes, for a file that does not state one; `undefined` for
 * bytes that are no codestream.
 */
export function sniffSyntax(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 42 && view.getUint32(0) === 0xff4fff51) {
    // High-throughput codestreams must state their capabilities right after their size (ITU-T T.814).
    const next = 4 + view.getUint16(4);
    const isHighThroughput = next + 2 <= bytes.length && view.getUint16(next) === 0xff50;
    return isHighThroughput ? "1.2.840.10008.1.2.4.203" : "1.2.840.10008.1.2.4.91";
  }
  return SYNTAX_OF_FRAME[frameMarker(bytes)?.marker ?? 0];
}

/** Where the frame header of a JPEG or JPEG-LS stream is, and which. */
function frameMarker(bytes: Uint8Array): { marker: number; at: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 10 <= bytes.length) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1; // fill byte
      continue;
    }
    const startOfFrame =
      (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) ||
      marker === 0xfff7;
    if (startOfFrame) return { marker, at };
    if (marker < 0xff01 || marker === 0xffda) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The image size a JPEG, JPEG-LS (SOF) or JPEG 2000 (SIZ) codestream states, or `undefined` where it states none. */
export function codestreamSize(bytes: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 42 && view.getUint32(0) === 0xff4fff51)
    return {
      columns: view.getUint32(8) - view.getUint32(16),
      rows: view.getUint32(12) - view.getUint32(20),
      components: view.getUint16(40),
    };
  const at = frameMarker(bytes)?.at;
  if (at === undefined) return undefined;
  return { rows: view.getUint16(at + 5), columns: view.getUint16(at + 7), components: bytes[at + 9]! };
}

/** Syntaxes whose decoders fill what is missing; that of JPEG extended notices by itself. */
const UNCHECKED = new Set([
  "1.2.840.10008.1.2.4.50",
  "1.2.840.10008.1.2.4.57",
  "1.2.840.10008.1.2.4.70",
  // JPEG-LS decodes a stream without an end for many seconds before it gives up.
  "1.2.840.10008.1.2.4.80",
  "1.2.840.10008.1.2.4.81",
  "1.2.840.10008.1.2.4.90",
  "1.2.840.10008.1.2.4.91",
  "1.2.840.10008.1.2.4.201",
  "1.2.840.10008.1.2.4.202",
  "1.2.840.10008.1.2.4.203",
]);

/** Whether a JPEG or JPEG 2000 stream, less its padding (some writers pad with 255), ends with its end marker. */
function endsWhole(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 2 && (bytes[end - 1] === 0 || bytes[end - 1] === 0xff)) end--;
  return bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9;
}

/** A compressed frame with nothing in it but its image: no comments, application data or boxes; `undefined` where it has no end. */
export function plainCodestream(bytes: Uint8Array): Uint8Array | undefined {
  const stream = codestreamIn(bytes);
  return plainJpeg(stream) ?? plainJpeg2000(stream);
}

/** Samples as little endian words, as the codecs give them. */
function littleEndian(samples: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  samples.forEach((sample, i) => {
    bytes[2 * i] = sample & 255;
    bytes[2 * i + 1] = sample >> 8;
  });
  return bytes;
}

/**
 * Decodes one compressed frame of one sample per pixel into little endian samples of 1 or 2 bytes.
 * Throws `ImagingError` "decode-failed" when the codestream is not of the declared size or does not decode.
 */
export async function decodeCompressed(
  given: Uint8Array,
  layout: PixelLayout,
  name: string,
): Promise<Uint8Array> {
  let frame = codestreamIn(given);
  const size = codestreamSize(frame);
  const { rows, columns, bitsAllocated, samplesPerPixel } = layout;
  if (
    size === undefined ||
    size.rows !== rows ||
    size.columns !== columns ||
    size.components !== samplesPerPixel
  )
    throw new ImagingError(
      "decode-failed",
      `${name} has compressed pixel data that is not an image of ${rows} rows and ${columns} columns; export it uncompressed.`,
    );
  if (UNCHECKED.has(layout.syntax) && !endsWhole(frame)) {
    // Other bytes may lie behind the end.
    const whole = plainCodestream(frame);
    if (whole === undefined)
      throw new ImagingError(
        "truncated",
        `${name} has compressed pixel data without an end; copy or export it again.`,
      );
    frame = whole;
  }
  try {
    if (isDecodedByWasm(layout.syntax)) return await decodeByWasm(frame, layout.syntax);
    if (isLosslessJpeg(layout.syntax)) return decodeLosslessJpeg(frame, bitsAllocated);
    return littleEndian(decodeExtendedJpeg(frame));
  } catch (thrown) {
    throw new ImagingError(
      "decode-failed",
      `${name} has compressed pixel data that does not decode (${reason(thrown)}); export it uncompressed.`,
    );
  }
}
