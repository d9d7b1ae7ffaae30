import { existsSync } from "node:fs";
import {
  detectSpine,
  isAboutDisc,
  locate,
  withEstimatedSpacing,
  type Flag,
  type Spine,
} from "../../detection/index.js";
import { EngineError, WeightsError } from "../../engine/index.js";
import {
  gradeSpine,
  isWithheld,
  READER_FLAG,
  ReaderError,
  type GradedDisc,
  type GradeReport,
} from "../../grading/index.js";
import { atEstimatedSpacing, readSeries, type Series, type Volume } from "../../imaging/index.js";
import { pseudonym } from "../pseudonym.js";
import type { CohortRecords, DetectionRecord, ReadingRecord, SeriesRecord } from "../records.js";
import { rowsOf } from "../store/rows.js";
import { failureOf } from "./failure.js";
import { chooseTold, readTold, studyRecord, type FoundSeries } from "./told.js";
import {
  failedResult,
  goneResult,
  gradedResult,
  type BatchPlan,
  type Unit,
  type UnitResult,
} from "./unit.js";

/** The rater's name of readings by a model. */
export const MODEL_RATER = "model";

async function seriesOfUnit({ study, paths, told }: Unit): Promise<FoundSeries[]> {
  if (told !== undefined) return readTold(study, paths, told);
  const all: FoundSeries[] = [];
  for (const path of paths) {
    const found = await readSeries(path);
    all.push(...found.map((series) => ({ series, path })));
  }
  return all;
}

/** What a cohort calls a series. */
export function seriesId(salt: string, { series, name }: FoundSeries): string {
  return name ?? pseudonym(salt, "series", series.id);
}

/** The spacing of a series: as its file or a person tells it, else as it was estimated; absent where it is not known. */
function spacingOf(
  { spacing, problems }: Series,
  read: Volume | undefined,
): Pick<SeriesRecord, "spacing" | "isSpacingEstimated"> {
  if (read?.scale === "estimated") return { spacing: read.spacing, isSpacingEstimated: true };
  return problems.some(({ code }) => code === "spacing-estimated") ? {} : { spacing };
}

