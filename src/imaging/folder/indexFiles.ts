import { mapBounded } from "./bounded.js";
import type { Slice } from "../dicom/slice.js";
import { readHeader } from "../dicom/header.js";
import { identitiesOf, type IdentityValue } from "../dicom/identity.js";
import { filesOfDirectory } from "./dicomdir.js";
import { ImagingError } from "../errors.js";
import { gunzipHead } from "../formats/gzip.js";
import { gzipped } from "./gzipped.js";
import { parseHeader } from "./indexHeader.js";
import { KIND_BYTES, likelyKindOf, type FileKind, type LeftOutCount } from "./kinds.js";
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
  /** Told at the end what was not read, by kind. */
  readonly onLeftOut?: (counts: readonly LeftOutCount[]) => void;
  /** Told the progress some twenty times a second, and at the end. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Its abort stops the indexing, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is in one file: slices, the files that a DICOMDIR names, or (undefined) nothing that is DICOM. */
type Content = { readonly slices: Slice[]; readonly named?: string[][] } | undefined;

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
/** Packed bytes that surely give those that tell a kind. */
const PACKED_HEAD_BYTES = 4096;

/** The image headers of one file, without its pixel data. Throws `ImagingError` where it is DICOM that cannot be read. */
export function contentOf(source: FileSource, options: Pick<IndexOptions, "onIdentity">): Promise<Content> {
  return withOpen(source, async (opened) => {
    const { path, name } = source;
    const parsed = await parseHeader(source, opened);
    if (parsed === undefined) return undefined;
    options.onIdentity?.(identitiesOf(parsed.dataSet));
    const named = filesOfDirectory(parsed.dataSet);
    if (named !== undefined) return { slices: [], named };
    const file = readHeader(parsed, name);
    const read = () => readWhole(source);
    return { slices: file?.frames.map((frame) => ({ path, name, read, file, frame })) ?? [] };
  });
}

/** What a file is by its content; in a gzip file, what it holds, and `source` that. */
export async function identify(source: FileSource): Promise<{ source: FileSource; kind: FileKind }> {
  const head = await withOpen(source, (opened) => opened.read(0, PACKED_HEAD_BYTES));
  const kind = likelyKindOf(head.subarray(0, KIND_BYTES));
  if (kind !== "gzip") return { source, kind };
  let inner: FileKind;
  try {
    inner = likelyKindOf(gunzipHead(head, KIND_BYTES, source.name));
  } catch {
    return { source, kind };
  }
  // A packed NIfTI file is read as it is, and unpacked no further than its volume reaches.
  return inner === "nifti" || inner === "gzip"
    ? { source, kind: inner }
    : { source: gzipped(source), kind: inner };
}

/** The slices of one file, also of one in a gzip file; of others what they are. */
async function slicesOf(source: FileSource, options: IndexOptions): Promise<{ slices: Slice[] } | OtherFile> {
  const content = await contentOf(source, options);
  if (content !== undefined) return content.slices.length > 0 ? content : { source, kind: "no-image" };
  const { source: inner, kind } = await identify(source);
  if (kind !== "dicom" || inner === source) return { source: inner, kind: kind === "dicom" ? "other" : kind };
  const packed = await contentOf(inner, options);
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
