import { dirname, resolve } from "node:path";
import { CohortError } from "../errors.js";
import { sweepDrafts } from "../files.js";
import { ImagingError } from "../../imaging/index.js";
import type { CohortStore } from "../store/store.js";
import { ReaderError } from "../../grading/index.js";
import { originRows } from "./model.js";
import { planBatch, type BatchSource, type PlannedBatch, type PlanOptions } from "./plan.js";
import { defaultWorkers, gradeInPool } from "./pool.js";
import { BatchProgress } from "./progress.js";
import { requireSameFiles } from "./sameFiles.js";
import { forgetCancel, type BatchState, type BatchSummary } from "./state.js";
import { DEFAULT_TIMEOUT, failedResult, type BatchPlan, type Unit, type UnitResult } from "./unit.js";
import { foundRow, foundUnits, Unlisted } from "./unlisted.js";

export interface BatchOptions extends PlanOptions {
  /** Processes that grade at once; one a core unless given. */
  readonly workers?: number;
  /** Seconds after which a study is given up, 600 unless given. */
  readonly timeout?: number;
  /** Which studies are graded although they were with these weights: none, those that failed, or all. */
  readonly again?: "none" | "failed" | "all";
  /** Part `index` (from 1) of `count` of the studies, for job arrays. */
  readonly shard?: { readonly index: number; readonly count: number };
  readonly onState?: (state: BatchState) => void;
}

/** The units of one part of a job array: every `count`-th, so that parts are alike in size. */
function partOf(units: readonly Unit[], shard: BatchOptions["shard"]): Unit[] {
  return shard === undefined ? [...units] : units.filter((_, i) => i % shard.count === shard.index - 1);
}

/** Listed units and those that an earlier run found beside them, as far as their images are still where they were. */
function withFound(own: readonly Unit[], listed: readonly Unit[], found: readonly Unit[]): Unit[] {
  const studies = new Set(listed.map(({ study }) => study));
  const paths = new Set(own.flatMap((unit) => unit.paths));
  const more = found.filter((unit) => !studies.has(unit.study) && unit.paths.some((path) => paths.has(path)));
  return [...own, ...more];
}

/** Rows of these weights and of this reader's convention: a study that was graded by another one is graded anew, beside it. */
const SAME_ORIGIN = "model = $model AND coalesce(reader, '') = $reader";

function originOf({ model, reader }: BatchPlan): { model: string; reader: string } {
  return { model, reader: reader?.name ?? "" };
}

/** Conventions besides this batch's that grades of the same weights follow in the cohort; "" for none. */
async function otherReaders(store: CohortStore, plan: BatchPlan): Promise<string[]> {
  const rows = await store.sql(
    `SELECT DISTINCT coalesce(reader, '') AS reader FROM readings
       WHERE model = $model AND coalesce(reader, '') <> $reader ORDER BY ALL`,
    originOf(plan),
  );
  return rows.map(({ reader }) => reader as string);
}

/** Units that are to be graded now. */
async function pendingOf(
  store: CohortStore,
  { plan }: PlannedBatch,
  units: readonly Unit[],
  again: NonNullable<BatchOptions["again"]>,
): Promise<Unit[]> {
  if (again === "all") return [...units];
  const rows = await store.sql(
    `SELECT study FROM attempts WHERE ${SAME_ORIGIN} ${again === "failed" ? "AND code IS NULL" : ""}`,
    originOf(plan),
  );
  const done = new Set(rows.map(({ study }) => study));
  return units.filter(({ study }) => !done.has(study));
}

/** How many of the units that were left as they are had failed. */
async function failedEarlier(
  store: CohortStore,
  { plan }: PlannedBatch,
  pending: readonly Unit[],
  units: readonly Unit[],
): Promise<number> {
  const rows = await store.sql(`SELECT study FROM failures WHERE ${SAME_ORIGIN}`, originOf(plan));
  const failed = new Set(rows.map(({ study }) => study));
  const tried = new Set(pending.map(({ study }) => study));
  return units.filter(({ study }) => failed.has(study) && !tried.has(study)).length;
}

/** Refuses to grade studies under another data set than they are of in the cohort: before the work, not after it. */
async function requireDataset(
  store: CohortStore,
  { plan }: PlannedBatch,
  pending: readonly Unit[],
): Promise<void> {
  const rows = await store.sql("SELECT study, dataset FROM studies");
  const here = new Map(rows.map(({ study, dataset }) => [study, dataset as string]));
  const wanted = ({ told }: Unit): string => told?.dataset ?? plan.dataset;
  const first = pending.find((unit) => (here.get(unit.study) ?? wanted(unit)) !== wanted(unit));
  if (first === undefined) return;
  const known = here.get(first.study)!;
  throw new CohortError(
    "collision",
    `Study ${first.study} is one of data set "${known}" in this cohort, and would become one of "${wanted(first)}": a study is of one data set. Grade it as dataset "${known}" (--dataset), or into another cohort.`,
  );
}

