import { mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { basename, join } from "node:path";
import { modelsFolder } from "../../../api/index.js";
import { isManifest, readSource, textOf } from "../../../cohort/index.js";
import {
  checkGoal,
  declaredParameters,
  htmlReport,
  readNotebook,
  runEach,
  writeAtomically,
} from "../../../notebook/index.js";
import type { EachEnd, Notebook } from "../../../notebook/index.js";
import { UsageError } from "../../command.js";
import type { CommandContext } from "../../command.js";
import { readRenderers } from "../run.js";
import { keyOf, readMade, reportFile, stampOf, writeMade } from "./made.js";
import type { MadeReport } from "./made.js";
import { outcomeOf } from "./outcome.js";
import { countText, overviewPage } from "./page.js";
import { eachProgress } from "./progress.js";
import { notebookColumns, patientColumns, planEach } from "./tasks.js";
import type { EachTask } from "./tasks.js";

export interface EachRequest {
  /** The notebook; `report-patient.ipynb` where none is named. */
  readonly notebook?: string | undefined;
  /** A `.csv`, `.tsv` or `.parquet` file, or a SELECT statement. */
  readonly manifest: string;
  /** The folder that the reports go to. */
  readonly output: string;
  readonly workers?: number | undefined;
  /** Makes also those that are there already. */
  readonly again: boolean;
  readonly allowIdentity: boolean;
  readonly json: boolean;
}

/** Files that a line names; of more their number. */
const MOST_FILES = 5;
/** What a kernel with its models may need, bytes. */
const MEMORY_OF_KERNEL = 2 * 2 ** 30;

/**
 * Makes a report of each row of a manifest, and an overview of them.
 * @returns the exit code: 0 when every row has its report
 * @throws CohortError, NotebookError, UsageError before anything ran
 */
export async function reportEach(request: EachRequest, context: CommandContext): Promise<number> {
  const { manifest, output, json } = request;
  if (!isManifest(manifest))
    throw new UsageError("Give --each a .csv, .tsv or .parquet file, or a SELECT statement.");
  const isPatient = request.notebook === undefined;
  const path = request.notebook ?? join(context.packageRoot, "notebooks", "report-patient.ipynb");
  const notebook = await readNotebook(path);
  const declared = declaredParameters(notebook);
  const table = await readSource(manifest);
  const columns = isPatient ? patientColumns(table) : notebookColumns(table, declared, basename(path));
  const needed = isPatient ? ["study"] : declared.flatMap(({ name, isNeeded }) => (isNeeded ? [name] : []));
  const { tasks, remarks } = planEach(table, columns, needed);
  await checkGoal(join(output, "index.html"));
  const { salt, reports: known } = await readMade(output);
  await mkdir(output, { recursive: true });
  for (const remark of remarks) context.log(remark);

  const common = await commonKey(notebook, context);
  const started = performance.now();
  const keys = await Promise.all(tasks.map((task) => keyOf(task, common, salt)));
  const made = new Map<number, MadeReport>();
  const entryOf = (task: EachTask) => ({ file: reportFile(task, salt), key: keys[task.row]! });
  const title = isPatient ? "Lumbar spine reports" : `Reports of ${basename(path).replace(/\.ipynb$/i, "")}`;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      const present = [...made.values()];
      const others = known.filter(({ file }) => !present.some((one) => one.file === file));
      await writeMade(output, { salt, reports: [...present, ...others] });
      await writeAtomically(join(output, "index.html"), overviewPage(title, table, tasks, made));
    });
    return writing;
  };

  const waiting: EachTask[] = [];
  for (const task of tasks) {
    const { file, key } = entryOf(task);
    const before = known.find((one) => one.file === file && one.key === key && one.state === "made");
    if (task.problem !== undefined)
      made.set(task.row, {
        ...{ file, key, state: "failed", message: task.problem, warnings: [], seconds: 0, hidden: [] },
      });
    else if (before !== undefined && !request.again && existsSync(join(output, file)))
      made.set(task.row, before);
    else waiting.push(task);
  }
  const earlier = [...made.values()].filter(({ state }) => state === "made").length;
  for (const { at, problem } of tasks) if (problem !== undefined) context.log(`${at}: failed. ${problem}`);
  await write();

  const workers = Math.min(request.workers ?? defaultWorkers(), waiting.length);
  const progress = eachProgress(context, tasks.length);
  progress(made, undefined);
  const onEnd = async (end: EachEnd): Promise<void> => {
    const task = waiting[end.index]!;
    const outcome = await outcomeOf(task, end, request.allowIdentity);
    if (outcome.state === "made") {
      const renderers = isPatient ? "" : await readRenderers(context, end.execution.notebook);
      const form = isPatient ? "paper" : "reading";
      const html = htmlReport(end.execution.notebook, { title, renderers, form });
      await writeAtomically(join(output, entryOf(task).file), html);
    }
    const { values } = table.rows[task.row]!;
    const hidden = table.columns.filter((name) => end.tellsIdentity(textOf(values[name]) ?? ""));
    made.set(task.row, { ...entryOf(task), ...outcome, seconds: end.seconds, hidden });
    progress(made, { task, seconds: end.seconds, ...outcome });
    await write();
  };
  await runEach(
    waiting.map(({ parameters }) => parameters),
    {
      path,
      kernelPath: join(context.packageRoot, "dist", "kernel", "main.js"),
      fallbackPackages: { spinebook: join(context.packageRoot, "dist", "api.js") },
      env: environmentOf(workers),
      signal: context.signal,
      workers,
    },
    onEnd,
  );

  const all = [...made.values()];
  const kept = new Set(
    tasks
      .filter(({ row }) => (made.get(row)?.state ?? "made") === "made")
      .map((task) => reportFile(task, salt)),
  );
  const old = known
    .map(({ file }) => file)
    .filter((file) => !kept.has(file) && existsSync(join(output, file)));
  const index = join(output, "index.html");
  if (json)
    context.out(
      JSON.stringify({
        index,
        rows: tasks
          .map(({ row, at }) => ({ at, ...(made.get(row) ?? { state: "waiting" }) }))
          .map(withoutKey),
        earlier,
        old,
        seconds: (performance.now() - started) / 1000,
      }),
    );
  else context.out(index);
  if (context.signal.aborted)
    context.log("Stopped. Run the same command again: it goes on where it stopped.");
  context.log(`${countText(tasks.length, all)}${earlier === 0 ? "" : `; ${earlier} were there already`}.`);
  if (old.length > 0) context.log(oldText(old));
  return all.length === tasks.length && all.every(({ state }) => state === "made") ? 0 : 1;
}

