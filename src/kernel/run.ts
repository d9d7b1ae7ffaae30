import { DISPLAY_LIMIT, STREAM_LIMIT, StreamBudget } from "./budget.js";
import { AbortController, clearImmediate, clearTimeout, Math, Promise, Set, WeakRef } from "./primordials.js";

type Timer = NodeJS.Timeout | NodeJS.Immediate;

/** One run of one cell on the main thread. */
export class Run {
  readonly abort = new AbortController();
  readonly budget = new StreamBudget(STREAM_LIMIT);
  readonly displayBudget = new StreamBudget(DISPLAY_LIMIT);
  /** Set once the reply is on its way. */
  finished = false;
  /** Whether the cell was told that an identity was removed. */
  identityNoted = false;
  /** When `%%time` began, on the clock of `performance.now()`. */
  timedFrom: number | undefined;
  private readonly timers = new Set<WeakRef<Timer>>();
  private pruneAt = 1000;
  private pending: Promise<unknown>[] = [];

  constructor(
    readonly parent: string,
    readonly cellId: string,
    readonly executionCount: number,
    /** Whether the front end can answer questions. */
    readonly allowInput: boolean,
  ) {}

  /** Remembers a timer that this run started, so that an interrupt can stop it. */
  addTimer(timer: Timer): void {
    this.timers.add(new WeakRef(timer));
    if (this.timers.size < this.pruneAt) return;
    for (const reference of this.timers) if (reference.deref() === undefined) this.timers.delete(reference);
    this.pruneAt = Math.max(1000, 2 * this.timers.size);
  }

  /** Aborts the run's signal and stops its timers: a loop that awaits one of them goes no further. */
  stop(): void {
    this.abort.abort();
    for (const reference of this.timers) {
      const timer = reference.deref();
      if (timer === undefined) continue;
      // Only a Timeout can be refreshed; an Immediate is cleared in its own way.
      if ("refresh" in timer) clearTimeout(timer);
      else clearImmediate(timer);
    }
    this.timers.clear();
  }

  /** The reply waits for this, such as a display whose data are made asynchronously. */
  waitFor(promise: Promise<unknown>): void {
    this.pending.push(promise);
  }

  /** Resolves when all that the reply waits for is done. */
  async settled(): Promise<void> {
    while (this.pending.length > 0) await Promise.all(this.pending.splice(0));
  }
}
