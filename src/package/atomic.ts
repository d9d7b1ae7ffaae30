import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A draft as old as this is nobody's any more: no file takes so long to be written. */
const ABANDONED_MILLISECONDS = 3_600_000;

/** Removes drafts of a file that a killed or crashed process has left beside it. */
async function sweepDrafts(goal: string): Promise<void> {
  const [folder, name] = [dirname(goal), basename(goal)];
  const drafts = (await readdir(folder).catch(() => [])).filter(
    (one) => one.startsWith(`.${name}.`) && /^[0-9a-f]{8}\.tmp$/.test(one.slice(name.length + 2)),
  );
  for (const draft of drafts) {
    const path = join(folder, draft);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_MILLISECONDS) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Writes a file beside its goal and renames it; a link is followed, and an existing file's permissions are kept. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const goal = await realpath(path).catch(() => path);
  const mode = await stat(goal).then(
    (info) => info.mode & 0o777,
    () => 0o666,
  );
  await sweepDrafts(goal);
  const draft = join(dirname(goal), `.${basename(goal)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, goal);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
