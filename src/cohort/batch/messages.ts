import * as v from "valibot";
import { numberBetween } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { BATCH_PLAN, UNIT, UNIT_RESULT } from "./unit.js";
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

/** What a worker hears. */
export const WORKER_TASK: Schema<WorkerTask> = v.object({ plan: BATCH_PLAN, unit: UNIT });

/** What a pool hears from its workers: one message a study, so that each is checked whole. */
export const WORKER_MESSAGE: Schema<WorkerMessage> = v.variant("type", [
  v.object({ type: v.literal("ready") }),
  v.object({ type: v.literal("result"), result: UNIT_RESULT, memory: numberBetween(0) }),
  v.object({ type: v.literal("fatal"), message: v.string() }),
]);
