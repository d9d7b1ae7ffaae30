import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { warnWhereSlow } from "../../engine/index.js";
import { builtFile } from "../../package/index.js";
import { checked } from "../../text/index.js";
import { CohortError } from "../errors.js";
import { failedResult, type BatchPlan, type Unit, type UnitResult } from "./unit.js";
import { WORKER_MESSAGE } from "./messages.js";
import type { WorkerTask } from "./messages.js";

export interface PoolOptions {
  /** Processes at once. */
  readonly workers: number;
  /** A study that takes longer than this is given up, seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** A worker that has grown beyond this is replaced by a fresh one, bytes. */
const MOST_MEMORY = 3 * 2 ** 30;
/** What a timer of Node bears, milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** A study whose worker dies this often is given up: it is the study that kills it. */
const MOST_DEATHS = 2;
/** A process that is killed this often before it is ready is not started again. */
const MOST_STARTS = 3;

/** The program of a worker. */
function workerFile(): string {
  const file = builtFile("cohort", "worker.js");
  if (file === undefined)
    throw new CohortError("file", "The batch's worker was not built; run `npm run build`.");
  return file;
}

/** Workers where nobody says how many: one a core, as each grades with one thread. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism());
}

/** How one task in a worker ended. */
type Outcome =
  | { readonly type: "result"; readonly result: UnitResult; readonly memory: number }
  | { readonly type: "died" | "slow" }
  | { readonly type: "fatal"; readonly message: string };

/** One process at a time, replaced when it dies, hangs or has grown. */
class Lane {
  private child: ChildProcess | undefined;
  private ready = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly timeout: number,
  ) {}

  /** Gives the process a study and waits for what becomes of it. */
  async run(task: WorkerTask): Promise<Outcome> {
    const child = await this.started();
    const outcome = await new Promise<Outcome>((resolve) => {
      const end = (result: Outcome): void => {
        clearTimeout(timer);
        child.removeAllListeners("message");
        child.removeAllListeners("exit");
        resolve(result);
      };
      const timer = setTimeout(
        () => {
          end({ type: "slow" });
        },
        Math.min(this.timeout * 1000, LONGEST_TIMER),
      );
      child.once("exit", () => {
        end({ type: "died" });
      });
      child.on("message", (said: unknown) => {
        const { value: message, problem } = checked(said, WORKER_MESSAGE);
        if (problem !== undefined)
          end({ type: "fatal", message: `A worker's answer is not as it should be: ${problem}.` });
        else if (message.type !== "ready") end(message);
      });
      child.send(task, (error) => {
        if (error !== null) end({ type: "died" });
      });
    });
    if (outcome.type !== "result" || outcome.memory > MOST_MEMORY) this.stop();
    return outcome;
  }

  /** The process, ready. One that is killed from outside before that, as for lack of memory, is started again. */
  private async started(): Promise<ChildProcess> {
    for (let starts = 1; ; starts++) {
      const child = this.child ?? this.start();
      try {
        await this.ready;
        return child;
      } catch (error) {
        const isStopped = this.child !== child;
        this.child = undefined;
        if (isStopped || child.signalCode === null || starts === MOST_STARTS) throw error;
      }
    }
  }

  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** Starts a process, which may be stopped before it is ready. */
  private start(): ChildProcess {
    const child = fork(this.file, {
      // One thread each: two that spin beside one another take five times as long as one after the other.
      env: { ...process.env, SPINEBOOK_THREADS: process.env.SPINEBOOK_WORKER_THREADS ?? "1" },
      execArgv: ["--enable-source-maps"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.child = child;
    this.ready = new Promise<void>((resolve, reject) => {
      child.once("message", () => {
        child.removeAllListeners("exit");
        resolve();
      });
      child.once("exit", (code, signal) => {
        const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
        reject(new CohortError("file", `A worker of the batch ended at its start (${how}).`));
      });
      // Also afterwards: a process that cannot be reached any more says so by its end.
      child.on("error", reject);
    });
    return child;
  }
}

const CRASHED = {
  code: "crashed",
  message: "The process that read it died twice, perhaps for lack of memory; grade it alone to see more.",
};

function tooSlow(seconds: number): { code: string; message: string } {
  return {
    code: "too-slow",
    message: `It took longer than ${seconds} s and was given up; raise the limit to try longer.`,
  };
}

/**
 * Grades studies in processes of their own and hands on each result as it comes. A study whose process dies twice or takes
 * too long becomes a failed one; the others go on.
 * @param onResult runs while the lane reads its next study, and is awaited before the one after, so that results never pile up
 * @throws CohortError where no study can be graded (damaged weights); EngineError where there is nothing to compute with; the signal's reason
 * when it aborts
 */
export async function gradeInPool(
  plan: BatchPlan,
  units: readonly Unit[],
  { workers, timeout, signal }: PoolOptions,
  onResult: (result: UnitResult) => Promise<void>,
): Promise<void> {
  if (units.length > 0) await warnWhereSlow(); // the workers' own words go nowhere
  const file = workerFile();
  const queue = units.map((unit) => ({ unit, deaths: 0 }));
  let next = 0;
  const retries: typeof queue = [];
  let stopped: unknown;
  const lanes = Array.from({ length: Math.min(workers, units.length) }, () => new Lane(file, timeout));
  const stop = (reason: unknown): void => {
    stopped ??= reason;
    for (const lane of lanes) lane.stop();
  };
  const onAbort = (): void => {
    stop(signal!.reason);
  };
  signal?.addEventListener("abort", onAbort);
  const givenUp = (unit: Unit, why: "slow" | "died"): UnitResult =>
    failedResult(plan, unit, why === "slow" ? tooSlow(timeout) : CRASHED, timeout);

  const work = async (lane: Lane): Promise<void> => {
    let handedOn = Promise.resolve();
    for (;;) {
      const task = retries.shift() ?? queue[next++];
      if (task === undefined || stopped !== undefined) return handedOn;
      const outcome = await lane.run({ plan, unit: task.unit });
      // A result is written while the next study is read; no more than one of each lane waits.
      await handedOn;
      // The type checker does not see that a stop may have come while this waited.
      if ((stopped as unknown) !== undefined) return;
      if (outcome.type === "fatal") stop(new CohortError("file", outcome.message));
      else if (outcome.type === "died" && ++task.deaths < MOST_DEATHS) retries.push(task);
      else
        handedOn = onResult(
          outcome.type === "result" ? outcome.result : givenUp(task.unit, outcome.type),
        ).catch(stop);
    }
  };
  try {
    signal?.throwIfAborted();
    await Promise.all(
      lanes.map((lane) =>
        work(lane).catch((thrown: unknown) => {
          stop(thrown);
        }),
      ),
    );
    if (stopped !== undefined) throw stopped as Error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    for (const lane of lanes) lane.stop();
  }
}
