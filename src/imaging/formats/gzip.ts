import { constants, gunzipSync } from "node:zlib";
import { ImagingError, reason } from "../errors.js";

/** Packed bytes that surely hold a header; so few unpack to 4 MiB at most. */
const HEAD_BYTES = 4096;

/** At least the first `needed` bytes of gzip data, fewer where it ends before. Throws `ImagingError` "malformed". */
export function gunzipHead(bytes: Uint8Array, needed: number, name: string): Uint8Array {
  try {
    // The data goes on behind the part that is given, which this way is no error.
    const head = gunzipSync(bytes.subarray(0, HEAD_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    return head.subarray(0, needed);
  } catch (thrown) {
    throw new ImagingError("malformed", `${name} cannot be decompressed (${reason(thrown)}); copy it again.`);
  }
}

/**
 * All `size` bytes that gzip data unpack to. Throws `ImagingError` "malformed" where they do not or are more, so that no more
 * memory is taken than the file says.
 */
export function unzipped(bytes: Uint8Array, size: number, name: string): Uint8Array {
  let data: Uint8Array;
  try {
    data = gunzipSync(bytes, { maxOutputLength: size + 1 });
  } catch (thrown) {
    throw new ImagingError("malformed", `${name} cannot be decompressed (${reason(thrown)}); copy it again.`);
  }
  if (data.length === size) return data;
  throw new ImagingError("malformed", `${name} unpacks to another size than it says; copy it again.`);
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
