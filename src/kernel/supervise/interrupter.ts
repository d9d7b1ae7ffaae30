import { Session } from "node:inspector";

/** How long the main thread gets to answer by itself, in milliseconds; with it an answer takes less than 100 ms. */
const ASK_MILLISECONDS = 30;
/** How long a termination gets before it is tried again; then how long in all before the interrupt has failed. */
const RETRY_MILLISECONDS = 500;
const GIVE_UP_MILLISECONDS = 2000;

/** Stops what runs on the main thread and keeps its state. */
export class Interrupter {
  private readonly inspector = new Session();
  private readonly waiting = new Map<number, () => void>();
  private counter = 0;
  /** Terminations that V8 has not carried out yet: each would hit whatever runs next. */
  private pending = 0;

  /** @param ask sends the interrupt request `id` to the main thread, which answers when it can */
  constructor(private readonly ask: (id: number) => void) {
    this.inspector.connectToMainThread();
  }

  /** The main thread answered request `id`. */
  answered(id: number): void {
    this.waiting.get(id)?.();
    this.waiting.delete(id);
  }

  /**
   * Asks, then terminates what blocks the main thread.
   * @returns whether the main thread answers again, with no termination under way that would hit the next cell; only the end
   *   of the process helps where it does not (native code)
   */
  async interrupt(): Promise<boolean> {
    const id = ++this.counter;
    const end = Date.now() + GIVE_UP_MILLISECONDS;
    if (await this.hears(id, ASK_MILLISECONDS)) return true;
    while (Date.now() < end) {
      this.terminate();
      // A termination may hit the handler of the request itself: it is asked again, not only once.
      const retry = Date.now() + RETRY_MILLISECONDS;
      while (Date.now() < retry)
        if ((await this.hears(id, ASK_MILLISECONDS)) && this.pending === 0) return true;
    }
    return false;
  }

  private terminate(): void {
    this.pending++;
    this.inspector.post("Runtime.terminateExecution", () => {
      this.pending--;
    });
  }

  private hears(id: number, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(false);
      }, milliseconds);
      this.waiting.set(id, () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.ask(id);
    });
  }
}
