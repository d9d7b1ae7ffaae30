import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import {
  checkGoal,
  htmlReport,
  keepPrivately,
  mayTellIdentity,
  NotebookError,
  refuseExecution,
  runForReading,
  writeOrKeep,
} from "../../notebook/index.js";
import type { ParameterValues, ReportOptions } from "../../notebook/index.js";
import { UsageError } from "../command.js";
import type { CommandContext } from "../command.js";
import { readRenderers, warningLogger } from "./run.js";
import { failureLine, progressReporter } from "./run/progress.js";

/** What a report is about. */
export interface Subject {
  /** A study: DICOM folder or any other form that is read. */
  readonly patient?: string | undefined;
  /** An earlier study of the same patient. */
  readonly previous?: string | undefined;
  /** A cohort's database. */
  readonly cohort?: string | undefined;
  /** mm between pixels of a PNG. */
  readonly spacing?: number | undefined;
}

interface Plan {
  /** Below the package's `notebooks/`. */
  readonly notebook: string;
  readonly parameters: ParameterValues;
  readonly title: string;
  readonly form: NonNullable<ReportOptions["form"]>;
}

/**
 * Which notebook makes the report, and with what. Paths are made absolute: the notebook's folder is another one.
 * @throws UsageError where options contradict each other
 */
export function planOf({ patient, previous, cohort, spacing }: Subject): Plan {
  if (patient !== undefined && cohort !== undefined)
    throw new UsageError("A report is of a patient or of a cohort; leave --patient or --cohort out.");
  if (patient !== undefined)
    return {
      notebook: "report-patient.ipynb",
      parameters: {
        study: resolve(patient),
        ...(previous === undefined ? {} : { previous: resolve(previous) }),
        ...(spacing === undefined ? {} : { spacing }),
      },
      title: "Lumbar spine report",
      form: "paper",
    };
  if (previous !== undefined || spacing !== undefined)
    throw new UsageError("--previous and --spacing go with --patient.");
  return {
    notebook: "report-cohort.ipynb",
    parameters: { cohort: resolve(cohort!) },
    title: "Cohort report",
    form: "reading",
  };
}

/**
 * Runs the notebook that makes the report and writes the report alone. Where a cell throws nothing is written.
 * @returns the exit code
 * @throws IdentityError where an output looks like it tells who a patient is, unless that is allowed; the report is then
 *   kept in a file that only its owner can read
 */
export async function reportSubject(
  subject: Subject,
  output: string,
  options: { readonly allowIdentity: boolean; readonly json: boolean },
  context: CommandContext,
): Promise<number> {
  const plan = planOf(subject);
  for (const path of [subject.patient, subject.previous, subject.cohort])
    // A database that is not there would be made, empty.
    if (path !== undefined && !existsSync(path))
      throw new NotebookError(`${path} is not there; name what the report shall be about.`);
  await checkGoal(output);
  const progress = progressReporter(process.stderr, context.log);
  const result = await runForReading({
    path: join(context.packageRoot, "notebooks", plan.notebook),
    kernelPath: join(context.packageRoot, "dist", "kernel", "main.js"),
    fallbackPackages: { spinebook: join(context.packageRoot, "dist", "api.js") },
    parameters: plan.parameters,
    onProgress: progress.onProgress,
    signal: context.signal,
  }).finally(progress.end);
  const [failed] = result.failures;
  if (failed) {
    context.log(failureLine(failed));
    context.log("No report was written.");
    return 1;
  }
  const renderers = plan.form === "paper" ? "" : await readRenderers(context, result.notebook);
  const onWarning = warningLogger(context);
  const html = htmlReport(result.notebook, { title: plan.title, renderers, form: plan.form, onWarning });
  if (!options.allowIdentity && mayTellIdentity(result)) {
    const kept = await keepPrivately(output, html, "private");
    refuseExecution(result, `The report is in ${kept}, which only you can read.`);
  }
  await writeOrKeep(output, html);
  context.out(options.json ? JSON.stringify({ report: output, outOfOrder: null }) : output);
  return 0;
}
