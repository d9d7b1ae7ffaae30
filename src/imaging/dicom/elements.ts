/** Value of an element to write: text, one unsigned number, or raw bytes. */
export type Value = string | number | Uint8Array;

/** VRs with a 32-bit length after two reserved bytes (PS3.5 section 7.1.2). */
const LONG_VRS = new Set(["OB", "OW", "UN", "UT", "SQ"]);

/** 16-bit samples as little endian bytes, whatever this machine's order is. */
export function explicitLittleEndian(samples: Int16Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => {
    view.setUint16(2 * i, sample & 0xffff, true);
  });
  return bytes;
}

function valueBytes(vr: string, value: Value): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (typeof value !== "number") return value;
  const bytes = Buffer.alloc(vr === "UL" ? 4 : 2);
  if (vr === "UL") bytes.writeUInt32LE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

/** One data element in explicit VR little endian; `tag` is 0xGGGGEEEE. Odd values are padded as PS3.5 asks. */
export function element(tag: number, vr: string, value: Value): Uint8Array {
  const bytes = valueBytes(vr, value);
  const padding = bytes.length % 2 === 0 ? [] : [vr === "UI" || LONG_VRS.has(vr) ? 0 : 0x20];
  const length = bytes.length + padding.length;
  const header = Buffer.alloc(LONG_VRS.has(vr) ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, "latin1");
  if (LONG_VRS.has(vr)) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return Buffer.concat([header, bytes, Uint8Array.from(padding)]);
}
