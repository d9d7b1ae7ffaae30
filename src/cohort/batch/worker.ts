import { checked } from "../../text/index.js";
import { gradeUnit } from "./gradeUnit.js";
import { WORKER_TASK } from "./messages.js";
import type { WorkerMessage } from "./messages.js";

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
  process.on("message", (message: unknown) => {
    const { value: task, problem } = checked(message, WORKER_TASK);
    if (problem !== undefined) {
      send({ type: "fatal", message: `A task of the batch is not as it should be: ${problem}.` });
      return;
    }
    gradeUnit(task.plan, task.unit).then(
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
