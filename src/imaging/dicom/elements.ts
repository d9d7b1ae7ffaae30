import dicomParser, { type ByteArrayParser, type DataSet, type Element } from "dicom-parser";

// The package exports the class of its data sets and declares only what it looks like.
declare module "dicom-parser" {
  const DataSet: new (
    parser: ByteArrayParser,
    bytes: Uint8Array,
    elements: Record<string, Element>,
  ) => DataSet;
}

/** How the elements of a data set are written (PS3.5 section 7.1). */
export interface Encoding {
  /** Whether each element states its value representation (VR). */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** Where pixels are kept: as whole numbers, as 32-bit floats, as 64-bit floats (PS3.3 sections C.7.6.3, C.7.6.24, C.7.6.25). */
export const PIXEL_TAGS = ["x7fe00010", "x7fe00008", "x7fe00009"] as const;

/** VRs whose length takes four bytes behind two that are reserved; dicom-parser does not know OV, SV and UV (dicomParser#284). */
const LONG_VRS: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_VRS: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
/** Deeper nesting than any image has. */
const DEEPEST = 32;
/** Headers that must fit one another for an encoding to be believed. */
const TELLING_HEADERS = 3;

interface Header {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly length: number;
  readonly dataOffset: number;
}

/** What is read, and what was found on the way. */
interface Reading {
  readonly bytes: Uint8Array;
  readonly parser: ByteArrayParser;
  /** Bytes of the whole file, of which `bytes` may be only the beginning. */
  readonly size: number;
  readonly untilPixels: boolean;
  /** Elements without a VR in a data set whose elements state theirs. */
  withoutVr: number;
}

/** A data set as far as it can be read. */
export interface ReadElements {
  readonly dataSet: DataSet;
  /** Elements without a VR among those that state theirs. */
  readonly withoutVr: number;
  /** What stopped the reading before the last element, if anything did. */
  readonly broken?: string;
}

const parserOf = ({ littleEndian }: Encoding): ByteArrayParser =>
  littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;

const tagName = (tag: number) => `x${tag.toString(16).padStart(8, "0")}`;

function tagAt({ bytes, parser }: Reading, at: number): number {
  return parser.readUint16(bytes, at) * 0x10000 + parser.readUint16(bytes, at + 2);
}

function vrAt({ bytes }: Reading, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!);
}

