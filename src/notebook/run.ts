import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { spawnKernel } from "../kernel/index.js";
import { executeNotebook } from "./execute.js";
import type { CellRun, ExecuteOptions } from "./execute.js";
import { isObject, NotebookError, readNotebook, writeNotebook } from "./ipynb.js";
import type { Notebook } from "./ipynb.js";
import { injectParameters, unknownParameters } from "./parameters.js";
import type { ParameterValues } from "./parameters.js";

type KernelOptions = Parameters<typeof spawnKernel>[0];

export interface RunOptions extends ExecuteOptions {
  /** The notebook's file; its folder is the working folder of its cells. */
  readonly path: string;
  /** Where the executed notebook goes; in place when absent. */
  readonly output?: string;
  readonly parameters: ParameterValues;
  /** The built kernel, `dist/kernel/main.js`. */
  readonly kernelPath: string;
  /** Packages that cells may import although the notebook's folder does not have them. */
  readonly fallbackPackages: KernelOptions["fallbackPackages"];
}

export interface RunResult {
  /** Every cell ran and none threw (cells tagged `raises-exception` may). */
  readonly ok: boolean;
  readonly cells: readonly CellRun[];
  readonly outputPath: string;
  /** The notebook as it was written. */
  readonly notebook: Notebook;
  /** Sentences for people, such as a parameter that the notebook does not mention. */
  readonly warnings: readonly string[];
}

/**
 * Runs a notebook headless and writes it with its outputs, whole or not at all: also when a cell throws or the kernel
 * dies, then with what ran.
 * @throws NotebookError, ParameterError, KernelStartError before anything ran; the file is then untouched.
 */
export async function runNotebook(options: RunOptions): Promise<RunResult> {
  const read = await readNotebook(options.path);
  refuseOtherLanguages(read, basename(options.path));
  const notebook = prepare(injectParameters(read, options.parameters));
  const outputPath = options.output ?? options.path;
  if (
    await stat(outputPath).then(
      (info) => info.isDirectory(),
      () => false,
    )
  )
    throw new NotebookError(`${outputPath} is a folder; name the notebook to write (.ipynb).`);
  await mkdir(dirname(outputPath), { recursive: true });

  const kernel = spawnKernel({
    kernelPath: options.kernelPath,
    cwd: dirname(resolve(options.path)),
    fallbackPackages: options.fallbackPackages,
  });
  const result = await executeNotebook(notebook, kernel, options);
  await writeNotebook(outputPath, result.notebook);
  const unknown = unknownParameters(read, options.parameters);
  const warnings = unknown.map((name) => `The notebook's parameters cell does not mention "${name}".`);
  return { ...result, outputPath, warnings };
}

/** A notebook that says which language it is in, and says another one, is not run as TypeScript. */
function refuseOtherLanguages({ metadata }: Notebook, name: string): void {
  const info = isObject(metadata["language_info"]) ? metadata["language_info"]["name"] : undefined;
  const spec = isObject(metadata["kernelspec"]) ? metadata["kernelspec"]["language"] : undefined;
  const language = info ?? spec;
  if (typeof language === "string" && !["typescript", "javascript"].includes(language.toLowerCase()))
    throw new NotebookError(`${name} is a notebook in ${language}; Spinebook runs TypeScript.`);
}

/** The notebook before its run: no outputs of an earlier one, and the language it runs in. */
function prepare(notebook: Notebook): Notebook {
  const language = isObject(notebook.metadata["language_info"]) ? notebook.metadata["language_info"] : {};
  return {
    ...notebook,
    metadata: {
      kernelspec: { display_name: "Spinebook (TypeScript)", language: "typescript", name: "spinebook" },
      ...notebook.metadata,
      language_info: {
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        ...language,
        name: "typescript",
      },
    },
    cells: notebook.cells.map((cell) =>
      cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
    ),
  };
}
