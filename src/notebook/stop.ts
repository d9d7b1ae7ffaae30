import type { ExecutionOutcome, KernelChannel, KernelClient } from "../protocol/index.js";

/** A kernel that can be ended by force. */
export type RunnableKernel = KernelChannel & { kill(): void };

/** The kernel itself ends a cell that does not stop within 2 s; this is for a kernel that no longer answers. */
const STOP_LIMIT_MS = 4_000;
/** The longest wait that a timer of Node can hold, about 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Something that may end a cell before it has ended by itself. */
export interface Stopper {
  readonly signal: AbortSignal;
  /** Why it stopped, in a sentence for people; `undefined` while it has not. */
  readonly reason: () => string | undefined;
  readonly dispose: () => void;
}

/** Stops a run as soon as `outer` aborts. */
export function runStopper(outer: AbortSignal | undefined): Stopper {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort("The run was interrupted.");
  };
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop);
  return {
    ...reasonOf(controller.signal),
    dispose: () => {
      outer?.removeEventListener("abort", stop);
    },
  };
}

/** Stops one cell after its time limit; never where there is none. The time counts from now. */
export function timeLimit(seconds: number | undefined): Stopper {
  const controller = new AbortController();
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () => {
            controller.abort(`The cell took longer than ${seconds} s (--timeout).`);
          },
          Math.min(seconds * 1000, LONGEST_TIMER_MS),
        );
  return {
    ...reasonOf(controller.signal),
    dispose: () => {
      clearTimeout(timer);
    },
  };
}

function reasonOf(signal: AbortSignal): Pick<Stopper, "signal" | "reason"> {
  return { signal, reason: () => (signal.aborted ? String(signal.reason) : undefined) };
}

/** A cell's outcome, and whether its kernel no longer answered anything: what it had to say then is lost. */
export type StoppedOutcome = ExecutionOutcome & { readonly deaf?: true };

/** The cell's outcome; on the signal the kernel is interrupted, and ended when it does not follow. */
export function untilStopped(
  running: Promise<ExecutionOutcome>,
  signal: AbortSignal,
  client: KernelClient,
  kernel: RunnableKernel,
): Promise<StoppedOutcome> {
  return new Promise((resolve) => {
    const begin = Date.now();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      void client.interrupt();
      limit = setTimeout(() => {
        kernel.kill();
        resolve({
          status: "died",
          deaf: true,
          executionCount: 0,
          milliseconds: Date.now() - begin,
          reason: "The cell did not stop.",
        });
      }, STOP_LIMIT_MS);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    void running.then((outcome) => {
      clearTimeout(limit);
      signal.removeEventListener("abort", stop);
      resolve(outcome);
    });
  });
}

/** The promise's value, or `undefined` when it takes longer than the limit. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
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
