import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { ImagingError, reason } from "../errors.js";
import { PIXEL_TAGS } from "./elements.js";
import type { PixelLayout } from "./pixelLayout.js";
import { numbers } from "./values.js";

/** Lists where frames of encapsulated pixel data begin, in eight bytes each (PS3.3 section C.7.6.3.1.8). */
const EXTENDED_OFFSET_TABLE = "x7fe00001";

/** The element that holds the pixels, whole numbers or floats. */
export function pixelElement(dataSet: DataSet): Element | undefined {
  return PIXEL_TAGS.map((tag) => dataSet.elements[tag]).find((element) => element !== undefined);
}

/** Bytes of all pixels that a header declares, not compressed; `undefined` where it declares no shape. */
export function expectedPixelBytes(dataSet: DataSet): number | undefined {
  const [rows, columns, bits] = ["x00280010", "x00280011", "x00280100"].map((tag) => dataSet.uint16(tag));
  if (rows === undefined || columns === undefined || bits === undefined) return undefined;
  const frames = Math.max(1, numbers(dataSet, "x00280008", 1)?.[0] ?? 1);
  return Math.ceil((rows * columns * (dataSet.uint16("x00280002") ?? 1) * bits) / 8) * frames;
}

/** Bytes of one frame of native pixel data. */
export function frameBytes(layout: PixelLayout): number {
  return layout.rows * layout.columns * layout.samplesPerPixel * (layout.bitsAllocated / 8);
}

/**
 * How many of the `declared` frames the file's pixel data can hold; encapsulated data counts its fragments.
 * `size` is the whole file's, where `dataSet` holds only its beginning.
 */
export function availableFrames(
  dataSet: DataSet,
  layout: PixelLayout,
  declared: number,
  size = dataSet.byteArray.length,
): number {
  const pixels = pixelElement(dataSet);
  if (pixels === undefined) return 0;
  if (pixels.fragments !== undefined) {
    // A fragment that runs past the file's end is cut; decoders would fill up what is missing of its frame.
    const whole = pixels.fragments.filter(({ position, length }) => position + length <= size);
    const filled = whole.filter(({ length }) => length > 0).length;
    if (declared > 1) return filled;
    return filled > 0 && whole.length === pixels.fragments.length ? 1 : 0;
  }
  const present = Math.min(pixels.length, size - pixels.dataOffset);
  return Math.floor(present / frameBytes(layout));
}

/** Fragments as far as the file goes: as many bytes as one states are copied, and a broken one states a gigabyte. */
function withinFile(pixels: Element, size: number): Element {
  const fragments = pixels.fragments!.map((fragment) => ({
    ...fragment,
    length: Math.max(0, Math.min(fragment.length, size - fragment.position)),
  }));
  return { ...pixels, fragments };
}

/** Bytes of one encapsulated frame, joined from its fragments (PS3.5 section A.4). */
function encapsulatedFrame(dataSet: DataSet, stated: Element, frame: number, frames: number): Uint8Array {
  const pixels = withinFile(stated, dataSet.byteArray.length);
  const fragments = pixels.fragments!;
  if (frames === 1)
    return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, 0, fragments.length);
  if (fragments.length === frames)
    return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, frame, 1);
  const table =
    [pixels.basicOffsetTable, extendedOffsets(dataSet)].find((offsets) => offsets?.length === frames) ??
    dicomParser.createJPEGBasicOffsetTable(dataSet, pixels);
  return dicomParser.readEncapsulatedImageFrame(dataSet, pixels, frame, table);
}

/** The entries of the extended offset table; none where there is no such table. */
function extendedOffsets(dataSet: DataSet): number[] {
  const { dataOffset = 0, length = 0 } = dataSet.elements[EXTENDED_OFFSET_TABLE] ?? {};
  const view = new DataView(dataSet.byteArray.buffer, dataSet.byteArray.byteOffset + dataOffset, length);
  return Array.from({ length: Math.floor(length / 8) }, (_, i) => Number(view.getBigUint64(8 * i, true)));
}

/** The stored bytes of frame `frame` of `frames`, compressed or not. Throws `ImagingError` where they are not all there. */
export function readFrame(
  dataSet: DataSet,
  layout: PixelLayout,
  frame: number,
  frames: number,
  name: string,
): { bytes: Uint8Array; encapsulated: boolean } {
  const pixels = pixelElement(dataSet);
  if (pixels === undefined || availableFrames(dataSet, layout, frames) <= frame)
    throw new ImagingError(
      "truncated",
      pixels === undefined
        ? `${name} describes an image and holds no pixel data (7FE0,0010); copy or export it again.`
        : `${name} ends before its pixel data (7FE0,0010) does; copy or export it again.`,
    );
  if (pixels.fragments === undefined) {
    const size = frameBytes(layout);
    const start = pixels.dataOffset + frame * size;
    return { bytes: dataSet.byteArray.subarray(start, start + size), encapsulated: false };
  }
  try {
    return { bytes: encapsulatedFrame(dataSet, pixels, frame, frames), encapsulated: true };
  } catch (thrown) {
    throw new ImagingError(
      "malformed",
      `${name} has pixel data fragments that do not fit together (${reason(thrown)}); export it uncompressed.`,
    );
  }
}
