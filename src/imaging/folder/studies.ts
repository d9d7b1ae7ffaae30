import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { mapBounded } from "./bounded.js";
import { identify } from "./identify.js";
import { indexFiles, type IndexOptions } from "./indexFiles.js";
import { listFolder } from "./indexFolder.js";
import { countKinds, type FileKind, type LeftOutCause } from "./kinds.js";
import { withOpen, diskFile, type FileSource } from "./source.js";
import { localPath } from "../paths.js";
import { hashId } from "../series.js";

/** An examination that lies somewhere below a folder. */
export interface StudySource {
  /** Stable short hash: of the study's own UID, or of the beginning and length of a file that has none. */
  readonly key: string;
  /** Folders or files that hold it, for `readSeries`. They may carry names: never to be shown. */
  readonly paths: readonly string[];
  /** As in `Series.study`: which series in `paths` belong to it; absent where the files do not say. */
  readonly study?: string;
  readonly files: number;
}

/** Names of pictures, which are examinations where their spacing is known. */
const PICTURE_NAME = /\.(png|jpe?g)$/i;
/** Names of single files that hold a whole examination. */
const WHOLE_NAME = /\.(nii|nii\.gz|mha|mhd|nrrd|nhdr|zip)$/i;
/** Names of files that belong to another one, need to be told their spacing, or are plainly something else. */
const IGNORED_NAME = /\.(png|jpe?g|raw|zraw|json|csv|tsv|txt|md|html?|pdf|ipynb|parquet|duckdb|wal|log)$/i;
const FILES_AT_ONCE = 8;
/** Folders, each of which reads several files at a time. */
const FOLDERS_AT_ONCE = 2;
/** Bytes of each part by which a file without UIDs is told from others. */
const PART_BYTES = 128 * 1024;

/** How studies are listed. */
export interface ListOptions extends IndexOptions {
  /** Whether each PNG and JPEG picture is a study of its own, as where their spacing is known; left out unless so. */
  readonly pictures?: boolean;
}

/** The key of the study with a UID, as {@link listStudies} gives it. */
export function studyKey(uid: string): string {
  return hashId(`study ${uid}`);
}

/** A short hash of a file's length and of parts of its content: the same file in another folder keeps its key. */
async function keyOfFile(source: FileSource): Promise<string> {
  return withOpen(source, async (opened) => {
    const hash = createHash("sha256").update(`${opened.size} `);
    // Two volumes of one scanner may begin alike, in header and dark background.
    for (const share of [0, 1 / 4, 1 / 2, 3 / 4])
      hash.update(await opened.read(Math.floor(share * opened.size), PART_BYTES));
    return hash.digest("hex").slice(0, 12);
  });
}

/** What is in the files of one folder: the UIDs of its studies ("" for one without), and what was left out. */
interface Inside {
  readonly uids: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** The studies in one folder, by the headers of all its images: other files may lie anywhere among them. */
async function studiesIn(sources: readonly FileSource[], { signal }: IndexOptions): Promise<Inside> {
  const index = await indexFiles(sources, signal === undefined ? {} : { signal });
  return {
    uids: [...new Set(index.slices.map(({ file }) => file.studyUid))],
    leftOut: [
      ...index.others.map(({ kind }) => kind),
      ...index.failures.map((): LeftOut => "unreadable-file"),
    ],
  };
}

function groupByFolder(sources: readonly FileSource[]): [folder: string, files: FileSource[]][] {
  const groups = new Map<string, FileSource[]>();
  for (const source of sources) {
    const folder = dirname(source.path);
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [source]);
    else group.push(source);
  }
  return [...groups];
}

type LeftOut = FileKind | LeftOutCause;

interface Found {
  readonly key: string;
  readonly path: string;
  readonly study?: string;
  readonly files: number;
}

/** Folders and files of one key are one study. */
function merged(found: readonly Found[]): StudySource[] {
  const studies = new Map<string, { key: string; paths: string[]; study?: string; files: number }>();
  for (const { key, path, study, files } of found) {
    const known = studies.get(key);
    if (known === undefined)
      studies.set(key, { key, paths: [path], ...(study === undefined ? {} : { study }), files });
    // A file that is there twice is one study, read from the first place.
    else if (study !== undefined && !known.paths.includes(path)) {
      known.paths.push(path);
      known.files += files;
    }
  }
  return [...studies.values()];
}

