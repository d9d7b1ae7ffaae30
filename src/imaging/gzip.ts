import { gunzipSync } from "node:zlib";
import { ImagingError, reason } from "./errors.js";
import { MAX_FILE_BYTES } from "./limits.js";

/** Inflates gzip data to at most `limit` bytes. Throws `ImagingError` "truncated" or "malformed". */
export function gunzip(bytes: Uint8Array, name: string, limit = MAX_FILE_BYTES): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (thrown) {
    const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
    if (code === "Z_BUF_ERROR")
      throw new ImagingError("truncated", `${name} ends before its compressed data does; copy it again.`);
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw new ImagingError(
        "too-large",
        `${name} unpacks to more than its header declares or than is read; check the file.`,
      );
    throw new ImagingError("malformed", `${name} cannot be decompressed (${reason(thrown)}); copy it again.`);
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
