import { types } from "node:util";
import vm from "node:vm";
import type { KernelEvent } from "../protocol/messages.js";
import { DisplayIds, mimeBundle } from "./display.js";
import type { FromMain, RunOrder } from "./link.js";
import type { Loader, ModuleHost } from "./loader.js";
import { sendEvent } from "./output.js";
import { Object, Promise, String } from "./primordials.js";
import { leaveRun, presentRun, within } from "./context.js";
import { Run } from "./run.js";
import { registerText, reportOf } from "./traceback.js";

type CellBody = (host: ModuleHost & { result?: unknown }) => Promise<void>;

/** Runs cells on the main thread, one at a time, and tells the supervisor how each ended. */
export class Session {
  private current: Run | undefined;
  private lastInterrupt = 0;
  private readonly displayIds = new DisplayIds();

  constructor(
    private readonly post: (message: FromMain) => void,
    private readonly loader: Loader,
  ) {
    defineGlobal("require", loader.require);
    defineGlobal("display", (value: unknown, options?: { readonly id?: string }) => {
      this.display(value, options?.id);
    });
    Object.defineProperty(globalThis, "interruptSignal", {
      configurable: true,
      get: () => presentRun()?.abort.signal,
    });
  }

  /**
   * Starts a cell. Its end arrives later as a `done` message, from {@link finish}: code that is terminated by an
   * interrupt runs no `catch` and no `finally`, so nothing here relies on them.
   */
  start({ parent, cellId, executionCount, cell }: RunOrder): void {
    const run = new Run(parent, cellId, executionCount);
    this.current = run;
    const filename = registerText(`${cellId}#${executionCount}`, `Cell [${executionCount}]`, cell);
    within(run, filename, () => {
      try {
        for (const name of cell.names) declareGlobal(name);
        const script = new vm.Script(cell.code, {
          filename,
          importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        });
        const body = script.runInThisContext({ displayErrors: false }) as CellBody;
        const host = { ...this.loader.host, result: undefined as unknown };
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

  /** Stops the present cell. Repeats of one request, by its `id`, do nothing more. */
  interrupt(id: number): void {
    leaveRun();
    if (id > this.lastInterrupt && this.current) {
      const run = this.current;
      this.finish(run, "interrupted");
      run.stop();
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
    this.send(run, { type: "error", parent, cellId, ...reportOf(error) });
  }

  private async showResult(run: Run, value: unknown): Promise<void> {
    if (value !== undefined) {
      const data = await mimeBundle(value);
      const { parent, cellId, executionCount } = run;
      if (!run.finished)
        this.send(run, { type: "execute_result", parent, cellId, data, metadata: {}, executionCount });
    }
    await run.settled();
  }

  private display(value: unknown, id: string | undefined): void {
    const run = presentRun();
    if (!run) return;
    const { parent, cellId } = run;
    const show = (data: Readonly<Record<string, unknown>>): void => {
      const common = { parent, cellId, data, metadata: {} };
      if (id === undefined) this.send(run, { type: "display_data", ...common });
      else if (this.displayIds.claim(String(id), run))
        this.send(run, { type: "update_display_data", ...common, displayId: String(id) });
      else this.send(run, { type: "display_data", ...common, displayId: String(id) });
    };
    const data = mimeBundle(value);
    if (types.isPromise(data)) run.waitFor((data as Promise<Readonly<Record<string, unknown>>>).then(show));
    else show(data);
  }

  private send(run: Run, event: KernelEvent): void {
    sendEvent(this.post, run, event);
  }
}

/** A global for cells that a cell may declare anew. */
function defineGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
}

/** Makes `name` a plain global, so that strict code may assign it; an earlier value stays until then. */
function declareGlobal(name: string): void {
  const known = Object.getOwnPropertyDescriptor(globalThis, name);
  if (known?.writable === true || known?.configurable === false) return;
  Object.defineProperty(globalThis, name, {
    value: undefined,
    configurable: true,
    writable: true,
    enumerable: true,
  });
}
