import { mapBounded } from "./bounded.js";
import type { Slice } from "../dicom/slice.js";
import { readHeader } from "../dicom/header.js";
import { identitiesOf, type IdentityValue } from "../dicom/identity.js";
import { filesOfDirectory } from "./dicomdir.js";
import { ImagingError } from "../errors.js";
import { parseHeader } from "./index-header.js";
import { readWhole, systemError, withOpen, type FileSource } from "./source.js";

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
  /** Told the progress some twenty times a second, and at the end. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Its abort stops the indexing, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is in one file: slices, the files that a DICOMDIR names, or (undefined) nothing that is DICOM. */
type Content = { readonly slices: Slice[]; readonly named?: string[][] } | undefined;

/** What is in many files. */
export interface FileIndex {
  readonly slices: readonly Slice[];
  /** Files that could not be read, each with its reason. */
  readonly failures: readonly ImagingError[];
  /** Files without an image. */
  readonly skipped: number;
}

/** Files whose headers are read at the same time: what a disk and the four threads of Node's file access bear. */
const FILES_AT_ONCE = 8;
const PROGRESS_MILLISECONDS = 50;

/** The image headers of one file, without its pixel data. Throws `ImagingError` where it is DICOM that cannot be read. */
export function contentOf(source: FileSource, options: Pick<IndexOptions, "onIdentity">): Promise<Content> {
  return withOpen(source, async (opened) => {
    const { path, name } = source;
    const parsed = await parseHeader(source, opened);
    if (parsed === undefined) return undefined;
    const named = filesOfDirectory(parsed.dataSet);
    if (named !== undefined) return { slices: [], named };
    options.onIdentity?.(identitiesOf(parsed.dataSet));
    const file = readHeader(parsed, name);
    const read = () => readWhole(source);
    return { slices: file?.frames.map((frame) => ({ path, name, read, file, frame })) ?? [] };
  });
}

/** The slices in many files, in the files' order, from their headers alone. */
export async function indexFiles(sources: readonly FileSource[], options: IndexOptions): Promise<FileIndex> {
  const failures: ImagingError[] = [];
  const [started, total] = [performance.now(), sources.length];
  let [done, skipped, told] = [0, 0, started];
  const found = await mapBounded(
    sources,
    FILES_AT_ONCE,
    async (source) => {
      let slices: readonly Slice[] = [];
      try {
        slices = (await contentOf(source, options))?.slices ?? [];
        if (slices.length === 0) skipped++;
      } catch (thrown) {
        failures.push(systemError(thrown, source.name));
      }
      done++;
      const now = performance.now();
      if (now - told >= PROGRESS_MILLISECONDS || done === total) {
        told = now;
        options.onProgress?.({ done, total, skipped });
      }
      return slices;
    },
    options.signal,
  );
  return { slices: found.flat(), failures, skipped };
}
