import { existsSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { checked } from "../../../text/index.js";
import { CohortError } from "../../errors.js";
import { diskFull, isDiskFull, sweepDrafts } from "../../files.js";
import { CohortStore } from "../../store/store.js";
import { writeShard } from "../../store/shard.js";
import { shardPath, type SharedFolder } from "../folder.js";
import { modelIdentity, originRows } from "../model.js";
import { gradeInPool } from "../pool.js";
import type { Unit, UnitResult } from "../unit.js";
import { Unlisted } from "../unlisted.js";
import {
  troubleText,
  connectionTo,
  requireDatabase,
  DEFAULT_TIMING,
  QUEUE_NAME,
  SHARD_JOB,
  type QueueTiming,
  type ShardJob,
} from "./job.js";
import { unitsOf } from "./manifest.js";

export interface WorkerOptions {
  /** Address of the queue's server. */
  readonly url: string;
  /** Folder that holds the studies on this machine. */
  readonly images: string;
  /** Folder of the weights on this machine. */
  readonly models: string;
  /** Processes that grade at once. */
  readonly workers: number;
  /** Ends the worker: what it is doing goes back to the queue. */
  readonly signal: AbortSignal;
  readonly onShard?: (name: string, studies: number, failed: number) => void;
  readonly onTrouble?: (message: string) => void;
  readonly timing?: QueueTiming;
}

/** A place inside of the studies' folder. @throws CohortError for one that leads out of it */
function placeOf(images: string, path: string): string {
  const place = join(images, path);
  const way = relative(images, place);
  if (isAbsolute(path) || isAbsolute(way) || way === ".." || way.startsWith(`..${sep}`))
    throw new CohortError(
      "queue",
      "A job in the queue names images outside of the studies' folder; it is not done.",
    );
  return place;
}

/** Grades the studies of one shard and writes its file. @returns how many could not be graded */
export async function gradeShard(
  { name, plan, list, units, timeout }: ShardJob,
  shared: SharedFolder,
  { images, models, workers, signal }: Pick<WorkerOptions, "images" | "models" | "workers" | "signal">,
): Promise<number> {
  const path = shardPath(shared, name);
  // A job that comes again after its worker had finished it: the file is what counts.
  if (existsSync(path)) return 0;
  const model = await modelIdentity(models);
  if (model.hash !== plan.model)
    throw new CohortError(
      "queue",
      `This worker has other weights (${model.hash}) than the batch asks for (${plan.model}).`,
    );
  const store = await CohortStore.open(":memory:", { salt: shared.salt });
  let failed = 0;
  try {
    const listed = await unitsOf(shared, list, units);
    const own = listed.map((unit) => ({ ...unit, paths: unit.paths.map((one) => placeOf(images, one)) }));
    if (own.some(({ paths }) => paths.some((one) => !existsSync(one))))
      throw new CohortError(
        "queue",
        "Images of this shard are not there as this worker sees them; mount them.",
      );
    const whole = { ...plan, models, salt: shared.salt };
    const unlisted = new Unlisted(own, shared.salt);
    const keep = async (result: UnitResult): Promise<void> => {
      if (result.failure !== undefined) failed++;
      unlisted.note(result);
      await store.write(result.rows, { replaces: true });
    };
    for (let round: Unit[] = own; round.length > 0; round = unlisted.take())
      await gradeInPool(whole, round, { workers, timeout, signal }, keep);
    await store.write(originRows(model, plan.reader));
    await writeShard(store, path);
  } finally {
    await store.close();
  }
  return failed;
}

/** The job that the queue's server hands out. @throws CohortError where it is none */
export function jobOf(data: unknown): ShardJob {
  const { value, problem } = checked(data, SHARD_JOB);
  if (problem === undefined) return value;
  throw new CohortError(
    "queue",
    `A job in the queue is not as it should be (${problem}); it is not done. Are the batch and its workers of one release?`,
  );
}

/** What the queue's server, and whoever reads it, may be told of a failure: a sentence of ours, and nothing that quotes a path. */
function speakable(thrown: unknown): Error {
  if (thrown instanceof CohortError) return thrown;
  if (isDiskFull(thrown)) return diskFull();
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return new CohortError(
    "queue",
    `A worker could not do the shard, for an unexpected reason (${kind}); grade a study of it alone to see more.`,
  );
}

/**
 * Takes shards from the queue and grades them, until it is told to stop. Killed at any moment it loses only the shard that it
 * was at, which another worker takes over.
 * @throws CohortError where the queue's address is none
 */
export async function serveQueue(shared: SharedFolder, options: WorkerOptions): Promise<void> {
  const { url, signal, timing = DEFAULT_TIMING } = options;
  await sweepDrafts(shared.path);
  const connection = await connectionTo(url);
  const { Worker } = await import("bullmq");
  let told = "";
  const trouble = (message: string): void => {
    // One line for each new trouble, not one for each attempt.
    const text = troubleText(message);
    if (text !== told) options.onTrouble?.(text);
    told = text;
  };
  connection.on("error", ({ message }) => {
    trouble(message);
  });
  try {
    if ((await endedBy(signal, requireDatabase(connection))) === "ended") {
      connection.disconnect();
      return;
    }
  } catch (thrown) {
    connection.disconnect();
    throw thrown;
  }
  const worker = new Worker<unknown>(
    QUEUE_NAME,
    async ({ data }) => {
      const job = jobOf(data);
      const failed = await gradeShard(job, shared, options).catch((thrown: unknown) => {
        throw speakable(thrown);
      });
      options.onShard?.(job.name, job.units.length, failed);
    },
    {
      connection,
      concurrency: 1,
      lockDuration: timing.lock,
      stalledInterval: timing.lock,
      drainDelay: 1,
      runRetryDelay: timing.poll,
      // Workers may be killed often; it is the study that is given up, by the pool, and not the shard.
      maxStalledCount: 100,
    },
  );
  worker.on("error", ({ message }) => {
    trouble(message);
  });
  worker.on("failed", (_job, { message }) => {
    if (!signal.aborted) options.onTrouble?.(message);
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
  await worker.close(true);
  connection.disconnect();
}

/** Waits for something, or for the signal, and says which came. */
async function endedBy(signal: AbortSignal, wait: Promise<unknown>): Promise<"ended" | "come"> {
  const done = new AbortController();
  const ended = new Promise<"ended">((resolve) => {
    const end = (): void => {
      resolve("ended");
    };
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([wait.then(() => "come" as const), ended]);
  } finally {
    done.abort();
    // Where the signal came first, the connection is let go of, and the wait with it.
    wait.catch(() => undefined);
  }
}
