import {
  dicomFile,
  element,
  explicitLittleEndian,
  inTagOrder,
  type Value,
} from "../../src/imaging/dicom/writing/elements.js";

/** Elements by tag; `undefined` leaves out what a plain slice has. */
export type Overrides = Readonly<
  Record<number, readonly [vr: string, value: Value] | Uint8Array | undefined>
>;

export const ROWS = 6;
export const COLUMNS = 5;
/** mm between rows, columns and slices of the plain slice's stack. */
export const SPACING = [2, 1.5, 4] as const;

/** Stored pixels of a slice, no two alike within a slice and none like those of another `seed` below 30. */
export function pixels(seed: number): Uint16Array {
  return Uint16Array.from({ length: ROWS * COLUMNS }, (_, i) => 40 * seed + i);
}

/** A DS element's text. */
export function decimals(...values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(10)))).join("\\");
}

/** Elements of one sagittal 16-bit MR slice at x = -4 mm x `seed`, so that slices run along their normal, with the given changes, by ascending tag. */
export function sliceElements(seed: number, changes: Overrides = {}): Uint8Array[] {
  const plain: Overrides = {
    0x00080008: ["CS", "ORIGINAL\\PRIMARY\\M"],
    0x00080016: ["UI", "1.2.840.10008.5.1.4.1.1.4"],
    0x00080018: ["UI", `1.2.3.4.${seed + 1}`],
    0x00080060: ["CS", "MR"],
    0x0020000d: ["UI", "1.2.3"],
    0x0020000e: ["UI", "1.2.3.4"],
    0x00200011: ["IS", "7"],
    0x00200013: ["IS", String(seed + 1)],
    0x00200032: ["DS", decimals(-SPACING[2] * seed, -60, 50)],
    0x00200037: ["DS", decimals(0, 1, 0, 0, 0, -1)],
    0x00280002: ["US", 1],
    0x00280004: ["CS", "MONOCHROME2"],
    0x00280010: ["US", ROWS],
    0x00280011: ["US", COLUMNS],
    0x00280030: ["DS", decimals(SPACING[0], SPACING[1])],
    0x00280100: ["US", 16],
    0x00280101: ["US", 16],
    0x00280102: ["US", 15],
    0x00280103: ["US", 0],
    0x7fe00010: ["OW", explicitLittleEndian(pixels(seed))],
  };
  return inTagOrder(
    Object.entries({ ...plain, ...changes }).flatMap(([tag, value]) =>
      value === undefined ? [] : [value instanceof Uint8Array ? value : element(Number(tag), ...value)],
    ),
  );
}

/** A DICOM file of `sliceElements`. */
export function sliceFile(seed: number, changes: Overrides = {}, transferSyntax?: string): Uint8Array {
  const meta = { sopClass: "1.2.840.10008.5.1.4.1.1.4", sopInstance: `1.2.3.4.${seed + 1}` };
  return dicomFile(
    transferSyntax === undefined ? meta : { ...meta, transferSyntax },
    sliceElements(seed, changes),
  );
}

/** Pixel data of one compressed frame: an empty offset table, one fragment, the end (PS3.5 section A.4). */
export function encapsulated(frame: Uint8Array): Uint8Array {
  const item = (bytes: Uint8Array) => {
    const even = bytes.length + (bytes.length % 2);
    const whole = Buffer.alloc(8 + even);
    whole.set([0xfe, 0xff, 0x00, 0xe0]);
    whole.writeUInt32LE(even, 4);
    whole.set(bytes, 8);
    return whole;
  };
  return Buffer.concat([
    Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    item(new Uint8Array(0)),
    item(frame),
    Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
  ]);
}
