import type { DataSet } from "dicom-parser";
import type { Problem } from "../series.js";
import type { Vec3 } from "../volume.js";
import { ImagingError } from "../errors.js";
import { voxelCount } from "../limits.js";
import type { ParsedFile } from "./dataset.js";
import { availableFrames } from "./frames.js";
import { numbers, text, vec3 } from "./values.js";

/** More frames than any MR series has; each costs a description. */
const MAX_FRAMES = 20000;

/** How a file's stored pixels are laid out. */
export interface PixelLayout {
  readonly syntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly samplesPerPixel: number;
  readonly photometric: string;
}

/** What one frame says of itself. */
export interface FrameHeader {
  readonly index: number;
  /** LPS mm of the first voxel's centre. */
  readonly position: Vec3 | undefined;
  /** Unit vectors along a row (to the next column) and along a column (to the next row). */
  readonly orientation: readonly [Vec3, Vec3] | undefined;
  /** mm between rows, then between columns, in the order of PixelSpacing. */
  readonly pixelSpacing: readonly [number, number] | undefined;
  readonly sliceSpacing: number | undefined;
  readonly slope: number;
  readonly intercept: number;
  readonly echoTime: number | undefined;
  readonly repetitionTime: number | undefined;
  /** Orders frames that share a position. */
  readonly order: number;
}

/** What a file says of itself, without its pixels and without identity. */
export interface FileHeader {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly modality: string;
  readonly rawDescription: string;
  readonly inversionTime: number | undefined;
  readonly scanningSequence: string;
  readonly layout: PixelLayout;
  readonly frames: readonly FrameHeader[];
  readonly problems: readonly Problem[];
}

type Lookup = <T>(read: (dataSet: DataSet) => T | undefined, group: string) => T | undefined;

/** The first item of a sequence. */
function item(dataSet: DataSet | undefined, tag: string): DataSet | undefined {
  return dataSet?.elements[tag]?.items?.[0]?.dataSet;
}

/**
 * Reads a value for one frame: from the frame's own functional group, else the shared one, else the top level, which is
 * where classic files keep everything (PS3.3 section C.7.6.16).
 */
function lookupFor(root: DataSet, frame: number): Lookup {
  const shared = item(root, "x52009229");
  const own = root.elements.x52009230?.items?.[frame]?.dataSet;
  return (read, group) => {
    for (const source of [item(own, group), item(shared, group), root]) {
      const value = source === undefined ? undefined : read(source);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function pair(values: readonly number[] | undefined): readonly [number, number] | undefined {
  return values && values[0]! > 0 && values[1]! > 0 ? [values[0]!, values[1]!] : undefined;
}

function axes(values: readonly number[] | undefined): readonly [Vec3, Vec3] | undefined {
  if (values === undefined) return undefined;
  const row = vec3(values.slice(0, 3));
  const column = vec3(values.slice(3, 6));
  const lengths = [Math.hypot(...row), Math.hypot(...column)];
  const cosine = row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
  // Direction cosines are unit vectors at right angles; anything else places voxels wrongly.
  return lengths.every((length) => Math.abs(length - 1) < 0.02) && Math.abs(cosine) < 0.02
    ? [row, column]
    : undefined;
}

function frameHeader(root: DataSet, frame: number): FrameHeader {
  const find = lookupFor(root, frame);
  const position = find((set) => numbers(set, "x00200032", 3), "x00209113");
  const one = (tag: string, group: string) => find((set) => numbers(set, tag, 1), group)?.[0];
  const thickness = one("x00180050", "x00289110");
  const between = one("x00180088", "x00289110");
  return {
    index: frame,
    position: position && vec3(position),
    orientation: axes(find((set) => numbers(set, "x00200037", 6), "x00209116")),
    pixelSpacing: pair(find((set) => numbers(set, "x00280030", 2), "x00289110")),
    sliceSpacing: [between, thickness].find((value) => value !== undefined && value > 0),
    slope: one("x00281053", "x00289145") ?? 1,
    intercept: one("x00281052", "x00289145") ?? 0,
    echoTime: find((set) => set.double("x00189082") ?? numbers(set, "x00180081", 1)?.[0], "x00189114"),
    repetitionTime: one("x00180080", "x00189112"),
    order: numbers(root, "x00200013", 1)?.[0] ?? 0,
  };
}

function layoutOf({ dataSet, syntax }: ParsedFile, name: string): PixelLayout {
  const rows = dataSet.uint16("x00280010");
  const columns = dataSet.uint16("x00280011");
  const bitsAllocated = dataSet.uint16("x00280100");
  if (rows === undefined || columns === undefined || bitsAllocated === undefined)
    throw new ImagingError(
      "malformed",
      `${name} has no Rows (0028,0010), Columns (0028,0011) or BitsAllocated (0028,0100); it holds no readable image.`,
    );
  voxelCount([rows, columns], name);
  const bitsStored = dataSet.uint16("x00280101") ?? bitsAllocated;
  const highBit = dataSet.uint16("x00280102") ?? bitsStored - 1;
  if (![8, 16, 32].includes(bitsAllocated))
    throw new ImagingError(
      "unsupported-pixels",
      `${name} has BitsAllocated (0028,0100) ${bitsAllocated}; only 8, 16 and 32 are read, so export it as 16 bit.`,
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
  if (
    broken === undefined &&
    dataSet.elements.x00280010 === undefined &&
    dataSet.elements.x7fe00010 === undefined
  )
    return undefined;
  if (broken !== undefined && dataSet.elements.x00280010 === undefined)
    throw new ImagingError(
      "malformed",
      `${name} breaks off or is malformed before its image description; copy or export it again.`,
    );
  const layout = layoutOf(file, name);
  const problems: Problem[] = wrongVrs(dataSet, name);
  const declared = numbers(dataSet, "x00280008", 1)?.[0] ?? 1;
  const available = availableFrames(dataSet, layout, declared);
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
  const sequence = `${text(dataSet, "x00180020") ?? ""} ${text(dataSet, "x00189008") ?? ""}`;
  return {
    studyUid: text(dataSet, "x0020000d") ?? "",
    seriesUid: text(dataSet, "x0020000e") ?? "",
    modality: (text(dataSet, "x00080060") ?? "").slice(0, 16).replace(/[^A-Z0-9_ ]/gi, ""),
    rawDescription: text(dataSet, "x0008103e") ?? text(dataSet, "x00181030") ?? "",
    inversionTime: numbers(dataSet, "x00180082", 1)?.[0],
    scanningSequence: sequence,
    layout,
    frames: Array.from({ length: count }, (_, frame) => frameHeader(dataSet, frame)),
    problems: [...problems, ...mosaic(dataSet, name)],
  };
}

/** Siemens packs a whole volume as tiles into one image and says so in ImageType. */
function mosaic(dataSet: DataSet, name: string): Problem[] {
  if (!/\bMOSAIC\b/.test(text(dataSet, "x00080008") ?? "")) return [];
  return [
    {
      code: "mosaic",
      message: `${name} is a Siemens mosaic, one image holding many slices; export the series as single slices.`,
    },
  ];
}
