import { createHash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** Something below a folder that the `spinebook` command reads as one: a folder of DICOM or one image file. */
export interface StudySource {
  readonly path: string;
  /** Its name below the folder. */
  readonly label: string;
}

/** Entries that are looked at below one folder; beyond that the folder is too large to be a collection of studies. */
const MOST_ENTRIES = 50_000;
/** Folders that hold no studies. */
const SKIPPED = /^(\.|node_modules$|__pycache__$)/;
const DICOM_NAME = /\.(dcm|ima|dicom)$/i;
/** Names without an extension, or with a UID's numbers behind their last dot, as scanners write them. */
const NAMELESS = /^[^.]+$|\.\d+$/;
const VOLUME_NAME = /\.(nii|nii\.gz|mha|nrrd)$/i;
/** Place of DICOM's mark in a file, in bytes. */
const MARK_OFFSET = 128;

/**
 * The studies of a folder: each folder directly below it that holds DICOM at any depth, the folder itself where DICOM lies
 * directly in it, and image volumes directly in it. A folder that cannot be read has none.
 */
export async function findSources(folder: string, signal?: AbortSignal): Promise<StudySource[]> {
  const budget = { left: MOST_ENTRIES };
  const entries = await entriesOf(folder, budget);
  const found: StudySource[] = [];
  for (const entry of entries) {
    signal?.throwIfAborted();
    const path = join(folder, entry.name);
    const isStudy = entry.isDirectory()
      ? !SKIPPED.test(entry.name) && (await holdsDicom(path, budget, signal))
      : entry.isFile() && VOLUME_NAME.test(entry.name);
    if (isStudy) found.push({ path, label: entry.name });
  }
  // Reading the folder itself reads all that is below it, so its parts need not be listed again.
  if (await hasDicomFile(folder, entries))
    return [
      { path: folder, label: basename(folder) },
      ...found.filter(({ label }) => VOLUME_NAME.test(label)),
    ];
  return found;
}

/** Whether a folder holds DICOM at any depth, by the first such file. */
export async function holdsDicom(
  folder: string,
  budget = { left: MOST_ENTRIES },
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted();
  const entries = await entriesOf(folder, budget);
  if (await hasDicomFile(folder, entries)) return true;
  for (const entry of entries)
    if (
      entry.isDirectory() &&
      !SKIPPED.test(entry.name) &&
      (await holdsDicom(join(folder, entry.name), budget, signal))
    )
      return true;
  return false;
}

/** The key under which what was read of a path is kept: it changes with the path and with any file's size or time. */
export async function sourceKey(path: string): Promise<{ readonly path: string; readonly state: string }> {
  const hash = createHash("sha256");
  for (const file of await filesOf(path, { left: MOST_ENTRIES })) {
    const { size, mtimeMs } = await stat(file);
    hash.update(JSON.stringify([file, size, mtimeMs]));
  }
  return { path: pathKey(path), state: hash.digest("hex").slice(0, 16) };
}

/** A name for a path that does not tell the path, which may tell who a patient is. */
export function pathKey(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 16);
}

async function filesOf(path: string, budget: { left: number }): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const files: string[] = [];
  for (const entry of await entriesOf(path, budget)) {
    const below = join(path, entry.name);
    if (entry.isFile()) files.push(below);
    else if (entry.isDirectory()) files.push(...(await filesOf(below, budget)));
  }
  return files;
}

async function entriesOf(folder: string, budget: { left: number }) {
  if (budget.left <= 0) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  budget.left -= entries.length;
  return entries.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

type Entries = Awaited<ReturnType<typeof entriesOf>>;

async function hasDicomFile(folder: string, entries: Entries): Promise<boolean> {
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (files.some((name) => DICOM_NAME.test(name))) return true;
  for (const name of files) if (NAMELESS.test(name) && (await hasDicomMark(join(folder, name)))) return true;
  return false;
}

async function hasDicomMark(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const mark = Buffer.alloc(4);
      await handle.read(mark, 0, 4, MARK_OFFSET);
      return mark.toString("latin1") === "DICM";
    } finally {
      await handle.close();
    }
  } catch {
    return false; // what cannot be opened is no study
  }
}
