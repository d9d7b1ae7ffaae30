import dicomParser, { type DataSet } from "dicom-parser";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A good file that cases are made from, with what a mutation has to know of it. */
export interface Subject {
  /** Path below the data folder. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the elements of the top level begin and how long their length fields are; none for other formats. */
  readonly elements: readonly ElementPlace[];
  /** First byte of the pixels, and the byte behind the last one that a picture needs. */
  readonly pixels: { readonly start: number; readonly end: number; readonly needed: number | undefined };
}

export interface ElementPlace {
  readonly tag: string;
  readonly start: number;
  readonly lengthAt: number;
  readonly lengthBytes: 2 | 4;
  readonly end: number;
}

const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT"]);
const FOLDERS = ["dcm_qa_12bit", "dcm_qa_enh", "dcm_qa_ts", "nema_wg04", "pydicom_mr"];
/** Not good files: cut, without an image, or no data. */
const LEFT_OUT = /truncated|too_short|NoMeta|no_meta|LICENSE|\.(json|txt)$/;

/** Every good file below the data folder, by ascending name. */
export function subjectNames(folder: string): string[] {
  return FOLDERS.flatMap((one) =>
    readdirSync(join(folder, one), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  )
    .filter((name) => !LEFT_OUT.test(name))
    .sort();
}

export function readSubject(folder: string, name: string): Subject {
  const bytes = readFileSync(join(folder, name));
  if (/\.nii$/.test(name)) {
    const start = bytes.readFloatLE(108);
    // Of several volumes the first is read.
    const [columns, rows, slices, bits] = [42, 44, 46, 72].map((at) => bytes.readInt16LE(at));
    const end = start + columns! * rows! * slices! * (bits! / 8);
    return { name, bytes, elements: [], pixels: { start, end, needed: undefined } };
  }
  return dicomSubject(name, bytes);
}

/** A good DICOM file with all its pixels, as a subject. */
export function dicomSubject(name: string, bytes: Buffer): Subject {
  const dataSet = dicomParser.parseDicom(bytes);
  const pixels = dataSet.elements.x7fe00010!;
  const last = pixels.fragments?.at(-1);
  const needed = pixels.fragments === undefined ? neededBytes(dataSet) : undefined;
  return {
    name,
    bytes,
    elements: placesOf(dataSet),
    pixels: {
      start: pixels.dataOffset,
      // Padding at the end of the last fragment is not missed.
      end: last === undefined ? pixels.dataOffset + needed! : last.position + withoutPadding(bytes, last),
      needed,
    },
  };
}

function withoutPadding(bytes: Buffer, { position, length }: { position: number; length: number }): number {
  let end = position + length;
  while (end > position && bytes[end - 1] === 0) end--;
  return end - position;
}

function neededBytes(dataSet: DataSet): number {
  const [rows, columns, bits] = ["x00280010", "x00280011", "x00280100"].map((tag) => dataSet.uint16(tag)!);
  const frames = Number(dataSet.string("x00280008") ?? 1);
  return rows! * columns! * (bits! / 8) * frames;
}

/** Elements of the top level in the file's order, without those whose end a delimiter marks. */
function placesOf(dataSet: DataSet): ElementPlace[] {
  return Object.values(dataSet.elements)
    .filter(({ hadUndefinedLength }) => hadUndefinedLength !== true)
    .map((element): ElementPlace => {
      const { tag, vr, dataOffset, length } = element;
      const long = vr === undefined || LONG.has(vr);
      const lengthAt = dataOffset - (long ? 4 : 2);
      const start = dataOffset - (vr !== undefined && long ? 12 : 8);
      return { tag, start, lengthAt, lengthBytes: long ? 4 : 2, end: dataOffset + length };
    })
    .sort((a, b) => a.start - b.start);
}
