import type { Queue } from "bullmq";
import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { setTimeout } from "node:timers/promises";
import { localPath } from "../../../imaging/index.js";
import { ReaderError } from "../../../grading/index.js";
import { CohortError } from "../../errors.js";
import { otherBorders } from "../../store/conflicts.js";
import { literal } from "../../store/database.js";
import { sweepDrafts } from "../../files.js";
import { CohortStore } from "../../store/store.js";
import { listShards, shardName, shardPath, type SharedFolder } from "../folder.js";
import { bordersText } from "../model.js";
import { planBatch, type BatchSource, type PlannedBatch, type PlanOptions } from "../plan.js";
import { BatchProgress } from "../progress.js";
import { forgetCancel, type BatchState, type BatchSummary } from "../state.js";
import { DEFAULT_TIMEOUT, type BatchPlan, type Unit } from "../unit.js";
import {
  connectionTo,
  DEFAULT_TIMING,
  QUEUE_NAME,
  requireAnswer,
  type QueueTiming,
  type ShardJob,
} from "./job.js";
import { removeManifest, writeManifest } from "./manifest.js";

export interface QueuedOptions extends PlanOptions {
  /** Address of the queue's server. */
  readonly url: string;
  /** The folder that holds the images of a manifest on this machine, which lies elsewhere on the workers'. */
  readonly images?: string;
  /** Studies in a shard, 8 unless given: what is lost at most when a worker is killed. */
  readonly shardSize?: number;
  /** Seconds after which a study is given up. */
  readonly timeout?: number;
  readonly onState?: (state: BatchState) => void;
  readonly timing?: QueueTiming;
}

/** A job that failed this often is not given to a worker again. */
const ATTEMPTS = 3;

/** Studies that the shards in a folder hold, as tried with these weights by this reader's convention; and how many of them failed. */
async function triedIn(
  files: readonly string[],
  { model, reader }: BatchPlan,
): Promise<{ studies: Set<unknown>; failed: Set<unknown> }> {
  if (files.length === 0) return { studies: new Set(), failed: new Set() };
  const store = await CohortStore.open(":memory:");
  try {
    const rows = await store.sql(
      `SELECT study, bool_and(code IS NOT NULL) AS failed
         FROM (SELECT * FROM ${shardRows(files)}
                 UNION ALL BY NAME SELECT NULL::VARCHAR AS reader WHERE false)
         WHERE "table" = 'attempts' AND model = $model AND coalesce(reader, '') = $reader GROUP BY study`,
      { model, reader: reader?.name ?? "" },
    );
    return {
      studies: new Set(rows.map(({ study }) => study)),
      failed: new Set(rows.filter((row) => row.failed).map(({ study }) => study)),
    };
  } finally {
    await store.close();
  }
}

/** Refuses a reader whose name stands for other borders in the shards, whose studies would count as done. @throws CohortError */
async function requireShardsReader(files: readonly string[], { reader }: BatchPlan): Promise<void> {
  if (reader === undefined || files.length === 0) return;
  const store = await CohortStore.open(":memory:");
  try {
    const rows = await store.sql(
      `SELECT DISTINCT borders
         FROM (SELECT * FROM ${shardRows(files)}
                 UNION ALL BY NAME SELECT NULL::VARCHAR AS reader, NULL::VARCHAR AS scale, NULL::VARCHAR AS borders WHERE false)
         WHERE "table" = 'readers' AND reader = $name AND scale = $scale`,
      { name: reader.name, scale: reader.scale },
    );
    if (rows.some(({ borders }) => borders !== bordersText(reader))) throw otherBorders(reader.name);
  } finally {
    await store.close();
  }
}

/** The rows of all shards; those from before a column was added lack it. */
function shardRows(files: readonly string[]): string {
  return `read_parquet([${files.map(literal).join(", ")}], union_by_name = true)`;
}

/** Units by their ways from the studies' folder, which lies elsewhere on each machine. */
function unitsBelow(folder: string, units: readonly Unit[]): Unit[] {
  const root = resolve(folder);
  return units.map((unit) => ({
    ...unit,
    paths: unit.paths.map((path) => {
      const way = relative(root, path).split(sep).join("/");
      if (isAbsolute(way) || way.startsWith("../"))
        throw new CohortError(
          "bad-option",
          `The manifest names images of study ${unit.study} that lie outside of the folder of the images, where workers do not find them.`,
        );
      return way;
    }),
  }));
}

/** Jobs for the studies that no shard has yet. @param list name of the list of all units */
async function missingJobs(
  list: string,
  shared: SharedFolder,
  { plan, units }: PlannedBatch,
  { shardSize = 8, timeout = DEFAULT_TIMEOUT }: QueuedOptions,
): Promise<ShardJob[]> {
  const { studies } = await triedIn(await listShards(shared), plan);
  const left = [...units.keys()].filter((number) => !studies.has(units[number]!.study));
  const { dataset, model, reader } = plan;
  return Array.from({ length: Math.ceil(left.length / shardSize) }, (_, i): ShardJob => {
    const part = left.slice(i * shardSize, (i + 1) * shardSize);
    const name = shardName(
      part.map((number) => units[number]!.study),
      model,
      reader?.name,
    );
    const told = { dataset, model, ...(reader === undefined ? {} : { reader }) };
    return { name, plan: told, list, units: part, timeout };
  });
}

