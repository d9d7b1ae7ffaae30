import { dicomSeries } from "./dicom/load.js";
import type { ImagingError } from "./errors.js";
import { indexFiles, type IndexOptions, type OtherFile } from "./folder/indexFiles.js";
import { archivesIn, listingOf, type Listing } from "./folder/listing.js";
import { recognise } from "./folder/recognise.js";
import { systemError } from "./folder/source.js";
import { imageFileSeries } from "./formats/imageFile.js";
import type { PictureSpacing } from "./formats/picture.js";
import { leftOutOf, noImages, withFailures, withMissed } from "./leftOut.js";
import { localPath } from "./paths.js";
import { namingNobody } from "./privacy/messages.js";
import type { Series } from "./series.js";
import { singleImages } from "./singleImages.js";

/** What a person knows and a file may not say, and who is told how the reading goes. */
export interface ReadOptions extends IndexOptions {
  /** mm between pixels of a picture, which carries no spacing; "auto" where nobody knows it, to be estimated (`Volume.scale`). */
  readonly spacing?: PictureSpacing;
}

/**
 * Lists the series at `path`: a folder (searched recursively for DICOM, also packed as .dcm.gz; without any, for archives and
 * single images), a zip archive (likewise), a DICOMDIR (the images that it names), a DICOM file, NIfTI (.nii, .hdr with .img, also
 * .gz), MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr), PNG or JPEG. What a file is, its content says. DICOM is indexed by its headers;
 * pixel data are read when a series is loaded. `path` may begin with `~` or be a `file:` address.
 * @throws ImagingError with one sentence when nothing there can be read; the reason of `options.signal` when that aborts.
 */
export async function readSeries(path: string, options: ReadOptions = {}): Promise<Series[]> {
  return namingNobody((note) =>
    seriesAt(localPath(path), {
      ...options,
      onIdentity: (identities) => {
        note(identities);
        options.onIdentity?.(identities);
      },
    }),
  );
}

/** From a path to what lies there; a single file is read, of many their listing. */
async function seriesAt(path: string, options: ReadOptions): Promise<Series[]> {
  const found = await recognise(path, options.onIdentity);
  if (found.what === "dicom") return dicomSeries(found.slices);
  if (found.what === "image")
    return [await imageFileSeries(found.source, found.format, found.source.name, options.spacing)];
  return seriesIn(await listingOf(found, options.signal), options);
}

/**
 * From many files to an index of their headers, and from it to series: of the DICOM images; where there are none, of the archives
 * among the files, and of the single images.
 */
async function seriesIn(listing: Listing, options: ReadOptions): Promise<Series[]> {
  const index = await indexFiles(listing.sources, options);
  options.onLeftOut?.(leftOutOf(listing, index));
  const failures = [...listing.failures, ...index.failures];
  if (index.slices.length > 0)
    return withFailures(withMissed(dicomSeries(index.slices), index.others, listing.name), failures);
  const archived = await seriesInArchives(listing, index.others, options);
  const images = await singleImages(index.others, listing, options.signal);
  failures.push(...archived.failures, ...images.failures);
  const series = [...archived.series, ...images.series];
  if (series.length > 0) return withFailures(series, failures);
  throw failures[0] ?? noImages(index.others, listing.name);
}

/** The series in the archives of a folder, which may hold one series together. */
async function seriesInArchives(
  listing: Listing,
  others: readonly OtherFile[],
  options: ReadOptions,
): Promise<{ series: Series[]; failures: ImagingError[] }> {
  const { packed, failures } = await archivesIn(listing, others, options.signal);
  if (packed.sources.length === 0) return { series: [], failures };
  try {
    return { series: await seriesIn(packed, options), failures };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    return { series: [], failures: [...failures, systemError(thrown, listing.name)] };
  }
}
