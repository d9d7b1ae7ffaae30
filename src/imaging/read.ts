import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isArchive, listArchive } from "./folder/archive.js";
import { filesBeside, type FilesBeside } from "./formats/beside.js";
import { dicomSeries } from "./dicom/load.js";
import { sourcesOfDirectory } from "./folder/dicomdir.js";
import { ImagingError } from "./errors.js";
import { contentOf, indexFiles, type FileIndex, type IndexOptions } from "./folder/index-files.js";
import { listFolder } from "./folder/index-folder.js";
import { metaImageSeries } from "./formats/metaimage.js";
import { niftiSeries } from "./formats/nifti.js";
import { nrrdSeries } from "./formats/nrrd.js";
import { pngSeries } from "./formats/png.js";
import { namingNobody } from "./privacy/messages.js";
import { hashId, type Problem, type Series } from "./series.js";
import { diskFile, readWhole, systemError, type FileSource } from "./folder/source.js";

/** What a person knows and a file may not say, and who is told how the reading goes. */
export interface ReadOptions extends IndexOptions {
  /** mm between pixels of a PNG, which carries no spacing. */
  readonly spacing?: number;
}

/** Reads one non-DICOM image; `bytes` is the whole file, and `beside` reaches the files that its header names. */
type Reader = (
  bytes: Uint8Array,
  name: string,
  id: string,
  options: ReadOptions,
  beside: FilesBeside,
) => Series | Promise<Series>;

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/\.(nii|hdr|img)(\.gz)?$/i, (bytes, name, id, _options, beside) => niftiSeries(bytes, name, id, beside)],
  [/\.mh[ad]$/i, (bytes, name, id, _options, beside) => metaImageSeries(bytes, name, id, beside)],
  [/\.(nrrd|nhdr)$/i, (bytes, name, id, _options, beside) => nrrdSeries(bytes, name, id, beside)],
  [/\.png$/i, (bytes, name, id, options) => pngSeries(bytes, name, id, options.spacing)],
];

/** The series in what was found in the files of `name`; those that could not be read are a problem of every series. */
function seriesIn({ slices, failures, skipped }: FileIndex, name: string): Series[] {
  const series = dicomSeries(slices);
  const first = failures[0];
  if (series.length === 0)
    throw (
      first ??
      new ImagingError(
        "no-files",
        `${name} holds no DICOM images${skipped > 0 ? ` (files without one: ${skipped})` : ""}; choose the folder of a DICOM study, or name an image file.`,
      )
    );
  if (first === undefined) return series;
  // A file that cannot be read may belong to any series of the folder, so each one says it.
  const more = failures.length > 1 ? ` The same holds for ${failures.length - 1} more.` : "";
  const problem: Problem = { code: first.code, message: `${first.message}${more}` };
  return series.map((one) => ({ ...one, problems: [...one.problems, problem] }));
}

/** The series in files of which some may be known already not to be readable. */
async function readFiles(
  listed: { sources: readonly FileSource[]; failures?: readonly ImagingError[] },
  name: string,
  options: ReadOptions,
): Promise<Series[]> {
  const index = await indexFiles(listed.sources, options);
  return seriesIn({ ...index, failures: [...(listed.failures ?? []), ...index.failures] }, name);
}

async function readDicomFile(path: string, options: ReadOptions): Promise<Series[]> {
  const name = basename(path);
  const content = await contentOf(diskFile(path), options);
  if (content === undefined)
    throw new ImagingError(
      "unsupported-file",
      `${name} is no image that is read here; give DICOM, .zip, .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .png.`,
    );
  if (content.named !== undefined)
    return readFiles(await sourcesOfDirectory(path, content.named), name, options);
  if (content.slices.length === 0)
    throw new ImagingError(
      "no-files",
      `${name} is DICOM without an image; choose an image of the same study.`,
    );
  return dicomSeries(content.slices);
}

/**
 * Lists the series at `path`: a folder (searched recursively for DICOM), a zip archive (likewise), a DICOMDIR (the images that
 * it names), a DICOM file, NIfTI (.nii, .hdr with .img, also .gz), MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr) or .png. DICOM
 * is indexed by its headers; pixel data are read when a series is loaded.
 * @throws ImagingError with one sentence when nothing there can be read; the reason of `options.signal` when that aborts.
 */
export async function readSeries(path: string, options: ReadOptions = {}): Promise<Series[]> {
  return namingNobody((note) =>
    readAll(path, {
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
  if (kind.isDirectory()) return readFiles(await listFolder(path, options.signal), name, options);
  if (!kind.isFile())
    throw new ImagingError(
      "unsupported-file",
      `${name} is neither a file nor a folder; name an image file or a folder.`,
    );
  const reader = READERS.find(([pattern]) => pattern.test(name))?.[1];
  if (reader)
    return [await reader(await readWhole(diskFile(path)), name, hashId(name), options, filesBeside(path))];
  if (await isArchive(path))
    return readFiles({ sources: await listArchive(path, options.signal) }, name, options);
  return readDicomFile(path, options);
}
