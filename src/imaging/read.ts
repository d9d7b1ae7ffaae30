import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { mayBeDicom, parseDicomFile, PREFIX_SEARCH } from "./dicom/dataset.js";
import type { Slice } from "./dicom/group.js";
import { identitiesOf, type IdentityValue } from "./dicom/identity.js";
import { readHeader } from "./dicom/header.js";
import { dicomSeries } from "./dicom/load.js";
import { ImagingError, reason } from "./errors.js";
import { MAX_FILE_BYTES } from "./limits.js";
import { metaImageSeries } from "./metaimage.js";
import { niftiSeries } from "./nifti.js";
import { nrrdSeries } from "./nrrd.js";
import { pngSeries } from "./png.js";
import { hashId, type Problem, type Series } from "./series.js";

/** What a person knows and a file may not say. */
export interface ReadOptions {
  /** mm between pixels of a PNG, which carries no spacing. */
  readonly spacing?: number;
  /** Told who the patient is wherever a file says it, so that the caller can keep it out of what it shows. */
  readonly onIdentity?: (identities: readonly IdentityValue[]) => void;
}

/** Reads one non-DICOM image; `bytes` is the whole file. */
type Reader = (bytes: Uint8Array, name: string, id: string, options: ReadOptions) => Series;

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/\.nii(\.gz)?$/i, niftiSeries],
  [/\.mha$/i, metaImageSeries],
  [/\.nrrd$/i, nrrdSeries],
  [/\.png$/i, (bytes, name, id, options) => pngSeries(bytes, name, id, options.spacing)],
];

function systemError(thrown: unknown, name: string): ImagingError {
  const code =
    typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : reason(thrown);
  if (code === "ENOENT") return new ImagingError("no-files", `${name} does not exist; check the path.`);
  return new ImagingError("unreadable-file", `${name} cannot be read (${code}); check its permissions.`);
}

async function readBytes(path: string): Promise<Uint8Array> {
  const name = basename(path);
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES)
      throw new ImagingError(
        "too-large",
        `${name} is larger than the ${MAX_FILE_BYTES / 2 ** 30} GiB that are read; split or crop it first.`,
      );
    return await readFile(path);
  } catch (thrown) {
    throw thrown instanceof ImagingError ? thrown : systemError(thrown, name);
  }
}

/** Regular files below `folder`, sorted; links are not followed, so that no folder is entered twice. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Whether a file's first bytes could start a DICOM file; spares reading large files of other kinds. */
async function looksLikeDicom(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PREFIX_SEARCH), 0, PREFIX_SEARCH, 0);
    return mayBeDicom(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Slices of one file, none for DICOM without an image; `undefined` when it is not DICOM. */
async function slicesOf(path: string, options: ReadOptions): Promise<Slice[] | undefined> {
  const name = basename(path);
  const parsed = parseDicomFile(await readBytes(path), name);
  if (parsed === undefined) return undefined;
  options.onIdentity?.(identitiesOf(parsed.dataSet));
  const file = readHeader(parsed, name);
  return file?.frames.map((frame) => ({ path, name, file, frame })) ?? [];
}

async function readFolder(folder: string, options: ReadOptions): Promise<Series[]> {
  const slices: Slice[] = [];
  const failures: ImagingError[] = [];
  for (const path of await filesBelow(folder))
    try {
      if (await looksLikeDicom(path)) slices.push(...((await slicesOf(path, options)) ?? []));
    } catch (thrown) {
      failures.push(thrown instanceof ImagingError ? thrown : systemError(thrown, basename(path)));
    }
  const series = dicomSeries(slices);
  const first = failures[0];
  if (series.length === 0)
    throw (
      first ??
      new ImagingError(
        "no-files",
        `${basename(folder)} holds no DICOM images; choose the folder of a DICOM study, or name an image file.`,
      )
    );
  if (first === undefined) return series;
  // A file that cannot be read may belong to any series of the folder, so each one says it.
  const more = failures.length > 1 ? ` The same holds for ${failures.length - 1} more.` : "";
  const problem: Problem = { code: first.code, message: `${first.message}${more}` };
  return series.map((one) => ({ ...one, problems: [...one.problems, problem] }));
}

/**
 * Lists the series at `path`: a folder (searched recursively for DICOM), a DICOM file, .nii, .nii.gz, .mha, .nrrd or
 * .png. Headers are read now, voxels when a series is loaded.
 * @throws ImagingError with one sentence when nothing there can be read.
 */
export async function readSeries(path: string, options: ReadOptions = {}): Promise<Series[]> {
  const name = basename(path);
  const kind = await stat(path).catch((thrown: unknown) => {
    throw systemError(thrown, name);
  });
  if (kind.isDirectory()) return readFolder(path, options);
  if (!kind.isFile())
    throw new ImagingError(
      "unsupported-file",
      `${name} is neither a file nor a folder; name an image file or a folder.`,
    );
  const reader = READERS.find(([pattern]) => pattern.test(name))?.[1];
  if (reader) return [reader(await readBytes(path), name, hashId(name), options)];
  const slices = await slicesOf(path, options);
  if (slices === undefined)
    throw new ImagingError(
      "unsupported-file",
      `${name} is no image that is read here; give DICOM, .nii, .nii.gz, .mha, .nrrd or .png.`,
    );
  if (slices.length === 0)
    throw new ImagingError(
      "no-files",
      `${name} is DICOM without an image; choose an image of the same study.`,
    );
  return dicomSeries(slices);
}
