import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftOutWords, localPath } from "../imaging/index.js";
import { requireOptions } from "../statistics/index.js";
import { INDEX_OPTIONS } from "./options.js";
import {
  cancelBatch as cancelFor,
  CohortError,
  FAILURES_SQL,
  isManifest,
  readBatchState,
  readManifest,
  readerOfBatch,
  runBatch,
  type BatchOptions,
  type BatchSource,
  type ManifestSource,
  type BatchState,
  type BatchSummary,
} from "../cohort/index.js";
import { openCohort } from "./cohort.js";
import { CohortTable } from "./cohortTable.js";
import { jupyterDisplay } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import { escapeMarkup } from "../text/index.js";
import { modelsFolder, recordModels } from "../analysis/index.js";
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
  leftOut = [],
  reader,
}: BatchState): string {
  if (state === "listing") return `Looking for studies, ${duration(seconds)}`;
  return [
    `${done} of ${total} studies${reader === undefined ? "" : ` as reader ${reader}`}`,
    ...(earlier > 0 ? [`${earlier} of them earlier`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    duration(seconds),
    ...(state === "running" && remaining !== undefined ? [`about ${duration(remaining)} left`] : []),
    ...(state === "running" ? [] : [ENDS[state]]),
    ...(message === undefined ? [] : [message]),
    ...(leftOut.length === 0 ? [] : [`left out: ${leftOutWords(leftOut)}`]),
  ].join(", ");
}

/**
 * What a batch left out of its folder, in sentences with what to do; none where it left nothing out.
 * @param total studies that it found
 */
export function leftOutText({
  total,
  leftOut,
  remarks = [],
}: Pick<BatchSummary, "total" | "leftOut" | "remarks">): string[] {
  const has = (...kinds: readonly string[]): boolean => leftOut.some(({ kind }) => kinds.includes(kind));
  return [
    ...remarks,
    ...(total === 0
      ? ["No study was found there: no DICOM, archive, NIfTI, MetaImage or NRRD file that can be read."]
      : []),
    ...(leftOut.length > 0 ? [`Left out, as they lead to no study: ${leftOutWords(leftOut)}.`] : []),
    ...(has("png", "jpeg")
      ? [
          'Pictures do not say how far their pixels are apart: give their spacing in mm (spacing; --spacing MM), "auto" to have it estimated, or a manifest with a column spacing.',
        ]
      : []),
    ...(has("tiff", "picture")
      ? [
          "Pictures of other kinds are not read: give the DICOM images they were made from, or save them as PNG.",
        ]
      : []),
    ...(has("unreadable-file", "unreadable-folder")
      ? [
          "What cannot be read belongs to somebody else as a rule: ask for permission to read it, and run it again.",
        ]
      : []),
    ...(has("name")
      ? ["Names that are not UTF-8 lead to no study: give these files and folders other names."]
      : []),
    ...(has("archive") ? ["Archives other than .zip are not unpacked: unpack them."] : []),
  ];
}

/** That a cohort's grades follow several readers' conventions, in sentences with what to do; none where they follow one. */
export function conventionText({
  reader,
  otherReaders = [],
}: Pick<BatchState, "reader" | "otherReaders">): string[] {
  if (otherReaders.length === 0) return [];
  const words = (name: string): string => (name === "" ? "without a reader" : `as reader ${name}`);
  return [
    `Pfirrmann grades of these weights follow several conventions in this cohort: ${[reader ?? "", ...otherReaders].map(words).join(", ")}. They stand side by side, told apart by the column reader: name one where you ask.`,
  ];
}

/** How far a batch is. As the last value of a cell it shows itself. */
export class BatchView implements Displayable {
  constructor(readonly state: BatchState) {}

  [jupyterDisplay](): MimeBundle {
    const { done, total } = this.state;
    const { state, failed, total: studies, leftOut = [], remarks = [] } = this.state;
    const advice = state === "done" ? leftOutText({ total: studies, leftOut, remarks }) : [];
    const why =
      state !== "listing" && state !== "running" && failed > 0
        ? [`Why ${failed} failed: await cohort.sql("${FAILURES_SQL}")`]
        : [];
    const line = [batchLine(this.state), ...why, ...advice, ...conventionText(this.state)].join("\n");
    const bar = `<progress max="${Math.max(1, total)}" value="${done}" style="width:20em" aria-label="Studies graded"></progress>`;
    return {
      "text/html": `<div>${bar} ${escapeMarkup(line).replaceAll("\n", "<br>")}</div>`,
      "text/plain": line,
    };
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
export interface GradeCohortOptions extends Partial<BatchOptions> {
  /** The folder that the paths of a manifest count from; its own unless given. */
  readonly images?: string;
}

const BATCH_OPTIONS = {
  ...INDEX_OPTIONS,
  models: true,
  dataset: true,
  reader: true,
  spacing: true,
  images: true,
  workers: true,
  timeout: true,
  again: true,
  shard: true,
  onState: true,
} as const;

/**
 * Grades studies into a cohort, several at once in processes of their own. Shows how far it is; an interrupt stops it, and run again
 * it goes on where it stopped. What is graded with these weights already stays as it is. With `reader` Pfirrmann grades follow that
 * reader's convention, which the column `reader` tells; grades of another convention stand beside them.
 * @param source a folder, searched recursively for DICOM studies, archives, NIfTI, MetaImage and NRRD files (with `spacing` also for
 * pictures, PNG and JPEG); or a manifest, one row a study: a `.csv` or `.parquet` file, a SELECT of DuckDB's, or rows, with columns path,
 * study, patient, data set, spacing, contrast, T1 partner, age, sex, date, scanner, and any other, which `studies` then has too
 * @param cohort path of the cohort, which is made where it is not there
 * @example await gradeCohort("studies/", "spine.duckdb", { workers: 4 })
 * @example await gradeCohort("studies.csv", "spine.duckdb")
 * @example await gradeCohort([{ path: "a.png", study: "1", spacing: 0.6, hospital: "north" }], "spine.duckdb")
 * @throws CohortError, ImagingError, ReaderError
 */
export async function gradeCohort(
  source: ManifestSource | CohortTable,
  cohort: string,
  options: GradeCohortOptions = {},
): Promise<BatchSummary> {
  requireOptions("gradeCohort", options, BATCH_OPTIONS);
  const { images, ...batch } = options;
  const rows = source instanceof CohortTable ? await source.rows() : source;
  const isFolder = typeof rows === "string" && !isManifest(rows);
  if (!isFolder && options.spacing !== undefined)
    throw new CohortError(
      "bad-option",
      "A manifest tells the spacing of each picture in a column; leave the option spacing out.",
    );
  return gradeManifest(isFolder ? localPath(rows) : await readManifest(rows, images), cohort, batch);
}

/** Grades a folder or what a manifest tells; as {@link gradeCohort}. */
export async function gradeManifest(
  source: BatchSource,
  cohort: string,
  options: Partial<BatchOptions>,
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
  const path = localPath(cohort);
  const { models = modelsFolder() } = options;
  await readerOfBatch({ models, reader: options.reader });
  const open = await openCohort(path);
  try {
    return await runBatch(source, open.store, path, {
      models,
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
  requireOptions("watchBatch", options, { onState: true, signal: true });
  const signal = options.signal ?? (globalThis as CellGlobals).interruptSignal;
  const show = liveView();
  for (;;) {
    const state = await readBatchState(localPath(cohort));
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
export async function cancelBatch(cohort: string): Promise<void> {
  return cancelFor(localPath(cohort));
}
