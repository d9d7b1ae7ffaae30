import process from "node:process";
import { types } from "node:util";
import vm from "node:vm";
import type { CommMessage, MimeBundle } from "../protocol/messages.js";
import { Comms } from "./comms.js";
import { leaveRun, live, stopped, within } from "./context.js";
import { mimeBundle } from "./display/bundle.js";
import { DisplayHandle, Displays } from "./display/displays.js";
import { declareGlobal, defineCellGlobals } from "./globals.js";
import { IdentityGuard } from "./guard.js";
import { Asker, replaceStandardInput } from "./input.js";
import type { FromMain, RunOrder } from "./link.js";
import type { Loader, ModuleHost } from "./loader.js";
import { magicsFor } from "./magics.js";
import { captureStreams, Output } from "./output.js";
import { performance, Set } from "./primordials.js";
import { Run } from "./run.js";
import { registerText, reportOf } from "./traceback.js";
import { describeVariables } from "./variables.js";

type CellHost = ModuleHost & ReturnType<typeof magicsFor> & { result?: unknown };
type CellBody = (host: CellHost) => Promise<void>;

/** Runs cells on the main thread, one at a time, and tells the supervisor how each ended. */
export class Session {
  private current: Run | undefined;
  private latest: Run | undefined;
  private lastInterrupt = 0;
  private readonly names = new Set<string>();
  private readonly guard = new IdentityGuard(process.env["SPINEBOOK_ALLOW_IDENTITY"] === "1");
  private readonly output: Output;
  private readonly displays: Displays;
  private readonly comms: Comms;

  constructor(
    private readonly post: (message: FromMain) => void,
    private readonly loader: Loader,
    private readonly folder: string,
  ) {
    this.output = new Output(post, this.guard);
    this.displays = new Displays((run, data, id, update) => {
      this.showDisplay(run, data, id, update);
    });
    this.comms = new Comms((event) => {
      this.output.plain(event);
    });
    const asker = new Asker(post);
    const { guard, output, displays, comms } = this;
    captureStreams(output);
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
    const run = new Run(parent, cellId, executionCount, allowInput);
    this.current = run;
    this.latest = run;
    const key = `${cellId}#${executionCount}`;
    within(run, registerText(key, `Cell [${executionCount}]`, cell), (filename) => {
      try {
        for (const name of cell.names) {
          declareGlobal(name);
          this.names.add(name);
        }
        const script = new vm.Script(cell.code, {
          filename,
          importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        });
        const body = script.runInThisContext({ displayErrors: false }) as CellBody;
        const host = this.hostFor(run);
        body(host)
          .then(() => this.showResult(run, host.result))
          .then(
            () => {
              this.finish(run, "ok");
            },
            (error: unknown) => {
              this.fail(run, error);
            },
          );
      } catch (error) {
        this.fail(run, error);
      }
    });
  }

  /** Stops the present cell, or what the latest one left behind. Repeats of one request, by its `id`, do nothing more. */
  interrupt(id: number): void {
    leaveRun();
    if (id > this.lastInterrupt) {
      const run = this.current ?? this.latest;
      if (this.current) this.finish(this.current, "interrupted");
      run?.stop();
    }
    this.lastInterrupt = id;
    this.post({ type: "interrupted", id });
  }

  /** Reports an error that no code caught to the cell that caused it. */
  reportStray(run: Run | undefined, error: unknown): void {
    leaveRun();
    // What fails because its run was interrupted is no news.
    if (run && !run.abort.signal.aborted) this.sendError(run, error);
  }

  /** Tells the variables that cells declared, as the answer to request `id`. */
  listVariables(id: string): void {
    this.output.plain({ type: "variables_reply", parent: id, variables: describeVariables(this.names) });
  }

  /** Tells which texts hold an identity, as the answer to request `id`. */
  findIdentity(id: string, texts: readonly string[]): void {
    this.output.plain({ type: "identity_reply", parent: id, findings: this.guard.find(texts) });
  }

  /** Takes a message of the front end's to a cell. */
  receiveComm(message: CommMessage): void {
    this.comms.receive(message);
  }

  private hostFor(run: Run): CellHost {
    const magics = magicsFor(run, {
      folder: this.folder,
      write: (owner, name, text) => {
        this.output.text(owner, name, text);
      },
      show: (value) => {
        this.displays.display(value);
      },
    });
    return { ...this.loader.host, ...magics, live, stopped, result: undefined };
  }

  private finish(run: Run, status: "ok" | "error" | "interrupted"): void {
    if (run.finished) return;
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

  private async showResult(run: Run, value: unknown): Promise<void> {
    // A display's handle is a display that is there already.
    if (value !== undefined && !(value instanceof DisplayHandle)) {
      const made = mimeBundle(value);
      const data = types.isPromise(made) ? await made : made;
      const { parent, cellId, executionCount } = run;
      if (!run.finished)
        this.output.event(run, {
          type: "execute_result",
          parent,
          cellId,
          data,
          metadata: {},
          executionCount,
        });
    }
    if (run.timedFrom !== undefined)
      this.output.text(run, "stdout", `${((performance.now() - run.timedFrom) / 1000).toFixed(3)} s\n`);
    await run.settled();
  }

  private showDisplay(run: Run, data: MimeBundle, displayId: string, update: boolean): void {
    const { parent, cellId } = run;
    const type = update ? "update_display_data" : "display_data";
    this.output.event(run, { type, parent, cellId, data, metadata: {}, displayId });
  }
}