/** The result of a study that the cohort knows as another patient's: it is noted as one that failed, and the batch goes on. */
function refused(plan: BatchPlan, study: string, { seconds }: UnitResult, { code, message }: CohortError) {
  return failedResult(plan, { study, paths: [] }, { code, message }, seconds);
}

/**
 * Grades every study below a folder, or of a manifest, into a cohort. Each study is written with the note that it is done in one transaction, so
 * that a run which was killed at any moment goes on where it stopped, and nothing is there twice. A study that cannot be
 * graded is noted with its reason and stops nothing.
 * @param cohort path of the store, beside which the state is told; `undefined` for one that only this process sees
 * @throws CohortError for options or weights that will not do, ImagingError where the folder cannot be read, ReaderError where there is no
 *   such reader, or it was fitted for other weights
 */
export async function runBatch(
  source: BatchSource,
  store: CohortStore,
  cohort: string | undefined,
  options: BatchOptions,
): Promise<BatchSummary> {
  const { workers = defaultWorkers(), timeout = DEFAULT_TIMEOUT, again = "none", shard } = options;
  if (!(timeout > 0))
    throw new CohortError("bad-option", `A study needs a time limit above 0 s, not ${timeout}.`);
  if (!Number.isInteger(workers) || workers < 1)
    throw new CohortError(
      "bad-option",
      `A batch needs a whole number of workers of at least 1, not ${workers}.`,
    );
  if (shard !== undefined && !(shard.index >= 1 && shard.index <= shard.count))
    throw new CohortError(
      "bad-option",
      `There is no part ${shard.index} of ${shard.count}; parts count from 1.`,
    );
  if (store.readOnly !== undefined) throw new CohortError("read-only", store.readOnly);
  const stop = new AbortController();
  const cancel = (): void => {
    stop.abort(
      new CohortError("cancelled", "The batch was stopped; run it again, and it goes on where it stopped."),
    );
  };
  options.signal?.addEventListener("abort", cancel);
  if (options.signal?.aborted) cancel();
  if (cohort !== undefined) await forgetCancel(cohort);
  if (cohort !== undefined) await sweepDrafts(dirname(resolve(cohort)));
  const progress = new BatchProgress(cohort, options.onState, cancel);
  try {
    const planned = await planBatch(source, store.salt, {
      ...options,
      signal: stop.signal,
      onLeftOut: (counts) => {
        progress.leave(counts);
        options.onLeftOut?.(counts);
      },
    });
    const units = withFound(partOf(planned.units, shard), planned.units, await foundUnits(store));
    const pending = await pendingOf(store, planned, units, again);
    await requireDataset(store, planned, pending);
    await requireSameFiles(store, units);
    progress.remark(planned.remarks);
    const { reader } = planned.plan;
    await store.write(originRows(planned.model, reader));
    progress.follow({ reader: reader?.name, otherReaders: await otherReaders(store, planned.plan) });
    progress.set({ state: "running", total: units.length, earlier: units.length - pending.length });
    const pool = { workers, timeout, signal: stop.signal };
    const unlisted = new Unlisted([...planned.units, ...units], planned.plan.salt);
    const keep = async (result: UnitResult): Promise<void> => {
      const found = unlisted.note(result).map(foundRow);
      // In one transaction with the study that they were found beside, which no later run reads again.
      try {
        await store.write({ ...result.rows, found }, { replaces: true });
        progress.count(result);
      } catch (thrown) {
        if (!(thrown instanceof CohortError) || !["collision", "bad-record"].includes(thrown.code))
          throw thrown;
        const failed = refused(planned.plan, result.study, result, thrown);
        await store.write({ ...failed.rows, found }, { replaces: true });
        progress.count(failed);
      }
    };
    for (let round = pending; round.length > 0;) {
      await gradeInPool(planned.plan, round, pool, keep);
      round = await pendingOf(store, planned, unlisted.take(), again);
      progress.add(round.length);
    }
    return await progress.end("done", undefined, await failedEarlier(store, planned, pending, units));
  } catch (thrown) {
    if (stop.signal.aborted) return await progress.end("cancelled");
    const said = thrown instanceof Error ? thrown.message : "It failed.";
    const isForPeople = [CohortError, ImagingError, ReaderError].some((kind) => thrown instanceof kind);
    await progress.end("failed", isForPeople ? said : undefined);
    throw thrown;
  } finally {
    options.signal?.removeEventListener("abort", cancel);
  }
}
