import process from "node:process";
import { Buffer } from "node:buffer";
import type { KernelEvent } from "../protocol/messages.js";
import type { FromMain } from "./link.js";
import { JSON } from "./primordials.js";
import { presentRun } from "./context.js";
import type { Run } from "./run.js";
import { mapPositions } from "./traceback.js";

type Post = (message: FromMain) => void;

/** Sends what the run's code writes; text beyond the run's budget is dropped after one notice. */
export function writeText(post: Post, run: Run, name: "stdout" | "stderr", text: string): void {
  const fitting = run.budget.take(mapPositions(text));
  if (fitting !== "") post({ type: "stream", parent: run.parent, cellId: run.cellId, name, text: fitting });
}

/**
 * Sends an event of a run; displays count against the run's budget.
 * @throws TypeError when the event holds what JSON cannot, such as a circle.
 */
export function sendEvent(post: Post, run: Run, event: KernelEvent): void {
  const json = JSON.stringify(event);
  const fitting = run.displayBudget.take(json);
  if (fitting === json) post({ type: "event", json });
  else if (fitting !== "")
    writeText(post, run, "stderr", "[Displays cut off: this cell showed more than 128 MB.]\n");
}

/** Sends `process.stdout` and `process.stderr`, and with them `console`, to the cell that writes. */
export function captureStreams(post: Post): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    stream.write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
      const run = presentRun();
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      if (run !== undefined) writeText(post, run, name, text);
      const done = typeof encoding === "function" ? encoding : callback;
      if (typeof done === "function") process.nextTick(done);
      return true;
    };
  }
}
