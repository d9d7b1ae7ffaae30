import {
  atEstimatedSpacing,
  atSpacing,
  listStudies,
  readSeries,
  toSagittal,
  type Contrast,
  type IndexOptions,
  type Series,
  type Vec3,
  type Volume,
} from "../imaging/index.js";
import { CohortError } from "./errors.js";
import { pseudonym } from "./pseudonym.js";
import type { ResultRow } from "./store/values.js";
import type { CohortStore } from "./store/store.js";

/** A disc of a study, as rows of `readings`, `discs` and `detections` name it. */
export interface DiscName {
  readonly study: string;
  /** Any series of the study that has images, unless given. */
  readonly series?: string;
  readonly level: string;
}

/** A series and where it lies. */
export interface Place {
  readonly series: string;
  readonly location: string;
  /** As the cohort knows it; absent where it does not. */
  readonly contrast?: Contrast;
  /** mm between columns, rows, slices; absent where not all of them are known. */
  readonly spacing?: Vec3;
  readonly isEstimated: boolean;
}

async function placeOf(store: CohortStore, study: string, series: string | undefined): Promise<Place> {
  const [row] = await store.sql(
    `SELECT locations.series, location, contrast, spacing_column, spacing_row, spacing_slice, spacing_estimated FROM locations LEFT JOIN series USING (study, series)
       WHERE study = $study AND ($series IS NULL OR locations.series = $series)
       ORDER BY coalesce(contrast, '') = 'T2' DESC, coalesce(orientation, '') = 'sagittal' DESC, locations.series LIMIT 1`,
    { study, series: series === undefined || series === "" ? null : series },
  );
  const isNamed = series !== undefined && series !== "";
  if (
    row === undefined &&
    isNamed &&
    (await store.sql("SELECT 1 FROM locations WHERE study = $study LIMIT 1", { study })).length > 0
  )
    throw new CohortError(
      "file",
      `Study ${study} has no series ${series} whose images are known; the table \`series\` lists them.`,
    );
  if (row === undefined)
    throw new CohortError(
      "file",
      `Where the images of study ${study} lie is not known to this cohort; tell it with \`locate\` and the folder of the images.`,
    );
  return placeFromRow(row);
}

/** A place from a row with the columns of `series` and `locations`. */
export function placeFromRow(row: ResultRow): Place {
  const { spacing_column: across, spacing_row: down, spacing_slice: apart, contrast } = row;
  const isKnown = typeof across === "number";
  return {
    series: row.series as string,
    location: row.location as string,
    ...(typeof contrast === "string" && contrast !== "unknown" ? { contrast: contrast as Contrast } : {}),
    // A picture has no slices apart, and square pixels where nothing else is told.
    ...(isKnown
      ? { spacing: [across, typeof down === "number" ? down : across, typeof apart === "number" ? apart : 1] }
      : {}),
    isEstimated: row.spacing_estimated === true,
  };
}

/** A series with what the cohort knows of it and its file does not say: its weighting, and of a picture the spacing. */
function withKnown(series: Series, { contrast, spacing, isEstimated }: Place): Series {
  const weighted = contrast === undefined ? series : { ...series, contrast };
  if (series.geometry !== "image" || spacing === undefined) return weighted;
  const problems = series.problems.filter(({ code }) => isEstimated || code !== "spacing-estimated");
  const load = async (): Promise<Volume> => {
    const volume = await series.load();
    return isEstimated ? atEstimatedSpacing(volume, spacing[0]) : atSpacing(volume, spacing);
  };
  return { ...weighted, spacing, problems, load };
}

/**
 * The images behind a study of the cohort.
 * @param series its id in the cohort; the sagittal T2 unless given
 * @throws CohortError where the cohort does not know where they lie, or they are not there any more; ImagingError
 */
export async function seriesOf(store: CohortStore, study: string, series?: string): Promise<Series> {
  return seriesAt(store.salt, study, await placeOf(store, study, series));
}

/**
 * The series of a study at its place.
 * @param salt of the cohort's pseudonyms
 * @throws CohortError where it is not there any more, ImagingError
 */
