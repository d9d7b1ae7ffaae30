import { ImagingError, type ImagingCode } from "./errors.js";
import { examinationById, gradableExaminations, onlyExamination, type Examination } from "./examinations.js";
import { overlapOf } from "./geometry.js";
import { called, FEWEST_SLICES, isSagittal, ranked, whyBefore } from "./ranking.js";
import { readSeries, type ReadOptions } from "./read.js";
import type { Series } from "./series.js";
import type { Volume } from "./volume.js";

/** Problems that keep a series from being loaded or understood at all. */
const FATAL: ReadonlySet<ImagingCode> = new Set<ImagingCode>([
  "not-mr",
  "not-grayscale",
  "mosaic",
  "unsupported-syntax",
  "truncated",
  "no-spacing",
]);
/** Stacks that share less than this part of the smaller one do not show the same place. */
const LEAST_OVERLAP = 0.5;

function fatalProblem(series: Series) {
  return series.problems.find(({ code }) => FATAL.has(code));
}

/** Sagittal stacks that can be read; a picture without geometry counts as a sagittal slice. */
function eligible(series: readonly Series[]): Series[] {
  return series.filter(
    (one) =>
      fatalProblem(one) === undefined &&
      isSagittal(one) &&
      (one.geometry === "image" || one.slices >= FEWEST_SLICES),
  );
}

/**
 * The sagittal T2 series of a study by geometry and contrast; without one, a sagittal series of unknown contrast, then
 * STIR, PD, T1, each the one with most slices. Near-isotropic stacks of any plane count, since they can be re-sliced.
 * A picture without geometry is taken as a sagittal slice. `chooseStudy` tells the reasons too.
 * @throws ImagingError that says in one sentence why no series will do.
 */
export function chooseSagittal(series: readonly Series[]): Series {
  const best = ranked(eligible(series))[0];
  if (best) return best;
  throw refusal(series);
}

/** The series with the id. @throws ImagingError that lists the ids that are there. */
export function seriesById(series: readonly Series[], id: string): Series {
  const found = series.find((one) => one.id === id);
  if (found) return found;
  const ids = series.map((one) => `"${one.id}" (${one.orientation}, ${one.contrast})`).join(", ");
  throw new ImagingError(
    "no-files",
    `There is no series "${id}" here; ${ids === "" ? "none was found" : `choose one of ${ids}`}.`,
  );
}

/** Which study and series a person names instead of those that would be chosen, by id. */
export interface StudyOverride {
  /** Of several studies, by {@link Series.study}. */
  readonly study?: string;
  readonly t2?: string;
  readonly t1?: string;
}

/** The series of a study to grade. */
export interface StudyChoice {
  /** The sagittal T2, or the nearest to one; `reasons` says which. */
  readonly t2: Series;
  /** The sagittal T1 of the same place; absent where there is none. */
  readonly t1?: Series;
  /** Sentences for a person: what was left out, what was taken, and what decided. */
  readonly reasons: readonly string[];
  /** How many studies the series are of. */
  readonly studies: number;
}

/**
 * Picks the sagittal T2 series of a study and its T1 partner: by geometry first (sagittal, at least three slices, not
 * as coarse as a localizer), by contrast second (echo and repetition times, as `Series.contrast` says), by header words
 * third; of equals the one with more slices, then with smaller pixels. The partner is a sagittal T1 of the same study,
 * where that is known, whose stack shares at least half of the smaller one with the T2 in patient space. Voxels are not
 * looked at: where the header is silent on the weighting, the reasons say so. Of several studies the only one with a sagittal T2
 * is taken.
 * @throws ImagingError "no-files" for an id that is not there, "several-studies" where more than one could be meant, and as `chooseSagittal` does.
 */
