import { constants, inflateRawSync } from "node:zlib";
import { ImagingError } from "../errors.js";
import { MAX_FILE_BYTES, voxelCount } from "../limits.js";
import type { Encoding } from "./elementHeader.js";
import { readElements } from "./elements.js";
import { expectedPixelBytes, pixelElement } from "./frames.js";

/** Packed bytes that are unpacked at first; so few give 16 MiB at most. */
const FIRST_PACKED = 16 * 1024;
/** The most that is unpacked in search of the pixel data; longer headers are not met. */
const LONGEST_HEAD = 64 * 2 ** 20;
/** Elements behind the pixel data, such as padding and signatures. */
const LONGEST_TAIL = 2 ** 20;

function isTooLong(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    thrown.code === "ERR_BUFFER_TOO_LARGE"
  );
}

function tooLong(name: string): ImagingError {
  return new ImagingError(
    "too-large",
    `${name} unpacks to far more than the image that its header declares; check where the file comes from.`,
  );
}

/** How many unpacked bytes are wanted of a deflated data set, by the image that its first ones declare. */
function wantedBytes(packed: Uint8Array, encoding: Encoding, name: string): number {
  for (let length = FIRST_PACKED; ; length *= 2) {
    let head: Uint8Array;
    try {
      head = inflateRawSync(packed.subarray(0, length), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: LONGEST_HEAD,
      });
    } catch (thrown) {
      throw isTooLong(thrown) ? tooLong(name) : thrown;
    }
    const { dataSet } = readElements(head, 0, encoding, { size: Infinity, untilPixels: true });
    const pixels = pixelElement(dataSet);
    if (pixels !== undefined) {
      voxelCount([dataSet.uint16("x00280010") ?? 1, dataSet.uint16("x00280011") ?? 1], name);
      const image = Math.min(expectedPixelBytes(dataSet) ?? 0, pixels.length);
      return Math.min(MAX_FILE_BYTES, pixels.dataOffset + image + LONGEST_TAIL);
    }
    if (length >= packed.length) return head.length;
  }
}

/**
 * The bytes of a file whose data set, deflated (PS3.5 section A.5), begins at `position`: unpacked no further than the image
 * that its header declares, so that a small file cannot fill the memory.
 * @throws ImagingError "too-large" for more than that, and what zlib throws for data that are damaged
 */
export function inflated(bytes: Uint8Array, position: number, encoding: Encoding, name: string): Uint8Array {
  const packed = bytes.subarray(position);
  const maxOutputLength = Math.max(1, wantedBytes(packed, encoding, name));
  try {
    const data = inflateRawSync(packed, { maxOutputLength, chunkSize: 256 * 1024 });
    return Buffer.concat([bytes.subarray(0, position), data]);
  } catch (thrown) {
    throw isTooLong(thrown) ? tooLong(name) : thrown;
  }
}
