import { KernelClient } from "../protocol/index.js";
import type { CellEvent, ExecutionOutcome, IdentityFinding, ProvenanceEntry } from "../protocol/index.js";
import { findIdentity } from "./identity.js";
import type { NotebookIdentity } from "./identity.js";
import { isLeftOut, KERNEL_DIED, tagsOf } from "./ipynb.js";
import type { Cell, CodeCell, JsonObject, Notebook } from "./ipynb.js";
import { NO_OUTPUTS, outputsOf, reduceOutputs } from "./outputs.js";
import type { ParameterValues } from "./parameters.js";
import { provenanceOf, withProvenance } from "./provenance.js";
import { runStopper, timeLimit, untilStopped, within } from "./stop.js";
import type { RunnableKernel, Stopper } from "./stop.js";

/** How one code cell fared in a headless run. */
export interface CellRun {
  /** Position among all cells of the notebook that was written, from 0. */
  readonly index: number;
  readonly id: string;
  /** `skipped`: not run, because an earlier cell failed, or the cell is empty or tagged `skip-execution`. */
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
  /** A cell that takes longer is stopped; the others are left out, unless `allowErrors` is set and the kernel lives. */
  readonly timeoutSeconds?: number;
  /** What was injected into the notebook; the provenance names the names. */
  readonly parameters?: ParameterValues;
}

/** What a headless run gives. */
export interface Execution {
  /** The notebook with its outputs, counts, times and provenance. */
  readonly notebook: Notebook;
  readonly cells: CellRun[];
  /** Those of them for which the run is not well, in order: never one that may throw, nor one that was left out. */
  readonly failures: readonly CellRun[];
  /** Every cell ran and none threw (cells tagged `raises-exception` may). */
  readonly ok: boolean;
  /** Where the notebook holds what may tell who a patient is. */
  readonly identity: readonly NotebookIdentity[];
  /** Whether the kernel told of all identities that the cells read; if it did not, some may not have been looked for. */
  readonly identityKnown: boolean;
}

/** A kernel that did not start or did not answer. */
export class KernelStartError extends Error {
  override readonly name = "KernelStartError";
}

const SHUTDOWN_LIMIT_MS = 2_000;
/** The kernel itself waits 2 s; this is for one whose thread is kept busy. */
const QUIET_LIMIT_MS = 4_000;
/** A kernel that has not forgotten its cells by then is replaced by a fresh one. */
const RESET_LIMIT_MS = 10_000;

/**
 * Runs the code cells of a notebook one after the other and returns it with their outputs, counts and times. Stops at the
 * first cell that throws, unless that cell has Jupyter's tag `raises-exception` or `allowErrors` is set. Cells tagged
 * `skip-execution` are not run and stay as they are, with what an earlier run left in them. What cells have left behind
 * (timers, promises) has 2 s when the last one is done, so that its errors are told. The kernel is ended in any case.
 * @throws KernelStartError when the kernel never answers; everything later is told in the result.
 */
export async function executeNotebook(
  notebook: Notebook,
  kernel: RunnableKernel,
  options: ExecuteOptions,
): Promise<Execution> {
  const executor = new Executor(kernel);
  try {
    return await executor.execute(notebook, options);
  } finally {
    await executor.end();
  }
}

/** Runs notebooks on one kernel, one after the other; between them it has to be {@link reset}. */
export class Executor {
  private readonly client: KernelClient;
  private onEvent: (event: CellEvent) => void = () => undefined;

  constructor(private readonly kernel: RunnableKernel) {
    this.client = new KernelClient(
      kernel,
      (event) => {
        this.onEvent(event);
        // The kernel refuses to ask by itself; what asks all the same gets no answer rather than waiting for ever.
        if (event.type === "input_request") this.client.input(event.parent, null);
      },
      { allowInput: false },
    );
  }

  /** Ends the kernel, by force where it does not follow. */
  async end(): Promise<void> {
    await within(SHUTDOWN_LIMIT_MS, this.client.shutdown());
    this.kernel.kill();
  }

  /**
   * Has the kernel forget the notebook that ran.
   * @param mostMemory Bytes above which the kernel is not to be used any more
   * @returns whether it is as good as a fresh one, with packages loaded
   */
  async reset(mostMemory = Infinity): Promise<boolean> {
    this.onEvent = () => undefined;
    const isClean = await within(RESET_LIMIT_MS, this.client.reset());
    if (isClean !== true) return false;
    const info = await within(RESET_LIMIT_MS, this.client.info());
    return info !== undefined && (info.memory ?? 0) <= mostMemory;
  }

  /** Which texts hold an identity that cells have read so far. */
  findIdentity(texts: readonly string[]): readonly IdentityFinding[] {
    return this.client.findIdentity(texts);
  }

