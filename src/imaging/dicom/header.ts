import type { DataSet } from "dicom-parser";
import { ImagingError } from "../errors.js";
import { voxelCount } from "../limits.js";
import type { ParsedFile } from "./dataset.js";
import { availableFrames, pixelElement } from "./frames.js";
import { frameHeader, type FrameHeader } from "./frameHeader.js";
import { isMosaic, mosaicFrames, readMosaic, type Mosaic } from "./mosaic.js";
import { item, numbers, text } from "./values.js";
import type { PixelLayout } from "./pixelLayout.js";
import { modalityOf, numberProblems } from "./repairs.js";
import type { Problem, Subject } from "../series.js";
import { subjectOf } from "./subject.js";

/** More frames than any MR series has; each costs a description. */
const MAX_FRAMES = 20000;

/** What a file says of itself, without its pixels and without identity. */
export interface FileHeader {
  readonly studyUid: string;
  readonly seriesUid: string;
  /** Copies of a series may keep its UID and differ only in this. */
  readonly seriesNumber: string;
  readonly frameOfReferenceUid: string;
  /** Tells copies of one image from images of one place; "" where the file does not say. */
  readonly instanceUid: string;
  readonly modality: string;
  readonly subject: Subject;
  readonly rawDescription: string;
  readonly scanningSequence: string;
  readonly scanOptions: string;
  readonly imageType: string;
  readonly layout: PixelLayout;
  /** Rows and columns of one slice: of a tile where the image is a mosaic. */
  readonly rows: number;
  readonly columns: number;
  /** How many frames the pixel data holds. */
  readonly storedFrames: number;
  /** Its slices: one per frame, or one per tile of a mosaic. */
  readonly frames: readonly FrameHeader[];
  readonly problems: readonly Problem[];
}

function layoutOf({ dataSet, syntax }: ParsedFile, name: string): PixelLayout {
  const rows = dataSet.uint16("x00280010");
  const columns = dataSet.uint16("x00280011");
  const pixels = pixelElement(dataSet)?.tag;
  const sample = pixels === "x7fe00008" ? "float32" : pixels === "x7fe00009" ? "float64" : "integer";
  // The size of a float is that of its element, whether the header repeats it or not.
  const floatBits = { integer: undefined, float32: 32, float64: 64 }[sample];
  const bitsAllocated = dataSet.uint16("x00280100") ?? floatBits;
  if (rows === undefined || columns === undefined || bitsAllocated === undefined)
    throw new ImagingError(
      "malformed",
      `${name} has no Rows (0028,0010), Columns (0028,0011) or BitsAllocated (0028,0100); it holds no readable image.`,
    );
  voxelCount([rows, columns], name);
  const bitsStored = dataSet.uint16("x00280101") ?? bitsAllocated;
  const highBit = dataSet.uint16("x00280102") ?? bitsStored - 1;
  const allowed = { integer: [8, 16, 32], float32: [32], float64: [64] }[sample];
  if (!allowed.includes(bitsAllocated))
    throw new ImagingError(
      "unsupported-pixels",
      sample === "integer"
        ? `${name} has BitsAllocated (0028,0100) ${bitsAllocated}; only 8, 16 and 32 are read, so export it as 16 bit.`
        : `${name} has BitsAllocated (0028,0100) ${bitsAllocated} and pixels that are floats of another size; export it again.`,
    );
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored)
    throw new ImagingError(
      "malformed",
      `${name} contradicts itself: BitsStored (0028,0101) ${bitsStored} and HighBit (0028,0102) ${highBit} do not fit BitsAllocated ${bitsAllocated}.`,
    );
  return {
    syntax,
    rows,
    columns,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: dataSet.uint16("x00280103") === 1,
    samplesPerPixel: dataSet.uint16("x00280002") ?? 1,
    photometric: text(dataSet, "x00280004") ?? "MONOCHROME2",
    sample,
    isWords: dataSet.elements.x7fe00010?.vr === "OW",
  };
}

/** VRs that the elements this reader relies on must have where a file states one (PS3.6). */
const EXPECTED_VRS: Record<string, readonly string[]> = {
  x00080060: ["CS"],
  x0020000e: ["UI"],
  x00200032: ["DS"],
  x00200037: ["DS"],
  x00280010: ["US"],
  x00280011: ["US"],
  x00280030: ["DS"],
  x00280100: ["US"],
  x00280101: ["US"],
  x00280102: ["US"],
  x00280103: ["US"],
};

