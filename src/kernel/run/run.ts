import { DISPLAY_LIMIT, STREAM_LIMIT, StreamBudget } from "../budget.js";
import type { MimeBundle } from "../../protocol/index.js";
import type { Worker } from "node:worker_threads";
import { shielded } from "./intrinsics.js";
import {
  AbortController,
  clearImmediate,
  clearTimeout,
  Math,
  Promise,
  Reflect,
  Set,
  setImmediate,
  setTimeout,
  WeakRef,
} from "./primordials.js";

/** How long a reply waits for promises that nobody waits for, in milliseconds. */
const FLOATING_MILLISECONDS = 2000;

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with each promise as its `this`
const { then } = Promise.prototype;

type Timer = NodeJS.Timeout | NodeJS.Immediate;

/** The end of the present turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** One run of one cell on the main thread. */
export class Run {
  readonly abort = new AbortController();
  readonly budget = new StreamBudget(STREAM_LIMIT);
  readonly displayBudget = new StreamBudget(DISPLAY_LIMIT);
  /** Set once the reply is on its way. */
  finished = false;
  /** Whether an error was reported that did not end the run: its reply says so. */
  troubled = false;
  /** Whether the cell was told that an identity was removed. */
  identityNoted = false;
  /** What the run's latest display shows. */
  latestShown: MimeBundle | undefined;
  /** How many figures of plotly's it has shown. */
  stills = 0;
  /** When `%%time` began, on the clock of `performance.now()`. */
  timedFrom: number | undefined;
  private readonly timers = new Set<WeakRef<Timer>>();
  private readonly threads = new Set<Worker>();
  private pruneAt = 1000;
  private readonly pending: Promise<unknown>[] = [];
  private floating = 0;
  private onLanded: () => void = () => undefined;

  constructor(
    readonly parent: string,
    readonly cellId: string,
    readonly executionCount: number,
    /** Whether the front end can answer questions. */
    readonly allowInput: boolean,
  ) {}

  /** Remembers a timer that this run started, so that an interrupt can stop it; the answer forgets it. */
  addTimer(timer: Timer): () => void {
    const reference = new WeakRef(timer);
    this.timers.add(reference);
    if (this.timers.size >= this.pruneAt) this.pruneTimers();
    return () => {
      this.timers.delete(reference);
    };
  }

  /** Remembers a thread that this run started, so that an interrupt ends it. */
  addThread(worker: Worker): void {
    this.threads.add(worker);
    worker.once("exit", () => this.threads.delete(worker));
  }

  /** Forgets timers that were cleared. */
  private pruneTimers(): void {
    for (const reference of this.timers) if (reference.deref() === undefined) this.timers.delete(reference);
    this.pruneAt = Math.max(1000, 2 * this.timers.size);
  }

  /** Aborts the run's signal, ends its threads and stops its timers: a loop that awaits one of them goes no further. */
  stop(): void {
    this.abort.abort();
    for (const worker of this.threads) void worker.terminate();
    for (const reference of this.timers) {
      // One by one: where there are many, this may be terminated on the way and is begun again.
      this.timers.delete(reference);
      const timer = reference.deref();
      if (timer === undefined) continue;
      // Only a Timeout can be refreshed; an Immediate is cleared in its own way.
      if ("refresh" in timer) clearTimeout(timer);
      else clearImmediate(timer);
    }
  }

  /** The reply waits for this, such as a display whose data are made asynchronously; it never rejects. */
  waitFor(promise: Promise<unknown>): void {
    this.pending.push(promise);
  }

  /** Resolves when all that the reply waits for is done. */
  async settled(): Promise<void> {
    const next = (): Promise<unknown> | undefined => shielded(() => this.pending.pop());
    for (let promise = next(); promise; promise = next()) await promise;
  }

  /** Notes a promise whose value nobody waits for; `onFailure` is told what it is rejected with. */
  float(promise: Promise<unknown>, onFailure: (reason: unknown) => void): void {
    this.floating += 1;
    const landed = (): void => {
      this.floating -= 1;
      if (this.floating === 0) this.onLanded();
    };
    void Reflect.apply(then, promise, [
      landed,
      (reason: unknown) => {
        onFailure(reason);
        landed();
      },
    ]);
  }

  /**
   * Resolves when Node has told what was rejected and handled by nobody, and the promises noted by {@link float} are
   * settled, or after a while: one may well be meant to stay open.
   */
  async floated(): Promise<void> {
    await turn();
    if (this.floating === 0) return;
    await new Promise<void>((resolve) => {
      this.onLanded = resolve;
      setTimeout(resolve, FLOATING_MILLISECONDS);
    });
  }
}
