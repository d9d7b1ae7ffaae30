import { ImagingError } from "../../errors.js";
import { decodeCompressed, plainCodestream } from "../../dicom/codec.js";
import { EXPLICIT_BIG_ENDIAN, type ParsedFile } from "../../dicom/dataset.js";
import { pixelElement, readFrame } from "../../dicom/frames.js";
import type { FileHeader } from "../../dicom/header.js";
import { withoutTail } from "../../dicom/jpegExtended.js";
import type { PixelLayout } from "../../dicom/pixelLayout.js";
import { storedWords } from "../../dicom/pixels.js";
import { element } from "../../dicom/writing/elements.js";

/** Pixel data to write, and its transfer syntax where that is not explicit VR little endian. */
export interface CopiedPixels {
  readonly element: Uint8Array;
  readonly transferSyntax?: string;
}

const NAME = "The file";
const PIXEL_DATA = 0x7fe00010;
const JPEG_BASELINE = "1.2.840.10008.1.2.4.50";
const JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
/** Lossy syntaxes: what is decoded from them is not written anew, so that nobody takes it for what was measured. */
const KEPT_COMPRESSED: ReadonlySet<string> = new Set([
  JPEG_BASELINE,
  JPEG_EXTENDED,
  "1.2.840.10008.1.2.4.81", // JPEG-LS near-lossless
  "1.2.840.10008.1.2.4.91", // JPEG 2000
  "1.2.840.10008.1.2.4.203", // High-throughput JPEG 2000
]);

/**
 * A file's pixels, written anew with nothing beside them: whole frames only, each stored bit and no other; of lossy
 * compressed data the codestream without comments, application segments and what lies behind its end. Lossless data are
 * decompressed, since codecs can hide as much as formats can.
 * @throws ImagingError where the pixels cannot be read whole, or not told from what is hidden beside them
 */
export async function copiedPixels(file: ParsedFile, header: FileHeader): Promise<CopiedPixels> {
  const { layout } = header;
  const isCompressed = pixelElement(file.dataSet)?.fragments !== undefined;
  requireKnownSamples(layout, isCompressed);
  if (layout.sample !== "integer") return floats(file, header);
  if (isCompressed && KEPT_COMPRESSED.has(layout.syntax)) return codestreams(file, header);
  const frames = await eachFrame(header, async (frame) =>
    littleEndian(
      maskedWords(await storedWords(file.dataSet, layout, frame, header.storedFrames, NAME), layout),
      layout.bitsAllocated / 8,
    ),
  );
  return { element: element(PIXEL_DATA, layout.bitsAllocated > 8 ? "OW" : "OB", Buffer.concat(frames)) };
}

/** Colours whose samples are not one word each, or need tables that are not copied, are refused. */
function requireKnownSamples({ photometric, samplesPerPixel }: PixelLayout, isCompressed: boolean): void {
  const isGray = samplesPerPixel === 1 && photometric.startsWith("MONOCHROME");
  const isColour = samplesPerPixel === 3 && (photometric === "RGB" || photometric === "YBR_FULL");
  if (!isGray && (!isColour || isCompressed))
    throw new ImagingError("unsupported-pixels", `${NAME} has colours that are not copied.`);
}

async function eachFrame<T>({ storedFrames }: FileHeader, work: (frame: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let frame = 0; frame < storedFrames; frame++) made.push(await work(frame));
  return made;
}

/** Words with all bits cleared that are not stored ones, where overlays used to be kept; above a signed number its sign goes on. */
function maskedWords<Words extends Uint8Array | Uint16Array | Uint32Array>(
  words: Words,
  { bitsStored, highBit, signed }: PixelLayout,
): Words {
  const [above, unused, low] = [31 - highBit, 32 - bitsStored, highBit + 1 - bitsStored];
  for (let i = 0; i < words.length; i++) {
    const top = words[i]! << above;
    words[i] = (signed ? top >> unused : top >>> unused) << low;
  }
  return words;
}

