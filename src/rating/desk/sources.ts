import type { CohortRecords, CohortStore, DetectionRecord } from "../../cohort/index.js";
import { CohortError } from "../../cohort/index.js";
import type { RatedDisc, RatingRegion } from "../log/index.js";
import { bodyHeight, neighbourHeights, regionOfDisc } from "../../detection/index.js";
import type { Spine } from "../../detection/index.js";
import { fingerprint } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { requireOptions } from "../../statistics/index.js";
import { detect, DetectedSpine, GradedSpine, loadSeries, Scan } from "../../analysis/index.js";

/** Discs to rate: those of a scan (which is detected first), of a detected or of a graded spine. */
export type RatingSpine = Scan | DetectedSpine | GradedSpine;

/** A spine under names of one's own; without them a study and its series are named by their voxels. */
export interface NamedSpine {
  /** A pseudonym. */
  readonly study: string;
  readonly series?: string;
  /** A pseudonym of whose study it is, where several are of one patient; the study's own unless given. */
  readonly patient?: string;
  readonly spine: RatingSpine;
}

/** One disc, as a cohort's detections tell it, and where its images are. */
export interface RatableDisc extends Omit<DetectionRecord, "model" | "centre"> {
  /** A path for `loadSeries` or a function that loads a scan, asked when the disc is shown; or a scan. */
  readonly images: string | Scan | (() => Promise<Scan>);
  /** Whose disc it is, where several studies are of one patient; the study's own name unless given. */
  readonly patient?: string;
}

/** Records of discs that were detected, as importers and batches write them. */
type DetectedRecords = Pick<CohortRecords, "detections" | "series"> & Partial<Pick<CohortRecords, "studies">>;

/** What is rated. */
export type RatingSource = RatingSpine | NamedSpine | RatableDisc;

/** A disc to be rated, with what the rater is shown of it. */
export interface ImagedCase extends RatedDisc {
  /** The proposed slice of the upright stack, counted from 0. */
  readonly slice: number;
  /** The upright stack and the proposed region. Read when the disc is shown: a session may be of many studies. */
  load(): Promise<{ readonly volume: Volume; readonly region: RatingRegion }>;
}

/** Stacks that are kept after they were read; a reader's random order comes back to a study now and then. */
const KEPT_STACKS = 4;

/**
 * The discs of all sources as cases: the proposed slice is the disc's own, the proposed region the one that Niemeyer's raters
 * drew (the disc, about 30 % of both bodies, some canal).
 */
export async function casesOf(sources: readonly RatingSource[]): Promise<ImagedCase[]> {
  checkSources(sources);
  const keep = stackKeeper();
  const cases: ImagedCase[] = [];
  for (const source of sources) {
    if (isSpine(source)) cases.push(...(await casesOfSpine({ spine: source })));
    else if ("images" in source) cases.push(caseOfDisc(source, keep));
    else cases.push(...(await casesOfSpine(source)));
  }
  return cases;
}

/** @throws CohortError for what cannot be rated */
function checkSources(sources: unknown): void {
  const what = "scans, detected or graded spines, or discs of a cohort";
  if (!Array.isArray(sources))
    throw new CohortError(
      "bad-option",
      `What is rated comes as a list of ${what}: put it in brackets, such as rate([graded], { rater: "reader 1" }).`,
    );
  sources.forEach((source: unknown, index) => {
    const isSource =
      typeof source === "object" &&
      source !== null &&
      (isSpine(source as RatingSource) ||
        "images" in source ||
        ("spine" in source && isSpine(source.spine as RatingSource)));
    if (!isSource)
      throw new CohortError("bad-option", `Number ${index + 1} of what is to be rated is none of: ${what}.`);
  });
}

/** The detected spine of a source; a scan is detected. */
async function detectedSpine(spine: RatingSpine): Promise<Spine> {
  if (spine instanceof GradedSpine) return spine.report.spine;
  return (spine instanceof DetectedSpine ? spine : await detect(spine)).spine;
}

/** What a spine is called in ratings. */
export function namesOf(source: Partial<NamedSpine> & { readonly spine: RatingSpine }): {
  study: string;
  series: string;
} {
  const { spine } = source;
  const hash = fingerprint(spine instanceof Scan ? spine.volume : spine.scan.volume);
  const { study = hash, series = hash } = source;
  return { study, series };
}

/** Whether a source is a spine itself and none with names. */
export function isSpine(source: RatingSource): source is RatingSpine {
  return source instanceof Scan || source instanceof DetectedSpine || source instanceof GradedSpine;
}

