import process from "node:process";
import { types } from "node:util";
import type { CommMessage } from "../../protocol/index.js";
import { bindingsFor, forgetConstant, forgetConstants, noteDeclarations, sealConstant } from "./bindings.js";
import type { BindingHost } from "./bindings.js";
import { Comms } from "./comms.js";
import { leaveRun, live, stopped, stopRuns, within } from "./context.js";
import type { CompiledCell } from "../compile/index.js";
import type { CellCaption } from "../compile/cellCaption.js";
import { mimeBundle } from "../display/bundle.js";
import { captionOutput } from "../display/caption.js";
import type { CaptionOutput } from "../display/caption.js";
import { DisplayHandle, Displays } from "../display/displays.js";
import type { Shown } from "../display/shown.js";
import { declareGlobal, defineCellGlobals } from "./globals.js";
import { IdentityGuard } from "./guard.js";
import { InitialState } from "./initial.js";
import { Asker, replaceStandardInput } from "./input.js";
import type { FromMain, RunOrder } from "../link.js";
import type { Loader, ModuleHost } from "./loader.js";
import { magicsFor } from "./magics.js";
import { asCell, leaveShield, shielded } from "./intrinsics.js";
import { Output } from "./output.js";
import { globals, performance, Set } from "./primordials.js";
import { quiet } from "./quiet.js";
import { Run } from "./run.js";
import { isInstance, propertyOf } from "./safely.js";
import { scriptOf } from "./script.js";
import { captureStreams, quietConsole } from "./streams.js";
import { registerText, reportOf } from "./traceback.js";
import { describeVariables } from "./variables.js";

type CellHost = ModuleHost &
  BindingHost &
  ReturnType<typeof magicsFor> & {
    /** Told the value of each call that is a statement. */
    floating(value: unknown): unknown;
    result?: unknown;
  };
type CellBody = (host: CellHost) => Promise<void>;

/** Runs cells on the main thread, one at a time, and tells the supervisor how each ended. */
export class Session {
  private current: Run | undefined;
  private latest: Run | undefined;
  private lastInterrupt = 0;
  /** The run that the latest interrupt is about. */
  private interrupted: Run | undefined;
  private runs = 0;
  private readonly names = new Set<string>();
  private readonly guard = new IdentityGuard(process.env["SPINEBOOK_ALLOW_IDENTITY"] === "1");
  private readonly output: Output;
  private readonly displays: Displays;
  private readonly comms: Comms;
  /** Taken when the first cell is to run. */
  private initial: InitialState | undefined;

  constructor(
    private readonly post: (message: FromMain) => void,
    private readonly loader: Loader,
    private readonly folder: string,
  ) {
    this.output = new Output(post, this.guard);
    this.displays = new Displays((run, shown, id, update, caption) => {
      this.showDisplay(run, shown, id, update, caption);
    }, loader.host.import);
    this.comms = new Comms((event) => {
      this.output.plain(event);
    });
    const asker = new Asker(post);
    const { guard, output, displays, comms } = this;
    captureStreams(output);
    quietConsole();
    replaceStandardInput(asker, (run, error) => {
      if (run) this.fail(run, error);
    });
    defineCellGlobals({ require: loader.require, displays, asker, comms, guard, output });
  }

  /**
   * Starts a cell. Its end arrives later as a `done` message, from {@link finish}: code that is terminated by an
   * interrupt runs no `catch` and no `finally`, so nothing here relies on them.
   */
  start({ parent, cellId, executionCount, allowInput, cell }: RunOrder): void {
    this.initial ??= new InitialState();
    const run = new Run(parent, cellId, executionCount, allowInput);
    this.current = run;
    this.latest = run;
    // The count alone may come again: front ends that keep no history choose it.
    const key = `${cellId}#${++this.runs}`;
    within(run, registerText(key, `Cell [${executionCount}]`, cell), (filename) => {
      void this.carryOut(run, cell, filename);
    });
  }

  private async carryOut(run: Run, cell: CompiledCell, filename: string): Promise<void> {
    try {
      noteDeclarations(cell.names, cell.constants);
      for (const name of cell.names) {
        declareGlobal(name);
        this.names.add(name);
      }
      const body = scriptOf(cell.code, filename).runInThisContext({ displayErrors: false }) as CellBody;
      const host = this.hostFor(run, cell);
      await asCell(() => body(host));
      const { result } = host;
      const value = types.isPromise(result) ? await result : result;
      await shielded(() => this.conclude(run, value, cell.caption));
      shielded(() => {
        for (const name of cell.constants) sealConstant(name);
        this.finish(run, "ok");
      });
    } catch (error) {
      shielded(() => {
        for (const name of cell.constants) (isReached(name) ? sealConstant : forgetConstant)(name);
        this.fail(run, error);
      });
    }
  }

  /** Shows the result and waits for what belongs to the run: displays, and promises that nobody waits for. */
  private async conclude(run: Run, value: unknown, caption: CellCaption): Promise<void> {
    const isShown = await this.showResult(run, value, caption);
    await run.settled();
    if (!isShown && run.latestShown !== undefined)
      this.sendCaption(run, captionOutput(caption, run.latestShown, true));
    await run.floated();
  }

  /** A promise that the cell does not wait for: what it is rejected with is the cell's error. */
  private follow(run: Run, promise: Promise<unknown>): void {
    run.float(promise, (reason) => {
      shielded(() => {
        this.report(run, reason);
      });
    });
  }

