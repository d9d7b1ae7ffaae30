import { DetectedSpine, grade, GradedSpine, loadSeries, Scan } from "../../analysis/index.js";
import { CohortError } from "../../cohort/index.js";
import type { GradedDisc, ReaderReading } from "../../grading/index.js";
import { counted } from "../../text/index.js";
import { discKey, integralGrade, isGrade } from "../log/index.js";
import type { StandingRating } from "../log/index.js";
import { isSpine, namesOf } from "./sources.js";
import type { RatingSource } from "./sources.js";

/** A study of the sources, and how the models grade it. */
interface GradableStudy {
  readonly patient: string;
  readonly graded: () => Promise<GradedSpine>;
}

/** The work, done when it is first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => (known ??= work());
}

/** Studies by the names that ratings give them. */
function gradableStudies(sources: readonly RatingSource[]): Map<string, GradableStudy> {
  const studies = new Map<string, GradableStudy>();
  for (const source of sources) {
    const named = isSpine(source) ? { spine: source } : source;
    const isDisc = "images" in named;
    const names = isDisc ? named : namesOf(named);
    const key = studyKey(names);
    // The discs of one study come one by one.
    if (studies.has(key)) continue;
    const pictures = isDisc ? named.images : named.spine;
    const graded = once(async () => {
      if (pictures instanceof GradedSpine) return pictures;
      if (typeof pictures === "function") return grade(await pictures());
      const isRead = pictures instanceof Scan || pictures instanceof DetectedSpine;
      return grade(isRead ? pictures : await loadSeries(pictures));
    });
    const { patient = names.study } = named as { readonly patient?: string };
    studies.set(key, { patient, graded });
  }
  return studies;
}

function studyKey({ study, series }: { readonly study: string; readonly series: string }): string {
  return JSON.stringify([study, series]);
}

const PFIRRMANN = ["pfirrmann", "pfirrmannFractional"];

/** @throws CohortError for ratings that are not one reader's Pfirrmann grades, each disc once */
function requireOneReading(ratings: readonly StandingRating[]): void {
  const fail = (message: string): never => {
    throw new CohortError("bad-option", message);
  };
  const other = ratings.find(({ feature }) => !PFIRRMANN.includes(feature));
  if (other !== undefined)
    fail(`A reader's borders lie between Pfirrmann grades; there are ratings of ${other.feature}.`);
  const readings = [...new Set(ratings.map(({ rater, reading }) => `${rater}, reading ${reading}`))];
  if (readings.length > 1)
    fail(`These are the ratings of several readings (${readings.join("; ")}); name one of them.`);
  if (new Set(ratings.map(discKey)).size < ratings.length)
    fail("Some discs are rated twice, with transitional grades and without; take one of the two.");
}

/**
 * Readings for `calibrateReader`: the discs that one rater graded, as the models grade them. Studies that are not graded yet are graded,
 * only those of which a disc was rated. Discs that were skipped are left out; transitional grades count as whole ones (x.3 is x, x.7 is x + 1).
 * @param ratings that hold, of one rater's reading
 * @param sources what was rated
 * @throws CohortError for ratings of several readings or other features, and for discs that are in none of the sources
 */
export async function readerReadings(
  ratings: readonly StandingRating[],
  sources: readonly RatingSource[],
): Promise<ReaderReading[]> {
  requireOneReading(ratings);
  const studies = gradableStudies(sources);
  const readings: ReaderReading[] = [];
  let missing = 0;
  for (const rating of ratings.filter(isGrade)) {
    const study = studies.get(studyKey(rating));
    const discs: readonly GradedDisc[] = (await study?.graded())?.discs ?? [];
    const disc = discs.find(({ level }) => level === rating.level);
    if (study === undefined || disc === undefined) missing++;
    else readings.push({ patient: study.patient, disc, grade: integralGrade(rating.grade) });
  }
  if (missing > 0)
    throw new CohortError(
      "bad-option",
      `${counted(missing, "rated disc is", "rated discs are")} in none of the sources as the models find them; give what was rated.`,
    );
  return readings;
}
