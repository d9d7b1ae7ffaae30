const SOC = 0xff4f;
const SOT = 0xff90;
const SOD = 0xff93;
const EOC = 0xffd9;
/**
 * Segments that a decoder needs (ITU-T T.800 table A.2, T.814): size, capabilities, profile, coding, quantization, regions,
 * order, packed headers. Comments, registration and lengths, which would no longer be right, are left out.
 */
const NEEDED: ReadonlySet<number> = new Set([
  0xff50, 0xff51, 0xff52, 0xff53, 0xff56, 0xff59, 0xff5c, 0xff5d, 0xff5e, 0xff5f, 0xff60, 0xff61,
]);

/** The needed segments from `at` to the marker `until`, and where that is; `undefined` where there is no such marker. */
function header(bytes: Uint8Array, view: DataView, at: number, until: number) {
  const parts: Uint8Array[] = [];
  while (at + 4 <= bytes.length) {
    const marker = view.getUint16(at);
    if (marker === until) return { parts, at };
    const end = at + 2 + view.getUint16(at + 2);
    if (marker < 0xff50 || marker > 0xff8f || end > bytes.length || end < at + 4) return undefined;
    if (NEEDED.has(marker)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** A tile-part without what is not needed, its length put right, and where it ended. */
function tilePart(bytes: Uint8Array, view: DataView, at: number) {
  if (at + 14 > bytes.length || view.getUint16(at + 2) !== 10) return undefined;
  const head = header(bytes, view, at + 12, SOD);
  if (head === undefined) return undefined;
  const stated = view.getUint32(at + 6);
  // A length of 0 means: up to the end of the codestream, whose marker cannot stand within data.
  const last = stated === 0 ? Buffer.from(bytes.subarray(head.at)).indexOf("ffd9", 0, "hex") : 0;
  const end = stated === 0 ? head.at + last : at + stated;
  if (last < 0 || end > bytes.length || end < head.at + 2) return undefined;
  const start = Buffer.from(bytes.subarray(at, at + 12));
  const parts = [start, ...head.parts, bytes.subarray(head.at, end)];
  start.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    6,
  );
  return { parts, end };
}

/**
 * A JPEG 2000 codestream (also high-throughput) with nothing in it but the image: no comments, and nothing behind its end.
 * `undefined` for bytes that are no such codestream, or one that is cut off.
 */
export function plainJpeg2000(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== SOC) return undefined;
  const main = header(bytes, view, 2, SOT);
  if (main === undefined) return undefined;
  const parts = [bytes.subarray(0, 2), ...main.parts];
  for (let at = main.at; ;) {
    const part = tilePart(bytes, view, at);
    if (part === undefined) return undefined;
    parts.push(...part.parts);
    at = part.end;
    const next = at + 2 <= bytes.length ? view.getUint16(at) : EOC;
    if (next === EOC) return Buffer.concat([...parts, Uint8Array.of(EOC >> 8, EOC & 255)]);
    if (next !== SOT) return undefined;
  }
}

/** The codestream in a JP2 file (T.800 annex I), which some writers put into DICOM; other bytes as they are. */
export function codestreamIn(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 12 || buffer.toString("latin1", 4, 8) !== "jP  ") return bytes;
  for (let at = 0; at + 8 <= buffer.length;) {
    const stated = buffer.readUInt32BE(at);
    const isLong = stated === 1 && at + 16 <= buffer.length;
    const length = isLong ? Number(buffer.readBigUInt64BE(at + 8)) : stated;
    const end = length === 0 ? buffer.length : at + length;
    if (end > buffer.length || end < at + 8) return bytes;
    if (buffer.toString("latin1", at + 4, at + 8) === "jp2c")
      return bytes.subarray(at + (isLong ? 16 : 8), end);
    at = end;
  }
  return bytes;
}
