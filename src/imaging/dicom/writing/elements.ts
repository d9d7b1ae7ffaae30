import { ImagingError } from "../../errors.js";
import { uidFromSeed } from "../uid.js";

/** Value of an element to write: text, unsigned numbers (US, UL), floating point numbers (FL, FD), or raw bytes. */
export type Value = string | number | readonly number[] | Uint8Array;

/** VRs with a 32-bit length after two reserved bytes (PS3.5 section 7.1.2). */
const LONG_VRS = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
/** VRs whose odd values are padded with a zero byte instead of a space. */
const ZERO_PADDED = new Set(["UI", "OB", "UN"]);

const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

/** Bytes of each number of a VR, and how one is written, little endian. */
const NUMBER_WRITERS: Readonly<
  Record<string, readonly [size: number, write: (view: DataView, at: number, value: number) => void]>
> = {
  US: [
    2,
    (view, at, value) => {
      view.setUint16(at, value, true);
    },
  ],
  UL: [
    4,
    (view, at, value) => {
      view.setUint32(at, value, true);
    },
  ],
  FL: [
    4,
    (view, at, value) => {
      view.setFloat32(at, value, true);
    },
  ],
  FD: [
    8,
    (view, at, value) => {
      view.setFloat64(at, value, true);
    },
  ],
};

/** 16-bit samples as little endian bytes, whatever this machine's order is. */
export function explicitLittleEndian(samples: Int16Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => {
    view.setUint16(2 * i, sample & 0xffff, true);
  });
  return bytes;
}

function numberBytes(vr: string, values: readonly number[]): Uint8Array {
  const writer = NUMBER_WRITERS[vr];
  if (writer === undefined) throw new RangeError(`Numbers are written as US, UL, FL or FD, not as ${vr}.`);
  const [size, write] = writer;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    write(view, size * i, value);
  });
  return bytes;
}

function valueBytes(vr: string, value: Value): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (value instanceof Uint8Array) return value;
  return numberBytes(vr, typeof value === "number" ? [value] : value);
}

function header(tag: number, vr: string, length: number): Buffer {
  const long = LONG_VRS.has(vr);
  if (!long && length > 0xffff)
    throw new ImagingError(
      "too-large",
      `An element of ${length} bytes is longer than DICOM holds with the value representation ${vr}; shorten it.`,
    );
  const bytes = Buffer.alloc(long ? 12 : 8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, "latin1");
  if (long) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

/** One data element in explicit VR little endian; `tag` is 0xGGGGEEEE. Odd values are padded as PS3.5 asks. */
export function element(tag: number, vr: string, value: Value): Uint8Array {
  const bytes = valueBytes(vr, value);
  const padding = bytes.length % 2 === 0 ? [] : [ZERO_PADDED.has(vr) ? 0 : 0x20];
  return Buffer.concat([header(tag, vr, bytes.length + padding.length), bytes, Uint8Array.from(padding)]);
}

/** A sequence of items of known length; each item is its elements, by ascending tag (PS3.5 section 7.5). */
export function sequence(tag: number, items: readonly (readonly Uint8Array[])[]): Uint8Array {
  const parts = items.flatMap((elements) => {
    const body = Buffer.concat(elements);
    const start = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    start.writeUInt32LE(body.length, 4);
    return [start, body];
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(tag, "SQ", length), ...parts]);
}

/** What a file's meta group says. */
export interface FileMeta {
  readonly sopClass: string;
  readonly sopInstance: string;
  /** Explicit VR little endian unless the pixel data is compressed. */
  readonly transferSyntax?: string;
}

/** A DICOM file (PS3.10): preamble, meta group, and the data set's elements by ascending tag. */
export function dicomFile(meta: FileMeta, elements: readonly Uint8Array[]): Uint8Array {
  const group = Buffer.concat([
    element(0x00020001, "OB", Uint8Array.of(0, 1)),
    element(0x00020002, "UI", meta.sopClass),
    element(0x00020003, "UI", meta.sopInstance),
    element(0x00020010, "UI", meta.transferSyntax ?? EXPLICIT_LITTLE_ENDIAN),
    element(0x00020012, "UI", uidFromSeed("spinebook")),
  ]);
  return Buffer.concat([
    new Uint8Array(128),
    Buffer.from("DICM"),
    element(0x00020000, "UL", group.length),
    group,
    ...elements,
  ]);
}

/** Elements by ascending tag, as a data set must hold them (PS3.5 section 7.1). */
export function inTagOrder(elements: readonly Uint8Array[]): Uint8Array[] {
  const tag = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
  };
  return [...elements].sort((a, b) => tag(a) - tag(b));
}
