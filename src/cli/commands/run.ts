import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { htmlReport, parseParameter, runNotebook, writeAtomically } from "../../notebook/index.js";
import type { CellRun, RunProgress } from "../../notebook/index.js";
import { parseCommand } from "../command.js";
import type { Command, CommandContext } from "../command.js";

export const run: Command = {
  name: "run",
  summary: "execute a notebook without an editor, with parameters, and write a report",
  usage: `spinebook run NOTEBOOK.ipynb [-p name=value]... [-o OUT.ipynb] [--html OUT.html] [--allow-errors] [--json]

Executes the notebook's cells in order, in the notebook's folder, and writes it with its outputs.

  -p, --parameter name=value  set a variable behind the cell tagged "parameters"; repeatable. Values are JSON where they
                              can be (7, true, [1,2]), text otherwise. Relative paths are seen from the notebook's folder.
  -o, --output OUT.ipynb      write the executed notebook there instead of in place
      --html OUT.html         also write a report: one file that needs no network
      --allow-errors          go on behind a cell that throws
      --json                  print the outcome of each cell as JSON

Exit code 1 when a cell throws; the notebook and the report are then written with what ran.`,

  async run(args, context) {
    const { values, path } = parseCommand(
      args,
      {
        parameter: { type: "string", short: "p", multiple: true },
        output: { type: "string", short: "o" },
        html: { type: "string" },
        "allow-errors": { type: "boolean" },
        json: { type: "boolean" },
      },
      "the notebook to run (.ipynb)",
    );
    const started = Date.now();
    const result = await runNotebook({
      path,
      ...(values.output === undefined ? {} : { output: values.output }),
      parameters: Object.fromEntries((values.parameter ?? []).map(parseParameter)),
      kernelPath: join(context.packageRoot, "dist", "kernel", "main.js"),
      fallbackPackages: { spinebook: join(context.packageRoot, "dist", "api.js") },
      onProgress: (progress) => {
        if (progress.state === "done") context.log(progressLine(progress));
      },
      allowErrors: values["allow-errors"] ?? false,
      signal: context.signal,
    });
    for (const warning of result.warnings) context.log(`Warning: ${warning}`);
    if (values.html !== undefined) {
      const title = basename(path).replace(/\.ipynb$/i, "");
      const renderers = await readRenderers(context);
      await writeAtomically(values.html, htmlReport(result.notebook, { title, renderers }));
    }
    const failed = result.cells.find((cell) => cell.error !== undefined);
    if (failed) context.log(failureLine(failed));
    if (values.json)
      context.out(
        JSON.stringify({
          ok: result.ok,
          notebook: result.outputPath,
          ...(values.html === undefined ? {} : { report: values.html }),
          cells: result.cells,
          warnings: result.warnings,
          seconds: (Date.now() - started) / 1000,
        }),
      );
    else context.out([result.outputPath, ...(values.html === undefined ? [] : [values.html])].join("\n"));
    return result.ok ? 0 : 1;
  },
};

/** The interactive displays' code; a report without it shows pictures and tables only. */
async function readRenderers(context: CommandContext): Promise<string> {
  try {
    return await readFile(join(context.packageRoot, "dist", "renderers", "report.js"), "utf8");
  } catch {
    context.log(
      'Warning: the report has still pictures only; "npm run build" makes the interactive displays.',
    );
    return "";
  }
}

function progressLine({ cell, of, status, milliseconds }: Extract<RunProgress, { state: "done" }>): string {
  return `cell ${cell} of ${of}: ${status}, ${(milliseconds / 1000).toFixed(2)} s`;
}

function failureLine({ index, status, error }: CellRun): string {
  const verb = { died: "ended the kernel", interrupted: "was stopped" }[status as string] ?? "threw";
  return `Cell ${index + 1} ${verb}: ${error}`;
}