/** @param read the volume that was graded, or read beside it */
export function seriesRecord(
  salt: string,
  study: string,
  found: FoundSeries,
  read: Volume | undefined,
): SeriesRecord {
  const { series, path } = found;
  const { fieldStrength, manufacturer } = series.subject?.() ?? {};
  return {
    series: seriesId(salt, found),
    study,
    contrast: series.contrast,
    orientation: series.orientation,
    columns: series.columns,
    rows: series.rows,
    slices: series.slices,
    ...spacingOf(series, read),
    ...(fieldStrength === undefined ? {} : { fieldStrength }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(path === "" ? {} : { location: path }),
  };
}

/** A T1 picture whose spacing is not known, at the spacing at which it is as wide as the graded one. */
function besideOf(t1: Volume, graded: Volume): Volume {
  if (t1.scale !== "unknown") return t1;
  return atEstimatedSpacing(t1, (graded.spacing[0] * graded.columns) / t1.columns);
}

const NOT_THERE = {
  code: "no-files",
  message: "The file that is named for it is not there; correct its path, and grade again what failed.",
};

const T1_ELSEWHERE: Flag = {
  code: "t1-elsewhere",
  message: "The T1 series shows another place than the graded one and is not used.",
};

/** What names a graded series in a cohort. */
interface Ids {
  readonly study: string;
  readonly series: string;
  readonly model: string;
}

function detectionRecord(ids: Ids, spine: Spine, disc: GradedDisc): DetectionRecord {
  return {
    ...ids,
    level: disc.level,
    centre: locate(spine.stack, disc.centre, disc.slice).patient,
    angle: disc.angle,
    width: disc.width,
    height: disc.height,
    slice: disc.slice,
    column: disc.centre.column,
    row: disc.centre.row,
    ...(spine.stack.volume.scale === undefined ? {} : { areLengthsEstimated: true }),
  };
}

/**
 * Codes of what makes a disc's reading doubtful: its own flags, and those of its series that are about it. That grades follow a reader's
 * convention stands in a column of its own.
 */
export function flagsOf(disc: Pick<GradedDisc, "level" | "flags">, ofSeries: readonly Flag[]): string[] {
  const own = ofSeries.filter((flag) => isAboutDisc(flag, disc.level) && flag.code !== READER_FLAG);
  return [...new Set([...own, ...disc.flags].map(({ code }) => code))];
}

/** When a series was graded, and whose convention its grades follow. */
export interface GradedAs {
  readonly at: string;
  /** Name of the reader; absent where none was named. */
  readonly reader?: string | undefined;
}

function readingRecord(
  ids: Ids,
  disc: GradedDisc,
  flags: readonly Flag[],
  { at, reader }: GradedAs,
): ReadingRecord {
  // What is withheld was not graded; what is marked has the flags of its series.
  const grades = Object.entries(disc.grades).filter(([, grade]) => !isWithheld(grade));
  const { fractional } = disc.grades.pfirrmann!;
  return {
    ...ids,
    level: disc.level,
    rater: MODEL_RATER,
    ...(reader === undefined ? {} : { reader }),
    reading: 1,
    grades: {
      ...Object.fromEntries(grades.map(([key, { grade }]) => [key, grade])),
      ...(fractional === undefined ? {} : { pfirrmannFractional: Math.min(5, Math.max(1, fractional)) }),
    },
    probabilities: Object.fromEntries(
      grades.map(([key, { probabilities }]) => [key, probabilities.map((p) => Math.round(p * 1e4) / 1e4)]),
    ),
    flags: flagsOf(disc, flags),
    at,
  };
}

/** Detections and readings of a graded series, as a cohort keeps them. */
export function gradedRecords(
  ids: Ids,
  { spine, discs, flags }: Pick<GradeReport, "spine" | "discs" | "flags">,
  as: GradedAs,
): Pick<CohortRecords, "readings"> & { readonly detections: readonly DetectionRecord[] } {
  return {
    detections: discs.map((disc) => detectionRecord(ids, spine, disc)),
    readings: discs.map((disc) => readingRecord(ids, disc, flags, as)),
  };
}

/**
 * Reads, detects and grades one study. Never throws for what is wrong with a study: then the result says why.
 * @throws WeightsError for weights that are missing or damaged, ReaderError for a reader of other weights, EngineError for an engine that
 *   is unknown or not installed
 * @returns rows for the store, the study's pseudonyms made with the plan's salt
 */
export async function gradeUnit(plan: BatchPlan, unit: Unit): Promise<UnitResult> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let seen: string[] = [];
  try {
    const present = await seriesOfUnit(unit);
    seen = [...new Set(present.flatMap(({ series }) => series.study ?? []))];
    // A folder may hold other studies too: those are units of their own.
    const found = present.filter(({ series }) => unit.key === undefined || series.study === unit.key);
    const { t2, t1 } = chooseTold(found, unit.paths, unit.told);
    const { study } = unit;
    const own = found.find(({ series }) => series === t2)!;
    const ids: Ids = { study, series: seriesId(plan.salt, own), model: plan.model };
    const volume = await withEstimatedSpacing(await t2.load(), plan.models);
    const spine = await detectSpine(volume, plan.models, { header: t2.contrast });
    const partner = t1 === undefined ? undefined : besideOf(await t1.load(), volume);
    const report = await gradeSpine(spine, plan.models, { t1: partner, reader: plan.reader });
    const isElsewhere = partner !== undefined && !report.withT1;
    const flags = isElsewhere ? [...report.flags, T1_ELSEWHERE] : report.flags;
    const sized = new Map([
      [t2, spine.stack.volume],
      ...(partner === undefined ? [] : [[t1!, partner] as const]),
    ]);
    const rows = rowsOf({
      studies: [studyRecord(plan, unit, t2.subject?.())],
      series: found.map((one) => seriesRecord(plan.salt, study, one, sized.get(one.series))),
      ...gradedRecords(
        ids,
        { ...report, flags },
        { at: new Date().toISOString(), reader: plan.reader?.name },
      ),
    });
    return { ...gradedResult(plan, unit, rows, seconds()), seen };
  } catch (thrown) {
    // A study that has gone may come back, as a network drive does: it is not done with.
    const isGone = unit.paths.some((path) => !existsSync(path));
    if (isGone && unit.told === undefined) return { ...goneResult(unit, seconds()), seen };
    if (isGone) return { ...failedResult(plan, unit, NOT_THERE, seconds()), seen };
    // Damaged weights and a missing engine are no fault of this study, and would fail all of them.
    if ([WeightsError, ReaderError, EngineError].some((kind) => thrown instanceof kind)) throw thrown;
    return { ...failedResult(plan, unit, failureOf(thrown), seconds()), seen };
  }
}
