import { gunzipHead } from "../formats/gzip.js";
import { gzipped } from "./gzipped.js";
import { KIND_BYTES, kindOf, likelyKindOf, type FileKind } from "./kinds.js";
import { withOpen, type FileSource } from "./source.js";

/** What a file is by its content. */
export interface Identified {
  readonly kind: FileKind;
  /** Whether the kind is stated by the content, and not guessed as that of DICOM without a prefix is. */
  readonly certain: boolean;
  /** The file, or of a gzip file what it holds. */
  readonly source: FileSource;
}

/** Packed bytes that surely give those that tell a kind. */
const PACKED_HEAD_BYTES = 4096;

/** What a file is by its content; of a gzip file, what it holds. Throws `ImagingError` where it cannot be read. */
export async function identify(source: FileSource): Promise<Identified> {
  const head = await withOpen(source, (opened) => opened.read(0, PACKED_HEAD_BYTES));
  const given = byHead(head.subarray(0, KIND_BYTES));
  if (given.kind !== "gzip") return { ...given, source };
  let inner: ReturnType<typeof byHead>;
  try {
    inner = byHead(gunzipHead(head, KIND_BYTES, source.name));
  } catch {
    return { ...given, source };
  }
  // A packed NIfTI file is read as it is, and unpacked no further than its volume reaches.
  const readAsItIs = inner.kind === "nifti" || inner.kind === "gzip";
  return { ...inner, source: readAsItIs ? source : gzipped(source) };
}

function byHead(head: Uint8Array): { kind: FileKind; certain: boolean } {
  const kind = likelyKindOf(head);
  return { kind, certain: kind === kindOf(head) };
}
