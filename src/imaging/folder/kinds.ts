import { mayBeDicom, PREFIX_SEARCH } from "../dicom/dataset.js";

/** What a file is by its content. */
export type FileKind =
  | "dicom"
  | "zip"
  | "gzip"
  | "nifti"
  | "nrrd"
  | "metaimage"
  | "png"
  | "jpeg"
  | "tiff"
  | "picture"
  | "archive"
  | "pdf"
  | "empty"
  | "other";

/** Bytes of a file that tell its kind. */
export const KIND_BYTES = 1024;

/** First bytes by kind, as Latin-1; those of DICOM stand behind a preamble that may hold anything, and are looked at first. */
const SIGNATURES: readonly (readonly [FileKind, RegExp])[] = [
  ["zip", /^PK(\x03\x04|\x05\x06)/],
  ["gzip", /^\x1f\x8b/],
  ["png", /^\x89PNG\r\n\x1a\n/],
  ["jpeg", /^\xff\xd8\xff/],
  ["tiff", /^(II[*+]\0|MM\0[*+])/],
  ["nrrd", /^NRRD000/],
  ["metaimage", /^\s*(ObjectType|NDims|Comment|DimSize|BinaryData)[ \t]*=/],
  ["picture", /^(GIF8[79]a|BM.{4}\0\0\0\0|RIFF.{4}WEBP|\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/s],
  ["archive", /^(7z\xbc\xaf|Rar!|BZh[1-9]|\xfd7zXZ|\x28\xb5\x2f\xfd)|^.{257}ustar/s],
  ["pdf", /^%PDF-/],
];

function isNifti(text: string): boolean {
  const size = text.slice(0, 4);
  const is = (bytes: string, at: number, version: 1 | 2) =>
    (size === bytes || Buffer.from(size, "latin1").reverse().toString("latin1") === bytes) &&
    [`n+${version}`, `ni${version}`].includes(text.slice(at, at + 3));
  return is("\x5c\x01\0\0", 344, 1) || is("\x1c\x02\0\0", 4, 2);
}

/** The kind of a file that begins with `head`; "dicom" where that is certain, from its prefix. */
export function kindOf(head: Uint8Array): FileKind {
  if (head.length === 0) return "empty";
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  if (text.startsWith("DICM", 128)) return "dicom";
  if (isNifti(text)) return "nifti";
  return SIGNATURES.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
}

/** As `kindOf`, with DICOM without a prefix told from its first elements where nothing else is. */
export function likelyKindOf(head: Uint8Array): FileKind {
  const kind = kindOf(head);
  return kind === "other" && mayBeDicom(head.subarray(0, PREFIX_SEARCH)) ? "dicom" : kind;
}

/** Why nothing was read, where that is not the kind of a file. */
export type LeftOutCause = "unreadable-file" | "unreadable-folder" | "name" | "no-image";

/** One of them, and several. */
const WORDS: Readonly<Record<FileKind | LeftOutCause, readonly [one: string, several: string]>> = {
  dicom: ["DICOM file", "DICOM files"],
  zip: ["zip archive", "zip archives"],
  gzip: ["gzip file", "gzip files"],
  nifti: ["NIfTI file", "NIfTI files"],
  nrrd: ["NRRD file", "NRRD files"],
  metaimage: ["MetaImage file", "MetaImage files"],
  png: ["PNG picture", "PNG pictures"],
  jpeg: ["JPEG picture", "JPEG pictures"],
  tiff: ["TIFF picture", "TIFF pictures"],
  picture: ["picture of another kind", "pictures of other kinds"],
  archive: ["archive that is not read", "archives that are not read"],
  pdf: ["PDF document", "PDF documents"],
  empty: ["empty file", "empty files"],
  other: ["file of another kind", "files of other kinds"],
  "no-image": ["DICOM file without an image", "DICOM files without an image"],
  "unreadable-file": ["file that cannot be read", "files that cannot be read"],
  "unreadable-folder": ["folder that cannot be read", "folders that cannot be read"],
  name: [
    "file or folder whose name is not UTF-8 and leads to no study",
    "files or folders whose names are not UTF-8 and lead to no study",
  ],
};

/** All that files and folders are counted by where they lead to no study. */
export const LEFT_OUT_KINDS = Object.keys(WORDS) as readonly (FileKind | LeftOutCause)[];

/** Files or folders that were not read, by kind. */
export interface LeftOutCount {
  readonly kind: FileKind | LeftOutCause;
  readonly count: number;
}

/** How many there are of each kind, the most frequent first. */
export function countKinds(kinds: readonly (FileKind | LeftOutCause)[]): LeftOutCount[] {
  const counts = new Map<FileKind | LeftOutCause, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
}

/** The counts in words: `3 PNG pictures, 1 zip archive`; "" for none. */
export function leftOutWords(counts: readonly LeftOutCount[]): string {
  return counts.map(({ kind, count }) => `${count} ${WORDS[kind][count === 1 ? 0 : 1]}`).join(", ");
}

/** What a single file of a kind that is not read is called, and what to do. */
export function refusalWords(kind: FileKind): string {
  if (["tiff", "picture"].includes(kind))
    return `is a ${WORDS[kind][0]}, which keeps no geometry and seldom the measured grey values; give the DICOM images it was made from, or save one slice as a grayscale PNG or JPEG and give its --spacing.`;
  if (kind === "archive")
    return "is packed in a way that is not read; unpack it, or pack it again as a plain .zip.";
  if (kind === "pdf") return "is a PDF document; give the DICOM images that it shows.";
  if (kind === "empty") return "is empty; copy or export it again.";
  return "is no image that is read here; give DICOM, .zip, .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr, .png or .jpg.";
}
