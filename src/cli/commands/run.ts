import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  checkGoal,
  checkNotebook,
  describeIdentity,
  htmlReport,
  parseParameter,
  refuseExecution,
  reportScripts,
  runNotebook,
  verifyNotebook,
  writeOrKeep,
} from "../../notebook/index.js";
import type { Notebook, NotebookOptions } from "../../notebook/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command, CommandContext } from "../command.js";
import { failureLine, progressReporter } from "./run/progress.js";
import { placeOf } from "./run/identity.js";
import { differenceLine, verdictLine } from "./run/verify.js";

const OPTIONS = {
  parameter: { type: "string", short: "p", multiple: true },
  output: { type: "string", path: "written", short: "o" },
  html: { type: "string", path: "written" },
  timeout: { type: "string" },
  "allow-errors": { type: "boolean" },
  "allow-identity": { type: "boolean" },
  check: { type: "boolean" },
  verify: { type: "boolean" },
  tolerance: { type: "string" },
  json: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parseCommand<typeof OPTIONS>>["values"];

export const run: Command = {
  name: "run",
  summary: "execute a notebook without an editor, with parameters, and write a report",
  example: "spinebook run analysis.ipynb --html analysis.html",
  usage: `spinebook run NOTEBOOK.ipynb [-p name=value]... [-o OUT.ipynb] [--html OUT.html] [--timeout SECONDS]
              [--allow-errors] [--allow-identity] [--json]
spinebook run NOTEBOOK.ipynb --check [-p name=value]... [-o OUT.ipynb] [--html OUT.html] [--json]
spinebook run NOTEBOOK.ipynb --verify [--tolerance 1e-6] [--timeout SECONDS] [--json]

Executes the notebook's cells in order, in the notebook's folder, and writes it with its outputs.

  -p, --parameter name=value  set a variable behind the cell tagged "parameters"; repeatable. Values are JSON where they
                              can be (7, true, [1,2]), text otherwise. Relative paths are seen from the notebook's folder.
  -o, --output OUT.ipynb      write the executed notebook there instead of in place
      --html OUT.html         also write a report: one file that needs no network
      --timeout SECONDS       stop a cell that takes longer
      --allow-errors          go on behind a cell that throws or takes too long, while the kernel lives: native code that
                              does not stop ends it and all variables with it, and the cells behind are not run
      --allow-identity        write OUT.ipynb and OUT.html also when the notebook looks like it tells who a patient is;
                              for phantoms and test data only
      --check                 run nothing, write nothing; tell what looks like a patient's identity in the code and in the
                              saved outputs, and whether OUT.ipynb and OUT.html can be written
      --verify                run the notebook again as it stands, without writing it, and compare the outputs with the
                              stored ones; of cells tagged "varies" only whether they fail is compared
      --tolerance NUMBER      with --verify: how far numbers may be off, relative to the larger one, also in texts (0: exact)
      --json                  print the outcome of each cell, or with --verify the differences, as JSON

Cells cannot ask for input; those tagged "skip-execution" are not run. What has been run is never lost: where it must not
or cannot be written to its place, it is kept in a file that only you can read, and the message names it.

Exit code 1 when a cell throws; the notebook and the report are then written with what ran.
With --check, exit code 1 when anything was found. With --verify, exit code 1 when any cell's outputs differ or the
notebook was never run.`,

  async run(args, context) {
    const { values, path } = parseCommand(args, OPTIONS, "the notebook to run (.ipynb)");
    const timeoutSeconds = parseNumber(
      "--timeout",
      values.timeout,
      "a time in seconds above 0",
      (n) => n > 0,
    );
    const tolerance = parseNumber("--tolerance", values.tolerance, "a number from 0", (n) => n >= 0);
    refuseCombinations(values);
    if (values.check === true) return check(path, values, context);
    const progress = progressReporter(process.stderr, context.log);
    const options: NotebookOptions = {
      path,
      kernelPath: join(context.packageRoot, "dist", "kernel", "main.js"),
      fallbackPackages: { spinebook: join(context.packageRoot, "dist", "api.js") },
      onProgress: progress.onProgress,
      allowErrors: values["allow-errors"] ?? false,
      signal: context.signal,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    };
    try {
      return values.verify === true
        ? await verify(options, tolerance ?? 0, values, progress.end, context)
        : await execute(options, values, progress.end, context);
    } finally {
      progress.end();
    }
  },
};

/** Runs the notebook, writes it and its report, and prints where they are. */
async function execute(
  options: NotebookOptions,
  values: Values,
  endProgress: () => void,
  context: CommandContext,
): Promise<number> {
  const started = Date.now();
  const allowIdentity = values["allow-identity"] ?? false;
  if (values.html !== undefined) await checkGoal(values.html);
  const result = await runNotebook({
    ...options,
    ...(values.output === undefined ? {} : { output: values.output }),
    parameters: Object.fromEntries((values.parameter ?? []).map(parseParameter)),
    allowIdentity,
  });
  endProgress();
  for (const failed of result.failures) context.log(failureLine(failed));
  const warnings = [...result.warnings];
  if (values.html !== undefined) {
    const again = `The run is written, in ${result.outputPath}: when that is done there, "spinebook report" makes the report of it without running it again.`;
    if (!allowIdentity) refuseExecution(result, again);
    const title = basename(options.path).replace(/\.ipynb$/i, "");
    const renderers = await readRenderers(context, result.notebook);
    const onWarning = (warning: string): void => void warnings.push(warning);
    await writeOrKeep(values.html, htmlReport(result.notebook, { title, renderers, onWarning }));
  }
  for (const warning of warnings) context.log(`Warning: ${warning}`);
  if (values.json)
    context.out(
      JSON.stringify({
        ok: result.ok,
        notebook: result.outputPath,
        ...(values.html === undefined ? {} : { report: values.html }),
        cells: result.cells,
        warnings,
        seconds: (Date.now() - started) / 1000,
      }),
    );
  else context.out([result.outputPath, ...(values.html === undefined ? [] : [values.html])].join("\n"));
  return result.ok ? 0 : 1;
}

/** Tells what a run would be refused for. */
async function check(path: string, values: Values, { out }: CommandContext): Promise<number> {
  const parameters = Object.fromEntries((values.parameter ?? []).map(parseParameter));
  const identity = await checkNotebook(path, parameters);
  for (const goal of [values.output, values.html]) if (goal !== undefined) await checkGoal(goal);
  if (values.json) out(JSON.stringify({ ok: identity.length === 0, identity: identity.map(placeOf) }));
  else if (identity.length === 0)
    out(
      "Nothing looks like a patient's identity. Names that the cells read from files are known only when they run.",
    );
  else out(identity.map((found) => `${describeIdentity(found)}.`).join("\n"));
  return identity.length === 0 ? 0 : 1;
}

/** Runs the notebook again and prints where its outputs are not the stored ones. */
async function verify(
  options: NotebookOptions,
  tolerance: number,
  values: Values,
  endProgress: () => void,
  context: CommandContext,
): Promise<number> {
  const started = Date.now();
  const result = await verifyNotebook(options, tolerance);
  endProgress();
  const { differences, compared, leftOut } = result;
  const ok = differences.length === 0;
  if (values.json)
    context.out(
      JSON.stringify({
        ok,
        notebook: options.path,
        tolerance,
        compared,
        leftOut,
        differences,
        seconds: (Date.now() - started) / 1000,
      }),
    );
  else context.out([...differences.map(differenceLine), verdictLine(result)].join("\n"));
  return ok ? 0 : 1;
}

/** Options that say opposite things, or that one of the two ways to run knows nothing of. */
function refuseCombinations(values: Values): void {
  const { check, verify, tolerance, parameter, output, html } = values;
  if (check === true && verify === true)
    throw new UsageError("--check runs nothing and --verify runs the notebook; leave one out.");
  if (output !== undefined && html !== undefined && resolve(output) === resolve(html))
    throw new UsageError("-o and --html name the same file; the report would take the notebook's place.");
  if (verify !== true && tolerance !== undefined) throw new UsageError("--tolerance goes with --verify.");
  const given = Object.entries({
    "-p": parameter,
    "-o": output,
    "--html": html,
    "--allow-identity": values["allow-identity"],
  }).find(([, value]) => value !== undefined)?.[0];
  if (verify === true && given !== undefined)
    throw new UsageError(`--verify runs the notebook as it stands and writes nothing; leave ${given} out.`);
}

/**
 * A number given as an option, `undefined` when it was not given.
 * @throws UsageError when it is no number, or not such a one.
 */
function parseNumber(
  option: string,
  text: string | undefined,
  what: string,
  allowed: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || !allowed(value))
    throw new UsageError(`"${text}" cannot be used with ${option}; give ${what}.`);
  return value;
}

/** The code of a notebook's interactive displays; a report without it shows pictures and tables only. */
export async function readRenderers(context: CommandContext, notebook: Notebook): Promise<string> {
  try {
    const files = reportScripts(notebook).map((name) =>
      readFile(join(context.packageRoot, "dist", "renderers", name), "utf8"),
    );
    return (await Promise.all(files)).join("\n");
  } catch {
    context.log(
      'Warning: the report has still pictures only; "npm run build" makes the interactive displays.',
    );
    return "";
  }
}

/** Logs what a report warns of. */
export function warningLogger({ log }: CommandContext): (warning: string) => void {
  return (warning) => {
    log(`Warning: ${warning}`);
  };
}
