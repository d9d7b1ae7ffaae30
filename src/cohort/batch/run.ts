import { rm } from "node:fs/promises";
import { CohortError } from "../errors.js";
import { pseudonym } from "../pseudonym.js";
import type { CohortStore } from "../store/store.js";
import { planBatch, type PlannedBatch, type PlanOptions } from "./plan.js";
import { defaultWorkers, gradeInPool } from "./pool.js";
import { BatchProgress } from "./progress.js";
import { batchFiles, type BatchState, type BatchSummary } from "./state.js";
import type { Unit, UnitResult } from "./unit.js";

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

const DEFAULT_TIMEOUT = 600;

/** Studies that only reading brought to light: their images lie between those of another one in its folder. */
class Unlisted {
  private readonly units: ReadonlyMap<string, Unit>;
  private readonly known: Set<string>;
  private found: Unit[] = [];

  constructor(
    listed: readonly Unit[],
    private readonly salt: string,
  ) {
    this.units = new Map(listed.map((unit) => [unit.study, unit]));
    this.known = new Set(listed.flatMap(({ key }) => key ?? []));
  }

  note({ study, seen = [] }: UnitResult): void {
    const unit = this.units.get(study);
    // All series of a unit without a key are its own.
    if (unit?.key === undefined) return;
    for (const key of seen.filter((one) => !this.known.has(one))) {
      this.known.add(key);
      this.found.push({ study: pseudonym(this.salt, "study", key), paths: unit.paths, key });
    }
  }

  take(): Unit[] {
    return this.found.splice(0);
  }
}

/** The units of one part of a job array: every `count`-th, so that parts are alike in size. */
function partOf(units: readonly Unit[], shard: BatchOptions["shard"]): Unit[] {
  return shard === undefined ? [...units] : units.filter((_, i) => i % shard.count === shard.index - 1);
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
    `SELECT study FROM attempts WHERE model = $model ${again === "failed" ? "AND code IS NULL" : ""}`,
    { model: plan.model },
  );
  const done = new Set(rows.map(({ study }) => study));
  return units.filter(({ study }) => !done.has(study));
}

/**
 * Grades every study below a folder into a cohort. Each study is written with the note that it is done in one transaction, so
 * that a run which was killed at any moment goes on where it stopped, and nothing is there twice. A study that cannot be
 * graded is noted with its reason and stops nothing.
 * @param cohort path of the store, beside which the state is told; `undefined` for one that only this process sees
 * @throws CohortError for options or weights that will not do, ImagingError where the folder cannot be read
 */
export async function runBatch(
  folder: string,
  store: CohortStore,
  cohort: string | undefined,
  options: BatchOptions,
): Promise<BatchSummary> {
  const { workers = defaultWorkers(), timeout = DEFAULT_TIMEOUT, again = "none", shard } = options;
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
  const stop = new AbortController();
  const cancel = (): void => {
    stop.abort(
      new CohortError("cancelled", "The batch was stopped; run it again, and it goes on where it stopped."),
    );
  };
  options.signal?.addEventListener("abort", cancel);
  if (options.signal?.aborted) cancel();
  if (cohort !== undefined) await rm(batchFiles(cohort).cancel, { force: true });
  const progress = new BatchProgress(cohort, options.onState, cancel);
  try {
    const planned = await planBatch(folder, store.salt, { ...options, signal: stop.signal });
    const units = partOf(planned.units, shard);
    const pending = await pendingOf(store, planned, units, again);
    progress.set({ state: "running", total: units.length, earlier: units.length - pending.length });
    const { model } = planned;
    await store.write({
      models: [[model.hash, JSON.stringify(model.weights), null, new Date().toISOString()]],
    });
    const pool = { workers, timeout, signal: stop.signal };
    const unlisted = new Unlisted(planned.units, planned.plan.salt);
    const keep = async (result: UnitResult): Promise<void> => {
      await store.write(result.rows);
      unlisted.note(result);
      progress.count(result);
    };
    for (let round = pending; round.length > 0;) {
      await gradeInPool(planned.plan, round, pool, keep);
      round = await pendingOf(store, planned, unlisted.take(), again);
      progress.add(round.length);
    }
    return await progress.end("done");
  } catch (thrown) {
    if (stop.signal.aborted) return await progress.end("cancelled");
    const said = thrown instanceof Error ? thrown.message : "It failed.";
    await progress.end("failed", thrown instanceof CohortError ? said : undefined);
    throw thrown;
  } finally {
    options.signal?.removeEventListener("abort", cancel);
  }
}
