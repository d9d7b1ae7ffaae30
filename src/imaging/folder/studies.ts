import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { mapBounded } from "./bounded.js";
import { contentOf, indexFiles, type IndexOptions } from "./index-files.js";
import { listFolder } from "./index-folder.js";
import { withOpen, diskFile, type FileSource } from "./source.js";
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

/** Names of single files that hold a whole examination. */
const WHOLE_NAME = /\.(nii|nii\.gz|mha|mhd|nrrd|nhdr|zip)$/i;
/** Names of files that belong to another one, need to be told their spacing, or are plainly something else. */
const IGNORED_NAME = /\.(png|jpe?g|raw|zraw|json|csv|tsv|txt|md|html?|pdf|ipynb|parquet|duckdb|wal|log)$/i;
const FILES_AT_ONCE = 8;
/** Files that are tried from each end of a folder's list until one of them is an image. */
const TRIED = 20;
/** Bytes of each part by which a file without UIDs is told from others. */
const PART_BYTES = 128 * 1024;

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

/** The study of the first file that is an image; `undefined` where none of those tried is one. */
async function studyOfFirst(sources: readonly FileSource[]): Promise<string | undefined> {
  for (const source of sources.slice(0, TRIED)) {
    const content = await contentOf(source, {}).catch(() => undefined);
    const slice = content?.slices[0];
    if (slice !== undefined) return slice.file.studyUid;
  }
  return undefined;
}

/** UIDs of the studies in one folder: usually one, told by its first and last image; all headers are read where they differ. */
async function studiesIn(sources: readonly FileSource[], options: IndexOptions): Promise<string[]> {
  const first = await studyOfFirst(sources);
  if (first === undefined) return [];
  const last = await studyOfFirst([...sources].reverse());
  if (first === last) return [first];
  const { slices } = await indexFiles(
    sources,
    options.signal === undefined ? {} : { signal: options.signal },
  );
  return [...new Set(slices.map(({ file }) => file.studyUid))];
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

/**
 * Lists the examinations below a folder without reading all of their files: DICOM by the study's UID in the headers of the
 * first and last image of each folder (of all images, where these two differ), an archive and a NIfTI, MetaImage or NRRD file
 * each as one. Pictures, which have no spacing, are left out.
 * @throws ImagingError when the folder cannot be read; the reason of `options.signal` when that aborts
 */
export async function listStudies(folder: string, options: IndexOptions = {}): Promise<StudySource[]> {
  const { sources } = await listFolder(folder, options.signal);
  const isWhole = ({ name }: FileSource): boolean => WHOLE_NAME.test(name);
  const whole = sources.filter(isWhole);
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
      const key = await keyOfFile(source).catch(() => hashId(relative(folder, source.path)));
      step();
      return { key, path: source.path, files: 1 };
    },
    options.signal,
  );
  const folders = await mapBounded(
    groups,
    FILES_AT_ONCE,
    async ([path, group]): Promise<Found[]> => {
      const uids = await studiesIn(group, options);
      step();
      if (uids.length > 0)
        return uids.map((uid) =>
          uid === ""
            ? { key: hashId(`folder ${relativeKey(folder, path)}`), path, files: group.length }
            : { key: hashId(`study ${uid}`), path, study: hashId(`study ${uid}`), files: group.length },
        );
      // A folder of DICOM that cannot be read is a study that fails, and not one that is not there.
      const isDicom = group.some(({ name }) => /\.(dcm|dicom|ima)$/i.test(name));
      return isDicom
        ? [{ key: hashId(`folder ${relativeKey(folder, path)}`), path, files: group.length }]
        : [];
    },
    options.signal,
  );
  return merged([...folders.flat(), ...files]);
}

/** The way from the folder, alike on all systems. */
function relativeKey(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

/** A study of one path that a person named: a folder is listed, a file is taken as it is. */
export async function studySources(path: string, options: IndexOptions = {}): Promise<StudySource[]> {
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isFile() !== true) return listStudies(path, options);
  const source = diskFile(path);
  return [{ key: await keyOfFile(source), paths: [path], files: 1 }];
}
