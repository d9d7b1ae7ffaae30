import type { KernelEvent } from "../../protocol/index.js";
import type { IdentityGuard } from "./guard.js";
import type { FromMain } from "../link.js";
import { JSON } from "./primordials.js";
import type { Run } from "./run.js";
import { tidyText } from "./stacks.js";
import { mapPositions } from "./traceback.js";

const REMOVED_NOTICE = "[A patient's identity was removed from this cell's output.]\n";

/** Everything that cells show leaves the main thread here: bounded, with readable positions, without identities. */
export class Output {
  private readonly finishListeners: ((run: Run) => void)[] = [];

  constructor(
    private readonly post: (message: FromMain) => void,
    private readonly guard: IdentityGuard,
  ) {}

  /** Sends what the run's code writes; text beyond the run's budget is dropped after one notice. */
  text(run: Run, name: "stdout" | "stderr", text: string): void {
    const mapped = tidyText(mapPositions(text));
    const clean = this.guard.clean(mapped);
    this.postText(run, name, clean);
    if (clean !== mapped) this.noteRemoval(run);
  }

  /**
   * Sends an event of a run; displays count against the run's budget.
   * @throws TypeError when the event holds what JSON cannot, such as a circle.
   */
  event(run: Run, event: KernelEvent): void {
    const clean = this.guard.cleanValue(event);
    const json = JSON.stringify(clean);
    const fitting = run.displayBudget.take(json);
    if (fitting === json) this.post({ type: "event", json });
    else if (fitting !== "")
      this.postText(run, "stderr", "[Displays cut off: this cell showed more than 128 MB.]\n");
    if (clean !== event && json !== JSON.stringify(event)) this.noteRemoval(run);
  }

  /** Tells `listener` each run that is about to end, so that it can write what it has kept back. */
  onFinish(listener: (run: Run) => void): void {
    this.finishListeners.push(listener);
  }

  /** Writes what is still kept back of a run's text. */
  finish(run: Run): void {
    for (const listener of this.finishListeners) listener(run);
  }

  /** Sends an event that belongs to no run. */
  plain(event: KernelEvent): void {
    this.post({ type: "event", json: JSON.stringify(event) });
  }

  private noteRemoval(run: Run): void {
    if (run.identityNoted) return;
    run.identityNoted = true;
    this.postText(run, "stderr", REMOVED_NOTICE);
  }

  private postText(run: Run, name: "stdout" | "stderr", text: string): void {
    const fitting = run.budget.take(text);
    if (fitting !== "")
      this.post({ type: "stream", parent: run.parent, cellId: run.cellId, name, text: fitting });
  }
}
