import { basename, dirname, join } from "node:path";
import {
  describeIdentity,
  findIdentity,
  htmlReport,
  outOfOrder,
  readNotebook,
  refuseIdentity,
  writeAtomically,
} from "../../notebook/index.js";
import type { Notebook, NotebookIdentity } from "../../notebook/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command, CommandContext } from "../command.js";
import { readRenderers } from "./run.js";

export const report: Command = {
  name: "report",
  summary: "write a notebook as it stands as an HTML report, without running it",
  usage: `spinebook report NOTEBOOK.ipynb [-o OUT.html] [--allow-identity] [--json]
spinebook report NOTEBOOK.ipynb --check [--json]

Writes a report of the notebook with the outputs that it holds: one file that needs no network. Nothing is executed; a
notebook whose cells were not run in order says so at the top of its report.

  -o, --output OUT.html  where the report goes; beside the notebook by default
      --allow-identity   write it also when the notebook looks like it tells who a patient is; for phantoms and test data
                         only
      --check            write nothing; tell where the notebook looks like it tells who a patient is, by cell and kind,
                         and whether its cells were run out of order
      --json             print the outcome as JSON

What looks like an identity is found by its form. Names that the cells themselves have read from files are known only
while they run: "spinebook run NOTEBOOK.ipynb --html OUT.html" looks for these too.`,

  async run(args, context) {
    const { values, path } = parseCommand(
      args,
      {
        output: { type: "string", short: "o" },
        "allow-identity": { type: "boolean" },
        check: { type: "boolean" },
        json: { type: "boolean" },
      },
      "the notebook to report (.ipynb)",
    );
    const { output, check, json = false } = values;
    if (check && (output !== undefined || values["allow-identity"]))
      throw new UsageError(
        `--check writes nothing; leave ${output === undefined ? "--allow-identity" : "-o"} out.`,
      );
    const notebook = await readNotebook(path);
    const identity = await findIdentity(notebook, () => Promise.resolve([]));
    const disorder = outOfOrder(notebook);
    if (check) {
      tell(identity, disorder, json, context);
      return 0;
    }
    if (!values["allow-identity"]) refuseIdentity(identity);
    const written = output ?? join(dirname(path), `${titleOf(path)}.html`);
    await writeReport(notebook, written, titleOf(path), context);
    if (disorder !== undefined) context.log(`Warning: ${disorder}`);
    context.out(json ? JSON.stringify({ report: written, outOfOrder: disorder ?? null }) : written);
    return 0;
  },
};

async function writeReport(
  notebook: Notebook,
  path: string,
  title: string,
  context: CommandContext,
): Promise<void> {
  const renderers = await readRenderers(context);
  await writeAtomically(path, htmlReport(notebook, { title, renderers }));
}

/** What `--check` has found: one line each, or JSON with cells counted from 1. */
function tell(
  identity: readonly NotebookIdentity[],
  disorder: string | undefined,
  json: boolean,
  { out }: CommandContext,
): void {
  if (json) {
    const places = identity.map((found) => ({
      cell: found.cellIndex === "metadata" ? null : found.cellIndex + 1,
      part: found.part,
      kind: found.kind,
      sentence: `${describeIdentity(found)}.`,
    }));
    out(JSON.stringify({ identity: places, outOfOrder: disorder ?? null }));
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
