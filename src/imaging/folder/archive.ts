import { open, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { constants, createInflateRaw, inflateRaw } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { crc32 } from "./crc.js";
import { ImagingError, reason } from "../errors.js";
import { requireCountable, requirePlausible } from "../limits.js";
import type { FileSource, OpenSource } from "./source.js";

const STORED = 0;
const DEFLATED = 8;
/** Bytes of a deflated file that are unpacked without the rest. */
const LONGEST_BEGINNING = 64 * 1024;
const LOCAL_HEADER = 30;

const inflateAll = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** What the central directory says of a packed file. */
type Packed = Pick<Entry, "compressionMethod" | "compressedSize" | "uncompressedSize" | "crc32"> & {
  readonly offset: number;
  readonly encrypted: boolean;
};

/**
 * The files in a zip archive (also zip64), in its own order, from its central directory alone. Nothing is written to disk,
 * so a name that would lead out of a folder leads nowhere; it only tells files apart.
 * @throws ImagingError for what is no whole archive, or one of too many files
 */
export async function listArchive(path: string, signal?: AbortSignal): Promise<FileSource[]> {
  const name = basename(path);
  const sources: FileSource[] = [];
  let archive: ZipFile | undefined;
  try {
    // Names are decoded below: the package refuses the whole archive for one that leads out of a folder.
    archive = await yauzl.openPromise(path, { lazyEntries: true, decodeStrings: false });
    requireCountable(archive.entryCount, name);
    for await (const entry of archive.eachEntry()) {
      signal?.throwIfAborted();
      const inner = yauzl.getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileNameRaw,
        yauzl.parseExtraFields(entry.extraFieldRaw),
        false,
      );
      if (/[/\\]$/.test(inner)) continue;
      sources.push(packedFile(path, inner, entry));
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof ImagingError) throw thrown;
    throw new ImagingError(
      "malformed",
      `${name} is not a whole zip archive (${reason(thrown)}); copy or pack it again.`,
    );
  } finally {
    archive?.close();
  }
  return sources;
}

function packedFile(path: string, inner: string, entry: Entry): FileSource {
  const { compressionMethod, compressedSize, uncompressedSize, crc32 } = entry;
  const packed: Packed = {
    compressionMethod,
    compressedSize,
    uncompressedSize,
    crc32,
    offset: entry.relativeOffsetOfLocalHeader,
    encrypted: entry.isEncrypted(),
  };
  const name = inner.split(/[/\\]/).at(-1)!;
  return { path: `${path}\0${inner}`, name, open: () => openPacked(path, name, packed) };
}

async function openPacked(path: string, name: string, packed: Packed): Promise<OpenSource> {
  const { compressionMethod: method, compressedSize, uncompressedSize: size } = packed;
  if (packed.encrypted)
    throw new ImagingError(
      "unsupported-file",
      `${name} is encrypted in ${basename(path)}; unpack the archive with its password first.`,
    );
  if (method !== STORED && method !== DEFLATED)
    throw new ImagingError(
      "unsupported-file",
      `${name} is packed in ${basename(path)} by a method that is not read (${method}); pack it again as plain zip.`,
    );
  requirePlausible(compressedSize, size, name);
  const handle = await open(path);
  try {
    const start = await dataStart(handle, packed, name);
    let whole: Promise<Uint8Array> | undefined;
    const read = async (from: number, length: number): Promise<Uint8Array> => {
      const beginning = from === 0 && length < size && length <= LONGEST_BEGINNING;
      if (method === DEFLATED && beginning && whole === undefined)
        return inflateBeginning(await bytesAt(handle, start, Math.min(compressedSize, length)), length);
      if (method === STORED && (from > 0 || length < size))
        return bytesAt(handle, start + from, Math.max(0, Math.min(length, size - from)));
      whole ??= unpack(await bytesAt(handle, start, compressedSize), packed, name);
      return (await whole).subarray(from, from + length);
    };
    return { size, read, close: () => handle.close() };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function bytesAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  // A broken directory states gigabytes; behind the archive's end is nothing to read.
  const { size } = await handle.stat();
  const available = Math.max(0, Math.min(length, size - start));
  const bytes = Buffer.allocUnsafeSlow(available);
  let filled = 0;
  while (filled < available) {
    const { bytesRead } = await handle.read(bytes, filled, available - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Where a packed file's bytes begin: behind its local header, whose length only that header tells. */
async function dataStart(handle: FileHandle, { offset }: Packed, name: string): Promise<number> {
  const header = await bytesAt(handle, offset, LOCAL_HEADER);
  if (header.length < LOCAL_HEADER || header.readUInt32LE(0) !== 0x04034b50) throw damaged(name);
  return offset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function unpack(bytes: Uint8Array, packed: Packed, name: string): Promise<Uint8Array> {
  const { compressionMethod, compressedSize, uncompressedSize } = packed;
  if (bytes.length < compressedSize) throw damaged(name);
  let unpacked = bytes;
  if (compressionMethod === DEFLATED)
    try {
      // One byte more than declared shows a file that is longer than it says.
      unpacked = await inflateAll(bytes, { maxOutputLength: uncompressedSize + 1 });
    } catch {
      throw damaged(name);
    }
  if (unpacked.length !== uncompressedSize || crc32(unpacked) !== packed.crc32) throw damaged(name);
  return unpacked;
}

/** The first `length` bytes, or as many as the packed beginning of a file gives. */
function inflateBeginning(packed: Uint8Array, length: number): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const stream = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
    const chunks: Buffer[] = [];
    let held = 0;
    const end = () => {
      stream.destroy();
      resolve(Buffer.concat(chunks).subarray(0, length));
    };
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      held += chunk.length;
      if (held >= length) end();
    });
    // What stands before a fault may be told apart all the same; reading the whole tells the fault.
    stream.on("error", end);
    stream.on("end", end);
    stream.end(packed);
  });
}

function damaged(name: string): ImagingError {
  return new ImagingError("malformed", `${name} is damaged in its archive; copy or pack the archive again.`);
}
