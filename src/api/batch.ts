import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  cancelBatch as cancelFor,
  CohortError,
  readBatchState,
  runBatch,
  type BatchOptions,
  type BatchState,
  type BatchSummary,
} from "../cohort/index.js";
import { openCohort } from "./cohort.js";
import { jupyterDisplay } from "./display/index.js";
import type { Displayable } from "./display/index.js";
import { escapeMarkup } from "./display/svg.js";
import { modelsFolder } from "./package.js";
import { recordModels } from "./provenance.js";
import type { MimeBundle } from "../protocol/index.js";

/** A cell's globals, as far as they are used here; absent outside of a notebook. */
interface CellGlobals {
  readonly display?: (value: unknown) => { update(value: unknown): void };
  readonly interruptSignal?: AbortSignal;
}

/** How a batch ended, in words. */
const ENDS: Readonly<Record<Exclude<BatchState["state"], "listing" | "running">, string>> = {
  done: "done",
  cancelled: "stopped; run it again, and it goes on where it stopped",
  failed: "failed",
};

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** How far a batch is, in one line. */
export function batchLine({
  state,
  total,
  done,
  failed,
  earlier,
  seconds,
  remaining,
  message,
}: BatchState): string {
  if (state === "listing") return `Looking for studies, ${duration(seconds)}`;
  return [
    `${done} of ${total} studies`,
    ...(earlier > 0 ? [`${earlier} of them earlier`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    duration(seconds),
    ...(state === "running" && remaining !== undefined ? [`about ${duration(remaining)} left`] : []),
    ...(state === "running" ? [] : [ENDS[state]]),
    ...(message === undefined ? [] : [message]),
  ].join(", ");
}

/** How far a batch is. As the last value of a cell it shows itself. */
export class BatchView implements Displayable {
  constructor(readonly state: BatchState) {}

  [jupyterDisplay](): MimeBundle {
    const { done, total } = this.state;
    const line = batchLine(this.state);
    const bar = `<progress max="${Math.max(1, total)}" value="${done}" style="width:20em" aria-label="Studies graded"></progress>`;
    return { "text/html": `<div>${bar} ${escapeMarkup(line)}</div>`, "text/plain": line };
  }
}

/** Shows states in one display that changes; does nothing outside of a notebook. */
function liveView(): (state: BatchState) => void {
  const { display } = globalThis as CellGlobals;
  let handle: { update(value: unknown): void } | undefined;
  let shown = "";
  return (state) => {
    const line = batchLine(state);
    if (display === undefined || line === shown) return;
    shown = line;
    if (handle === undefined) handle = display(new BatchView(state));
    else handle.update(new BatchView(state));
  };
}

/** As `BatchOptions`; the weights are those in use, unless named. */
export type GradeCohortOptions = Partial<BatchOptions>;

/**
 * Grades every study below a folder into a cohort, several at once in processes of their own. Shows how far it is; an
 * interrupt stops it, and run again it goes on where it stopped. What is graded with these weights already stays as it is.
 * @param folder searched recursively for DICOM studies, archives, NIfTI, MetaImage and NRRD files
 * @param cohort path of the cohort, which is made where it is not there
 * @example await gradeCohort("studies/", "spine.duckdb", { workers: 4 })
 * @throws CohortError, ImagingError
 */
export async function gradeCohort(
  folder: string,
  cohort: string,
  options: GradeCohortOptions = {},
): Promise<BatchSummary> {
  if (cohort === ":memory:")
    throw new CohortError(
      "bad-option",
      "A batch needs a cohort in a file: one in memory would be gone with its end.",
    );
  // Weights in another folder are named by their hash in the cohort.
  if (options.models === undefined) await recordModels("detector", "corners", "pfirrmann", "multitask");
  const { interruptSignal } = globalThis as CellGlobals;
  const show = liveView();
  const open = await openCohort(cohort);
  try {
    return await runBatch(folder, open.store, cohort, {
      models: modelsFolder(),
      ...(interruptSignal === undefined ? {} : { signal: interruptSignal }),
      ...options,
      onState: (state) => {
        show(state);
        options.onState?.(state);
      },
    });
  } finally {
    await open.close();
  }
}

/**
 * Watches the batch that fills a cohort, whichever process runs it, until it ends. An interrupt stops the watching, not the
 * batch; `cancelBatch` stops the batch.
 * @param cohort path of the cohort; of a batch by a queue, of the folder that its shards are written to
 * @throws RangeError where no batch has run
 */
export async function watchBatch(
  cohort: string,
  options: { readonly onState?: (state: BatchState) => void; readonly signal?: AbortSignal } = {},
): Promise<BatchState> {
  const signal = options.signal ?? (globalThis as CellGlobals).interruptSignal;
  const show = liveView();
  for (;;) {
    const state = await readBatchState(cohort);
    if (state === undefined) throw new RangeError(`No batch has written to ${basename(cohort)} yet.`);
    show(state);
    options.onState?.(state);
    if (state.state !== "running" && state.state !== "listing") return state;
    await setTimeout(500, undefined, signal === undefined ? {} : { signal });
  }
}

/**
 * Stops the batch that fills a cohort, whichever process runs it, within about a second; what is graded stays.
 * @param cohort path of the cohort; of a batch by a queue, of the folder that its shards are written to
 */
export function cancelBatch(cohort: string): Promise<void> {
  return cancelFor(cohort);
}
