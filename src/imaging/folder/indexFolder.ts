import type { Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, sep } from "node:path";
import { ImagingError } from "../errors.js";
import { requireCountable } from "../limits.js";
import { diskFile, systemError, type FileSource } from "./source.js";

/** The files below a folder, and what could not be listed. */
export interface FolderListing {
  readonly sources: readonly FileSource[];
  /** One for each folder that could not be listed. */
  readonly failures: readonly ImagingError[];
  /** Paths of sources that no text leads to, as a name on the way to them is not UTF-8; they can be read all the same. */
  readonly unnameable: ReadonlySet<string>;
}

/** A place on disk: its path as text, and in bytes where a name in it is not UTF-8. */
interface Place {
  readonly path: string;
  readonly raw?: Buffer;
}

/** A name in bytes as text: what is not UTF-8 as `%` and two digits, so that no two names look alike. */
function textOf(name: Buffer): string {
  const text = name.toString("utf8");
  return Buffer.from(text).equals(name)
    ? text
    : [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`)).join("");
}

/** What stands in a text for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/** What lies in a folder under names that are not UTF-8, which a listing as text cannot tell from others. */
async function oddlyNamed(
  folder: Place,
): Promise<{ place: Place; entry: Pick<Dirent, "isFile" | "isDirectory"> }[]> {
  const inside = folder.raw ?? Buffer.from(folder.path);
  const names = await readdir(inside, { encoding: "buffer" });
  return Promise.all(
    names
      .filter((name) => name.toString("utf8").includes(REPLACEMENT))
      .map(async (name) => {
        const raw = Buffer.concat([inside, Buffer.from(sep), name]);
        const path = join(folder.path, textOf(name));
        const isText = folder.raw === undefined && Buffer.from(name.toString("utf8")).equals(name);
        return { place: isText ? { path } : { path, raw }, entry: await lstat(raw) };
      }),
  );
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
  /** By real path. */
  const files = new Map<string, FileSource>();
  const failures: ImagingError[] = [];
  const links: string[] = [];
  const unnameable = new Set<string>();
  const entered = new Set<string>();
  const list = ({ path, raw }: Place, real: string) => {
    if (!files.has(real)) files.set(real, diskFile(path, raw));
    if (raw !== undefined) unnameable.add(path);
    requireCountable(files.size, name);
  };

  const enter = async (place: Place, real: string): Promise<void> => {
    const { path, raw } = place;
    if (entered.has(real)) return;
    entered.add(real);
    signal?.throwIfAborted();
    let entries: Dirent[];
    let odd: Awaited<ReturnType<typeof oddlyNamed>> = [];
    try {
      entries = await readdir(raw ?? path, { withFileTypes: true });
      if (entries.some((entry) => entry.name.includes(REPLACEMENT))) odd = await oddlyNamed(place);
    } catch (thrown) {
      if (path === folder) throw systemError(thrown, name);
      failures.push(systemError(thrown, raw === undefined ? basename(path) : "(name not in UTF-8)"));
      return;
    }
    for (const entry of entries) {
      if (entry.name.includes(REPLACEMENT)) continue;
      const below: Place = {
        path: join(path, entry.name),
        ...(raw === undefined ? {} : { raw: Buffer.concat([raw, Buffer.from(sep + entry.name)]) }),
      };
      if (entry.isSymbolicLink()) links.push(below.path);
      else if (entry.isFile()) list(below, join(real, entry.name));
      else if (entry.isDirectory()) await enter(below, join(real, entry.name));
    }
    for (const { place: below, entry } of odd) {
      const name = basename(below.path);
      if (entry.isFile()) list(below, join(real, name));
      else if (entry.isDirectory()) await enter(below, join(real, name));
    }
  };

  await enter({ path: folder }, root);
  // Links come last, so that a file which is there by itself is known by its own path; they may lead to further links.
  for (let path = links.shift(); path !== undefined; path = links.shift()) {
    const target = await behindLink(path);
    if (target === undefined) continue;
    if (!target.folder) list({ path }, target.real);
    else if (!contains(target.real, root)) await enter({ path }, target.real);
  }
  const sources = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { sources, failures, unnameable };
}

/** Whether `inner` is `outer` or lies below it. */
function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way.split(sep)[0] !== ".." && !isAbsolute(way);
}