export function chooseStudy(all: readonly Series[], override: StudyOverride = {}): StudyChoice {
  const named = override.study === undefined ? undefined : examinationById(all, override.study);
  const series = named?.series ?? all;
  const only =
    override.t2 === undefined && named === undefined ? onlyExamination(series, eligible(series)) : undefined;
  const own = only?.examination?.series ?? series;
  const ownCandidates = eligible(own);
  const t2 = override.t2 === undefined ? chooseSagittal(own) : seriesById(series, override.t2);
  const reasons =
    override.t2 === undefined
      ? [...onlyOne(only), ...leftOut(own, ownCandidates), whyTaken(t2, ownCandidates)]
      : [`${called(t2)} is taken as T2 because it was named.`, ...doubts(t2)];
  const partner =
    override.t1 === undefined ? partnerOf(t2, eligible(series)) : namedPartner(t2, series, override.t1);
  return {
    t2,
    ...(partner.t1 === undefined ? {} : { t1: partner.t1 }),
    reasons: [...reasons, ...partner.reasons],
    studies: only?.count ?? 1,
  };
}

/** Of several studies, which one is taken; nothing where there is one. */
function onlyOne(only: ReturnType<typeof onlyExamination> | undefined): string[] {
  if (only?.examination === undefined || only.count < 2) return [];
  return [
    `Of ${only.count} studies here one can be graded, and is taken: "${only.examination.id}" (the others have no sagittal T2 series).`,
  ];
}

/** The studies among the series that can be graded, for those who want all of them. */
export function gradableStudies(series: readonly Series[]): readonly Examination[] {
  return gradableExaminations(series, eligible(series));
}