async function casesOfSpine(source: NamedSpine | { readonly spine: RatingSpine }): Promise<ImagedCase[]> {
  const spine = await detectedSpine(source.spine);
  const { volume } = spine.stack;
  const heights = new Map(
    spine.vertebrae.map(({ level, corners }) => [level, bodyHeight(corners, volume.spacing)]),
  );
  return spine.discs.map((disc) => ({
    ...namesOf(source),
    level: disc.level,
    slice: disc.slice,
    load: () =>
      Promise.resolve({
        volume,
        region: regionOfDisc(disc, volume.spacing, neighbourHeights(disc.level, heights)),
      }),
  }));
}

type Keeper = (images: string | (() => Promise<Scan>), key: string) => Promise<Volume>;

function caseOfDisc(disc: RatableDisc, keep: Keeper): ImagedCase {
  const { study, series, level, slice, column, row, angle, width, height, images } = disc;
  const box = { centre: { column, row }, angle, width, height };
  return {
    study,
    series,
    level,
    slice,
    async load() {
      const volume = images instanceof Scan ? images.stack.volume : await keep(images, `${study}\n${series}`);
      return { volume, region: regionOfDisc(box, volume.spacing, [undefined, undefined]) };
    },
  };
}

/**
 * The discs that models found in a cohort, to be rated; their images are read when they are shown.
 * @param filter a study or a level, all unless given
 * @example await rate(await ratableDiscs(cohort, { level: "L4-L5" }), { rater: "reader 1" })
 * @throws CohortError where the cohort has no such disc
 */
export function ratableDiscs(cohort: DiscCohort, filter?: RatableFilter): Promise<RatableDisc[]>;
/**
 * The discs of records with detections, with the places of their images, and their patients where studies are told.
 * @throws CohortError where a detection's series has no place on this machine
 */
export function ratableDiscs(records: DetectedRecords): RatableDisc[];
export function ratableDiscs(
  source: DiscCohort | DetectedRecords,
  filter: RatableFilter = {},
): RatableDisc[] | Promise<RatableDisc[]> {
  if ("store" in source) return discsOfCohort(source, filter);
  const { detections = [], series, studies = [] } = source;
  const patients = new Map(studies.map(({ study, patient }) => [study, patient]));
  const places = new Map(series.map((one) => [one.series, one.location]));
  return detections.map((detection) => {
    const images = places.get(detection.series);
    if (images === undefined)
      throw new CohortError(
        "bad-record",
        `The images of series ${detection.series} are not told (its \`location\`), so that its discs cannot be shown.`,
      );
    const patient = patients.get(detection.study);
    return { ...detection, images, ...(patient === undefined ? {} : { patient }) };
  });
}

/** A cohort, as far as its discs are asked for: `openCohort` gives one. */
export interface DiscCohort {
  readonly store: CohortStore;
  load(study: string, series?: string): Promise<Scan>;
}

/** Which discs of a cohort are rated; what is left open is not asked for. */
export interface RatableFilter {
  readonly study?: string;
  readonly level?: string;
}

/** The discs that models found in a cohort, each once. @throws CohortError where it has none */
async function discsOfCohort(cohort: DiscCohort, filter: RatableFilter): Promise<RatableDisc[]> {
  requireOptions("ratableDiscs", filter, { study: true, level: true });
  const rows = await cohort.store.sql(
    `SELECT * FROM detections WHERE ($study IS NULL OR study = $study) AND ($level IS NULL OR level = $level)
       QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY model, series) = 1 ORDER BY study, level_order(level)`,
    { study: filter.study ?? null, level: filter.level ?? null },
  );
  if (rows.length === 0)
    throw new CohortError(
      "query",
      "No model has found such a disc in this cohort: grade its studies first (gradeCohort).",
    );
  return rows.map((row): RatableDisc => {
    const { study, series, level } = row as Readonly<Record<string, string>>;
    const {
      angle,
      width,
      height,
      slice,
      pixel_column: column,
      pixel_row: at,
    } = row as Readonly<Record<string, number>>;
    return {
      ...{ study: study!, series: series!, level: level! },
      ...{ angle: angle!, width: width!, height: height!, slice: slice!, column: column!, row: at! },
      images: () => cohort.load(study!, series),
    };
  });
}

/** Reads stacks and keeps the last few. */
function stackKeeper(): Keeper {
  const kept = new Map<string, Promise<Volume>>();
  return (images, series) => {
    const key = typeof images === "string" ? images : series;
    const load = typeof images === "string" ? () => loadSeries(images) : images;
    const stack = kept.get(key) ?? load().then((scan) => scan.stack.volume);
    kept.delete(key);
    kept.set(key, stack);
    // A failure must not stay: the folder may be mounted again.
    stack.catch(() => kept.delete(key));
    if (kept.size > KEPT_STACKS) kept.delete(kept.keys().next().value!);
    return stack;
  };
}
