import { Executor, KernelStartError } from "./execute.js";
import type { Execution } from "./execute.js";
import type { Notebook } from "./ipynb.js";
import type { ParameterValues } from "./parameters.js";
import { readForReading, startKernel, withoutCode } from "./run.js";
import type { NotebookOptions } from "./run.js";

/** A kernel that holds more than this is replaced by a fresh one, bytes. */
const MOST_MEMORY = 3 * 2 ** 30;

export interface EachOptions extends Omit<NotebookOptions, "onProgress" | "parameters"> {
  /** Kernels at once. */
  readonly workers: number;
}

/** What became of one set of parameters. */
export interface EachEnd {
  /** Position among the sets, from 0. */
  readonly index: number;
  /** As {@link runForReading} gives it. */
  readonly execution: Execution;
  readonly seconds: number;
  /** Which texts hold an identity that cells of this kernel have read. */
  readonly tellsIdentity: (text: string) => boolean;
}

/**
 * Runs a notebook with each of several sets of parameters, for reports without code; nothing is written. Kernels are started once
 * and go from one set to the next with packages and models loaded, but without anything that cells left; where something is left
 * that cannot be taken back, or the kernel has died or grown, the next set gets a fresh one. A set whose cells throw does not end
 * the others.
 * @param onEnd Told of each set that was run to its end, in the order in which they end; awaited before the kernel goes on.
 * @throws NotebookError, ParameterError, KernelStartError; what `onEnd` throws. No kernel stays behind.
 */
export async function runEach(
  sets: readonly ParameterValues[],
  { workers, ...options }: EachOptions,
  onEnd: (end: EachEnd) => Promise<void>,
): Promise<void> {
  const notebooks: Notebook[] = [];
  for (const parameters of sets) notebooks.push(await readForReading(options.path, parameters));
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const isStopped = (): boolean => signal.aborted;
  const queue = notebooks.entries();

  const work = async (): Promise<void> => {
    let executor: Executor | undefined;
    try {
      for (const [index, notebook] of queue) {
        if (isStopped()) return;
        if (executor && !(await executor.reset(MOST_MEMORY))) {
          await executor.end();
          executor = undefined;
        }
        const present: Executor = (executor ??= new Executor(startKernel(options)));
        const started = performance.now();
        const run = { ...options, parameters: sets[index]!, signal, onProgress: () => undefined };
        const execution = withoutCode(await present.execute(notebook, run));
        // A set that was stopped on the way is none that failed.
        if (isStopped()) return;
        const seconds = (performance.now() - started) / 1000;
        const tellsIdentity = (text: string): boolean => present.findIdentity([text]).length > 0;
        await onEnd({ index, execution, seconds, tellsIdentity });
      }
    } catch (error) {
      // One that was stopped while it started is no failure.
      if (isStopped() && error instanceof KernelStartError) return;
      failure.abort();
      throw error;
    } finally {
      await executor?.end();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(workers, sets.length) }, work));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
