import { relative, sep } from "node:path";
import { ImagingError } from "./errors.js";
import type { OtherFile } from "./folder/indexFiles.js";
import { countKinds, leftOutWords } from "./folder/kinds.js";
import type { Listing } from "./folder/listing.js";
import { systemError } from "./folder/source.js";
import { filesBeside } from "./formats/beside.js";
import {
  imageFileSeries,
  isImageFormat,
  isPicture,
  sourcesBeside,
  type ImageFormat,
} from "./formats/imageFile.js";
import type { Series } from "./series.js";

/** More single images than this in one folder are a data set, of which one is to be named. */
const MOST_IMAGES = 20;

/** A picture says no spacing, so that among other files it is read as none. */
function isVolume(file: OtherFile): file is OtherFile & { kind: ImageFormat } {
  return isImageFormat(file.kind) && !isPicture(file.kind);
}

/**
 * The series of the NIfTI, MetaImage and NRRD files among files that are no DICOM, and one error for each that cannot be read.
 * @throws ImagingError where there are more of them than anyone means to read at once
 */
export async function singleImages(
  others: readonly OtherFile[],
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<{ series: Series[]; failures: ImagingError[] }> {
  const images = others.filter(isVolume);
  if (images.length > MOST_IMAGES)
    throw new ImagingError(
      "no-files",
      `${listing.name} holds no DICOM images but ${leftOutWords(countKinds(images.map(({ kind }) => kind)))}; name one of them.`,
    );
  const series: Series[] = [];
  const failures: ImagingError[] = [];
  for (const { source, kind } of images) {
    signal?.throwIfAborted();
    // A file alone keeps the id that it has when it is named itself.
    const key = images.length === 1 ? source.name : relative(listing.path, source.path).split(sep).join("/");
    const isOnDisk = listing.isFolder && !source.path.includes("\0");
    const beside = isOnDisk ? filesBeside(source.path) : sourcesBeside(source, listing.sources);
    try {
      series.push(await imageFileSeries(source, kind, key, undefined, beside));
    } catch (thrown) {
      failures.push(systemError(thrown, source.name));
    }
  }
  return { series, failures };
}
