import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, basename } from "node:path";
import * as v from "valibot";
import { checkedJson, finiteNumber, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { LEFT_OUT_KINDS } from "../../imaging/index.js";
import type { LeftOutCount } from "../../imaging/index.js";
import { isRunning } from "../owner.js";

/** How far a batch is. It stands in a file beside the cohort, so that any other process may watch. */
export interface BatchState {
  readonly state: "listing" | "running" | "done" | "cancelled" | "failed";
  /** Number of the process that runs it, and the machine that it runs on. */
  readonly process: number;
  readonly machine: string;
  /** Studies of this batch; 0 while they are still being listed. */
  readonly total: number;
  /** Studies that are done with, the failed ones and those of earlier runs included. */
  readonly done: number;
  readonly failed: number;
  /** Studies that an earlier run had done. */
  readonly earlier: number;
  /** Seconds since it began. */
  readonly seconds: number;
  /** Seconds that are left by the pace so far; absent before the first study is done. */
  readonly remaining?: number;
  /** ISO 8601 time of this state. */
  readonly at: string;
  /** Why it failed. */
  readonly message?: string;
  /** What lies in the folder and leads to no study, by kind; absent while the studies are still being listed. */
  readonly leftOut?: readonly LeftOutCount[];
  /** The reader whose convention Pfirrmann grades follow; absent where none was named. */
  readonly reader?: string | undefined;
  /** Other conventions that grades of the same weights follow in the cohort: readers by name, "" for grades without one. */
  readonly otherReaders?: readonly string[] | undefined;
  /** What a person should know of how a manifest was read. */
  readonly remarks?: readonly string[];
}

const BATCH_STATE: Schema<BatchState> = v.object({
  state: v.picklist(["listing", "running", "done", "cancelled", "failed"]),
  process: wholeNumber(1),
  machine: v.string(),
  total: wholeNumber(0),
  done: wholeNumber(0),
  failed: wholeNumber(0),
  earlier: wholeNumber(0),
  seconds: finiteNumber(),
  remaining: v.optional(finiteNumber()),
  at: v.string(),
  message: v.optional(v.string()),
  leftOut: v.optional(v.array(v.object({ kind: v.picklist(LEFT_OUT_KINDS), count: wholeNumber(0) }))),
  reader: v.optional(v.string()),
  otherReaders: v.optional(v.array(v.string())),
  remarks: v.optional(v.array(v.string())),
});

/** What a batch did. */
export interface BatchSummary {
  readonly state: BatchState["state"];
  /** Studies in the folder, or in its part. */
  readonly total: number;
  /** Graded now. */
  readonly graded: number;
  readonly failed: number;
  /** Done by an earlier run, and left as they are; and how many of these had failed. */
  readonly earlier: number;
  readonly earlierFailed: number;
  readonly seconds: number;
  /** What lies in the folder and leads to no study, by kind: pictures, files and folders that cannot be read ... */
  readonly leftOut: readonly LeftOutCount[];
  /** As in {@link BatchState}. */
  readonly reader?: string | undefined;
  readonly otherReaders?: readonly string[] | undefined;
  /** As in {@link BatchState}; absent where there is nothing. */
  readonly remarks?: readonly string[];
}

/** Files beside a cohort. */
export function batchFiles(cohort: string): { readonly state: string; readonly cancel: string } {
  const beside = (ending: string): string => join(dirname(cohort), `.${basename(cohort)}.${ending}`);
  return { state: beside("batch.json"), cancel: beside("cancel") };
}

/** The state of the batch that fills a cohort, or did last; `undefined` where there was none. */
export async function readBatchState(cohort: string): Promise<BatchState | undefined> {
  const text = await readFile(batchFiles(cohort).state, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // A state that is torn, or of another release, is none: the next one comes within seconds.
  const { value: state } = checkedJson(text, BATCH_STATE);
  if (state === undefined) return undefined;
  const isRunning = state.state === "running" || state.state === "listing";
  return isRunning && !isAlive(state)
    ? {
        ...state,
        state: "failed",
        message: "The process that ran it has gone; run it again, it goes on where it stopped.",
      }
    : state;
}

/** Seconds without a sign of life after which a batch on another machine has gone. */
const SILENT = 60;

function isAlive({ process: pid, machine, at }: BatchState): boolean {
  if (machine !== hostname()) return Date.now() - Date.parse(at) < SILENT * 1000;
  return isRunning(pid);
}

/** Forgets a wish to stop that came when nothing ran. */
export async function forgetCancel(cohort: string): Promise<void> {
  await rm(batchFiles(cohort).cancel, { force: true });
}

/** Asks the batch that fills a cohort to stop; it does within a second, and keeps what it has. */
export async function cancelBatch(cohort: string): Promise<void> {
  await writeFile(batchFiles(cohort).cancel, "");
}
