import { readFile, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { ImagingError } from "../errors.js";
import { MAX_FILE_BYTES } from "../limits.js";

/** The files that lie with a header and keep its voxels, by the names that the header gives them. */
export interface FilesBeside {
  /** Size in bytes. Throws `ImagingError` where there is no such file. */
  size(name: string): Promise<number>;
  /** The whole file. Throws `ImagingError` where it is absent, unreadable or larger than is read. */
  read(name: string): Promise<Uint8Array>;
}

/** Files beside the one at `path`, in its folder or below. A header must not lead to other places of the machine. */
export function filesBeside(path: string): FilesBeside {
  const header = basename(path);
  const pathOf = (name: string): string => {
    const parts = name.split(/[\\/]/);
    if (isAbsolute(name) || /^[a-z]:/i.test(name) || parts.includes("..") || name.includes("\0"))
      throw new ImagingError(
        "unsupported-file",
        `${header} names a file of voxels outside its own folder; put it beside the header and name it there.`,
      );
    return join(dirname(path), ...parts);
  };
  const size = async (name: string): Promise<number> => {
    const found = await attempt(() => stat(pathOf(name)), name, header);
    if (!found.isFile())
      throw new ImagingError(
        "unreadable-file",
        `${header} keeps its voxels in ${basename(name)}, which is not a file.`,
      );
    return found.size;
  };
  const read = async (name: string): Promise<Uint8Array> => {
    if ((await size(name)) > MAX_FILE_BYTES)
      throw new ImagingError(
        "too-large",
        `${basename(name)} is larger than the ${MAX_FILE_BYTES / 2 ** 30} GiB that are read; split or crop it first.`,
      );
    return attempt(() => readFile(pathOf(name)), name, header);
  };
  return { size, read };
}

async function attempt<T>(work: () => Promise<T>, name: string, header: string): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ImagingError) throw thrown;
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown reason";
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new ImagingError(
        "no-files",
        `${header} keeps its voxels in ${basename(name)}, which is not there; copy both together.`,
      );
    throw new ImagingError(
      "unreadable-file",
      `${basename(name)} cannot be read (${code}); check its permissions.`,
    );
  }
}
