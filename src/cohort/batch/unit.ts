import * as v from "valibot";
import { READER } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import { numberBetween, plainObject } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { rowsOf, type NewRows } from "../store/rows.js";
import { studyRecord, TOLD } from "./told.js";
import type { Told } from "./told.js";

/** Seconds after which a study is given up, unless a batch is told otherwise. */
export const DEFAULT_TIMEOUT = 600;

/** A study that a batch grades. */
export interface Unit {
  /** Pseudonym: what a store knows it by. */
  readonly study: string;
  /** Folders or files to read; they may carry names and are never shown. */
  readonly paths: readonly string[];
  /** Which series in `paths` belong to it, as `Series.study`; absent: all. */
  readonly key?: string;
  /** What is told of it. */
  readonly told?: Told;
}

/** A study as other processes name it. */
export const UNIT: Schema<Unit> = v.object({
  study: v.string(),
  paths: v.array(v.string()),
  key: v.optional(v.string()),
  told: v.optional(TOLD),
});

/** What everything in one batch shares. */
export interface BatchPlan {
  /** Folder of the weights. */
  readonly models: string;
  /** Their hash. */
  readonly model: string;
  /** Secret of the cohort's pseudonyms. */
  readonly salt: string;
  /** What the studies' data set is called. */
  readonly dataset: string;
  /** Whose convention Pfirrmann grades follow; absent where none was named. */
  readonly reader?: Reader | undefined;
}

/** As a worker is told it. */
export const BATCH_PLAN: Schema<BatchPlan> = v.object({
  models: v.string(),
  model: v.string(),
  salt: v.string(),
  dataset: v.string(),
  reader: v.optional(READER),
});

/** What became of one unit: rows for the store, also where it could not be graded. */
export interface UnitResult {
  readonly study: string;
  readonly rows: NewRows;
  /** Why it could not be graded; absent where it was. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly seconds: number;
  /** Keys of the studies that its paths turned out to hold. */
  readonly seen?: readonly string[];
}

/** As a worker tells it; the rows' values the store checks one by one. */
export const UNIT_RESULT: Schema<UnitResult> = v.object({
  study: v.string(),
  rows: v.pipe(plainObject(), v.record(v.string(), v.array(v.array(v.any())))),
  failure: v.optional(v.object({ code: v.string(), message: v.string() })),
  seconds: numberBetween(0),
  seen: v.optional(v.array(v.string())),
});

/** The row of a study that is done with, graded or not: what is there is not done again. */
function attempt(plan: BatchPlan, unit: Unit, seconds: number, failure?: UnitResult["failure"]): NewRows {
  const rounded = Math.round(seconds * 1000) / 1000;
  const at = new Date().toISOString();
  const { code = null, message = null } = failure ?? {};
  return { attempts: [[unit.study, plan.model, plan.reader?.name ?? null, rounded, code, message, at]] };
}

/** The result of a unit that was graded. */
export function gradedResult(plan: BatchPlan, unit: Unit, rows: NewRows, seconds: number): UnitResult {
  return { study: unit.study, rows: { ...rows, ...attempt(plan, unit, seconds) }, seconds };
}

/** The result of a unit that could not be graded. @param failure its message names no patient and no path */
export function failedResult(
  plan: BatchPlan,
  unit: Unit,
  failure: { readonly code: string; readonly message: string },
  seconds: number,
): UnitResult {
  // What is told of a study is known although it could not be graded.
  const told = unit.told === undefined ? {} : rowsOf({ studies: [studyRecord(plan, unit)] });
  return { study: unit.study, rows: { ...told, ...attempt(plan, unit, seconds, failure) }, failure, seconds };
}

/** The result of a unit whose images were not there any more: nothing is noted, so that the next run looks for it again. */
export function goneResult(unit: Unit, seconds: number): UnitResult {
  const failure = {
    code: "gone",
    message: "The images that were listed are not there any more; run it again when they are.",
  };
  return { study: unit.study, rows: {}, failure, seconds };
}
