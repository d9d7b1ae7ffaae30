import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { chooseStudy, ImagingError, readSeries } from "../../imaging/index.js";
import type { PhantomTruth } from "../../phantom/index.js";
import { guardIdentities, makePhantoms } from "../../analysis/index.js";
import { requireOptions } from "../../statistics/index.js";

/** One visit of a patient to the scanner. */
export interface Visit {
  /** Where its images lie. It may hold a name, so displays do not show it. */
  readonly path: string;
  /** Days since the first visit. */
  readonly day: number;
  /** What is true of a phantom's. */
  readonly truth?: PhantomTruth;
}

export interface VisitOptions {
  readonly seed: number;
  /** Days of the visits since the first one, ascending. */
  readonly days: readonly number[];
  /** Pfirrmann grades by which discs have degenerated at the last visit, by level; they do so evenly over the days. */
  readonly progress: Readonly<Record<string, number>>;
}

/**
 * Writes the visits of one phantom: a healthy back at first, whose discs degenerate as told, lying a little otherwise each time.
 * @throws PhantomError for a level that the spine does not have
 * @example await makeVisits(folder, { seed: 3, days: [0, 730, 1825], progress: { "L4-L5": 2 } })
 */
export async function makeVisits(folder: string, options: VisitOptions): Promise<Visit[]> {
  requireOptions("makeVisits", options, { seed: true, days: true, progress: true });
  const { seed, days, progress } = options;
  const last = Math.max(1, ...days);
  const visits: Visit[] = [];
  for (const [visit, day] of days.entries()) {
    const now = Object.entries(progress).map(([level, grades]) => [level, (grades * day) / last]);
    const [study] = await makePhantoms(join(folder, `visit-${visit + 1}`), {
      seed,
      studies: 1,
      severity: "healthy",
      progress: Object.fromEntries(now) as Record<string, number>,
      visit,
    });
    visits.push({ path: study!.dicom, day, truth: study!.truth });
  }
  return visits;
}

/** Files that hold a study each. */
const WHOLE_STUDY = /\.(nii|nii\.gz|mha|mhd|nrrd|nhdr|zip)$/i;
/** Days by the folders' order where the images do not tell them: a year apart. */
const UNKNOWN_INTERVAL = 365;

/**
 * The visits below a folder: one study in each of its subfolders (or files). They are put in the order of their dates, of which
 * only the days between them are kept; without dates in the order of their names, a year apart unless `days` says otherwise.
 * @param days since the first visit, in the order of the names, where the images do not tell
 * @throws ImagingError for fewer than two studies, other than one day for each study, or studies of several patients
 */
export async function findVisits(folder: string, days: readonly number[] = []): Promise<Visit[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || WHOLE_STUDY.test(entry.name)))
    .map(({ name }) => name)
    .sort();
  if (names.length < 2)
    throw new ImagingError(
      "no-files",
      `A course needs at least two studies, each in a subfolder of its own; this folder holds ${names.length}.`,
    );
  if (days.length > 0 && days.length !== names.length)
    throw new ImagingError("no-files", `There are ${names.length} studies, but ${days.length} days.`);
  const found = [];
  for (const [i, name] of names.entries()) {
    const path = join(folder, name);
    const series = await readSeries(path, { onIdentity: guardIdentities });
    const subject = chooseStudy(series).t2.subject?.();
    found.push({ path, day: days[i] ?? subject?.day, patient: subject?.patient });
  }
  const patients = new Set(found.map(({ patient }) => patient).filter((patient) => patient !== undefined));
  if (patients.size > 1)
    throw new ImagingError("no-files", `These are studies of ${patients.size} patients; a course is of one.`);
  const isDated = found.every(({ day }) => day !== undefined);
  const dated = found.map(({ path, day }, i) => ({ path, day: isDated ? day! : i * UNKNOWN_INTERVAL }));
  const first = Math.min(...dated.map(({ day }) => day));
  return dated.map(({ path, day }) => ({ path, day: day - first })).sort((a, b) => a.day - b.day);
}
