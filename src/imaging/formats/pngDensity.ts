import { crc32 } from "../folder/crc.js";

/** Where the first chunk of a PNG (IHDR) ends: eight bytes of signature, and 25 of the chunk. */
const BEHIND_HEADER = 33;
const INCH = 0.0254;

/**
 * A PNG that says how large it is printed: with a pHYs chunk (PNG specification, 11.3.5.3) behind its header.
 * @param dpi pixels an inch
 */
export function withDensity(png: Uint8Array, dpi: number): Uint8Array {
  const perMetre = Math.round(dpi / INCH);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write("pHYs", 4, "latin1");
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, BEHIND_HEADER), chunk, png.subarray(BEHIND_HEADER)]);
}
