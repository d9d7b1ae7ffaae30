import { open } from "node:fs/promises";
import { basename } from "node:path";
import { ImagingError, reason } from "../errors.js";
import { requireReadable } from "../limits.js";

/** A file while it is being read; ranges behind its end give fewer bytes, or none. */
export interface OpenSource {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Up to `length` bytes from `start`, in memory of their own. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One file to read, on disk or in an archive. It holds no bytes and no file is open between calls. */
export interface FileSource {
  /** Tells sources apart and orders them; never shown. */
  readonly path: string;
  /** Base file name, for messages. */
  readonly name: string;
  /** Throws `ImagingError` when the file is missing, encrypted or may not be read. */
  open(): Promise<OpenSource>;
}

/** The sentence for what the operating system says of a file. */
export function systemError(thrown: unknown, name: string): ImagingError {
  if (thrown instanceof ImagingError) return thrown;
  const code =
    typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : reason(thrown);
  if (code === "ENOENT") return new ImagingError("no-files", `${name} does not exist; check the path.`);
  return new ImagingError("unreadable-file", `${name} cannot be read (${code}); check its permissions.`);
}

/** Runs `work` on an open source and closes it, whatever happens; what the system says becomes an `ImagingError`. */
export async function withOpen<T>(source: FileSource, work: (opened: OpenSource) => Promise<T>): Promise<T> {
  let opened: OpenSource | undefined;
  try {
    opened = await source.open();
    return await work(opened);
  } catch (thrown) {
    throw systemError(thrown, source.name);
  } finally {
    await opened?.close().catch(() => undefined);
  }
}

/** All bytes of a source. Throws `ImagingError` where it cannot be read or is too large. */
export function readWhole(source: FileSource): Promise<Uint8Array> {
  return withOpen(source, (opened) => {
    requireReadable(opened.size, source.name);
    return opened.read(0, opened.size);
  });
}

/** A file on disk; `raw` is its path in bytes where that is no UTF-8, so that no text leads to it. */
export function diskFile(path: string, raw?: Buffer): FileSource {
  return {
    path,
    name: raw === undefined ? basename(path) : unnamed(path),
    open: () => openDiskFile(raw ?? path),
  };
}

/** What is shown of a name that is not UTF-8: it may be a patient's, and in such bytes nobody would find it; its ending is none. */
function unnamed(path: string): string {
  const ending = /\.(dcm|dicom|ima|img|hdr|nii|mha|mhd|nrrd|nhdr|zip|png|jpe?g|tiff?)?(\.gz)?$/i.exec(
    path,
  )?.[0];
  return `(name not in UTF-8)${ending ?? ""}`;
}

async function openDiskFile(path: string | Buffer): Promise<OpenSource> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    return {
      size,
      read: async (start, length) => {
        // Memory of its own, as small pooled buffers would share theirs with whatever is kept longest.
        const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - start)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) break; // the file has become shorter
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}
