import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { ImagingError, reason } from "../errors.js";
import type { PixelLayout } from "./pixel-layout.js";

const PIXEL_DATA = "x7fe00010";

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
  const pixels = dataSet.elements[PIXEL_DATA];
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

/** Bytes of one encapsulated frame, joined from its fragments (PS3.5 section A.4). */
function encapsulatedFrame(dataSet: DataSet, pixels: Element, frame: number, frames: number): Uint8Array {
  const fragments = pixels.fragments!;
  if (frames === 1)
    return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, 0, fragments.length);
  if (fragments.length === frames)
    return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, frame, 1);
  const table =
    pixels.basicOffsetTable?.length === frames
      ? pixels.basicOffsetTable
      : dicomParser.createJPEGBasicOffsetTable(dataSet, pixels);
  return dicomParser.readEncapsulatedImageFrame(dataSet, pixels, frame, table);
}

/** The stored bytes of frame `frame` of `frames`, compressed or not. Throws `ImagingError` where they are not all there. */
export function readFrame(
  dataSet: DataSet,
  layout: PixelLayout,
  frame: number,
  frames: number,
  name: string,
): { bytes: Uint8Array; encapsulated: boolean } {
  const pixels = dataSet.elements[PIXEL_DATA];
  if (pixels === undefined || availableFrames(dataSet, layout, frames) <= frame)
    throw new ImagingError(
      "truncated",
      `${name} ends before its pixel data (7FE0,0010) does; copy or export it again.`,
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
