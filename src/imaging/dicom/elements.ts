import dicomParser, { type ByteArrayParser, type DataSet, type Element } from "dicom-parser";
import {
  headerAt,
  isKnownVr,
  ITEM,
  parserOf,
  SEQUENCE_END,
  tagAt,
  UNDEFINED_LENGTH,
  vrAt,
  type Encoding,
  type Header,
  type Reading,
} from "./elementHeader.js";

// The package exports the class of its data sets and declares only what it looks like.
declare module "dicom-parser" {
  const DataSet: new (
    parser: ByteArrayParser,
    bytes: Uint8Array,
    elements: Record<string, Element>,
  ) => DataSet;
}

/** Where pixels are kept: as whole numbers, as 32-bit floats, as 64-bit floats (PS3.3 sections C.7.6.3, C.7.6.24, C.7.6.25). */
export const PIXEL_TAGS = ["x7fe00010", "x7fe00008", "x7fe00009"] as const;

const ITEM_END = 0xfffee00d;
/** Deeper nesting than any image has. */
const DEEPEST = 32;

/** A data set as far as it can be read. */
export interface ReadElements {
  readonly dataSet: DataSet;
  /** Elements without a VR among those that state theirs. */
  readonly withoutVr: number;
  /** What stopped the reading before the last element, if anything did. */
  readonly broken?: string;
}

const tagName = (tag: number) => `x${tag.toString(16).padStart(8, "0")}`;

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

/**
 * The items of a value that is kept as bytes - of a private element, or of one with the VR UN - and is a sequence all the
 * same, in either encoding of its elements; none where it is none.
 */
export function itemsWithin(
  dataSet: DataSet,
  { tag, vr, length, dataOffset, fragments }: Element,
): Element[] {
  const bytes = dataSet.byteArray;
  const isOpaque = vr === undefined || vr === "UN" || vr === "OB";
  if (!isOpaque || fragments !== undefined || length < 8 || dataOffset + length > bytes.length) return [];
  // Bytes of an implicit data set, as those of UN, are little endian (PS3.5 section 6.2.2).
  const parser = dicomParser.littleEndianByteArrayParser;
  const reading: Reading = { bytes, parser, size: bytes.length, untilPixels: false, withoutVr: 0 };
  if (tagAt(reading, dataOffset) !== ITEM) return [];
  const end = dataOffset + length;
  for (const explicit of [false, true]) {
    const trial: Element = { tag, length, dataOffset };
    try {
      if (readItems(reading, trial, end, end, explicit, 1) === end) return trial.items!;
    } catch {
      // Bytes that began like an item by chance.
    }
  }
  return [];
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
