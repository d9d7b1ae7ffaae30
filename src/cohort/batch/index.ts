/**
 * Grading whole folders: `plan.ts` lists the studies, `pool.ts` grades them in processes of their own (`worker.ts`,
 * `gradeUnit.ts`; what a manifest tells in `told.ts`), `run.ts` writes each into the store with the note that it is done, `state.ts` tells other processes how far
 * it is.
 */
export { addGraded } from "./addGraded.js";
export type { GradedStudy } from "./addGraded.js";
export { FAILURES_SQL } from "./failure.js";
export { gradeUnit, MODEL_RATER } from "./gradeUnit.js";
export { modelIdentity } from "./model.js";
export type { ModelIdentity } from "./model.js";
export { readerOfBatch } from "./plan.js";
export { runBatch } from "./run.js";
export type { BatchOptions } from "./run.js";
export type { BatchSource } from "./plan.js";
export { batchFiles, cancelBatch, readBatchState } from "./state.js";
export type { BatchState, BatchSummary } from "./state.js";
export { existingSharedFolder, listShards, openSharedFolder } from "./folder.js";
export type { SharedFolder } from "./folder.js";
export { defaultWorkers } from "./pool.js";
export { runPart } from "./part.js";
export { runQueued } from "./queue/coordinate.js";
export type { QueuedOptions } from "./queue/coordinate.js";
export { requireQueueAddress } from "./queue/job.js";
export { serveQueue } from "./queue/worker.js";
export type { WorkerOptions } from "./queue/worker.js";
export { DEFAULT_TIMEOUT } from "./unit.js";
