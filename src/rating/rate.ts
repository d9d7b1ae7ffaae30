import { resolve } from "node:path";
import { CohortError } from "../cohort/index.js";
import {
  ADJUDICATED,
  disagreements,
  discKey,
  independentGrades,
  pseudoLabelCases,
  RatingFile,
  ratingScale,
  RatingSession,
  REVIEWED,
  shuffledGrades,
} from "./log/index.js";
import type { Disagreement, GivenGrade, RatingScale } from "./log/index.js";
import { nearestGrade } from "../grading/index.js";
import type { Reader } from "../grading/index.js";
import { recordSeed } from "../analysis/index.js";
import type { DeskCase } from "./desk/desk.js";
import { RatingDisplay } from "./desk/display.js";
import { modelReading, sourcesAs } from "./desk/modelGrades.js";
import { casesOf } from "./desk/sources.js";
import type { ImagedCase, RatingSource } from "./desk/sources.js";
import { localPath } from "../imaging/index.js";
import { requireOptions } from "../statistics/index.js";

export { raterAgreement, RaterAgreements, readRatings, SavedRatings } from "./desk/agreement.js";
export type { AgreementOptions, WhichReading } from "./desk/agreement.js";
export { RatingDisplay } from "./desk/display.js";
export { ratableDiscs } from "./desk/sources.js";
export type { NamedSpine, RatableDisc, RatingSource, RatingSpine } from "./desk/sources.js";

/** What all rating sessions may be told. */
export interface RatingOptions {
  /** Of the random order. 1 when absent. */
  readonly seed?: number;
  /** File that the ratings are appended to, `ratings.jsonl` when absent; several raters and readings may share one. */
  readonly log?: string;
  /** Key of a cohort's feature; `pfirrmann` when absent. */
  readonly feature?: string;
  /** Whether Pfirrmann grades have Niemeyer's transitional grades (1.3, 1.7 ...); they have when absent. */
  readonly fractional?: boolean;
  /** Whether the level's name is shown. Not when absent: who knows the level expects its grade. */
  readonly levelShown?: boolean;
}

/** What a reading is told. */
const RATING_OPTIONS = { seed: true, log: true, feature: true, fractional: true, levelShown: true } as const;

export interface ReadingOptions extends RatingOptions {
  /** A pseudonym of who rates. */
  readonly rater: string;
  /** 1 when absent; 2 for a second reading of the same discs, which come in another order. */
  readonly reading?: number;
}

/**
 * Lets a rater grade discs one after the other by one key each, as Niemeyer 2021 did: the middle slice and the region are
 * proposed and can be changed; the order is random, another one for each rater and reading; nothing tells patient, level,
 * other readings or the model's grade. Each grade is on the disk before the next disc is shown.
 * @param sources scans, detected or graded spines (also with names of your own), or single discs of a cohort
 * @example await rate([graded], { rater: "reader 1" })
 * @throws CohortError for options that cannot be
 */
export async function rate(
  sources: readonly RatingSource[],
  options: ReadingOptions,
): Promise<RatingDisplay> {
  const nobody = new CohortError(
    "bad-option",
    'Say who rates, such as rate([graded], { rater: "reader 1" }).',
  );
  const given: unknown = options;
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw nobody;
  requireOptions("rate", options, { ...RATING_OPTIONS, rater: true, reading: true });
  if (typeof (given as Partial<ReadingOptions>).rater !== "string") throw nobody;
  const { rater, reading = 1 } = options;
  if (rater === ADJUDICATED || rater === REVIEWED)
    throw new CohortError(
      "bad-option",
      `What the rater "${rater}" says is no reading: the name stands for decisions between readings. Take another one.`,
    );
  const scale = scaleOf(options);
  const title = `Rating: ${scale.name}, ${rater}, reading ${reading}`;
  return display(sources, await casesOf(sources), { ...options, rater, reading, scale, title });
}

/** What an adjudication is told. */
export interface AdjudicationOptions extends RatingOptions {
  /** Between whom is decided; all who rated when absent. */
  readonly raters?: readonly string[];
  /** Which of their readings; the first when absent. */
  readonly reading?: number;
  /** Discs are shown where two raters differ by more than this many grades; 0 when absent. */
  readonly moreThan?: number;
}

/**
 * Shows the discs on which raters differ, with their grades as "A", "B" in random order, and saves what is decided as that of
 * the rater "adjudicated".
 * @param sources that were rated, as for {@link rate}
 * @throws CohortError where nobody differs, or a disc on which raters differ is in no source
 */
export async function adjudicate(
  sources: readonly RatingSource[],
  options: AdjudicationOptions = {},
): Promise<RatingDisplay> {
  requireOptions("adjudicate", options, { ...RATING_OPTIONS, raters: true, reading: true, moreThan: true });
  const { raters, reading = 1, moreThan = 0 } = options;
  const scale = scaleOf(options);
  const log = await new RatingFile(logOf(options)).all();
  const choice = { feature: scale.feature, reading, ...(raters === undefined ? {} : { raters }) };
  const found = disagreements(independentGrades(log, choice), moreThan);
  if (found.length === 0)
    throw new CohortError("bad-option", `No two raters differ by more than ${moreThan} on any disc.`);
  const cases = withOpinions(await casesOf(sources), found, options.seed ?? 1);
  const title = `Adjudication: ${scale.name}`;
  return display(sources, cases, { ...options, rater: ADJUDICATED, reading: 1, scale, title });
}

