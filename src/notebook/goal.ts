import { randomUUID } from "node:crypto";
import { access, constants, mkdir, open, realpath, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { writeAtomically } from "../package/index.js";
import { NotebookError } from "./ipynb.js";

/** A result that could not go where it should, and was kept elsewhere. */
export class KeptElsewhereError extends Error {
  override readonly name = "KeptElsewhereError";
}

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is full",
  ENOTDIR: "there is a file where its folder should be",
  EEXIST: "there is a file where its folder should be",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "its folder is gone",
};

/** More than a page of a file system, so that a full one says so. */
const PROBE_BYTES = 65_536;

/** Bytes: file systems take 255, and the draft that is renamed has a name that is longer by 14. */
const LONGEST_NAME = 241;

/**
 * Sees to it that a result can be written before hours are spent on it: its place is no folder and no device, may be
 * written, and its disk takes a file. Nothing is left behind; missing folders are made when the result is written.
 * @throws NotebookError saying what is in the way
 */
export async function checkGoal(path: string): Promise<void> {
  const goal = await realpath(path).catch(() => resolve(path));
  const info = await stat(goal).catch(() => undefined);
  if (info?.isDirectory()) throw new NotebookError(`${path} is a folder; name the file to write.`);
  if (info !== undefined && !info.isFile())
    throw new NotebookError(`${path} is no file that can be written; name another one.`);
  try {
    if (info !== undefined) await access(goal, constants.W_OK);
    const folder = await nearestFolder(dirname(goal));
    const probe = join(folder, `.spinebook-${randomUUID().slice(0, 8)}.tmp`);
    try {
      const file = await open(probe, "wx", 0o600);
      try {
        await file.writeFile(new Uint8Array(PROBE_BYTES));
      } finally {
        await file.close();
      }
    } finally {
      await rm(probe, { force: true });
    }
    if (Buffer.byteLength(basename(goal)) > LONGEST_NAME)
      throw Object.assign(new Error(), { code: "ENAMETOOLONG" });
  } catch (error) {
    throw new NotebookError(
      `${path} cannot be written: ${reasonOf(error)}. Nothing was done yet; name another place.`,
    );
  }
}

/** The folder itself, or the one above it in which it would be made. */
async function nearestFolder(folder: string): Promise<string> {
  const info = await stat(folder).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (info === undefined) return nearestFolder(dirname(folder));
  if (!info.isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
  return folder;
}

/**
 * Writes a result to its place or, where that fails all the same, into a file of its own.
 * @throws KeptElsewhereError naming that file
 */
export async function writeOrKeep(path: string, content: string): Promise<void> {
  try {
    await writeAtomically(path, content);
  } catch (error) {
    const kept = await keepPrivately(path, content, "recovered");
    throw new KeptElsewhereError(
      `${path} cannot be written: ${reasonOf(error)}. Nothing is lost: the result is in ${kept}, which only you can read. Move it to where you want it.`,
    );
  }
}

/**
 * Keeps a result in a new file that only its owner can read (mode 0600): beside its place, or where that cannot be written,
 * in the first folder of the person's own that can be.
 * @param mark What the file's name has before its ending, such as `private`
 * @returns the file's path
 * @throws the last folder's error when there is no such folder
 */
export async function keepPrivately(path: string, content: string, mark: string): Promise<string> {
  const ending = extname(path);
  const stem = basename(path, ending).slice(0, 60);
  let problem: unknown;
  for (const folder of new Set([dirname(resolve(path)), process.cwd(), homedir(), tmpdir()])) {
    const kept = join(folder, `${stem}.${mark}-${randomUUID().slice(0, 8)}${ending}`);
    try {
      await mkdir(folder, { recursive: true });
      const file = await open(kept, "wx", 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      return kept;
    } catch (error) {
      problem = error;
      await rm(kept, { force: true }).catch(() => undefined);
    }
  }
  throw problem;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : MEANINGS[code]) ?? code ?? message;
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
