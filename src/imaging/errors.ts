/** Why files could not become a volume; stable, for programs. */
export type ImagingCode =
  | "no-files"
  | "no-sagittal"
  | "not-mr"
  | "not-grayscale"
  | "truncated"
  | "malformed"
  | "mosaic"
  | "unsupported-syntax"
  | "unsupported-pixels"
  | "unsupported-file"
  | "decode-failed"
  | "missing-slices"
  | "uneven-slices"
  | "sheared-slices"
  | "no-spacing"
  /** A picture tells no spacing, and it is estimated from what it shows. */
  | "spacing-estimated"
  | "no-position"
  | "no-orientation"
  | "two-orientations"
  | "duplicate-slices"
  | "several-volumes"
  | "several-studies"
  | "too-few-slices"
  | "too-large"
  | "unreadable-file"
  /** Something was wrong and is read all the same; the message says what and how. */
  | "repaired"
  /** Files lie there that were not read; the message counts and names them by kind. */
  | "left-out";

/** Something wrong with the files, in one sentence for a person: what, where (base file name or tag), what to do. */
export class ImagingError extends Error {
  readonly code: ImagingCode;

  constructor(code: ImagingCode, message: string) {
    super(message);
    this.name = "ImagingError";
    this.code = code;
  }
}

/** What is said of a compressed stream whose decoder fails without words, or without words for people. */
export const DAMAGED = "the stream is damaged";

/** What a thrown value says, without a stack (libraries also throw strings, numbers and plain objects). */
export function reason(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === "string") return thrown;
  if (typeof thrown === "object" && thrown !== null && "exception" in thrown) return reason(thrown.exception);
  return "unknown reason";
}
