/** Markers of JPEG (ITU-T T.81 table B.1) and JPEG-LS (T.87 table C.1), second byte. */
const M = {
  TEM: 0x01,
  DHT: 0xc4,
  JPG: 0xc8,
  DAC: 0xcc,
  RST0: 0xd0,
  RST7: 0xd7,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DNL: 0xdc,
  DRI: 0xdd,
  SOF55: 0xf7,
  LSE: 0xf8,
} as const;

const isFrameHeader = (marker: number) =>
  marker === M.SOF55 ||
  (marker >= 0xc0 && marker <= 0xcf && marker !== M.DHT && marker !== M.JPG && marker !== M.DAC);

function segment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 255), body]);
}

/** Tables by what scans call them: `q0` for quantization, `h00` for Huffman, class and number; each a segment of its own. */
type Tables = Map<string, Uint8Array>;

function readTables(marker: number, body: Uint8Array, tables: Tables): void {
  for (let at = 0; at < body.length;) {
    const id = body[at]!;
    const size =
      marker === M.DQT
        ? 1 + (id >> 4 === 0 ? 64 : 128)
        : 17 + body.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    if (at + size > body.length) throw new RangeError("a table is cut off");
    const name = marker === M.DQT ? `q${id & 15}` : `h${id >> 4}${id & 15}`;
    tables.set(name, segment(marker, body.subarray(at, at + size)));
    at += size;
  }
}

/** Names of the tables that a scan can need. */
function tablesOf(frame: Uint8Array | undefined, scan: Uint8Array): string[] {
  const quantization = Array.from({ length: frame?.[5] ?? 0 }, (_, i) => `q${frame![8 + 3 * i]! & 15}`);
  const coding = Array.from({ length: scan[0]! }, (_, i) => scan[2 + 2 * i]!);
  return [...quantization, ...coding.flatMap((both) => [`h0${both >> 4}`, `h1${both & 15}`])];
}

/** Where the entropy-coded data that begins at `at` ends: at the next marker that is none of it (T.81 B.1.1.5, T.87 C.1). */
function dataEnd(bytes: Uint8Array, at: number, isLs: boolean): number {
  for (; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    const isData = isLs ? next < 0x80 : next === 0 || (next >= M.RST0 && next <= M.RST7);
    if (!isData && next !== 0xff) return at;
  }
  return bytes.length;
}

/** Length that a segment must have, as its own first bytes say; any where it does not matter. */
function hasItsLength(marker: number, body: Uint8Array): boolean {
  if (isFrameHeader(marker)) return body.length === 6 + 3 * (body[5] ?? 0);
  if (marker === M.SOS) return body.length === 4 + 2 * (body[0] ?? 0);
  if (marker === M.DNL || marker === M.DRI) return body.length === 2;
  return true;
}

/**
 * A JPEG or JPEG-LS stream with nothing in it but the image: no application segments (JFIF, Exif, SPIFF ...), comments, tables that
 * no scan uses, and nothing behind its end. `undefined` for bytes that are no such stream, or one without an end.
 */
export function plainJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  const tables: Tables = new Map();
  let frame: Uint8Array | undefined;
  let isLs = false;
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === 0xff || marker === M.TEM) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === M.EOI) return Buffer.concat([...parts, Uint8Array.of(0xff, M.EOI)]);
    if (marker < 0xc0 || (marker >= M.RST0 && marker <= M.SOI) || at + 4 > bytes.length) return undefined;
    const length = view.getUint16(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2 || !hasItsLength(marker, body)) return undefined;
    at += 2 + length;
    if (marker === M.DQT || marker === M.DHT) {
      try {
        readTables(marker, body, tables);
      } catch {
        return undefined;
      }
    } else if (isFrameHeader(marker)) {
      frame = body;
      isLs = marker === M.SOF55;
      parts.push(segment(marker, body));
    } else if (marker === M.SOS) {
      const needed = [...new Set(tablesOf(frame, body))].filter((name) => tables.has(name));
      const end = dataEnd(bytes, at, isLs);
      parts.push(...needed.map((name) => tables.get(name)!), segment(marker, body), bytes.subarray(at, end));
      for (const name of needed) tables.delete(name);
      at = end;
    } else if (marker === M.DRI || marker === M.DNL || marker === M.DAC) parts.push(segment(marker, body));
    // Of JPEG-LS parameters only the thresholds (T.87 C.2.4.1.1); mapping tables colour an image and hold anything.
    else if (marker === M.LSE && body[0] === 1 && body.length === 11) parts.push(segment(marker, body));
  }
  return undefined;
}