const isKnownVr = (vr: string) => LONG_VRS.has(vr) || SHORT_VRS.has(vr);

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
function headerAt(reading: Reading, at: number, end: number, explicit: boolean): Header {
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
  const others = isLong ? [short, implicit] : [implicit, short, long];
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

/** Reads the items of encapsulated pixel data (PS3.5 section A.4) into `element`; returns where they end. */
function readFragments(reading: Reading, element: Element): number {
  const { bytes, parser } = reading;
  const fragments: { offset: number; position: number; length: number }[] = [];
  element.encapsulatedPixelData = true;
  element.basicOffsetTable = [];
  element.fragments = fragments;
  let base: number | undefined;
  let at = element.dataOffset;
  while (at + 8 <= bytes.length) {
    const [tag, length] = [tagAt(reading, at), parser.readUint32(bytes, at + 4)];
    const position = at + 8;
    if (tag === SEQUENCE_END) return position;
    if (tag !== ITEM) throw new Error("its pixel data hold something that is no fragment");
    at = position + length;
    if (base === undefined) {
      for (let entry = position; entry + 4 <= Math.min(at, bytes.length); entry += 4)
        element.basicOffsetTable.push(parser.readUint32(bytes, entry));
      base = at;
    } else fragments.push({ offset: position - 8 - base, position, length });
  }
  return at;
}

/** Reads the items of a sequence of known (`end`) or unknown length into `element`; returns where it ends. */
function readItems(
  reading: Reading,
  element: Element,
  limit: number,
  end: number | undefined,
  explicit: boolean,
  depth: number,
): number {
  const { bytes, parser } = reading;
  if (depth > DEEPEST) throw new Error("its sequences lie in one another without end");
  const items: Element[] = [];
  element.items = items;
  let at = element.dataOffset;
  while (end === undefined || at < end) {
    if (at + 8 > limit) throw new Error("it ends within a sequence");
    const [tag, length, dataOffset] = [tagAt(reading, at), parser.readUint32(bytes, at + 4), at + 8];
    if (end === undefined && tag === SEQUENCE_END) return dataOffset;
    if (tag !== ITEM) throw new Error("a sequence holds something that is no item");
    const open = length === UNDEFINED_LENGTH;
    const itemEnd = open ? limit : dataOffset + length;
    if (itemEnd > limit) throw new Error("an item is longer than its sequence");
    // Items of a sequence whose VR was lost are implicit (PS3.5 section 6.2.2), or as they stood before it was.
    const states = explicit || (dataOffset + 8 <= itemEnd && isKnownVr(vrAt(reading, dataOffset + 4)));
    const elements: Record<string, Element> = {};
    at = readInto(reading, elements, dataOffset, itemEnd, states, depth + 1, open);
    const dataSet = new dicomParser.DataSet(parser, bytes, elements);
    items.push({
      tag: tagName(ITEM),
      length: at - dataOffset,
      dataOffset,
      dataSet,
      ...(open && { hadUndefinedLength: true }),
    });
  }
  return at;
}

/** Whether a value of known length without a VR of its own is a sequence: a public one that begins with an item. */
function looksLikeSequence(reading: Reading, { tag, vr, length, dataOffset }: Header, end: number): boolean {
  if ((vr !== undefined && vr !== "UN") || length < 8 || dataOffset + length > end) return false;
  return ((tag >>> 16) & 1) === 0 && tagAt(reading, dataOffset) === ITEM;
}

/** Reads what an element holds that is not just bytes; returns where the element ends. */
function readValue(
  reading: Reading,
  element: Element,
  header: Header,
  limit: number,
  explicit: boolean,
  depth: number,
): number {
  const { vr, length, dataOffset } = header;
  const open = length === UNDEFINED_LENGTH;
  const end = open ? undefined : dataOffset + length;
  const isSequence = vr === "SQ" || ((vr === undefined || vr === "UN") && open);
  const statesVrs = explicit && vr === "SQ";
  if (open && (PIXEL_TAGS.some((tag) => tag === element.tag) || !isSequence))
    return readFragments(reading, element);
  if (isSequence) {
    if (end !== undefined && end > limit) return end;
    return readItems(reading, element, limit, end, statesVrs, depth);
  }
  if (!looksLikeSequence(reading, header, limit)) return end!;
  const trial: Element = { ...element };
  try {
    if (readItems({ ...reading }, trial, end!, end, false, depth) === end) element.items = trial.items!;
  } catch {
    // Bytes that began like an item by chance.
  }
  return end!;
}

/** Reads elements into `elements`, up to `end` or (an item of unknown length) its own end; returns where that is. */
function readInto(
  reading: Reading,
  elements: Record<string, Element>,
  start: number,
  end: number,
  explicit: boolean,
  depth: number,
  untilItemEnd = false,
): number {
  let at = start;
  while (at < end) {
    if (depth === 0 && isPadding(reading.bytes, at)) return end;
    const header = headerAt(reading, at, end, explicit);
    const { vr, length, dataOffset } = header;
    if (header.tag === ITEM_END && untilItemEnd) return dataOffset;
    const tag = tagName(header.tag);
    const element: Element = {
      tag,
      ...(vr === undefined ? {} : { vr }),
      length,
      dataOffset,
      ...(length === UNDEFINED_LENGTH && { hadUndefinedLength: true }),
    };
    if (depth === 0 && reading.untilPixels && PIXEL_TAGS.some((pixels) => pixels === tag)) {
      elements[tag] = element;
      return end;
    }
    at = readValue(reading, element, header, end, explicit, depth);
    element.length = at - dataOffset;
    elements[tag] = element;
  }
  if (at > end) throw new Error("an element is longer than what holds it");
  if (untilItemEnd) throw new Error("it ends within an item");
  return at;
}

/** Whether nothing but zeros follows, as files are padded with to the length of a block. */
function isPadding(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0 || bytes[at + 2] !== 0) return false;
  const rest = Math.min(bytes.length, at + 4096);
  for (let i = at; i < rest; i++) if (bytes[i] !== 0) return false;
  return true;
}

/**
 * Reads the elements of a data set from `start` on, in the form of dicom-parser's data sets, whose accessors work on them.
 * Its own loop takes each VR at its word: it knows none of eight bytes (dicomParser#284), reads sequences of unknown VR only
 * as implicit, an element without a VR as one of whatever its length spells, and compressed pixels of an implicit data set as
 * sequences. Of a file of `size` bytes, `bytes` may be the beginning; with `untilPixels` the last element is the pixel data,
 * of which only the header is read.
 */
export function readElements(
  bytes: Uint8Array,
  start: number,
  encoding: Encoding,
  { size = bytes.length, untilPixels = false } = {},
): ReadElements {
  const parser = parserOf(encoding);
  const reading: Reading = { bytes, parser, size, untilPixels, withoutVr: 0 };
  const elements: Record<string, Element> = {};
  const dataSet = new dicomParser.DataSet(parser, bytes, elements);
  let broken: string | undefined;
  try {
    readInto(reading, elements, start, bytes.length, encoding.explicit, 0);
  } catch (thrown) {
    broken = thrown instanceof Error ? thrown.message : "unknown reason";
  }
  return { dataSet, withoutVr: reading.withoutVr, ...(broken === undefined ? {} : { broken }) };
}

/** The file meta group at `start` (always explicit little endian, PS3.10 section 7.1), and where it ends. */
export function readMeta(
  bytes: Uint8Array,
  start: number,
): { elements: Record<string, Element>; end: number } {
  const parser = dicomParser.littleEndianByteArrayParser;
  const reading: Reading = { bytes, parser, size: bytes.length, untilPixels: true, withoutVr: 0 };
  const elements: Record<string, Element> = {};
  let at = start;
  while (at + 8 <= bytes.length && parser.readUint16(bytes, at) === 2) {
    const { tag, vr, length, dataOffset } = headerAt(reading, at, bytes.length, true);
    if (dataOffset + length > bytes.length) break;
    // The data set behind it may be big endian, so these keep their own reader.
    elements[tagName(tag)] = {
      tag: tagName(tag),
      ...(vr === undefined ? {} : { vr }),
      length,
      dataOffset,
      parser,
    };
    at = dataOffset + length;
  }
  return { elements, end: at };
}
