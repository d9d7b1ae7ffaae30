import { stat } from "node:fs/promises";
import { basename, relative, sep } from "node:path";
import { dicomSeries } from "./dicom/load.js";
import { ImagingError } from "./errors.js";
import { listArchive } from "./folder/archive.js";
import { sourcesOfDirectory } from "./folder/dicomdir.js";
import {
  contentOf,
  identify,
  indexFiles,
  type FileIndex,
  type IndexOptions,
  type OtherFile,
} from "./folder/indexFiles.js";
import { listFolder } from "./folder/indexFolder.js";
import { countKinds, leftOutWords, refusalWords, type LeftOutCause, type FileKind } from "./folder/kinds.js";
import { diskFile, systemError, withOpen, type FileSource } from "./folder/source.js";
import { filesBeside } from "./formats/beside.js";
import { formatByName, imageFileSeries, isImageFormat, sourcesBeside } from "./formats/imageFile.js";
import { localPath } from "./paths.js";
import { namingNobody } from "./privacy/messages.js";
import type { Problem, Series } from "./series.js";

/** What a person knows and a file may not say, and who is told how the reading goes. */
export interface ReadOptions extends IndexOptions {
  /** mm between pixels of a PNG, which carries no spacing. */
  readonly spacing?: number;
}

/** Files to look into, some of which may be known already not to be readable. */
interface Listed {
  readonly sources: readonly FileSource[];
  readonly failures?: readonly ImagingError[];
  /** What holds them, on disk. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** More single images than this in one folder are a data set, of which one is to be named. */
const MOST_IMAGES = 20;
/** Kinds that people look for in vain when a folder is read for its DICOM images. */
const MISSED: ReadonlySet<FileKind | LeftOutCause> = new Set([
  "zip",
  "archive",
  "nifti",
  "nrrd",
  "metaimage",
  "gzip",
]);

/** What could not be read may belong to any series, so each one says it. */
function withFailures(series: readonly Series[], failures: readonly ImagingError[]): Series[] {
  const first = failures[0];
  if (first === undefined) return [...series];
  const more = failures.length > 1 ? ` The same holds for ${failures.length - 1} more.` : "";
  return withProblem(series, { code: first.code, message: `${first.message}${more}` });
}

function withProblem(series: readonly Series[], problem: Problem): Series[] {
  return series.map((one) => ({ ...one, problems: [...one.problems, problem] }));
}

function isArchiveOnDisk({ source, kind }: OtherFile): boolean {
  return kind === "zip" && !source.path.includes("\0");
}

/** The series of the DICOM images; what else lies with them is told, not read: it may be a mask, or a copy. */
function dicomOf({ slices, others }: FileIndex, name: string): Series[] {
  const series = dicomSeries(slices);
  const missed = countKinds(others.map(({ kind }) => kind).filter((kind) => MISSED.has(kind)));
  if (missed.length === 0) return series;
  return withProblem(series, {
    code: "left-out",
    message: `${name} holds, beside these DICOM images, ${leftOutWords(missed)}, not read here; give one by itself to read it.`,
  });
}

/** The single images among files that are no DICOM. */
async function imagesOf(
  others: readonly OtherFile[],
  listed: Listed,
  options: ReadOptions,
): Promise<{ series: Series[]; failures: ImagingError[] }> {
  const isImage = ({ kind }: OtherFile) => isImageFormat(kind) && kind !== "png";
  const images = others.filter(isImage);
  if (images.length > MOST_IMAGES)
    throw new ImagingError(
      "no-files",
      `${basename(listed.path)} holds no DICOM images but ${leftOutWords(countKinds(images.map(({ kind }) => kind)))}; name one of them.`,
    );
  const series: Series[] = [];
  const failures: ImagingError[] = [];
  for (const { source, kind } of images) {
    options.signal?.throwIfAborted();
    // A file alone keeps the id that it has when it is named itself.
    const key = images.length === 1 ? source.name : relative(listed.path, source.path).split(sep).join("/");
    const beside =
      listed.isFolder && !source.path.includes("\0")
        ? filesBeside(source.path)
        : sourcesBeside(source, listed.sources);
    try {
      if (isImageFormat(kind)) series.push(await imageFileSeries(source, kind, key, undefined, beside));
    } catch (thrown) {
      failures.push(systemError(thrown, source.name));
    }
  }
  return { series, failures };
}

/** The series in the archives of a folder, which may hold one series together; what cannot be read is added to `failures`. */
async function archivesOf(
  others: readonly OtherFile[],
  path: string,
  failures: ImagingError[],
  options: ReadOptions,
): Promise<Series[]> {
  const sources: FileSource[] = [];
  for (const { source } of others.filter(isArchiveOnDisk))
    try {
      sources.push(...(await listArchive(source.path, options.signal)));
    } catch (thrown) {
      options.signal?.throwIfAborted();
      failures.push(systemError(thrown, source.name));
    }
  if (sources.length === 0) return [];
  try {
    return await readFiles({ sources, path, isFolder: false }, options);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    failures.push(systemError(thrown, basename(path)));
    return [];
  }
}

/**
 * The series in many files: of the DICOM images; where there are none, of the archives among the files; where those hold none
 * either, of the single images.
 */
async function readFiles(listed: Listed, options: ReadOptions): Promise<Series[]> {
  const index = await indexFiles(listed.sources, options);
  const failures = [...(listed.failures ?? []), ...index.failures];
  const name = basename(listed.path);
  options.onLeftOut?.(leftOutOf(listed.failures?.length ?? 0, index));
  if (index.slices.length > 0) return withFailures(dicomOf(index, name), failures);
  const found = listed.isFolder ? await archivesOf(index.others, listed.path, failures, options) : [];
  const images = await imagesOf(index.others, listed, options);
  const series = [...found, ...images.series];
  const all = [...failures, ...images.failures];
  if (series.length > 0) return withFailures(series, all);
  if (all[0] !== undefined) throw all[0];
  const what = leftOutWords(countKinds(index.others.map(({ kind }) => kind)));
  throw new ImagingError(
    "no-files",
    `${name} holds no DICOM images${what === "" ? "" : ` (files without one: ${index.others.length}): ${what}`}; choose the folder of a DICOM study, or name an image file.`,
  );
}

function leftOutOf(unlisted: number, { others, failures }: FileIndex) {
  return countKinds([
    ...others.map(({ kind }) => kind),
    ...Array<LeftOutCause>(unlisted).fill("unreadable-folder"),
    ...failures.map((): LeftOutCause => "unreadable-file"),
  ]);
}

async function readArchive(path: string, options: ReadOptions): Promise<Series[]> {
  return readFiles({ sources: await listArchive(path, options.signal), path, isFolder: false }, options);
}

async function readDicomFile(source: FileSource, path: string, options: ReadOptions): Promise<Series[]> {
  const content = await contentOf(source, options);
  if (content === undefined)
    throw new ImagingError("unsupported-file", `${source.name} ${refusalWords("other")}`);
  if (content.named !== undefined)
    return readFiles({ ...(await sourcesOfDirectory(path, content.named)), path, isFolder: false }, options);
  if (content.slices.length === 0)
    throw new ImagingError(
      "no-files",
      `${source.name} is DICOM without an image; choose an image of the same study.`,
    );
  return dicomSeries(content.slices);
}

/** The voxels of a pair begin with anything, so that a header beside them goes before what they look like. */
async function isVoxelsOfPair(path: string): Promise<boolean> {
  if (!/\.img(\.gz)?$/i.test(path)) return false;
  const header = path.replace(/\.img(\.gz)?$/i, (ending) => (ending.startsWith(".I") ? ".HDR" : ".hdr"));
  const found = await Promise.allSettled([stat(header), stat(`${header}.gz`)]);
  return found.some(({ status }) => status === "fulfilled");
}

/** One file: its content decides what it is, its name only where the content does not tell. */
async function readFile(path: string, options: ReadOptions): Promise<Series[]> {
  const given = diskFile(path);
  const { name } = given;
  const { source, kind } = await identify(given);
  const isDicom = kind === "dicom" && (await hasPrefix(source));
  if (isDicom) return readDicomFile(source, path, options);
  const byName = formatByName(name);
  if (byName !== undefined && (await isVoxelsOfPair(path)))
    return [await imageFileSeries(given, byName, name, options.spacing)];
  if (kind === "zip") return readArchive(path, options);
  if (isImageFormat(kind)) return [await imageFileSeries(source, kind, name, options.spacing)];
  if (["other", "gzip", "empty"].includes(kind) && byName !== undefined)
    return [await imageFileSeries(given, byName, name, options.spacing)];
  if (kind === "dicom") return readDicomFile(source, path, options);
  throw new ImagingError("unsupported-file", `${name} ${refusalWords(kind)}`);
}

/** Whether a file says that it is DICOM, and does not only look like a data set. */
async function hasPrefix(source: FileSource): Promise<boolean> {
  const head = await withOpen(source, (opened) => opened.read(0, 132));
  return Buffer.from(head).toString("latin1", 128) === "DICM";
}

/**
 * Lists the series at `path`: a folder (searched recursively for DICOM, also packed as .dcm.gz; without any, for archives and
 * single images), a zip archive (likewise), a DICOMDIR (the images that it names), a DICOM file, NIfTI (.nii, .hdr with .img, also
 * .gz), MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr) or PNG. What a file is, its content says. DICOM is indexed by its headers;
 * pixel data are read when a series is loaded. `path` may begin with `~` or be a `file:` address.
 * @throws ImagingError with one sentence when nothing there can be read; the reason of `options.signal` when that aborts.
 */
export async function readSeries(path: string, options: ReadOptions = {}): Promise<Series[]> {
  return namingNobody((note) =>
    readAll(localPath(path), {
      ...options,
      onIdentity: (identities) => {
        note(identities);
        options.onIdentity?.(identities);
      },
    }),
  );
}

async function readAll(path: string, options: ReadOptions): Promise<Series[]> {
  const name = basename(path);
  const kind = await stat(path).catch((thrown: unknown) => {
    throw systemError(thrown, name);
  });
  if (kind.isDirectory())
    return readFiles({ ...(await listFolder(path, options.signal)), path, isFolder: true }, options);
  if (!kind.isFile())
    throw new ImagingError(
      "unsupported-file",
      `${name} is neither a file nor a folder; name an image file or a folder.`,
    );
  return readFile(path, options);
}