/** That reports of earlier rows are still there. */
function oldText(files: readonly string[]): string {
  const further = files.length - MOST_FILES;
  const list = files.slice(0, MOST_FILES).join(", ");
  const [count, them] =
    files.length === 1 ? ["1 file is a report", "it"] : [`${files.length} files are reports`, "them"];
  return `${count} of an earlier run that no row has any more; delete ${them} if nobody needs ${them}: ${list}${further > 0 ? ` and ${further} more` : ""}.`;
}

/** What is the same for all rows: the notebook, what computes, and the weights. */
async function commonKey({ cells }: Notebook, { packageRoot }: CommandContext): Promise<string> {
  const sources = cells.map(({ cell_type, source }) => [cell_type, source]);
  const stamps = await Promise.all([join(packageRoot, "dist", "api.js"), modelsFolder()].map(stampOf));
  return JSON.stringify([sources, ...stamps]);
}

/** One kernel a core, as far as the memory goes. */
function defaultWorkers(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / MEMORY_OF_KERNEL)));
}

/** The cores are shared by the kernels: threads of several that spin beside one another take five times as long. */
function environmentOf(workers: number): Record<string, string | undefined> {
  const threads = Math.max(1, Math.floor(availableParallelism() / Math.max(1, workers)));
  return { SPINEBOOK_THREADS: String(threads), ...process.env };
}

function withoutKey<T extends object>(row: T): Omit<T, "key" | "hidden"> {
  return Object.fromEntries(
    Object.entries(row).filter(([key]) => key !== "key" && key !== "hidden"),
  ) as never;
}
