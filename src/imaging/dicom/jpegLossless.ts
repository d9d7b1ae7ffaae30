import { Decoder } from "jpeg-lossless-decoder-js";

const SYNTAXES = new Set([
  "1.2.840.10008.1.2.4.57", // any predictor
  "1.2.840.10008.1.2.4.70", // first-order prediction
]);

/** Whether a transfer syntax is decoded by {@link decodeLosslessJpeg}. */
export function isLosslessJpeg(syntax: string): boolean {
  return SYNTAXES.has(syntax);
}

/**
 * Decodes a frame of JPEG lossless (ITU-T T.81, process 14) into samples of one byte, or of two in the machine's order where
 * more than 8 bits are allocated.
 * @throws Error with the decoder's own words
 */
export function decodeLosslessJpeg(frame: Uint8Array, bitsAllocated: number): Uint8Array {
  const bytesPerSample = bitsAllocated <= 8 ? 1 : 2;
  const { buffer, byteOffset, byteLength } = new Decoder().decode(
    frame.buffer,
    frame.byteOffset,
    frame.length,
    bytesPerSample,
  );
  return new Uint8Array(buffer, byteOffset, byteLength);
}
