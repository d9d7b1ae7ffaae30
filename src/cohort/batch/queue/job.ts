import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import * as v from "valibot";
import { READER } from "../../../grading/index.js";
import { numberBetween, wholeNumber } from "../../../text/index.js";
import type { Schema } from "../../../text/index.js";
import { CohortError } from "../../errors.js";
import type { BatchPlan } from "../unit.js";

/**
 * What stands in the queue for one shard. The server is told no folder, no file and no secret of the pseudonyms: the studies are
 * numbers in a list that lies in the cohort's folder (`manifest.ts`).
 */
export interface ShardJob {
  readonly name: string;
  readonly plan: Omit<BatchPlan, "salt" | "models">;
  /** Name of the list of studies. */
  readonly list: string;
  /** Numbers of this shard's studies in it, from 0. */
  readonly units: readonly number[];
  /** As in `BatchOptions`. */
  readonly timeout: number;
}

/** A job as it comes back from the server, which anyone there may have written to. */
export const SHARD_JOB: Schema<ShardJob> = v.object({
  name: v.string(),
  plan: v.object({ model: v.string(), dataset: v.string(), reader: v.optional(READER) }),
  list: v.string(),
  units: v.array(wholeNumber(0)),
  timeout: numberBetween(0),
});

/** What the queue's server takes part in; others in the same server are not touched. Raised where jobs change their form. */
export const QUEUE_NAME = "spinebook-grade-3";

/** Milliseconds between attempts to reach a server that has gone. */
const RECONNECT = 1000;
/** Milliseconds in which a server has to answer at the beginning. */
const FIRST_ANSWER = 10_000;

/** How long a job may go without a sign of life from its worker before another one takes it over, milliseconds. */
export interface QueueTiming {
  readonly lock: number;
  /** Between two looks at what is there. */
  readonly poll: number;
}

export const DEFAULT_TIMING: QueueTiming = { lock: 30_000, poll: 500 };

/**
 * The address of a server that speaks Redis' protocol (Redis, Valkey): `redis://[user:password@]host[:port][/database]`, or
 * `rediss://` for TLS.
 * @throws CohortError for anything else
 */
export function requireQueueAddress(url: string): void {
  const isAddress = URL.canParse(url) && ["redis:", "rediss:"].includes(new URL(url).protocol);
  if (!isAddress)
    throw new CohortError(
      "bad-option",
      "The queue's address has to look like redis://host:6379 (or rediss:// for TLS).",
    );
  const { pathname, searchParams } = new URL(url);
  // A database may also be named as `?db=3`; what is no number would end in an error of the client's.
  for (const database of [pathname.replace(/^\//, ""), ...searchParams.getAll("db")])
    if (!/^\d{0,6}$/.test(database))
      throw new CohortError(
        "bad-option",
        "The database in the queue's address is no number; give it as redis://host:6379/0, or leave it out.",
      );
}

/**
 * Asks the server for the database of its address: the client falls back to database 0 where there is none of that number.
 * Waits for a server that is not there yet.
 * @throws CohortError where the server has no such database
 */
export async function requireDatabase(connection: Redis): Promise<void> {
  const { db = 0 } = connection.options;
  if (db === 0) return;
  try {
    await connection.select(db);
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : "";
    // The connection was let go of while it waited.
    if (/closed/i.test(said)) throw thrown;
    throw new CohortError(
      "queue",
      `The queue's server gives no database ${db}; leave it out of the address, or give one that it has (as a rule 0 to 15).`,
    );
  }
}

/**
 * A connection to a server; one that goes away is waited for until `disconnect`. Our own, because a queue that has never reached
 * its server cannot be closed.
 * @throws CohortError for an address that is none
 */
export async function connectionTo(url: string): Promise<Redis> {
  requireQueueAddress(url);
  const { Redis } = await import("ioredis");
  const connection = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => RECONNECT });
  // Without a listener trouble would end the process.
  connection.on("error", ({ message }) => {
    troubles.set(connection, message);
  });
  return connection;
}

/** The last trouble with each connection. */
const troubles = new WeakMap<Redis, string>();

/** What the server, or the way to it, says, for people. */
export function troubleText(said: string): string {
  if (/WRONGPASS|NOAUTH|AUTH/.test(said))
    return "The queue's server wants a password, or another one; give redis://user:password@host:port.";
  if (/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|closed/i.test(said))
    return "The queue's server does not answer; it is waited for.";
  return said;
}

/** Waits for the server's first answer. @throws CohortError where there is none, or a refusal */
export async function requireAnswer(queue: Pick<Queue, "waitUntilReady">, connection: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const said = troubles.get(connection) ?? "";
      const refused = /WRONGPASS|NOAUTH|AUTH/.test(said);
      reject(
        new CohortError(
          "queue",
          refused
            ? troubleText(said)
            : "No server answers at the queue's address; start Redis or Valkey there, or correct the address.",
        ),
      );
    }, FIRST_ANSWER);
  });
  try {
    await Promise.race([queue.waitUntilReady().then(() => requireDatabase(connection)), late]);
  } finally {
    clearTimeout(timer);
  }
}
