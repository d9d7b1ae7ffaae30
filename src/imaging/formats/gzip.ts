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

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
