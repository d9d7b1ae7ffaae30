import { stat } from "node:fs/promises";
import { batchLine, conventionText, leftOutText, modelsFolder, openCohort } from "../../api/index.js";
import {
  DEFAULT_TIMEOUT,
  FAILURES_SQL,
  defaultWorkers,
  isManifest,
  openSharedFolder,
  readManifest,
  readerOfBatch,
  requireQueueAddress,
  runBatch,
  runPart,
  runQueued,
  type BatchOptions,
  type BatchSource,
  type BatchState,
  type BatchSummary,
} from "../../cohort/index.js";
import { parseSpacing, UsageError, type CommandContext } from "../command.js";

/** Options of `grade` that belong to a batch. */
export const BATCH_OPTIONS = {
  cohort: { type: "string", path: "written" },
  workers: { type: "string" },
  shard: { type: "string" },
  queue: { type: "string" },
  again: { type: "string" },
  timeout: { type: "string" },
  dataset: { type: "string" },
  manifest: { type: "string" },
} as const;

export type BatchValues = { readonly [K in keyof typeof BATCH_OPTIONS | "spacing"]?: string | undefined };

/** Of a single study and of a batch alike. */
interface ReaderValue {
  readonly reader?: string | undefined;
}

/** A whole number of at least 1 given as an option. @throws UsageError */
export function parsePositive(option: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`"${text ?? ""}" is no whole number of at least 1; give ${option} one.`);
  return value;
}

/** `2/8` as part 2 of 8. @throws UsageError */
function parseShard(text: string): { index: number; count: number } {
  const parts = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts === null || index < 1 || index > count)
    throw new UsageError(`"${text}" is no part; give --shard as 1/8 to 8/8 for eight parts.`);
  return { index, count };
}

function parseAgain(text: string | undefined): NonNullable<BatchOptions["again"]> {
  const word = (["none", "failed", "all"] as const).find((one) => one === (text ?? "none"));
  if (word === undefined)
    throw new UsageError(`"${text ?? ""}" is nothing that --again knows; give failed or all.`);
  return word;
}

/** Tells of progress: on a terminal in one line that changes, else now and then in a line of its own. */
function progressLog({ log }: CommandContext): (state: BatchState) => void {
  const isTerminal = process.stderr.isTTY;
  let [told, last] = [0, ""];
  return (state) => {
    const isEnd = state.state !== "running" && state.state !== "listing";
    const line = batchLine(state);
    const now = performance.now();
    if (line === last || (!isEnd && now - told < (isTerminal ? 200 : 5000))) return;
    [told, last] = [now, line];
    if (!isTerminal) log(line);
    else process.stderr.write(`\r\u001b[K${line}${isEnd ? "\n" : ""}`);
  };
}

/** What is graded: the folder, or what the manifest tells. @throws UsageError, CohortError */
async function sourceOf(
  folder: string | undefined,
  { manifest, spacing }: BatchValues,
): Promise<BatchSource> {
  if (manifest === undefined) {
    // A typing error leaves no empty cohort behind.
    if ((await stat(folder!).catch(() => undefined)) === undefined)
      throw new UsageError("The folder of the studies does not exist; check its path.");
    return folder!;
  }
  if (spacing !== undefined)
    throw new UsageError("A manifest tells the spacing of each picture in a column; leave --spacing out.");
  if (!isManifest(manifest))
    throw new UsageError("Give --manifest a .csv, .tsv or .parquet file, or a SELECT statement.");
  return readManifest(manifest, folder);
}

async function run(
  folder: string | undefined,
  cohort: string,
  values: BatchValues & ReaderValue,
  context: CommandContext,
): Promise<BatchSummary> {
  const source = await sourceOf(folder, values);
  const spacing = parseSpacing(values.spacing);
  const options: BatchOptions = {
    models: modelsFolder(),
    workers: parsePositive("--workers", values.workers, defaultWorkers()),
    timeout: parsePositive("--timeout", values.timeout, DEFAULT_TIMEOUT),
    again: parseAgain(values.again),
    ...(values.dataset === undefined ? {} : { dataset: values.dataset }),
    ...(values.reader === undefined ? {} : { reader: values.reader }),
    ...(spacing === undefined ? {} : { spacing }),
    signal: context.signal,
    onState: progressLog(context),
  };
  if (values.shard !== undefined && values.queue !== undefined)
    throw new UsageError("Give --shard or --queue: a part of a job array takes no jobs from a queue.");
  if (values.shard !== undefined) {
    const shard = parseShard(values.shard);
    return runPart(source, await openSharedFolder(cohort), { ...options, shard });
  }
  if (values.queue !== undefined) {
    if (values.workers !== undefined)
      throw new UsageError(
        'With --queue the studies are graded by "spinebook worker", which takes --workers.',
      );
    if (values.again !== undefined)
      throw new UsageError(
        "With --queue nothing is graded again: delete the shards in question, or take a new folder.",
      );
    requireQueueAddress(values.queue);
    return runQueued(source, await openSharedFolder(cohort), {
      ...options,
      url: values.queue,
      ...(folder === undefined ? {} : { images: folder }),
    });
  }
  await readerOfBatch(options);
  const open = await openCohort(cohort);
  try {
    return await runBatch(source, open.store, cohort, options);
  } finally {
    await open.close();
  }
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `"${path}"`;
}

/**
 * Grades a folder, or what a manifest tells, into a cohort.
 * @returns the exit code: 0 done, 1 stopped, or every study failed; why one failed is in the cohort
 */
export async function gradeBatch(
  folder: string | undefined,
  cohort: string,
  values: BatchValues & ReaderValue & { readonly json?: boolean | undefined },
  context: CommandContext,
): Promise<number> {
  if (cohort.trim() === "") throw new UsageError("Give --cohort the name of a file.");
  const summary = await run(folder, cohort, values, context);
  if (values.json) context.out(JSON.stringify(summary));
  else {
    const { total, graded, failed, earlier, seconds } = summary;
    context.out(
      `${total} studies: ${graded} graded, ${failed} failed, ${earlier} done earlier, in ${seconds.toFixed(0)} s`,
    );
  }
  for (const line of [...leftOutText(summary), ...conventionText(summary)]) context.log(`! ${line}`);
  if (summary.earlierFailed > 0)
    context.log(`Of those done earlier ${summary.earlierFailed} failed; --again failed tries them again.`);
  const failed = summary.failed + summary.earlierFailed;
  if (failed > 0) {
    const gather = values.shard ?? values.queue;
    context.log(
      `To see why ${failed} of ${summary.total} failed: spinebook cohort ${gather === undefined ? quoted(cohort) : `FILE --gather ${quoted(cohort)}, then spinebook cohort FILE`} --sql "${FAILURES_SQL}"`,
    );
  }
  return summary.state === "done" && summary.total > failed ? 0 : 1;
}
