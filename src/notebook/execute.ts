import { KernelClient } from "../protocol/index.js";
import type { ExecutionOutcome, KernelChannel } from "../protocol/index.js";
import { isObject, tagsOf } from "./ipynb.js";
import type { Cell, CodeCell, JsonObject, Notebook } from "./ipynb.js";
import { NO_OUTPUTS, outputsOf, reduceOutputs } from "./outputs.js";

/** A kernel that can be ended by force. */
export type RunnableKernel = KernelChannel & { kill(): void };

/** How one code cell fared in a headless run. */
export interface CellRun {
  /** Position among all cells of the notebook that was written, from 0. */
  readonly index: number;
  readonly id: string;
  /** `skipped`: not run, because an earlier cell failed or the cell is empty. */
  readonly status: ExecutionOutcome["status"] | "skipped";
  readonly executionCount: number | null;
  readonly milliseconds: number;
  /** One sentence when the cell did not end well. */
  readonly error?: string;
}

/** What a front end may print while a notebook runs; `cell` counts the notebook's cells from 1. */
export type RunProgress =
  | { readonly state: "running"; readonly cell: number; readonly of: number }
  | {
      readonly state: "done";
      readonly cell: number;
      readonly of: number;
      readonly status: CellRun["status"];
      readonly milliseconds: number;
    };

export interface ExecuteOptions {
  readonly onProgress: (progress: RunProgress) => void;
  /** Run on behind a cell that throws. */
  readonly allowErrors?: boolean;
  /** Stops the running cell and leaves the others out. */
  readonly signal?: AbortSignal;
}

/** A kernel that did not start or did not answer. */
export class KernelStartError extends Error {
  override readonly name = "KernelStartError";
}

const START_LIMIT_MS = 60_000;
/** The kernel itself ends a cell that does not stop within 2 s; this is for a kernel that no longer answers. */
const STOP_LIMIT_MS = 4_000;
const SHUTDOWN_LIMIT_MS = 2_000;

/**
 * Runs the code cells of a notebook one after the other and returns it with their outputs, counts and times. Stops at the
 * first cell that throws, unless that cell has Jupyter's tag `raises-exception` or `allowErrors` is set. Timers that
 * still wait when the last cell is done are not waited for. The kernel is ended in any case.
 * @throws KernelStartError when the kernel never answers; everything later is told in the result.
 */
export async function executeNotebook(
  notebook: Notebook,
  kernel: RunnableKernel,
  options: ExecuteOptions,
): Promise<{ notebook: Notebook; cells: CellRun[]; ok: boolean }> {
  const started = new Date();
  const stop = stopper(options.signal);
  let state = NO_OUTPUTS;
  const client = new KernelClient(kernel, (event) => {
    state = reduceOutputs(state, event);
    if (event.type === "input_request")
      stop.now("The cell asks for input, which a headless run cannot give; make it a parameter.");
  });
  try {
    const info = await within(START_LIMIT_MS, client.info());
    if (info === undefined) throw new KernelStartError(await startFailure(client));

    const runs = new Map<string, CellRun>();
    const times = new Map<string, JsonObject>();
    let failed = false;
    for (const [index, cell] of notebook.cells.entries()) {
      if (cell.cell_type !== "code") continue;
      const place = { cell: index + 1, of: notebook.cells.length };
      if (failed || stop.reason() !== undefined || cell.source.trim() === "") {
        runs.set(cell.id, { index, id: cell.id, status: "skipped", executionCount: null, milliseconds: 0 });
        continue;
      }
      options.onProgress({ state: "running", ...place });
      const begin = new Date();
      const outcome = await untilStopped(client.execute(cell.id, cell.source), stop.signal, client, kernel);
      times.set(cell.id, executionTimes(begin, new Date()));
      const { status, milliseconds } = outcome;
      const executionCount = status === "died" ? null : outcome.executionCount;
      const reason = status === "ok" ? undefined : (stop.reason() ?? outcome.reason);
      runs.set(cell.id, {
        index,
        id: cell.id,
        status,
        executionCount,
        milliseconds,
        ...(reason ? { error: reason } : {}),
      });
      failed = status !== "ok" && !(status === "error" && (options.allowErrors === true || mayThrow(cell)));
      options.onProgress({ state: "done", ...place, status, milliseconds });
    }

    const cells = notebook.cells.map((cell) => {
      const run = runs.get(cell.id);
      return cell.cell_type === "code" && run
        ? finished(cell, run, outputsOf(state, cell.id), times.get(cell.id))
        : cell;
    });
    const results = cells.flatMap((cell) =>
      cell.cell_type === "code" ? [withError(cell, runs.get(cell.id)!)] : [],
    );
    const unwell = results.some(
      (run) => run.error !== undefined && !(run.status === "error" && mayThrow(cells[run.index]!)),
    );
    const provenance = {
      spinebook: info.version,
      node: info.node,
      typescript: info.typescript,
      platform: `${process.platform}-${process.arch}`,
      date: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
      complete: !failed && stop.reason() === undefined,
    };
    return {
      notebook: { ...notebook, cells, metadata: withProvenance(notebook.metadata, provenance) },
      cells: results,
      ok: !unwell && provenance.complete,
    };
  } finally {
    stop.dispose();
    await within(SHUTDOWN_LIMIT_MS, client.shutdown());
    kernel.kill();
  }
}