function littleEndian(words: Uint8Array | Uint16Array | Uint32Array, size: number): Uint8Array {
  const bytes = Buffer.alloc(words.length * size);
  for (let i = 0; i < words.length; i++) {
    const value = words[i]!;
    if (size === 1) bytes[i] = value;
    else if (size === 2) bytes.writeUInt16LE(value & 0xffff, 2 * i);
    else bytes.writeUInt32LE(value, 4 * i);
  }
  return bytes;
}

/** Pixels that are floats, with each NaN the same one: its unused bits are many. */
async function floats(file: ParsedFile, header: FileHeader): Promise<CopiedPixels> {
  const { layout, storedFrames } = header;
  const is64 = layout.sample === "float64";
  const frames = await eachFrame(header, (frame) => {
    const { bytes } = readFrame(file.dataSet, layout, frame, storedFrames, NAME);
    const out = Buffer.from(bytes);
    if (layout.syntax === EXPLICIT_BIG_ENDIAN) {
      if (is64) out.swap64();
      else out.swap32();
    }
    for (let at = 0; at < out.length; at += is64 ? 8 : 4)
      if (is64 && Number.isNaN(out.readDoubleLE(at))) out.writeBigUInt64LE(0x7ff8000000000000n, at);
      else if (!is64 && Number.isNaN(out.readFloatLE(at))) out.writeUInt32LE(0x7fc00000, at);
    return Promise.resolve(out);
  });
  const [tag, vr] = is64 ? ([0x7fe00009, "OD"] as const) : ([0x7fe00008, "OF"] as const);
  return { element: element(tag, vr, Buffer.concat(frames)) };
}

/** Compressed frames without what is no image, each of which decodes to the same samples as before. */
async function codestreams(file: ParsedFile, header: FileHeader): Promise<CopiedPixels> {
  const { layout, storedFrames } = header;
  const frames = await eachFrame(header, async (frame) => {
    const { bytes } = readFrame(file.dataSet, layout, frame, storedFrames, NAME);
    const stream = plainCodestream(bytes);
    if (stream === undefined)
      throw new ImagingError("truncated", `${NAME} has compressed pixel data without an end.`);
    const plain = [JPEG_BASELINE, JPEG_EXTENDED].includes(layout.syntax) ? cutBehindPixels(stream) : stream;
    const after = await decodeCompressed(plain, layout, NAME);
    // A codec may refuse a stream for what is hidden in it; without that it is an image.
    const before = await decodeCompressed(bytes, layout, NAME).catch(() => undefined);
    // Some codecs give clamped arrays, which do not compare.
    if (before && Buffer.compare(Uint8Array.from(before), Uint8Array.from(after)) !== 0)
      throw new ImagingError("decode-failed", `${NAME} needs more than its image to be decoded.`);
    return plain;
  });
  return { element: encapsulated(frames), transferSyntax: layout.syntax };
}

/** A JPEG without what its data hold behind the last pixel; one that is not sequential, as some writers declare, as it is. */
function cutBehindPixels(stream: Uint8Array): Uint8Array {
  try {
    return withoutTail(stream);
  } catch {
    return stream;
  }
}

function item(bytes: Uint8Array): Uint8Array[] {
  const start = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  const padding = bytes.length % 2;
  start.writeUInt32LE(bytes.length + padding, 4);
  return [start, bytes, new Uint8Array(padding)];
}

/** Compressed pixel data (PS3.5 section A.4): offsets of the frames, then each frame as one fragment. */
function encapsulated(frames: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  const table = Buffer.alloc(4 * frames.length);
  frames.reduce((offset, frame, i) => {
    table.writeUInt32LE(offset, 4 * i);
    return offset + 8 + frame.length + (frame.length % 2);
  }, 0);
  return Buffer.concat([header, ...item(table), ...frames.flatMap(item), end]);
}
