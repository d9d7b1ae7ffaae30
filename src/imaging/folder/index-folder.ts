import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, sep } from "node:path";
import { ImagingError } from "../errors.js";
import { requireCountable } from "../limits.js";
import { diskFile, systemError, type FileSource } from "./source.js";

/** The files below a folder, and what could not be listed. */
export interface FolderListing {
  readonly sources: readonly FileSource[];
  readonly failures: readonly ImagingError[];
}

/** What a symbolic link leads to; `undefined` for nothing, and for what is neither file nor folder. */
async function behindLink(path: string): Promise<{ real: string; folder: boolean } | undefined> {
  try {
    const [real, kind] = await Promise.all([realpath(path), stat(path)]);
    return kind.isDirectory() || kind.isFile() ? { real, folder: kind.isDirectory() } : undefined;
  } catch {
    return undefined; // it dangles, or leads round in a circle
  }
}

/**
 * Lists the regular files below `folder`, by ascending path. Symbolic links are followed, but nothing is entered or listed
 * twice, and no link to a folder that the listed one lies in is followed. Devices, pipes and sockets are left out.
 * @throws ImagingError when the folder itself cannot be read, or holds too many files
 */
export async function listFolder(folder: string, signal?: AbortSignal): Promise<FolderListing> {
  const name = basename(folder);
  const root = await realpath(folder).catch((thrown: unknown) => {
    throw systemError(thrown, name);
  });
  /** Path as found, by real path. */
  const files = new Map<string, string>();
  const failures: ImagingError[] = [];
  const links: string[] = [];
  const entered = new Set<string>();
  const list = (path: string, real: string) => {
    if (!files.has(real)) files.set(real, path);
    requireCountable(files.size, name);
  };

  const enter = async (path: string, real: string): Promise<void> => {
    if (entered.has(real)) return;
    entered.add(real);
    signal?.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (thrown) {
      if (path === folder) throw systemError(thrown, name);
      failures.push(systemError(thrown, basename(path)));
      return;
    }
    for (const entry of entries) {
      const below = join(path, entry.name);
      if (entry.isSymbolicLink()) links.push(below);
      else if (entry.isFile()) list(below, join(real, entry.name));
      else if (entry.isDirectory()) await enter(below, join(real, entry.name));
    }
  };

  await enter(folder, root);
  // Links come last, so that a file which is there by itself is known by its own path; they may lead to further links.
  for (let path = links.shift(); path !== undefined; path = links.shift()) {
    const target = await behindLink(path);
    if (target === undefined) continue;
    if (!target.folder) list(path, target.real);
    else if (!contains(target.real, root)) await enter(path, target.real);
  }
  return { sources: [...files.values()].sort().map(diskFile), failures };
}

/** Whether `inner` is `outer` or lies below it. */
function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way.split(sep)[0] !== ".." && !isAbsolute(way);
}
