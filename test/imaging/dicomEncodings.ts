/** How the elements of a data set are written. */
export type Writing = "explicit" | "implicit" | "big";

export const SYNTAXES: Readonly<Record<Writing, string>> = {
  explicit: "1.2.840.10008.1.2.1",
  implicit: "1.2.840.10008.1.2",
  big: "1.2.840.10008.1.2.2",
};

const LONG_VRS = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

/** Parts of an explicit little endian element. */
function partsOf(element: Uint8Array): { tag: Buffer; vr: string; value: Buffer } {
  const bytes = Buffer.from(element);
  const vr = bytes.toString("latin1", 4, 6);
  return { tag: bytes.subarray(0, 4), vr, value: bytes.subarray(LONG_VRS.has(vr) ? 12 : 8) };
}

/** An explicit little endian element (its value no sequence) without its value representation. */
export function implicitly(element: Uint8Array): Uint8Array {
  const { tag, value } = partsOf(element);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([tag, length, value]);
}

/** An explicit little endian element of text or 16-bit numbers as explicit big endian. */
export function bigEndian(element: Uint8Array): Uint8Array {
  const { tag, vr, value } = partsOf(element);
  const isLong = LONG_VRS.has(vr);
  const header = Buffer.alloc(isLong ? 12 : 8);
  header.set(Buffer.from(tag).swap16());
  header.write(vr, 4, "latin1");
  if (isLong) header.writeUInt32BE(value.length, 8);
  else header.writeUInt16BE(value.length, 6);
  return Buffer.concat([header, ["US", "OW"].includes(vr) ? Buffer.from(value).swap16() : value]);
}

export function written(elements: readonly Uint8Array[], writing: Writing): Uint8Array {
  const write = { explicit: (element: Uint8Array) => element, implicit: implicitly, big: bigEndian }[writing];
  return Buffer.concat(elements.map(write));
}

/** A sequence of VR UN: of known length or not, with items of known length or not. */
export function unknownSequence(
  tag: number,
  items: readonly Uint8Array[],
  openSequence: boolean,
  openItems: boolean,
): Uint8Array {
  const word = (group: number, number: number, length: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(group);
    bytes.writeUInt16LE(number, 2);
    bytes.writeUInt32LE(length, 4);
    return bytes;
  };
  const body = Buffer.concat([
    ...items.flatMap((item) => [
      word(0xfffe, 0xe000, openItems ? 0xffffffff : item.length),
      item,
      ...(openItems ? [word(0xfffe, 0xe00d, 0)] : []),
    ]),
    ...(openSequence ? [word(0xfffe, 0xe0dd, 0)] : []),
  ]);
  const header = Buffer.alloc(12);
  header.writeUInt16LE(tag >>> 16);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write("UN", 4, "latin1");
  header.writeUInt32LE(openSequence ? 0xffffffff : body.length, 8);
  return Buffer.concat([header, body]);
}