/** What is against a series that a person named. */
function doubts(series: Series): string[] {
  const sagittal = isSagittal(series) ? [] : [`${called(series)} is not sagittal but ${series.orientation}.`];
  return [
    ...sagittal,
    ...series.problems.filter(({ code }) => FATAL.has(code)).map(({ message }) => message),
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}`;
}

/** One sentence on the series that geometry or a fatal problem excludes; none where all are candidates. */
function leftOut(series: readonly Series[], candidates: readonly Series[]): string[] {
  const others = series.filter((one) => !candidates.includes(one));
  if (others.length === 0) return [];
  const why = others.map((one) => {
    if (fatalProblem(one) !== undefined) return "unreadable or not MR";
    if (!isSagittal(one)) return one.orientation === "unknown" ? "of unknown plane" : one.orientation;
    return `sagittal with fewer than ${FEWEST_SLICES} slices`;
  });
  const kinds = [...new Set(why)].map((kind) => count(why.filter((one) => one === kind).length, kind));
  return [
    `${candidates.length} of ${series.length} series ${candidates.length === 1 ? "is a" : "are"} sagittal ${candidates.length === 1 ? "stack" : "stacks"}; left out: ${kinds.join(", ")}.`,
  ];
}

function whyTaken(t2: Series, candidates: readonly Series[]): string {
  const next = ranked(candidates)[1];
  const what =
    t2.contrast === "T2"
      ? `${called(t2)} is taken as T2`
      : t2.contrast === "unknown"
        ? `Neither times nor words in the headers tell a T2; ${called(t2)} is taken for one unseen`
        : `There is no T2; ${called(t2)}, a ${t2.contrast} by its header, is taken in its place`;
  if (next === undefined) return `${what}: it is the only one.`;
  return `${what} before ${called(next)}: ${whyBefore(t2, next)}.`;
}

interface Partner {
  readonly t1?: Series;
  readonly reasons: readonly string[];
}

const inPercent = (part: number) => `${Math.round(100 * part)} %`;

/** The best T1 among the candidates that shows the same place as the T2, or why there is none. */
function partnerOf(t2: Series, candidates: readonly Series[]): Partner {
  const others = ranked(candidates.filter((one) => one !== t2 && one.contrast === "T1"));
  if (t2.contrast === "T1") return { reasons: ["It is a T1 itself, so that no partner is looked for."] };
  if (others.length === 0) {
    const unknown = candidates.filter((one) => one !== t2 && one.contrast === "unknown").length;
    const hint = unknown === 0 ? "" : `; ${unknown} of unknown weighting may be one: name it`;
    return { reasons: [`There is no sagittal T1 series${hint}.`] };
  }
  const rejected: string[] = [];
  const fitting = others.filter((one) => {
    const against = againstPair(t2, one);
    if (against !== undefined) rejected.push(`${called(one)} is not its T1 partner: ${against}.`);
    return against === undefined;
  });
  const [t1, next] = fitting;
  if (t1 === undefined) return { reasons: rejected };
  const before = next === undefined ? "" : ` It goes before ${called(next)}: ${whyBefore(t1, next)}.`;
  return {
    t1,
    reasons: [...rejected, `${called(t1)} is its T1 partner: ${forPair(t2, t1)}.${before}`],
  };
}

/** Why two series do not show the same place; `undefined` where nothing says so. */
function againstPair(t2: Series, t1: Series): string | undefined {
  if (t2.study !== undefined && t1.study !== undefined && t2.study !== t1.study)
    return "it is of another study";
  const overlap = overlapOf(t2, t1);
  return overlap !== undefined && overlap < LEAST_OVERLAP
    ? `the two stacks share only ${inPercent(overlap)} of the smaller one`
    : undefined;
}

function forPair(t2: Series, t1: Series): string {
  const study =
    t2.study === undefined || t1.study === undefined
      ? "that it is of the same study is not known"
      : "it is of the same study";
  const overlap = overlapOf(t2, t1);
  return overlap === undefined
    ? `${study}, and without positions that it shows the same place is not known`
    : `${study}, and the two stacks share ${inPercent(overlap)} of the smaller one`;
}

/** The T1 that a person names, and what is against it. */
function namedPartner(t2: Series, series: readonly Series[], id: string): Partner {
  const t1 = seriesById(series, id);
  if (t1 === t2)
    throw new ImagingError(
      "no-files",
      `Series "${id}" cannot be the T2 series and its T1 partner at once; name another one.`,
    );
  const against = againstPair(t2, t1);
  return {
    t1,
    reasons: [
      `${called(t1)} is its T1 partner because it was named.`,
      ...(against === undefined ? [] : [`Against that, ${against}.`]),
      ...doubts(t1),
    ],
  };
}

/** Why no series of these will do. */
function refusal(series: readonly Series[]): ImagingError {
  if (series.length === 0)
    return new ImagingError(
      "no-files",
      "There is no series to choose from; give a folder with a sagittal T2 series.",
    );
  const readable = series.filter((one) => fatalProblem(one) === undefined);
  const sagittal = readable.filter(isSagittal);
  if (sagittal.length > 0) {
    const most = Math.max(...sagittal.map(({ slices }) => slices));
    return new ImagingError(
      "too-few-slices",
      `The sagittal series has ${most} slice${most === 1 ? "" : "s"}, as a localizer has; give the whole series (at least ${FEWEST_SLICES} slices).`,
    );
  }
  if (readable.length > 0) {
    const planes = [...new Set(readable.map(({ orientation }) => orientation))].join(", ");
    return new ImagingError(
      "no-sagittal",
      `No sagittal series was found, only: ${planes}; give a folder with a sagittal T2 series.`,
    );
  }
  // A sagittal series that cannot be read is closest to what was wanted, so its problem is the one to tell.
  const nearest = series.find(isSagittal) ?? series[0]!;
  const problem = fatalProblem(nearest)!;
  if (problem.code !== "not-mr") return new ImagingError(problem.code, problem.message);
  const kinds = [...new Set(series.map(({ modality }) => modality))].join(", ");
  return new ImagingError(
    "not-mr",
    `Only ${kinds} images were found and no MR; give a folder with a sagittal T2 MR series.`,
  );
}

/** Reads `path`, chooses its sagittal series and loads it. Throws `ImagingError` as the three steps do. */
export async function loadVolume(path: string, options: ReadOptions = {}): Promise<Volume> {
  return chooseStudy(await readSeries(path, options)).t2.load();
}