/** The kinds of files that belong to others or are plainly something else, such as pictures, which have no spacing. */
async function kindsOf(sources: readonly FileSource[], { signal }: IndexOptions): Promise<LeftOut[]> {
  const kind = (source: FileSource) =>
    identify(source).then(
      (found): LeftOut => found.kind,
      (): LeftOut => "unreadable-file",
    );
  return mapBounded(sources, FILES_AT_ONCE, kind, signal);
}

/**
 * Lists the examinations below a folder by the headers of its images: DICOM by the study's UID, an archive and a NIfTI,
 * MetaImage or NRRD file each as one. Pictures, which have no spacing, are left out unless they are asked for; `options.onLeftOut` is told of what kind
 * and how many everything is that leads to no study.
 * @throws ImagingError when the folder cannot be read; the reason of `options.signal` when that aborts
 */
export async function listStudies(folder: string, options: ListOptions = {}): Promise<StudySource[]> {
  const root = localPath(folder);
  const { sources, failures, unnameable } = await listFolder(root, options.signal);
  const isWhole = ({ name }: FileSource): boolean =>
    WHOLE_NAME.test(name) || (options.pictures === true && PICTURE_NAME.test(name));
  const leftOut: LeftOut[] = failures.map(() => "unreadable-folder");
  // A file that no text leads to cannot be named as a study; one of a folder is read with the folder.
  const whole = sources.filter((source) => isWhole(source) && !unnameable.has(source.path));
  leftOut.push(
    ...sources.flatMap((source): LeftOut[] => (isWhole(source) && !whole.includes(source) ? ["name"] : [])),
  );
  const ignored = sources.filter((source) => !isWhole(source) && IGNORED_NAME.test(source.name));
  leftOut.push(...(await kindsOf(ignored, options)));
  const groups = groupByFolder(
    sources.filter((source) => !isWhole(source) && !IGNORED_NAME.test(source.name)),
  );
  const total = whole.length + groups.length;
  let done = 0;
  const step = (): void => {
    options.onProgress?.({ done: ++done, total, skipped: 0 });
  };
  const files = await mapBounded(
    whole,
    FILES_AT_ONCE,
    async (source): Promise<Found> => {
      const key = await keyOfFile(source).catch(() => hashId(relative(root, source.path)));
      step();
      return { key, path: source.path, files: 1 };
    },
    options.signal,
  );
  const folders = await mapBounded(
    groups,
    FOLDERS_AT_ONCE,
    async ([path, group]): Promise<Found[]> => {
      const inside = await studiesIn(group, options);
      leftOut.push(...inside.leftOut);
      step();
      // A folder of DICOM that cannot be read is a study that fails, and not one that is not there.
      const isDicom = group.some(({ name }) => /\.(dcm|dicom|ima)$/i.test(name));
      const uids = inside.uids.length === 0 && isDicom ? [""] : inside.uids;
      if (uids.length > 0 && !existsSync(path)) {
        leftOut.push(...uids.map((): LeftOut => "name"));
        return [];
      }
      return uids.map((uid) =>
        uid === ""
          ? { key: hashId(`folder ${relativeKey(root, path)}`), path, files: group.length }
          : { key: studyKey(uid), path, study: studyKey(uid), files: group.length },
      );
    },
    options.signal,
  );
  options.onLeftOut?.(countKinds(leftOut));
  return merged([...folders.flat(), ...files]);
}

/** The way from the folder, alike on all systems. */
function relativeKey(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

/** A study of one path that a person named: a folder is listed, a file is taken as it is. */
export async function studySources(path: string, options: ListOptions = {}): Promise<StudySource[]> {
  const local = localPath(path);
  const kind = await stat(local).catch(() => undefined);
  if (kind?.isFile() !== true) return listStudies(local, options);
  const source = diskFile(local);
  return [{ key: await keyOfFile(source), paths: [local], files: 1 }];
}
