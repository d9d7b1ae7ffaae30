import { gunzipHead, unzipped } from "../formats/gzip.js";
import { ImagingError } from "../errors.js";
import { requirePlausible } from "../limits.js";
import { withOpen, type FileSource, type OpenSource } from "./source.js";

/** Bytes of header and trailer around the packed data (RFC 1952), the least that such a file has. */
const LEAST_BYTES = 18;
/** Packed bytes of which the beginning is unpacked without the rest. */
const HEAD_BYTES = 4096;

/** The file in a gzip file, such as a `.dcm.gz`, under its own name; nothing is unpacked before it is read. */
export function gzipped(source: FileSource): FileSource {
  return {
    path: `${source.path}\0`,
    name: source.name,
    open: () => openGzipped(source),
  };
}

async function openGzipped(source: FileSource): Promise<OpenSource> {
  const { name } = source;
  const packed = await withOpen(source, async (opened) => ({
    size: opened.size,
    tail: Buffer.from(await opened.read(Math.max(0, opened.size - 4), 4)),
    head: await opened.read(0, HEAD_BYTES),
  }));
  if (packed.size < LEAST_BYTES || packed.tail.length < 4)
    throw new ImagingError("truncated", `${name} ends before its compressed data does; copy it again.`);
  // The last four bytes say how much it unpacks to; more than that is not unpacked.
  const size = packed.tail.readUInt32LE(0);
  requirePlausible(packed.size, size, name);
  let whole: Promise<Uint8Array> | undefined;
  const all = () =>
    withOpen(source, async (opened) => unzipped(await opened.read(0, opened.size), size, name));
  return {
    size,
    read: async (from, length) => {
      if (from === 0 && length < size && whole === undefined) {
        const head = gunzipHead(packed.head, length, name);
        if (head.length >= length) return head;
      }
      whole ??= all();
      return (await whole).subarray(from, from + length);
    },
    close: () => Promise.resolve(),
  };
}
