import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { CohortError } from "../../errors.js";
import type { BatchPlan, Unit } from "../unit.js";

/** What stands in the queue for one shard. Paths are relative to the studies' folder; the pseudonyms' secret is not in it. */
export interface ShardJob {
  readonly name: string;
  readonly plan: Omit<BatchPlan, "salt" | "models">;
  readonly units: readonly Unit[];
  /** As in `BatchOptions`. */
  readonly timeout: number;
}

/** What the queue's server takes part in; others in the same server are not touched. */
export const QUEUE_NAME = "spinebook-grade";

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
    await Promise.race([queue.waitUntilReady(), late]);
  } finally {
    clearTimeout(timer);
  }
}