  /** Stops the present cell, or what the latest one left behind. Repeats of one request, by its `id`, do nothing more. */
  interrupt(id: number): void {
    leaveShield();
    leaveRun();
    // A termination may end this very code, which is then asked again: about the same run, not about the next one.
    if (id > this.lastInterrupt) {
      this.lastInterrupt = id;
      this.interrupted = this.current ?? this.latest;
    }
    const run = this.interrupted;
    if (run && run === this.current) this.finish(run, "interrupted");
    run?.stop();
    this.post({ type: "interrupted", id });
  }

  /** Reports an error that no code caught to the cell that caused it. */
  reportStray(run: Run | undefined, error: unknown): void {
    leaveRun();
    if (run) this.report(run, error);
  }

  /** Reports an error that does not end the run. What fails because its run was interrupted is no news. */
  private report(run: Run, error: unknown): void {
    if (run.abort.signal.aborted) return;
    run.troubled = true;
    this.sendError(run, error);
  }

  /** Tells the variables that cells declared, as the answer to request `id`. */
  listVariables(id: string): void {
    this.output.plain({ type: "variables_reply", parent: id, variables: describeVariables(this.names) });
  }

  /** Waits, before an end, for what cells have left behind; the answer to request `id`. */
  async quiet(id: string): Promise<void> {
    await quiet();
    this.output.plain({ type: "quiet_reply", parent: id });
  }

  /**
   * Forgets the cells so far and answers request `id`; packages stay loaded, and identities that were read are still removed
   * from what is shown.
   */
  reset(id: string): void {
    stopRuns();
    this.latest = undefined;
    this.interrupted = undefined;
    forgetConstants();
    const clean = this.loader.reset() && this.initial?.restore(this.names) !== false;
    this.names.clear();
    this.output.plain({ type: "reset_reply", parent: id, clean });
  }

  /** Takes a message of the front end's to a cell. */
  receiveComm(message: CommMessage): void {
    this.comms.receive(message);
  }

  private hostFor(run: Run, cell: CompiledCell): CellHost {
    const magics = magicsFor(run, {
      folder: this.folder,
      write: (owner, name, text) => {
        this.output.text(owner, name, text);
      },
      show: (value) => {
        this.displays.display(value);
      },
    });
    const floating = (value: unknown): unknown => {
      if (types.isPromise(value)) this.follow(run, value);
      return value;
    };
    return {
      ...this.loader.host,
      ...bindingsFor(cell.early),
      ...magics,
      live,
      stopped,
      floating,
      result: undefined,
    };
  }

  private finish(run: Run, status: "ok" | "error" | "interrupted"): void {
    if (run.finished) return;
    if (status === "ok" && run.troubled) status = "error";
    this.output.finish(run);
    run.finished = true;
    if (this.current === run) this.current = undefined;
    this.post({ type: "done", parent: run.parent, status });
  }

  private fail(run: Run, error: unknown): void {
    if (run.finished) return;
    this.sendError(run, error);
    this.finish(run, "error");
  }

  private sendError(run: Run, error: unknown): void {
    const { parent, cellId } = run;
    this.output.event(run, { type: "error", parent, cellId, ...reportOf(error) });
  }

  /** @returns whether there was something to show */
  private async showResult(run: Run, value: unknown, caption: CellCaption): Promise<boolean> {
    // A display's handle is a display that is there already.
    const isShown = value !== undefined && !isInstance(value, DisplayHandle);
    if (isShown) {
      const made = mimeBundle(value, this.loader.host.import);
      const shown = types.isPromise(made) ? await made : made;
      shielded(() => {
        this.sendResult(run, shown, caption);
      });
    }
    if (run.timedFrom !== undefined) {
      const seconds = (performance.now() - run.timedFrom) / 1000;
      shielded(() => {
        this.output.text(run, "stdout", `${seconds.toFixed(3)} s\n`);
      });
    }
    return isShown;
  }

  private sendResult(run: Run, { data, problem }: Shown, caption: CellCaption): void {
    if (run.finished) return;
    const { parent, cellId, executionCount } = run;
    const named = captionOutput(caption, data);
    if (named?.stands === "above") this.sendCaption(run, named);
    this.output.event(run, { type: "execute_result", parent, cellId, data, metadata: {}, executionCount });
    if (named?.stands === "below") this.sendCaption(run, named);
    if (problem) this.report(run, problem.thrown);
  }

  private showDisplay(
    run: Run,
    { data, problem }: Shown,
    displayId: string,
    update: boolean,
    caption: CellCaption,
  ): void {
    const { parent, cellId } = run;
    const named = update ? undefined : captionOutput(caption, data);
    if (!update) run.latestShown = data;
    if (named?.stands === "above") this.sendCaption(run, named);
    const type = update ? "update_display_data" : "display_data";
    this.output.event(run, { type, parent, cellId, data, metadata: {}, displayId });
    if (named?.stands === "below") this.sendCaption(run, named);
    if (problem) this.report(run, problem.thrown);
  }

  private sendCaption(run: Run, named: CaptionOutput | undefined): void {
    if (named === undefined || run.finished) return;
    const { parent, cellId } = run;
    const { data, metadata } = named;
    this.output.event(run, { type: "display_data", parent, cellId, data, metadata });
  }
}

/** Whether a cell that failed got as far as this constant. */
function isReached(name: string): boolean {
  return propertyOf(globals, name) !== undefined;
}
