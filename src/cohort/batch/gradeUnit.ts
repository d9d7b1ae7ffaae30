import { existsSync } from "node:fs";
import { detectSpine, isAboutDisc, locate, type Flag, type Spine } from "../../detection/index.js";
import { EngineError, WeightsError } from "../../engine/index.js";
import { gradeSpine, isWithheld, READER_FLAG, ReaderError, type GradedDisc } from "../../grading/index.js";
import { chooseStudy, readSeries, type Series } from "../../imaging/index.js";
import { pseudonym, shiftedDay } from "../pseudonym.js";
import type { DetectionRecord, ReadingRecord, SeriesRecord, StudyRecord } from "../records.js";
import { rowsOf } from "../store/rows.js";
import { failureOf } from "./failure.js";
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

async function seriesOfUnit({ paths }: Unit): Promise<{ series: Series; path: string }[]> {
  const all: { series: Series; path: string }[] = [];
  for (const path of paths) {
    const found = await readSeries(path);
    all.push(...found.map((series) => ({ series, path })));
  }
  return all;
}

function studyRecord(plan: BatchPlan, study: string, series: Series): StudyRecord {
  const { patient: patientKey, age, sex, day } = series.subject?.() ?? {};
  const patient = patientKey === undefined ? study : pseudonym(plan.salt, "patient", patientKey);
  return {
    study,
    patient,
    dataset: plan.dataset,
    ...(age === undefined ? {} : { age }),
    ...(sex === undefined ? {} : { sex }),
    ...(day === undefined ? {} : { day: shiftedDay(plan.salt, patient, day) }),
  };
}

function seriesRecord(
  plan: BatchPlan,
  study: string,
  { series, path }: { series: Series; path: string },
): SeriesRecord {
  const { fieldStrength, manufacturer } = series.subject?.() ?? {};
  return {
    series: pseudonym(plan.salt, "series", series.id),
    study,
    contrast: series.contrast,
    orientation: series.orientation,
    columns: series.columns,
    rows: series.rows,
    slices: series.slices,
    spacing: series.spacing,
    ...(fieldStrength === undefined ? {} : { fieldStrength }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    location: path,
  };
}

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

function readingRecord(
  plan: BatchPlan,
  ids: Ids,
  disc: GradedDisc,
  { flags, at }: { readonly flags: readonly Flag[]; readonly at: string },
): ReadingRecord {
  // What is withheld was not graded; what is marked has the flags of its series.
  const grades = Object.entries(disc.grades).filter(([, grade]) => !isWithheld(grade));
  const { fractional } = disc.grades.pfirrmann!;
  return {
    ...ids,
    level: disc.level,
    rater: MODEL_RATER,
    ...(plan.reader === undefined ? {} : { reader: plan.reader.name }),
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
    const { t2 } = chooseStudy(found.map(({ series }) => series));
    const { study } = unit;
    const ids: Ids = { study, series: pseudonym(plan.salt, "series", t2.id), model: plan.model };
    const spine = await detectSpine(await t2.load(), plan.models, { header: t2.contrast });
    const { discs, flags } = await gradeSpine(spine, plan.models, { reader: plan.reader });
    const at = new Date().toISOString();
    const rows = rowsOf({
      studies: [studyRecord(plan, study, t2)],
      series: found.map((one) => seriesRecord(plan, study, one)),
      detections: discs.map((disc) => detectionRecord(ids, spine, disc)),
      readings: discs.map((disc) => readingRecord(plan, ids, disc, { flags, at })),
    });
    return { ...gradedResult(plan, unit, rows, seconds()), seen };
  } catch (thrown) {
    // A study that has gone may come back, as a network drive does: it is not done with.
    const isGone = unit.paths.some((path) => !existsSync(path));
    if (isGone) return { ...goneResult(unit, seconds()), seen };
    // Damaged weights and a missing engine are no fault of this study, and would fail all of them.
    if ([WeightsError, ReaderError, EngineError].some((kind) => thrown instanceof kind)) throw thrown;
    return { ...failedResult(plan, unit, failureOf(thrown), seconds()), seen };
  }
}