async function enqueue(queue: Queue<ShardJob>, jobs: readonly ShardJob[]): Promise<void> {
  await queue.addBulk(
    jobs.map((data) => ({
      name: "shard",
      data,
      // The same shard is in the queue once, whoever adds it.
      opts: {
        jobId: data.name,
        attempts: ATTEMPTS,
        removeOnComplete: true,
        removeOnFail: false,
        // Stacks name folders of the machine that they come from.
        stackTraceLimit: 0,
      },
    })),
  );
}

/** Puts shards back that the server has lost, and tells of those that no worker could do. */
async function restore(queue: Queue<ShardJob>, jobs: readonly ShardJob[]): Promise<string | undefined> {
  const found = await Promise.all(jobs.map(async (job) => ({ job, known: await queue.getJob(job.name) })));
  const lost = found.filter(({ known }) => known === undefined).map(({ job }) => job);
  if (lost.length > 0) await enqueue(queue, lost);
  const hopeless = await Promise.all(
    found.map(async ({ known }) => ((await known?.isFailed()) ? known : undefined)),
  );
  return hopeless.find((one) => one !== undefined)?.failedReason;
}

/**
 * Gives the studies of a folder to the workers of a queue and waits until each has its shard. What counts is the files: a
 * worker that is killed, a server that is killed and forgets everything, and a run that is started twice cost time only.
 * @throws CohortError
 */
export async function runQueued(
  source: BatchSource,
  shared: SharedFolder,
  options: QueuedOptions,
): Promise<BatchSummary> {
  const { url, signal, timing = DEFAULT_TIMING, images, ...planning } = options;
  const root = typeof source === "string" ? localPath(source) : images;
  if (root === undefined)
    throw new CohortError(
      "bad-option",
      "With a queue, name the folder that holds the images of the manifest: workers have it elsewhere.",
    );
  const connection = await connectionTo(url);
  const { Queue } = await import("bullmq");
  const queue = new Queue<ShardJob>(QUEUE_NAME, { connection });
  // Connections that break are made again; what is missing afterwards is put back.
  queue.on("error", () => undefined);
  const stop = new AbortController();
  const cancel = (): void => {
    stop.abort();
  };
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  await forgetCancel(shared.path);
  await sweepDrafts(shared.path);
  const progress = new BatchProgress(shared.path, options.onState, cancel);
  let jobs: ShardJob[] = [];
  try {
    await requireAnswer(queue, connection);
    const planned = await planBatch(source, shared.salt, {
      ...planning,
      signal: stop.signal,
      onLeftOut: (counts) => {
        progress.leave(counts);
        options.onLeftOut?.(counts);
      },
    });
    await requireShardsReader(await listShards(shared), planned.plan);
    progress.remark(planned.remarks);
    const list = await writeManifest(shared, unitsBelow(root, planned.units));
    jobs = await missingJobs(list, shared, planned, options);
    const waiting = jobs.reduce((sum, { units }) => sum + units.length, 0);
    progress.follow({ reader: planned.plan.reader?.name });
    progress.set({ state: "running", total: planned.units.length, earlier: planned.units.length - waiting });
    await reached(enqueue(queue, jobs), stop.signal);
    let looks = 0;
    while (!stop.signal.aborted) {
      const left = jobs.filter(({ name }) => !existsSync(shardPath(shared, name)));
      const missing = left.reduce((sum, { units }) => sum + units.length, 0);
      progress.set({ graded: waiting - missing });
      if (left.length === 0) break;
      // Asking for each job is dear; it is done now and then.
      const reason = ++looks % 10 === 0 ? await reached(restore(queue, left), stop.signal) : undefined;
      if (reason !== undefined)
        throw new CohortError("queue", `The workers could not do a part of the batch: ${reason}`);
      await setTimeout(timing.poll, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (stop.signal.aborted) return await progress.end("cancelled");
    const tried = await triedIn(await listShards(shared), planned.plan);
    const numbers = jobs.flatMap(({ units }) => units);
    const failed = numbers.filter((number) => tried.failed.has(planned.units[number]!.study)).length;
    progress.set({ graded: waiting - failed, failed });
    await removeManifest(shared, list);
    return await progress.end("done");
  } catch (thrown) {
    if (stop.signal.aborted) return await progress.end("cancelled");
    const isForPeople = [CohortError, ReaderError].some((kind) => thrown instanceof kind);
    await progress.end("failed", isForPeople ? (thrown as Error).message : undefined);
    throw thrown;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await leave(queue, jobs, timing);
    connection.disconnect();
  }
}

/** What the server answers, or nothing when the wait is ended: without a server a request waits for ever. */
async function reached<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const waited = new AbortController();
  const ended = new Promise<undefined>((resolve) => {
    const end = (): void => {
      resolve(undefined);
    };
    signal.addEventListener("abort", end, { once: true, signal: waited.signal });
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    waited.abort();
  }
}

/** Takes what no worker has begun out of the queue, as far as the server answers, and lets go of it. */
async function leave(queue: Queue<ShardJob>, jobs: readonly ShardJob[], timing: QueueTiming): Promise<void> {
  const remove = Promise.all(jobs.map(({ name }) => queue.remove(name).catch(() => 0)));
  await Promise.race([remove, setTimeout(4 * timing.poll)]);
  await Promise.race([queue.close(), setTimeout(4 * timing.poll)]);
}