interface Stopper {
  readonly signal: AbortSignal;
  /** Why the run is to end early, in a sentence for people; `undefined` while it is not. */
  readonly reason: () => string | undefined;
  readonly now: (reason: string) => void;
  readonly dispose: () => void;
}

/** One signal for everything that ends a run early. */
function stopper(outer: AbortSignal | undefined): Stopper {
  const controller = new AbortController();
  const now = (reason: string): void => {
    controller.abort(reason);
  };
  const stop = (): void => {
    now("The run was interrupted.");
  };
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop);
  return {
    signal: controller.signal,
    reason: () => (controller.signal.aborted ? String(controller.signal.reason) : undefined),
    now,
    dispose: () => {
      outer?.removeEventListener("abort", stop);
    },
  };
}

/** The cell's outcome; on the signal the kernel is interrupted, and ended when it does not follow. */
function untilStopped(
  running: Promise<ExecutionOutcome>,
  signal: AbortSignal,
  client: KernelClient,
  kernel: RunnableKernel,
): Promise<ExecutionOutcome> {
  return new Promise((resolve) => {
    const begin = Date.now();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      void client.interrupt();
      limit = setTimeout(() => {
        kernel.kill();
        resolve({
          status: "died",
          executionCount: 0,
          milliseconds: Date.now() - begin,
          reason: "The cell did not stop.",
        });
      }, STOP_LIMIT_MS);
    };
    signal.addEventListener("abort", stop, { once: true });
    void running.then((outcome) => {
      clearTimeout(limit);
      signal.removeEventListener("abort", stop);
      resolve(outcome);
    });
  });
}

/** The promise's value, or `undefined` when it takes longer than the limit. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why the kernel gave no answer: a dead kernel refuses a cell at once and says why. */
async function startFailure(client: KernelClient): Promise<string> {
  const refusal = await within(100, client.execute("start", ""));
  return refusal?.reason === undefined
    ? `The kernel did not answer within ${START_LIMIT_MS / 1000} s.`
    : `The kernel did not start: ${refusal.reason}`;
}

function mayThrow(cell: Cell): boolean {
  return tagsOf(cell).includes("raises-exception");
}

/** The cell as it is written: outputs, count, times, and a dead kernel's reason as an output of the cell it died in. */
function finished(
  cell: CodeCell,
  run: CellRun,
  outputs: CodeCell["outputs"],
  times: JsonObject | undefined,
): CodeCell {
  const metadata = Object.fromEntries(Object.entries(cell.metadata).filter(([key]) => key !== "execution"));
  const hasError = outputs.some((output) => output.output_type === "error");
  const said = run.error !== undefined && (run.status === "died" || !hasError);
  const ename = run.status === "died" ? "KernelDied" : "Interrupted";
  return {
    ...cell,
    execution_count: run.executionCount,
    metadata: times ? { ...metadata, execution: times } : metadata,
    outputs: said
      ? [
          ...outputs,
          { output_type: "error", ename, evalue: run.error ?? "", traceback: [`${ename}: ${run.error}`] },
        ]
      : outputs,
  };
}

/** The run with the cell's last error, also one that a promise or a timer threw after the cell had ended well. */
function withError(cell: CodeCell, run: CellRun): CellRun {
  const last = cell.outputs.findLast((output) => output.output_type === "error");
  if (last?.output_type !== "error") return run;
  return {
    ...run,
    status: run.status === "ok" ? "error" : run.status,
    error: run.error ?? `${last.ename}: ${last.evalue}`,
  };
}

/** The keys under which Jupyter's tools keep a cell's times. */
function executionTimes(begin: Date, end: Date): JsonObject {
  return {
    "iopub.execute_input": begin.toISOString(),
    "iopub.status.busy": begin.toISOString(),
    "iopub.status.idle": end.toISOString(),
    "shell.execute_reply": end.toISOString(),
  };
}

function withProvenance(metadata: JsonObject, provenance: JsonObject): JsonObject {
  const own = isObject(metadata["spinebook"]) ? metadata["spinebook"] : {};
  return { ...metadata, spinebook: { ...own, provenance } };
}
