import { basename, dirname, join } from "node:path";
import {
  checkGoal,
  describeIdentity,
  findIdentity,
  htmlReport,
  outOfOrder,
  readNotebook,
  refuseIdentity,
  writeAtomically,
} from "../../notebook/index.js";
import type { Notebook, NotebookIdentity } from "../../notebook/index.js";
import { parseArguments, parseCommand, parseMillimetres, UsageError } from "../command.js";
import type { Command, CommandContext } from "../command.js";
import { parsePositive } from "./cohortBatch.js";
import { reportEach } from "./each/each.js";
import { reportSubject } from "./reportNotebook.js";
import { placeOf } from "./run/identity.js";
import { readRenderers, warningLogger } from "./run.js";

export const report: Command = {
  name: "report",
  summary: "write a notebook as it stands, a patient's study or a cohort as an HTML report",
  example: "spinebook report analysis.ipynb -o analysis.html",
  usage: `spinebook report NOTEBOOK.ipynb [-o OUT.html] [--allow-identity] [--json]
spinebook report NOTEBOOK.ipynb --check [--json]
spinebook report --patient PATH [--previous PATH] [--spacing MM] -o OUT.html [--allow-identity] [--json]
spinebook report --cohort DATABASE -o OUT.html [--allow-identity] [--json]
spinebook report [NOTEBOOK.ipynb] --each MANIFEST -o FOLDER [--workers N] [--again] [--allow-identity] [--json]

The first form writes a report of the notebook with the outputs that it holds: one file that needs no network. Nothing is executed; a
notebook whose cells were not run in order says so at the top of its report.

The others run notebooks/report-patient.ipynb on a study, or notebooks/report-cohort.ipynb on a cohort's database, and write
what they show, without code: one file to read and to print.

The last makes a report of each row of a table (.csv, .tsv, .parquet, or a SELECT statement in quotes), and index.html with
links to them: of a patient, whose images column "path" names (also: previous, spacing), or of NOTEBOOK, where columns that are
called as its parameters set them. Paths count from the table's folder. What is there already is not made again unless its row,
its files, the notebook or the models have changed.

      --patient PATH     a study: DICOM file or folder, .nii, .nii.gz, .mha, .nrrd or .png
      --previous PATH    an earlier study of the same patient, to compare with
      --spacing MM       mm between pixels, for a .png
      --cohort DATABASE  a cohort, as "spinebook grade FOLDER --cohort DATABASE" makes it
      --each MANIFEST    a table with a row for each report
      --workers N        with --each: kernels at once (default: one a core, as far as the memory goes)
      --again            with --each: make all reports again
  -o, --output OUT.html  where the report goes; a notebook's beside it by default
      --allow-identity   write it also when the notebook looks like it tells who a patient is; for phantoms and test data
                         only
      --check            write nothing; tell where the notebook looks like it tells who a patient is, by cell and kind,
                         and whether its cells were run out of order
      --json             print the outcome as JSON

What looks like an identity is found by its form. Names that the cells themselves have read from files are known only
while they run: "spinebook run NOTEBOOK.ipynb --html OUT.html" looks for these too.`,

  async run(args, context) {
    if (args.some((arg) => /^--each(?:=|$)/.test(arg))) return runEachRow(args, context);
    if (args.some((arg) => /^--(?:patient|cohort|previous|spacing)(?:=|$)/.test(arg)))
      return runSubject(args, context);
    const { values, path } = parseCommand(
      args,
      {
        output: { type: "string", path: "written", short: "o" },
        "allow-identity": { type: "boolean" },
        check: { type: "boolean" },
        json: { type: "boolean" },
      },
      "the notebook to report (.ipynb), or give --patient STUDY or --cohort DATABASE",
    );
    const { output, check, json = false } = values;
    if (check && (output !== undefined || values["allow-identity"]))
      throw new UsageError(
        `--check writes nothing; leave ${output === undefined ? "--allow-identity" : "-o"} out.`,
      );
    const notebook = await readNotebook(path);
    const identity = findIdentity(notebook);
    const disorder = outOfOrder(notebook);
    if (check) {
      tell(identity, disorder, json, context);
      return 0;
    }
    if (!values["allow-identity"]) refuseIdentity(identity);
    const written = output ?? join(dirname(path), `${titleOf(path)}.html`);
    await checkGoal(written);
    await writeReport(notebook, written, titleOf(path), context);
    if (disorder !== undefined) context.log(`Warning: ${disorder}`);
    context.out(json ? JSON.stringify({ report: written, outOfOrder: disorder ?? null }) : written);
    return 0;
  },
};

/** `--each`: a folder of reports. */
async function runEachRow(args: readonly string[], context: CommandContext): Promise<number> {
  const options = {
    each: { type: "string" },
    output: { type: "string", path: "written", short: "o" },
    workers: { type: "string" },
    again: { type: "boolean" },
    "allow-identity": { type: "boolean" },
    json: { type: "boolean" },
  } as const;
  const isNamed = parseArguments(args, options, [], true).positionals.length > 0;
  const { values, positionals } = parseArguments(args, options, isNamed ? ["the notebook"] : []);
  const { each, output, workers, again = false, json = false } = values;
  if (output === undefined)
    throw new UsageError("Say with -o which folder the reports go to, such as -o reports.");
  return reportEach(
    {
      notebook: positionals[0],
      manifest: each!,
      output,
      workers: workers === undefined ? undefined : parsePositive("--workers", workers, 1),
      ...{ again, json, allowIdentity: values["allow-identity"] ?? false },
    },
    context,
  );
}

/** `--patient` and `--cohort`: the report is made, not found. */
async function runSubject(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseArguments(
    args,
    {
      patient: { type: "string", path: "read" },
      previous: { type: "string", path: "read" },
      spacing: { type: "string" },
      cohort: { type: "string", path: "read" },
      output: { type: "string", path: "written", short: "o" },
      "allow-identity": { type: "boolean" },
      json: { type: "boolean" },
    },
    [],
  );
  const { patient, previous, cohort, output, json = false } = values;
  if (patient === undefined && cohort === undefined)
    throw new UsageError("--previous and --spacing go with --patient; name a study there.");
  if (output === undefined)
    throw new UsageError("Say with -o where the report goes, such as -o report.html.");
  const spacing = parseMillimetres("--spacing", values.spacing);
  const allowIdentity = values["allow-identity"] ?? false;
  return reportSubject({ patient, previous, cohort, spacing }, output, { allowIdentity, json }, context);
}

async function writeReport(
  notebook: Notebook,
  path: string,
  title: string,
  context: CommandContext,
): Promise<void> {
  const renderers = await readRenderers(context, notebook);
  await writeAtomically(path, htmlReport(notebook, { title, renderers, onWarning: warningLogger(context) }));
}

/** What `--check` has found: one line each, or JSON with cells counted from 1. */
function tell(
  identity: readonly NotebookIdentity[],
  disorder: string | undefined,
  json: boolean,
  { out }: CommandContext,
): void {
  if (json) {
    out(JSON.stringify({ identity: identity.map(placeOf), outOfOrder: disorder ?? null }));
    return;
  }
  const lines = [
    ...identity.map((found) => `${describeIdentity(found)}.`),
    ...(disorder === undefined ? [] : [disorder]),
  ];
  out(
    lines.length === 0
      ? "Nothing looks like a patient's identity; the cells are in order."
      : lines.join("\n"),
  );
}

function titleOf(path: string): string {
  return basename(path).replace(/\.ipynb$/i, "");
}
