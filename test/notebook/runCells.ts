import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { codeCell, readNotebook, runNotebook, writeNotebook } from "../../src/notebook/index.js";
import type { Notebook, NotebookOptions, RunOptions, RunResult } from "../../src/notebook/index.js";

/** What a run on the built kernel needs beside the notebook. */
export const kernel = (): Omit<NotebookOptions, "path"> => ({
  kernelPath: resolve("dist/kernel/main.js"),
  fallbackPackages: {},
  onProgress: () => undefined,
});

/** Gives a folder that is gone afterwards. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-run-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a notebook of these cells on the built kernel, in a folder of its own; the first cell holds the parameters. */
export async function runCells(
  sources: readonly string[],
  options: Partial<RunOptions>,
  use: (result: RunResult, written: Notebook, folder: string) => Promise<void> | void,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "notebook.ipynb");
    const cells = sources.map((source, index) =>
      codeCell(source, index === 0 ? { tags: ["parameters"] } : {}),
    );
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: { mine: 1 }, cells });
    await writeFile(join(folder, "beside.txt"), "beside the notebook");
    const result = await runNotebook({
      path,
      parameters: {},
      ...kernel(),
      ...options,
      ...(options.output === undefined ? {} : { output: join(folder, options.output) }),
    });
    await use(result, await readNotebook(result.outputPath), folder);
  });
}

/** Everything that the notebook's cells wrote or resulted in, as one text. */
export const textOf = (notebook: Notebook): string =>
  JSON.stringify(notebook.cells.map((cell) => cell["outputs"]));
