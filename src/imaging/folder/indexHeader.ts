import type { Element } from "dicom-parser";
import { mayBeDicom, parseDicomFile, PREFIX_SEARCH, type ParsedFile } from "../dicom/dataset.js";
import { requireReadable } from "../limits.js";
import { pixelElement } from "../dicom/frames.js";
import type { FileSource, OpenSource } from "./source.js";

/** Bytes read of a file at first; most headers of MR slices are shorter, also those with a vendor's private part. */
const FIRST_READ = 64 * 1024;
/** A header longer than this is read with its whole file. */
const LONGEST_HEAD = 16 * 2 ** 20;
/** More fragments than frames are read of any file. */
const MAX_FRAGMENTS = 20_001;
const UNDEFINED_LENGTH = 0xffffffff;
/** Tags (FFFE,E000) and (FFFE,E0DD) as the four bytes of little endian, which compressed data always has. */
const ITEM = 0xe000fffe;
const SEQUENCE_DELIMITATION = 0xe0ddfffe;

/**
 * Parses a DICOM file up to its pixel data, of which only the length is learnt (of compressed data, where its fragments
 * lie). Reads 64 KiB, more where the header is longer (enhanced multi-frame MR), all where it has no clear end (deflated
 * or broken files). `undefined` for a file that is not DICOM.
 * @throws ImagingError "malformed" when nothing in it can be read
 */
export async function parseHeader(source: FileSource, opened: OpenSource): Promise<ParsedFile | undefined> {
  const { size } = opened;
  for (let length = FIRST_READ; ; length *= 4) {
    if (length > LONGEST_HEAD) length = size;
    if (length >= size) requireReadable(size, source.name);
    const bytes = await opened.read(0, Math.min(length, size));
    if (length === FIRST_READ && !mayBeDicom(bytes.subarray(0, PREFIX_SEARCH))) return undefined;
    if (length >= size) return parseDicomFile(bytes, source.name);
    const parsed = beginning(bytes, source.name, size);
    if (parsed === undefined) continue;
    const { length: stated, dataOffset } = pixelElement(parsed.dataSet)!;
    const whole =
      stated === UNDEFINED_LENGTH
        ? await findFragments(parsed, opened)
        : dataOffset + stated <= (parsed.size ?? size);
    return whole ? parsed : { ...parsed, broken: "the pixel data end early" };
  }
}

/** The parsed beginning of a file, where it holds all that stands before the pixel data. */
function beginning(bytes: Uint8Array, name: string, size: number): ParsedFile | undefined {
  try {
    const parsed = parseDicomFile(bytes, name, size);
    const elements = parsed?.dataSet;
    const isImage = elements?.elements.x00280010 !== undefined && pixelElement(elements) !== undefined;
    return isImage ? parsed : undefined;
  } catch {
    return undefined; // it breaks off in the file meta group, or is deflated; more of it may read
  }
}

/**
 * Lists the fragments of compressed pixel data from their items' headers alone (PS3.5 section A.4), in the form that
 * dicom-parser gives them. Tells whether they end as they should, or at least with the file.
 */
async function findFragments(parsed: ParsedFile, opened: OpenSource): Promise<boolean> {
  const { dataSet, size = opened.size } = parsed;
  const pixels: Element = pixelElement(dataSet)!;
  // Offsets in the data set count a preamble that the file may not have.
  const shift = size - opened.size;
  const fragments: { offset: number; position: number; length: number }[] = [];
  pixels.fragments = fragments;
  let base: number | undefined;
  let at = pixels.dataOffset;
  while (fragments.length < MAX_FRAGMENTS) {
    const header =
      at + 8 <= dataSet.byteArray.length
        ? dataSet.byteArray.subarray(at, at + 8)
        : await opened.read(at - shift, 8);
    if (header.length < 8) return header.length === 0 && at === size;
    const view = new DataView(header.buffer, header.byteOffset, 8);
    const [tag, length] = [view.getUint32(0, true), view.getUint32(4, true)];
    if (tag !== ITEM) return tag === SEQUENCE_DELIMITATION;
    if (base === undefined) base = at + 8 + length;
    else fragments.push({ offset: at - base, position: at + 8, length });
    at += 8 + length;
  }
  return true;
}