  /** As {@link executeNotebook}, which ends the kernel. */
  async execute(notebook: Notebook, options: ExecuteOptions): Promise<Execution> {
    const { client, kernel } = this;
    const started = new Date();
    const stop = runStopper(options.signal);
    let state = NO_OUTPUTS;
    const entries: ProvenanceEntry[] = [];
    this.onEvent = (event) => {
      state = reduceOutputs(state, event);
      if (event.type === "provenance") entries.push(event.entry);
    };
    try {
      const info = await client.started(sayThatItStarts, stop.signal);
      if (info === undefined) throw new KernelStartError(stop.reason() ?? (await startFailure(client)));

      const runs = new Map<string, CellRun>();
      const times = new Map<string, JsonObject>();
      let failed = false;
      let identityKnown = true;
      for (const [index, cell] of notebook.cells.entries()) {
        if (cell.cell_type !== "code") continue;
        const place = { cell: index + 1, of: notebook.cells.length };
        if (failed || stop.reason() !== undefined || cell.source.trim() === "" || isLeftOut(cell)) {
          runs.set(cell.id, { index, id: cell.id, status: "skipped", executionCount: null, milliseconds: 0 });
          continue;
        }
        options.onProgress({ state: "running", ...place });
        const begin = new Date();
        const limit = timeLimit(options.timeoutSeconds);
        const signal = AbortSignal.any([stop.signal, limit.signal]);
        const outcome = await untilStopped(client.execute(cell.id, cell.source), signal, client, kernel);
        limit.dispose();
        if (outcome.deaf) identityKnown = false;
        times.set(cell.id, executionTimes(begin, new Date()));
        const run = { index, id: cell.id, ...endOf(outcome, stop, limit) };
        runs.set(cell.id, run);
        failed = !mayGoOn(run, cell, options.allowErrors === true, limit.reason() !== undefined);
        options.onProgress({ state: "done", ...place, status: run.status, milliseconds: run.milliseconds });
      }

      if (stop.reason() === undefined && times.size > 0) await within(QUIET_LIMIT_MS, client.quiet());

      const cells = notebook.cells.map((cell) => {
        const run = runs.get(cell.id);
        return cell.cell_type === "code" && run && !isLeftOut(cell)
          ? finished(cell, run, outputsOf(state, cell.id), times.get(cell.id))
          : cell;
      });
      const results = cells.flatMap((cell) =>
        cell.cell_type === "code" ? [withError(cell, runs.get(cell.id)!)] : [],
      );
      const failures = results.filter(
        (run) => run.error !== undefined && !(run.status === "error" && mayThrow(cells[run.index]!)),
      );
      const complete = !failed && stop.reason() === undefined;
      const provenance = provenanceOf({
        info,
        started,
        complete,
        entries,
        cells: Object.fromEntries(
          results.filter(({ id }) => times.has(id)).map((run) => [run.id, run.milliseconds / 1000]),
        ),
        parameters: Object.keys(options.parameters ?? {}),
      });
      const done = { ...notebook, cells, metadata: withProvenance(notebook.metadata, provenance) };
      const identity = findIdentity(done, (texts) => client.findIdentity(texts));
      const ok = failures.length === 0 && complete;
      return { notebook: done, cells: results, failures, ok, identity, identityKnown };
    } finally {
      stop.dispose();
    }
  }
}

/** How a cell ended, with what stopped it. A cell that ends within the moment in which it is stopped was over its time. */
function endOf(outcome: ExecutionOutcome, stop: Stopper, limit: Stopper): Omit<CellRun, "index" | "id"> {
  const overTime = limit.reason();
  const status = overTime !== undefined && outcome.status !== "died" ? "interrupted" : outcome.status;
  const stopped = stop.reason() ?? overTime;
  const reason =
    status === "died" && overTime !== undefined
      ? [stopped, outcome.reason].join(" ")
      : (stopped ?? outcome.reason);
  return {
    status,
    executionCount: status === "died" ? null : outcome.executionCount,
    milliseconds: outcome.milliseconds,
    ...(status === "ok" || reason === undefined ? {} : { error: reason }),
  };
}

function mayGoOn({ status }: CellRun, cell: Cell, allowErrors: boolean, overTime: boolean): boolean {
  if (status === "ok") return true;
  if (status === "error") return allowErrors || mayThrow(cell);
  return status === "interrupted" && overTime && allowErrors;
}

function sayThatItStarts(seconds: number): void {
  process.stderr.write(`The kernel is still starting (${seconds} s); Ctrl+C gives up.\n`);
}

/** Why the kernel gave no answer: a dead kernel refuses a cell at once and says why. */
async function startFailure(client: KernelClient): Promise<string> {
  const refusal = await within(100, client.execute("start", ""));
  return refusal?.reason === undefined
    ? "The kernel did not answer."
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
  const ename = run.status === "died" ? KERNEL_DIED : "Interrupted";
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
  // Outputs of an earlier run say nothing of this one.
  if (isLeftOut(cell)) return run;
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
