import { Decoder } from "jpeg-lossless-decoder-js";
import { DAMAGED } from "../errors.js";

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
 * more than 8 bits are allocated. Damage that moves the codes is noticed where the data and the pixels do not end together; bits that are
 * other than they were in the same number of codes are not, for the format has no checksum.
 * @throws Error with the rest of a sentence
 */
export function decodeLosslessJpeg(frame: Uint8Array, bitsAllocated: number): Uint8Array {
  const decoder = new Decoder();
  const { buffer, byteOffset, byteLength } = decoded(decoder, frame, bitsAllocated <= 8 ? 1 : 2);
  if (decoder.yLoc < decoder.yDim) throw new Error("it ends before its last pixel");
  // One byte: the decoder may stand on the padding before the end marker.
  if (decoder.stream.index < startOfEnd(frame) - 1) throw new Error("it goes on behind its last pixel");
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function decoded(decoder: Decoder, frame: Uint8Array, bytesPerSample: number): Uint8Array | Uint16Array {
  try {
    return decoder.decode(frame.buffer, frame.byteOffset, frame.length, bytesPerSample);
  } catch {
    throw new Error(DAMAGED); // the decoder's own words are for those who write it
  }
}

/** Where the end marker begins, less the bytes that fill up before it (T.81 B.1.1.2). */
function startOfEnd(frame: Uint8Array): number {
  let at = frame.length - 2;
  while (at > 2 && !(frame[at] === 0xff && frame[at + 1] === 0xd9)) at--;
  while (at > 2 && frame[at - 1] === 0xff) at--;
  return at;
}
