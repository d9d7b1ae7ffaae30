import { gradeUnit } from "./gradeUnit.js";
import type { BatchPlan, Unit, UnitResult } from "./unit.js";

/** To a worker: what to do next. */
export interface WorkerTask {
  readonly plan: BatchPlan;
  readonly unit: Unit;
}

/** From a worker: that it is ready, what became of a task, or why no task can be done. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | {
      readonly type: "result";
      readonly result: UnitResult;
      /** Bytes held by the process. */ readonly memory: number;
    }
  | { readonly type: "fatal"; readonly message: string };

/**
 * The process of a batch that grades one study after another: an entry of its own in `dist/`. It ends with the process that
 * started it, however that ends.
 */
export function serveBatch(): void {
  const send = (message: WorkerMessage): void => {
    process.send?.(message);
  };
  process.on("disconnect", () => process.exit(0));
  // Ctrl+C and the end of a job go to the whole group; the one who gave the task decides what becomes of it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => undefined);
  process.on("message", ({ plan, unit }: WorkerTask) => {
    gradeUnit(plan, unit).then(
      (result) => {
        send({ type: "result", result, memory: process.memoryUsage.rss() });
      },
      (thrown: unknown) => {
        send({ type: "fatal", message: thrown instanceof Error ? thrown.message : "The worker failed." });
      },
    );
  });
  send({ type: "ready" });
}
