import dicomParser, { type ByteArrayParser } from "dicom-parser";

/** How the elements of a data set are written (PS3.5 section 7.1). */
export interface Encoding {
  /** Whether each element states its value representation (VR). */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** VRs whose length takes four bytes behind two that are reserved; dicom-parser does not know OV, SV and UV (dicomParser#284). */
const LONG_VRS: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_VRS: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);
export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 0xfffee000;
export const SEQUENCE_END = 0xfffee0dd;
/** Headers that must fit one another for an encoding to be believed. */
const TELLING_HEADERS = 3;

export interface Header {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly length: number;
  readonly dataOffset: number;
}

/** What is read, and what was found on the way. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly parser: ByteArrayParser;
  /** Bytes of the whole file, of which `bytes` may be only the beginning. */
  readonly size: number;
  readonly untilPixels: boolean;
  /** Elements without a VR in a data set whose elements state theirs. */
  withoutVr: number;
}

export const parserOf = ({ littleEndian }: Encoding): ByteArrayParser =>
  littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;

export function tagAt({ bytes, parser }: Reading, at: number): number {
  return parser.readUint16(bytes, at) * 0x10000 + parser.readUint16(bytes, at + 2);
}

export function vrAt({ bytes }: Reading, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!);
}

export const isKnownVr = (vr: string) => LONG_VRS.has(vr) || SHORT_VRS.has(vr);

/** Whether what stands behind an element can be the next one: a higher tag, the end of an item, or the end. */
function leadsOn(reading: Reading, header: Header, end: number): boolean {
  const { bytes, size } = reading;
  const open = header.length === UNDEFINED_LENGTH;
  const next = header.dataOffset + (open ? 0 : header.length);
  // Behind the part that was read of a file nothing can be checked.
  if (end >= bytes.length && next + 8 > bytes.length)
    return open ? bytes.length < size : next === size || (next <= size && bytes.length < size);
  if (next === end) return !open;
  if (next + 8 > end) return false;
  const tag = tagAt(reading, next);
  return open ? tag === ITEM || tag === SEQUENCE_END : tag > header.tag;
}

/** The header of the element at `at`: as its VR says, or where what follows contradicts that, as it must have been written. */
export function headerAt(reading: Reading, at: number, end: number, explicit: boolean): Header {
  const { bytes, parser } = reading;
  if (at + 8 > end) throw new Error("it ends within an element");
  const tag = tagAt(reading, at);
  const implicit: Header = {
    tag,
    vr: undefined,
    length: parser.readUint32(bytes, at + 4),
    dataOffset: at + 8,
  };
  if (!explicit || tag >= 0xfffe0000) return implicit;
  const vr = vrAt(reading, at + 4);
  const short: Header = { tag, vr, length: parser.readUint16(bytes, at + 6), dataOffset: at + 8 };
  const long: Header | undefined =
    at + 12 <= end ? { tag, vr, length: parser.readUint32(bytes, at + 8), dataOffset: at + 12 } : undefined;
  // VRs to come have long lengths behind two zeros (PS3.5 section 6.2); some writers give UN a short one.
  const isLong = LONG_VRS.has(vr) || (/^[A-Z]{2}$/.test(vr) && !isKnownVr(vr) && short.length === 0);
  if (isLong && long === undefined) throw new Error("it ends within an element");
  const stated = isLong ? long! : short;
  if (leadsOn(reading, stated, end) && (isLong || isKnownVr(vr))) return stated;
  // Of elements out of order none leads on, and other forms may by chance: only those are tried that the bytes suggest.
  const shortened = isLong && short.length > 0 ? [short, implicit] : [implicit];
  // Of a VR that nobody knows the short length is the likelier one where letters or `??` stand; an implicit length made of
  // them reaches far into the pixels, where anything may look like a tag.
  const unknown = /^(?:[A-Z]{2}|\?\?)$/.test(vr) ? [short, implicit, long] : [implicit, short, long];
  const others = isLong || isKnownVr(vr) ? shortened : unknown;
  const found = others.find((header) => header !== undefined && leadsOn(reading, header, end));
  if (found === implicit) reading.withoutVr++;
  return found ?? stated;
}

/** Whether the first elements of a data set at `at` fit one another when they are read in this encoding. */
function fits(bytes: Uint8Array, at: number, size: number, encoding: Encoding): boolean {
  const reading: Reading = { bytes, parser: parserOf(encoding), size, untilPixels: true, withoutVr: 0 };
  for (let read = 0; read < TELLING_HEADERS; read++) {
    if (at + 12 > bytes.length) return read > 0;
    if (encoding.explicit && !isKnownVr(vrAt(reading, at + 4))) return false;
    const header = headerAt(reading, at, bytes.length, encoding.explicit);
    if (reading.withoutVr > 0 || !leadsOn(reading, header, bytes.length)) return false;
    if (header.length === UNDEFINED_LENGTH) return true;
    at = header.dataOffset + header.length;
  }
  return true;
}

const ENCODINGS: readonly Encoding[] = [
  { explicit: true, littleEndian: true },
  { explicit: false, littleEndian: true },
  { explicit: true, littleEndian: false },
];

/**
 * How the data set at `at` is written by its own first elements, whatever its file says; `stated` goes first.
 * `undefined` where they fit no encoding. `size` is that of the whole file, of which `bytes` may be the beginning.
 */
export function encodingOf(
  bytes: Uint8Array,
  at: number,
  size: number,
  stated: Encoding | undefined,
): Encoding | undefined {
  return [...(stated === undefined ? [] : [stated]), ...ENCODINGS].find((encoding) =>
    fits(bytes, at, size, encoding),
  );
}
