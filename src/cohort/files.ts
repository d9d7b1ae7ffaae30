import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CohortError } from "./errors.js";
import { isLeftBehind, ownName } from "./owner.js";

/** The sentence for a disk without room, whoever met it. */
export function diskFull(): CohortError {
  return new CohortError(
    "file",
    "The disk is full; make room and run it again: what is there stays, and a batch goes on.",
  );
}

/** Whether something failed for want of room: of the disk, or of what this user may fill. */
export function isDiskFull(thrown: unknown): boolean {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  return (
    code === "ENOSPC" ||
    code === "EDQUOT" ||
    /No space left|Disk quota exceeded|ENOSPC|not enough (?:disk )?space|max_temp_directory_size/i.test(
      String(message),
    )
  );
}

/** Name of a draft beside the file that it becomes. */
export function draftPath(path: string): string {
  return join(dirname(path), `.${ownName()}.unfinished`);
}

/**
 * Makes a file that readers see as a whole: `write` fills an unfinished one beside it, which takes its place at the end. Where
 * `write` fails, what was there stays.
 * @throws CohortError "file" where the disk is full or the folder may not be written
 */
export async function writeWhole(path: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = draftPath(path);
  try {
    await write(unfinished);
    await rename(unfinished, path);
  } catch (thrown) {
    throw writeError(thrown);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

/** What failed in writing, as a sentence where a person can do something about it. It names no path. */
export function writeError(thrown: unknown): unknown {
  if (thrown instanceof CohortError) return thrown;
  if (isDiskFull(thrown)) return diskFull();
  const { code } = (thrown ?? {}) as { code?: unknown };
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new CohortError("file", "The folder that is to be written to may not be written; choose another.");
  if (code === "ENOTDIR" || code === "EEXIST")
    return new CohortError("file", "What is to be written to is a file and no folder; choose another name.");
  return thrown;
}

/** Removes drafts that a process which was killed left in a folder; never those of one that runs. */
export async function sweepDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    if (!/^\..*\.unfinished(?:\.tmp)?$|^\.[0-9a-f-]+\.unfinished/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && isLeftBehind(name, found.mtimeMs))
      await rm(path, { force: true }).catch(() => undefined);
  }
}
