import { filesBeside, type FilesBeside } from "./beside.js";
import { metaImageSeries } from "./metaimage.js";
import { niftiSeries } from "./nifti.js";
import { nrrdSeries } from "./nrrd.js";
import type { PictureSpacing } from "./picture.js";
import { jpegSeries } from "./jpeg.js";
import { pngSeries } from "./png.js";
import { ImagingError } from "../errors.js";
import type { FileKind } from "../folder/kinds.js";
import { readWhole, withOpen, type FileSource } from "../folder/source.js";
import { hashId, type Series } from "../series.js";

/** The formats of single images, by content. */
export type ImageFormat = Extract<FileKind, "nifti" | "metaimage" | "nrrd" | "png" | "jpeg">;

/** Formats by file name, for headers whose content does not tell, and for the voxels beside a header. */
const BY_NAME: readonly (readonly [RegExp, ImageFormat])[] = [
  [/\.(nii|hdr|img)(\.gz)?$/i, "nifti"],
  [/\.mh[ad]$/i, "metaimage"],
  [/\.(nrrd|nhdr)$/i, "nrrd"],
  [/\.png$/i, "png"],
  [/\.jpe?g$/i, "jpeg"],
];

/** The format that a file's name stands for. */
export function formatByName(name: string): ImageFormat | undefined {
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether a kind of file is a single image that is read here. */
export function isImageFormat(kind: string): kind is ImageFormat {
  return BY_NAME.some(([, format]) => format === kind);
}

/** Whether a format is a picture: one slice, which tells no spacing. */
export function isPicture(format: string): format is "png" | "jpeg" {
  return format === "png" || format === "jpeg";
}

/** Files beside one that does not lie on disk but, with them, in an archive. */
export function sourcesBeside(source: FileSource, sources: readonly FileSource[]): FilesBeside {
  const folder = source.path.slice(0, source.path.length - source.name.length);
  const find = (name: string): FileSource => {
    const found = sources.find(({ path }) => path === folder + name);
    if (found !== undefined) return found;
    throw new ImagingError(
      "no-files",
      `${source.name} keeps its voxels in another file, which is not there; copy both together.`,
    );
  };
  return {
    size: async (name) => withOpen(find(name), (opened) => Promise.resolve(opened.size)),
    read: async (name) => readWhole(find(name)),
  };
}

/**
 * The series of a single image that is no DICOM. `key` tells it from others of its folder.
 * @param spacing mm between the pixels of a picture, which does not say it
 */
export async function imageFileSeries(
  source: FileSource,
  format: ImageFormat,
  key: string,
  spacing: PictureSpacing | undefined,
  beside: FilesBeside = filesBeside(source.path),
): Promise<Series> {
  const { name } = source;
  const [bytes, id] = [await readWhole(source), hashId(key)];
  if (format === "nifti") return niftiSeries(bytes, name, id, beside);
  if (format === "metaimage") return metaImageSeries(bytes, name, id, beside);
  if (format === "nrrd") return nrrdSeries(bytes, name, id, beside);
  return format === "jpeg" ? jpegSeries(bytes, name, id, spacing) : pngSeries(bytes, name, id, spacing);
}
