import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ImagingError } from "../../errors.js";
import { cross, step, unit } from "../../geometry.js";
import { toPatient, type Vec3, type Volume } from "../../volume.js";
import { dicomFile, element, explicitLittleEndian, type Value } from "./elements.js";
import { uidFromSeed } from "../uid.js";

const MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4";

/** What a written series says of itself beside its voxels. Equal options give equal bytes. */
export interface DicomWriteOptions {
  /** Every UID derives from this; series of one study share it. */
  readonly studySeed: string;
  /** Tells the series of a study apart; also starts the file names. Default 1. */
  readonly seriesNumber?: number;
  readonly seriesDescription: string;
  readonly patientId: string;
  /** Whether no person stands behind the images: the files then say that identity was removed. */
  readonly isSynthetic?: boolean;
  /** ms. */
  readonly repetitionTime?: number;
  /** ms. */
  readonly echoTime?: number;
  readonly manufacturer?: string;
  readonly modality?: "MR" | "CT";
}

/** Voxels as stored 16-bit pixels and the rescale that brings the values back. */
interface StoredPixels {
  readonly pixels: Int16Array | Uint16Array;
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
}

function storedPixels(voxels: Volume["voxels"]): StoredPixels {
  let low = Infinity;
  let high = -Infinity;
  let whole = true;
  for (const value of voxels) {
    if (value < low) low = value;
    if (value > high) high = value;
    whole &&= Number.isInteger(value);
  }
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new ImagingError(
      "unsupported-pixels",
      "The volume holds values that are not finite; replace them before writing DICOM.",
    );
  if (whole && low >= 0 && high <= 65535)
    return { pixels: Uint16Array.from(voxels), signed: false, slope: 1, intercept: 0 };
  if (whole && low >= -32768 && high <= 32767)
    return { pixels: Int16Array.from(voxels), signed: true, slope: 1, intercept: 0 };
  const slope = high > low ? Number(((high - low) / 65535).toPrecision(10)) : 1;
  const intercept = Number(low.toPrecision(10));
  const stored = Uint16Array.from(voxels, (value) =>
    Math.min(65535, Math.max(0, Math.round((value - intercept) / slope))),
  );
  return { pixels: stored, signed: false, slope, intercept };
}

/** DS values: at most 16 characters each (PS3.5 table 6.2-1). */
function decimals(values: readonly number[]): string {
  return values.map(decimal).join("\\");
}

function decimal(value: number): string {
  for (let digits = 12; digits > 1; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return "0";
}

function directions(volume: Volume): { column: Vec3; row: Vec3; normal: Vec3 } {
  const column = unit(step(volume.affine, 0));
  const row = unit(step(volume.affine, 1));
  const normal = column && row && unit(cross(column, row));
  if (!column || !row || !normal)
    throw new ImagingError(
      "no-orientation",
      "The volume's affine has a direction without length; give it a valid affine before writing DICOM.",
    );
  return { column, row, normal };
}

/** Every element of one slice's data set, by ascending tag. */
function sliceElements(
  volume: Volume,
  stored: StoredPixels,
  slice: number,
  options: DicomWriteOptions,
): Uint8Array[] {
  const { column, row } = directions(volume);
  const series = options.seriesNumber ?? 1;
  const seriesSeed = `${options.studySeed}/series-${series}`;
  const position = toPatient(volume, [0, 0, slice]);
  const size = volume.rows * volume.columns;
  const plane = stored.pixels.subarray(slice * size, (slice + 1) * size);
  const rows: [number, string, Value][] = [
    [0x00080005, "CS", "ISO_IR 192"],
    [0x00080008, "CS", "ORIGINAL\\PRIMARY\\M"],
    [0x00080016, "UI", MR_IMAGE_STORAGE],
    [0x00080018, "UI", uidFromSeed(`${seriesSeed}/slice-${slice}`)],
    [0x00080020, "DA", ""],
    [0x00080030, "TM", ""],
    [0x00080050, "SH", ""],
    [0x00080060, "CS", options.modality ?? "MR"],
    [0x00080070, "LO", options.manufacturer ?? ""],
    [0x00080090, "PN", ""],
    [0x0008103e, "LO", options.seriesDescription],
    [0x00100010, "PN", options.patientId],
    [0x00100020, "LO", options.patientId],
    [0x00100030, "DA", ""],
    [0x00100040, "CS", ""],
    ...(options.isSynthetic === true ? [[0x00120062, "CS", "YES"] as [number, string, Value]] : []),
    [0x00180020, "CS", "SE"],
    [0x00180021, "CS", "NONE"],
    [0x00180022, "CS", ""],
    [0x00180023, "CS", "2D"],
    [0x00180050, "DS", decimal(volume.spacing[2])],
    [0x00180080, "DS", options.repetitionTime === undefined ? "" : decimal(options.repetitionTime)],
    [0x00180081, "DS", options.echoTime === undefined ? "" : decimal(options.echoTime)],
    [0x00180088, "DS", decimal(volume.spacing[2])],
    [0x00180091, "IS", ""],
    [0x0020000d, "UI", uidFromSeed(options.studySeed)],
    [0x0020000e, "UI", uidFromSeed(seriesSeed)],
    [0x00200010, "SH", ""],
    [0x00200011, "IS", String(series)],
    [0x00200013, "IS", String(slice + 1)],
    [0x00200032, "DS", decimals(position)],
    [0x00200037, "DS", decimals([...column, ...row])],
    [0x00200052, "UI", uidFromSeed(`${options.studySeed}/frame`)],
    [0x00201040, "LO", ""],
    [0x00280002, "US", 1],
    [0x00280004, "CS", "MONOCHROME2"],
    [0x00280010, "US", volume.rows],
    [0x00280011, "US", volume.columns],
    [0x00280030, "DS", decimals([volume.spacing[1], volume.spacing[0]])],
    [0x00280100, "US", 16],
    [0x00280101, "US", 16],
    [0x00280102, "US", 15],
    [0x00280103, "US", stored.signed ? 1 : 0],
    [0x00281052, "DS", decimal(stored.intercept)],
    [0x00281053, "DS", decimal(stored.slope)],
    [0x7fe00010, "OW", explicitLittleEndian(plane)],
  ];
  return rows.map(([tag, vr, value]) => element(tag, vr, value));
}

/**
 * Writes a volume as one classic MR Image Storage file per slice (explicit VR little endian, 16 bit) into `folder`,
 * which is made if needed. Values that are not whole numbers of 16 bits are stored with a rescale slope.
 * Throws `ImagingError` for an affine without direction, values that are not finite or more than 65535 rows or columns.
 */
export async function writeDicomSeries(
  folder: string,
  volume: Volume,
  options: DicomWriteOptions,
): Promise<void> {
  if (volume.rows > 65535 || volume.columns > 65535)
    throw new ImagingError(
      "too-large",
      "DICOM holds at most 65535 rows and columns; make the volume smaller before writing it.",
    );
  const stored = storedPixels(volume.voxels);
  await mkdir(folder, { recursive: true });
  const series = options.seriesNumber ?? 1;
  for (let slice = 0; slice < volume.slices; slice++) {
    const sopInstance = uidFromSeed(`${options.studySeed}/series-${series}/slice-${slice}`);
    const name = `series-${String(series).padStart(2, "0")}-${String(slice + 1).padStart(4, "0")}.dcm`;
    await writeFile(
      join(folder, name),
      dicomFile({ sopClass: MR_IMAGE_STORAGE, sopInstance }, sliceElements(volume, stored, slice, options)),
    );
  }
}