export async function seriesAt(salt: string, study: string, place: Place): Promise<Series> {
  const { series: id, location } = place;
  const found = await readSeries(location, { spacing: place.spacing?.[0] ?? "auto" });
  // Importers name a series as its data set does: then the file holds that one.
  const isPseudonym = /^[0-9a-f]{12}$/.test(id);
  const own =
    found.find((one) => pseudonym(salt, "series", one.id) === id) ??
    (found.length === 1 && !isPseudonym ? found[0] : undefined);
  if (own === undefined)
    throw new CohortError(
      "file",
      `The images of study ${study} are not there any more; other ones lie in their place.`,
    );
  return withKnown(own, place);
}

/** A disc's middle slice around it. */
export interface DiscPicture extends DiscName {
  /** Intensities, [row][column]. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** mm between columns and rows. */
  readonly spacing: readonly [number, number];
}

/** mm around a disc's middle, from side to side and from top to bottom: the disc with half of its neighbours. */
const PICTURE = [68, 52] as const;

function crop(
  volume: Volume,
  at: { column: number; row: number; slice: number },
): Omit<DiscPicture, keyof DiscName> {
  const [across, down] = [volume.spacing[0], volume.spacing[1]];
  const columns = Math.max(1, Math.round(PICTURE[0] / across));
  const rows = Math.max(1, Math.round(PICTURE[1] / down));
  const left = Math.round(at.column - columns / 2);
  const top = Math.round(at.row - rows / 2);
  const slice = Math.min(volume.slices - 1, Math.max(0, at.slice));
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [r, c] = [top + row, left + column];
      if (r >= 0 && r < volume.rows && c >= 0 && c < volume.columns)
        values[row * columns + column] = volume.voxels[(slice * volume.rows + r) * volume.columns + c]!;
    }
  return { values, rows, columns, spacing: [across, down] };
}

/** Finds a disc that no model has found yet. */
export type DiscFinder = (
  volume: Volume,
  level: string,
) => Promise<{ column: number; row: number; slice: number } | undefined>;

/**
 * The pictures of discs, in the order of their names; each series is read once.
 * @param find for discs without a detection in the cohort; without it these are left out, as those that it does not find
 * @throws CohortError, ImagingError
 */
export async function discPictures(
  store: CohortStore,
  names: readonly DiscName[],
  find?: DiscFinder,
): Promise<(DiscPicture | undefined)[]> {
  const stacks = new Map<string, Promise<Volume>>();
  const pictures: (DiscPicture | undefined)[] = [];
  for (const name of names) {
    const [detection] = await store.sql(
      `SELECT series, slice, pixel_column, pixel_row FROM detections
         WHERE study = $study AND level = $level AND ($series = '' OR series = $series) ORDER BY series, model LIMIT 1`,
      { study: name.study, level: name.level, series: name.series ?? "" },
    );
    const series = detection === undefined ? name.series : (detection.series as string);
    const key = JSON.stringify([name.study, series]);
    // Only the last few stacks are kept: rows come ordered by study as a rule.
    if (stacks.size > 4) stacks.delete(stacks.keys().next().value!);
    if (!stacks.has(key))
      stacks.set(
        key,
        seriesOf(store, name.study, series).then(async (one) => toSagittal(await one.load()).volume),
      );
    const volume = await stacks.get(key)!;
    const at =
      detection === undefined
        ? await find?.(volume, name.level)
        : {
            column: detection.pixel_column as number,
            row: detection.pixel_row as number,
            slice: detection.slice as number,
          };
    pictures.push(at === undefined ? undefined : { ...name, ...crop(volume, at) });
  }
  return pictures;
}

/**
 * Tells a cohort where the images of its studies lie: after its shards were gathered, or the images were moved. A cohort that was
 * read from Parquet has another secret, by which its pseudonyms cannot be found again.
 * @returns series whose images were found
 */
export async function locateImages(
  store: CohortStore,
  folder: string,
  options: IndexOptions = {},
): Promise<number> {
  const known = await store.sql(`SELECT study, series FROM series`);
  const ids = new Set(known.map(({ study, series }) => JSON.stringify([study, series])));
  const studies = new Set(known.map(({ study }) => study));
  const rows: [string, string, string][] = [];
  for (const source of await listStudies(folder, options)) {
    const study = pseudonym(store.salt, "study", source.key);
    if (!studies.has(study)) continue;
    for (const path of source.paths)
      for (const { id } of await readSeries(path)) {
        const series = pseudonym(store.salt, "series", id);
        if (ids.has(JSON.stringify([study, series]))) rows.push([study, series, path]);
      }
  }
  await store.write({ locations: rows });
  return rows.length;
}
