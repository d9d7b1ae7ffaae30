import { DetectionError } from "../../detection/index.js";
import { ImagingError, type ImagingCode } from "../../imaging/index.js";

/** Why a study could not be graded, as it may be kept and shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/**
 * What is kept of an error in reading: a sentence of our own for each kind. The error's own one names files, and where a file
 * cannot be read, nobody knows whether its name, or that of a member of an archive, is a patient's.
 */
const SENTENCES: Readonly<Partial<Record<ImagingCode, string>>> = {
  "no-files": "No images were found where the study was listed; they were moved, or are no DICOM.",
  "no-sagittal": "The study has no sagittal series.",
  "not-mr": "The study has images of other modalities only, and no MR.",
  "not-grayscale": "The images are in colour.",
  truncated: "A file of the study is truncated; copy or export it again.",
  malformed: "A file of the study is malformed; copy or export it again.",
  mosaic: "The series is a mosaic that cannot be told apart; export it as single slices.",
  "unsupported-syntax":
    "The images are compressed in a way that is not read here; export them in another one.",
  "unsupported-pixels": "The pixels are stored in a way that is not read here; export them as 16 bit.",
  "unsupported-file": "A file is of no kind that is read here, or not what its name says.",
  "decode-failed": "Compressed pixel data could not be decoded; copy or export the study again.",
  "several-studies": "The file holds several studies; unpack it, so that each can be graded.",
  "no-spacing": "The images do not say how far their pixels are apart.",
  "no-position": "The images do not say where they lie.",
  "no-orientation": "The images do not say in which plane they lie.",
  "too-few-slices": "The sagittal series has too few slices, as a localizer has.",
  "too-large": "The images are larger than those that are read here.",
  "unreadable-file": "A file of the study may not be read; check its permissions.",
};

/** Tells why studies of a cohort failed. */
export const FAILURES_SQL = "SELECT study, code, message FROM failures";

/** What is kept of an error. What detection says names nothing; any other error may quote a path. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof DetectionError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof ImagingError) {
    const { code } = thrown;
    const message = SENTENCES[code] ?? `The images could not be read (${code}).`;
    return { code, message: `${message} "spinebook read" tells more.` };
  }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    code: "unexpected",
    message: `It could not be graded for an unexpected reason (${kind}); grade it alone to see more.`,
  };
}