function wrongVrs(dataSet: DataSet, name: string): Problem[] {
  return Object.entries(EXPECTED_VRS).flatMap(([tag, allowed]) => {
    const vr = dataSet.elements[tag]?.vr;
    if (vr === undefined || vr === "UN" || allowed.includes(vr)) return [];
    const shown = `(${tag.slice(1, 5)},${tag.slice(5)})`;
    return [
      {
        code: "malformed" as const,
        message: `${name} states ${shown} with the wrong value representation; its value may be misread.`,
      },
    ];
  });
}

/**
 * The headers of a parsed file's image, or `undefined` for DICOM without one (a report, a DICOMDIR).
 * Throws `ImagingError` when the image's shape is missing, contradicts itself or is too large.
 */
export function readHeader(file: ParsedFile, name: string): FileHeader | undefined {
  const { dataSet, broken } = file;
  if (broken === undefined && dataSet.elements.x00280010 === undefined && pixelElement(dataSet) === undefined)
    return undefined;
  if (broken !== undefined && dataSet.elements.x00280010 === undefined)
    throw new ImagingError(
      "malformed",
      `${name} breaks off or is malformed before its image description; copy or export it again.`,
    );
  const layout = layoutOf(file, name);
  const problems: Problem[] = wrongVrs(dataSet, name);
  const declared = numbers(dataSet, "x00280008", 1)?.[0] ?? 1;
  const available = availableFrames(dataSet, layout, declared, file.size);
  if (!Number.isInteger(declared) || declared < 1)
    problems.push({
      code: "malformed",
      message: `${name} declares ${declared} frames in NumberOfFrames (0028,0008); export it again.`,
    });
  else if (available < declared)
    problems.push({
      code: "truncated",
      message: `${name} is truncated: it holds ${available} of ${declared} declared frames of pixel data; copy or export it again.`,
    });
  else if (broken !== undefined)
    problems.push({
      code: "malformed",
      message: `${name} is broken after its pixel data; what was read may be incomplete.`,
    });
  // A truncated file still describes its slices, but never more frames than its bytes could describe.
  const count = Math.min(Math.max(1, Math.floor(declared) || 1), Math.max(available, 1));
  if (count > MAX_FRAMES)
    throw new ImagingError(
      "too-large",
      `${name} holds ${count} frames, more than the ${MAX_FRAMES} that are read; split it first.`,
    );
  const mosaic = isMosaic(dataSet) ? readMosaic(dataSet, layout.rows, layout.columns) : undefined;
  const frames = Array.from({ length: count }, (_, frame) => frameHeader(dataSet, frame));
  const across = mosaic?.across ?? 1;
  const { modality, problems: ofModality } = modalityOf(
    text(dataSet, "x00080060") ?? "",
    text(dataSet, "x00080016"),
    name,
  );
  return {
    studyUid: text(dataSet, "x0020000d") ?? "",
    seriesUid: text(dataSet, "x0020000e") ?? "",
    seriesNumber: text(dataSet, "x00200011") ?? "",
    frameOfReferenceUid: text(dataSet, "x00200052") ?? "",
    instanceUid: text(dataSet, "x00080018") ?? "",
    modality,
    subject: subjectOf(dataSet),
    rawDescription: text(dataSet, "x0008103e") ?? text(dataSet, "x00181030") ?? "",
    scanningSequence: `${text(dataSet, "x00180020") ?? ""} ${text(dataSet, "x00189008") ?? ""}`,
    scanOptions: text(dataSet, "x00180022") ?? "",
    imageType: text(dataSet, "x00080008") ?? "",
    layout,
    rows: layout.rows / across,
    columns: layout.columns / across,
    storedFrames: count,
    frames: mosaic
      ? frames.flatMap((frame) => mosaicFrames(frame, mosaic, layout.rows, layout.columns))
      : frames,
    problems: [
      ...problems,
      ...tableProblems(dataSet, name),
      ...mosaicProblems(dataSet, mosaic, name),
      ...file.repairs.map((repair) => ({ code: "repaired" as const, message: `${name} ${repair}` })),
      ...ofModality,
      ...numberProblems(dataSet, name),
    ],
  };
}

/** Values that a table maps to others are shown as stored, which must be said. */
function tableProblems(dataSet: DataSet, name: string): Problem[] {
  if (item(dataSet, "x00283000") === undefined) return [];
  return [
    {
      code: "unsupported-pixels",
      message: `${name} maps its values by a table (0028,3000), which is not applied; values are as stored.`,
    },
  ];
}

/** A mosaic whose tiles cannot be told apart stays one picture. */
function mosaicProblems(dataSet: DataSet, mosaic: Mosaic | undefined, name: string): Problem[] {
  if (mosaic !== undefined || !isMosaic(dataSet)) return [];
  return [
    {
      code: "mosaic",
      message: `${name} is a Siemens mosaic, one image holding many slices, without the private elements that say how they lie; export the series as single slices.`,
    },
  ];
}