/** What a review of pseudo-labels is told. */
export interface ReviewOptions extends RatingOptions {
  /** Whose grades the model's are compared with; may be left out where only one rater is in the log. */
  readonly rater?: string;
  /** The human grades, where they are not in the log; then the model's are compared with these. */
  readonly human?: readonly Omit<GivenGrade, "rater">[];
  /** The model's grades, where the sources are no graded spines. */
  readonly model?: readonly Omit<GivenGrade, "rater">[];
  /**
   * Whose convention the model's Pfirrmann grades follow, as `grade(spine, { reader })` takes it; that of the spines unless given. A model
   * that follows the rater's own differs less by convention, and what is shown are its errors.
   */
  readonly reader?: string | Reader;
  /** Discs are shown from this difference on; 1.7 when absent, as in Niemeyer 2021. */
  readonly threshold?: number;
}

/**
 * Shows the discs whose pseudo-label differs from the human grade by 1.7 or more (Niemeyer 2021), both as "A" and "B" in random
 * order, and saves what is decided as that of the rater "reviewed".
 * @param sources graded spines, or others with the model's grades in the options
 * @throws CohortError where no grades differ so far, there are none to compare, or the spines follow several readers' conventions;
 *   ReaderError where there is no such reader
 */
export async function reviewPseudoLabels(
  sources: readonly RatingSource[],
  options: ReviewOptions = {},
): Promise<RatingDisplay> {
  requireOptions("reviewPseudoLabels", options, {
    ...RATING_OPTIONS,
    rater: true,
    human: true,
    model: true,
    reader: true,
    threshold: true,
  });
  const scale = scaleOf(options);
  const human = options.human ?? (await humanGrades(logOf(options), scale, options.rater));
  // A model's 2.43 would tell which of the two the model is.
  const { grades, convention } = await modelGrades(sources, scale, options);
  const model = grades.map((one) => ({
    ...one,
    grade: scale.grades[nearestGrade(one.grade, scale.grades)]!,
  }));
  const found = pseudoLabelCases(model, human, options.threshold);
  if (found.length === 0)
    throw new CohortError("bad-option", "No pseudo-label differs that far from its human grade.");
  const cases = withOpinions(await casesOf(sources), found, options.seed ?? 1);
  const title = `Review of pseudo-labels: ${scale.name}${convention}`;
  return display(sources, cases, { ...options, rater: REVIEWED, reading: 1, scale, title });
}

function scaleOf({ feature = "pfirrmann", fractional = true }: RatingOptions): RatingScale {
  return ratingScale(feature, fractional);
}

function logOf({ log = "ratings.jsonl" }: RatingOptions): string {
  return localPath(log);
}

interface Session extends ReadingOptions {
  readonly reading: number;
  readonly scale: RatingScale;
  readonly title: string;
}

function display(
  sources: readonly RatingSource[],
  cases: readonly DeskCase[],
  options: Session,
): RatingDisplay {
  const { rater, reading, scale, title, seed = 1, levelShown = false } = options;
  recordSeed("rating order", seed);
  const session = new RatingSession({ cases, rater, reading, seed, scale }, new RatingFile(logOf(options)));
  const purpose = JSON.stringify([
    resolve(logOf(options)),
    title,
    rater,
    reading,
    session.cases.map(discKey),
  ]);
  return new RatingDisplay(session, { title, levelShown }, purpose, sources);
}

/** The cases on which grades differ, with these grades in random order. */
function withOpinions(
  cases: readonly ImagedCase[],
  found: readonly Disagreement[],
  seed: number,
): DeskCase[] {
  const known = new Map(cases.map((one) => [discKey(one), one]));
  const missing = found.filter((disc) => !known.has(discKey(disc)));
  if (missing.length > 0)
    throw new CohortError(
      "bad-option",
      `${missing.length} of the ${found.length} discs to decide on are in none of the sources, so that they cannot be shown.`,
    );
  return found.map((disc) => ({
    ...known.get(discKey(disc))!,
    opinions: shuffledGrades(disc.grades, disc, seed),
  }));
}

async function humanGrades(path: string, scale: RatingScale, rater: string | undefined) {
  const choice = { feature: scale.feature, reading: 1, ...(rater === undefined ? {} : { raters: [rater] }) };
  const grades = independentGrades(await new RatingFile(path).all(), choice);
  const raters = new Set(grades.map((one) => one.rater));
  if (raters.size > 1)
    throw new CohortError("bad-option", "Several raters are in the log; name one in the options.");
  return grades;
}

/** The model's grades, the continuous score where the scale is fractional, and whose convention they follow in words. */
async function modelGrades(
  sources: readonly RatingSource[],
  { feature }: RatingScale,
  { model, reader }: ReviewOptions,
): Promise<{ grades: readonly Omit<GivenGrade, "rater">[]; convention: string }> {
  if (model !== undefined && reader !== undefined)
    throw new CohortError(
      "bad-option",
      "A reader goes with graded spines: grades that are given in the options (model) stay as they are.",
    );
  if (model !== undefined) return { grades: model, convention: "" };
  const told = modelReading(reader === undefined ? sources : await sourcesAs(sources, reader));
  const isFractional = feature === "pfirrmannFractional";
  const key = isFractional ? "pfirrmann" : feature;
  const grades = told.discs.flatMap(({ study, series, level, grades: all }) => {
    const found = all[key];
    if (found === undefined) return [];
    return [{ study, series, level, grade: isFractional ? (found.fractional ?? found.grade) : found.grade }];
  });
  const isFollowed = told.reader !== undefined && key === "pfirrmann";
  return { grades, convention: isFollowed ? `, the model as reader ${told.reader}` : "" };
}
