import type { Element } from "dicom-parser";
import type { ParsedFile } from "../../dicom/dataset.js";
import { element } from "../../dicom/writing/elements.js";

/** Pixel data to write, and its transfer syntax where that is not explicit VR little endian. */
export interface CopiedPixels {
  readonly element: Uint8Array;
  readonly transferSyntax?: string;
}

const PIXEL_DATA = 0x7fe00010;
const BIG_ENDIAN = "1.2.840.10008.1.2.2";

/**
 * A file's pixel data as it is: compressed data stays compressed, other data becomes little endian with all bits beside the
 * stored ones cleared, where overlays and annotations used to be kept. `undefined` where its bytes are not there.
 */
export function copiedPixels({ dataSet, syntax }: ParsedFile, signed: boolean): CopiedPixels | undefined {
  const found = dataSet.elements.x7fe00010;
  if (found === undefined) return undefined;
  if (found.encapsulatedPixelData === true) {
    const data = encapsulated(found, dataSet.byteArray);
    return data && { element: data, transferSyntax: syntax };
  }
  const bytes = Buffer.from(dataSet.byteArray.subarray(found.dataOffset, found.dataOffset + found.length));
  const allocated = dataSet.uint16("x00280100") ?? 16;
  if (syntax === BIG_ENDIAN && (allocated === 16 || found.vr === "OW") && bytes.length % 2 === 0)
    bytes.swap16();
  if (allocated === 16) {
    const stored = dataSet.uint16("x00280101") ?? 16;
    clearUnusedBits(bytes, stored, dataSet.uint16("x00280102") ?? stored - 1, signed);
  }
  return { element: element(PIXEL_DATA, allocated > 8 ? "OW" : "OB", bytes) };
}

/** Clears what lies beside the stored bits of 16-bit pixels; above them, the sign goes on where there is one. */
function clearUnusedBits(bytes: Buffer, stored: number, high: number, signed: boolean): void {
  const low = high + 1 - stored;
  if (stored >= 16 || stored < 1 || low < 0 || high > 15) return;
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    // To the top and back: what was above falls off, and the sign comes back with the shift.
    const value = ((bytes.readUInt16LE(at) >> low) << (32 - stored)) >> (32 - stored);
    const unsigned = signed ? value : value & ((1 << stored) - 1);
    bytes.writeUInt16LE((unsigned << low) & 0xffff, at);
  }
}

const ITEM = [0xfe, 0xff, 0x00, 0xe0] as const;
const END = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0] as const;

function item(bytes: Uint8Array): Uint8Array[] {
  const start = Buffer.from([...ITEM, 0, 0, 0, 0]);
  start.writeUInt32LE(bytes.length, 4);
  return [start, bytes];
}

/** Compressed pixel data (PS3.5 section A.4): offsets of the frames, then the fragments as they were. */
function encapsulated(found: Element, bytes: Uint8Array): Uint8Array | undefined {
  const fragments = (found.fragments ?? []).map(({ position, length }) =>
    bytes.subarray(position, position + length),
  );
  if (fragments.length === 0) return undefined;
  const table = Buffer.alloc(4 * (found.basicOffsetTable?.length ?? 0));
  found.basicOffsetTable?.forEach((offset, i) => table.writeUInt32LE(offset, 4 * i));
  const header = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([header, ...item(table), ...fragments.flatMap(item), Uint8Array.from(END)]);
}
