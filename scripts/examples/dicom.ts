import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Volume } from "../../src/imaging/index.js";
import { dicomFile, element, type Value } from "../../src/imaging/dicom/writing/elements.js";
import { uidFromSeed } from "../../src/imaging/dicom/uid.js";
import { jpegLsEncoded } from "../../test/support/codecEncoder.js";

const MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4";
const JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80";
const CREDIT =
  "SPIDER data set (van der Graaf et al., Sci Data 11:264, 2024), CC BY 4.0; 8 bit, made from PNG";

/** How a series was made, as the data set publishes it. */
export interface Acquisition {
  readonly patient: string;
  readonly sex: string;
  readonly description: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Tesla. */
  readonly fieldStrength: number | undefined;
  /** ms. */
  readonly repetitionTime: number | undefined;
  /** ms. */
  readonly echoTime: number | undefined;
  readonly echoTrain: number | undefined;
  readonly acquisition: "2D" | "3D";
  /** mm. */
  readonly thickness: number | undefined;
}

/**
 * Writes sagittal slices of 8 bits (anterior left, head up, from the patient's right to the left) as MR images in lossless JPEG-LS.
 * @param distance mm between slices; the stack lies centred on the patient's midline, as nothing is published of its place
 */
export async function writeExampleSeries(
  folder: string,
  name: string,
  slices: readonly Volume[],
  options: Acquisition & { readonly series: number; readonly distance: number },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, slice] of slices.entries()) {
    const { columns, rows, spacing } = slice;
    const pixels = Uint8Array.from(slice.voxels);
    const sopInstance = uidFromSeed(`${options.patient}/${options.series}/${i}`);
    const x = (i - (slices.length - 1) / 2) * options.distance;
    const text = (value: number | undefined): string =>
      value === undefined ? "" : String(Number(value.toFixed(4)));
    const position = [x, (-columns * spacing[0]) / 2, (rows * spacing[1]) / 2].map(text).join("\\");
    const elements: [number, string, Value][] = [
      [0x00080005, "CS", "ISO_IR 192"],
      [0x00080008, "CS", "DERIVED\\SECONDARY"],
      [0x00080016, "UI", MR_IMAGE_STORAGE],
      [0x00080018, "UI", sopInstance],
      [0x00080020, "DA", ""],
      [0x00080030, "TM", ""],
      [0x00080050, "SH", ""],
      [0x00080060, "CS", "MR"],
      [0x00080070, "LO", options.manufacturer],
      [0x00080090, "PN", ""],
      [0x0008103e, "LO", options.description],
      [0x00081090, "LO", options.model],
      [0x00100010, "PN", options.patient],
      [0x00100020, "LO", options.patient],
      [0x00100030, "DA", ""],
      [0x00100040, "CS", options.sex],
      [0x00120062, "CS", "YES"],
      [0x00120063, "LO", "as published by the data set"],
      [0x00180015, "CS", "LSPINE"],
      [0x00180020, "CS", "SE"],
      [0x00180021, "CS", "NONE"],
      [0x00180022, "CS", ""],
      [0x00180023, "CS", options.acquisition],
      [0x00180050, "DS", text(options.thickness)],
      [0x00180080, "DS", text(options.repetitionTime)],
      [0x00180081, "DS", text(options.echoTime)],
      [0x00180087, "DS", text(options.fieldStrength)],
      [0x00180088, "DS", text(options.distance)],
      [0x00180091, "IS", text(options.echoTrain)],
      [0x0020000d, "UI", uidFromSeed(options.patient)],
      [0x0020000e, "UI", uidFromSeed(`${options.patient}/${options.series}`)],
      [0x00200010, "SH", ""],
      [0x00200011, "IS", String(options.series)],
      [0x00200013, "IS", String(i + 1)],
      [0x00200032, "DS", position],
      [0x00200037, "DS", "0\\1\\0\\0\\0\\-1"],
      [0x00200052, "UI", uidFromSeed(`${options.patient}/frame`)],
      [0x00201040, "LO", ""],
      [0x00204000, "LT", CREDIT],
      [0x00280002, "US", 1],
      [0x00280004, "CS", "MONOCHROME2"],
      [0x00280010, "US", rows],
      [0x00280011, "US", columns],
      [0x00280030, "DS", [spacing[1], spacing[0]].map(text).join("\\")],
      [0x00280100, "US", 8],
      [0x00280101, "US", 8],
      [0x00280102, "US", 7],
      [0x00280103, "US", 0],
    ];
    const frame = await jpegLsEncoded({ samples: pixels, rows, columns });
    await writeFile(
      join(folder, `${name}-${String(i + 1).padStart(2, "0")}.dcm`),
      dicomFile({ sopClass: MR_IMAGE_STORAGE, sopInstance, transferSyntax: JPEG_LS_LOSSLESS }, [
        ...elements.map(([tag, vr, value]) => element(tag, vr, value)),
        encapsulated(frame),
      ]),
    );
  }
}

/** Pixel data of one compressed frame: an empty offset table, the frame, the end (PS3.5 annex A.4). */
function encapsulated(frame: Uint8Array): Uint8Array {
  const item = (element: number, length: number): Buffer => {
    const bytes = Buffer.from([0xfe, 0xff, element, 0xe0, 0, 0, 0, 0]);
    bytes.writeUInt32LE(length, 4);
    return bytes;
  };
  const padded = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Uint8Array.of(0)]);
  const start = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([start, item(0x00, 0), item(0x00, padded.length), padded, item(0xdd, 0)]);
}
