import { mapBounded } from "./bounded.js";
import type { Slice } from "../dicom/slice.js";
import type { IdentityValue } from "../dicom/identity.js";
import { contentOf } from "./content.js";
import type { ImagingError } from "../errors.js";
import { identify } from "./identify.js";
import type { FileKind, LeftOutCount } from "./kinds.js";
import { systemError, type FileSource } from "./source.js";

/** How far the indexing of many files is. */
export interface IndexProgress {
  /** Files looked at, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Those of them that hold no image: text, reports, a DICOMDIR. */
  readonly skipped: number;
}

/** Who is told what while files are indexed, and what stops it. */
export interface IndexOptions {
  /** Told who the patient is wherever a file says it, so that the caller can keep it out of what it shows. */
  readonly onIdentity?: (identities: readonly IdentityValue[]) => void;
  /** Told at the end what was not read, by kind. */
  readonly onLeftOut?: (counts: readonly LeftOutCount[]) => void;
  /** Told the progress some twenty times a second, and at the end. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Its abort stops the indexing, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A file that is no DICOM image, and what it is. */
export interface OtherFile {
  readonly source: FileSource;
  readonly kind: FileKind | "no-image";
}

/** What is in many files. */
export interface FileIndex {
  readonly slices: readonly Slice[];
  /** Files that could not be read, each with its reason. */
  readonly failures: readonly ImagingError[];
  /** Files that hold no DICOM image. */
  readonly others: readonly OtherFile[];
}

/** Files whose headers are read at the same time: what a disk and the four threads of Node's file access bear. */
const FILES_AT_ONCE = 8;
const PROGRESS_MILLISECONDS = 50;

/** The slices of one file, also of one in a gzip file; of others what they are. */
async function slicesOf(source: FileSource, options: IndexOptions): Promise<{ slices: Slice[] } | OtherFile> {
  const content = await contentOf(source, options.onIdentity);
  if (content !== undefined) return content.slices.length > 0 ? content : { source, kind: "no-image" };
  const { source: inner, kind } = await identify(source);
  if (kind !== "dicom" || inner === source) return { source: inner, kind: kind === "dicom" ? "other" : kind };
  const packed = await contentOf(inner, options.onIdentity);
  return packed !== undefined && packed.slices.length > 0 ? packed : { source, kind: "no-image" };
}

/** The slices in many files, in the files' order, from their headers alone. */
export async function indexFiles(sources: readonly FileSource[], options: IndexOptions): Promise<FileIndex> {
  const failures: ImagingError[] = [];
  const [started, total] = [performance.now(), sources.length];
  const others: OtherFile[] = [];
  let [done, told] = [0, started];
  const found = await mapBounded(
    sources,
    FILES_AT_ONCE,
    async (source) => {
      let slices: readonly Slice[] = [];
      try {
        const found = await slicesOf(source, options);
        if ("slices" in found) slices = found.slices;
        else others.push(found);
      } catch (thrown) {
        failures.push(systemError(thrown, source.name));
      }
      done++;
      const now = performance.now();
      if (now - told >= PROGRESS_MILLISECONDS || done === total) {
        told = now;
        options.onProgress?.({ done, total, skipped: others.length });
      }
      return slices;
    },
    options.signal,
  );
  return { slices: found.flat(), failures, others };
}
