import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "node:test";
import { codeCell, readNotebook, runNotebook, writeNotebook } from "../../src/notebook/index.js";
import type { Notebook, RunOptions, RunResult } from "../../src/notebook/index.js";

/** Runs a notebook of these cells on the built kernel, in a folder of its own; the first cell holds the parameters. */
async function runCells(
  sources: readonly string[],
  options: Partial<RunOptions>,
  use: (result: RunResult, written: Notebook, folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-run-"));
  try {
    const path = join(folder, "notebook.ipynb");
    const cells = sources.map((source, index) =>
      codeCell(source, index === 0 ? { tags: ["parameters"] } : {}),
    );
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: { mine: 1 }, cells });
    await writeFile(join(folder, "beside.txt"), "beside the notebook");
    const result = await runNotebook({
      path,
      parameters: {},
      kernelPath: resolve("dist/kernel/main.js"),
      fallbackPackages: {},
      onProgress: () => undefined,
      ...options,
      ...(options.output === undefined ? {} : { output: join(folder, options.output) }),
    });
    await use(result, await readNotebook(result.outputPath), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Everything that the notebook's cells wrote or resulted in, as one text. */
const textOf = (notebook: Notebook): string => JSON.stringify(notebook.cells.map((cell) => cell["outputs"]));

test("a notebook runs in its folder with its parameters, and is written elsewhere", async () => {
  const sources = [
    "let seed = 1;",
    'import { readFileSync } from "node:fs";\nconsole.log(readFileSync("beside.txt", "utf8"), "seed is", seed);',
    "const n: number = seed * 2; n",
  ];
  await runCells(
    sources,
    { parameters: { seed: 21, sed: 1 }, output: "out/done.ipynb" },
    async (result, written, folder) => {
      assert.equal(result.ok, true, JSON.stringify(result.cells));
      assert.match(textOf(written), /beside the notebook seed is 21/);
      assert.match(textOf(written), /"text\/plain":"42"/);
      assert.equal(written.cells[1]!.source, "// Parameters of this run\nlet seed = 21;\nlet sed = 1;");
      assert.deepEqual(result.warnings, ['The notebook\'s parameters cell does not mention "sed".']);
      assert.equal(written.metadata["mine"], 1);
      assert.equal((written.metadata["language_info"] as { name: string }).name, "typescript");
      assert.deepEqual(
        written.cells.map((cell) => cell["execution_count"]),
        [1, 2, 3, 4],
      );
      const untouched = await readNotebook(join(folder, "notebook.ipynb"));
      assert.equal(untouched.cells.length, 3);
    },
  );
});

test("a cell that throws ends the run; what ran is written in place", async () => {
  await runCells(["1 + 1", 'throw new RangeError("too far")', "2 + 2"], {}, (result, written) => {
    assert.equal(result.ok, false);
    assert.deepEqual(
      result.cells.map(({ status }) => status),
      ["ok", "error", "skipped"],
    );
    assert.equal(result.cells[1]!.error, "RangeError: too far");
    assert.match(textOf(written), /RangeError/);
  });
});

test("a kernel that dies is told, and what ran is written", async () => {
  await runCells(["1 + 1", "process.exit(3)", "2 + 2"], {}, (result, written) => {
    assert.equal(result.ok, false);
    assert.equal(result.cells[1]!.status, "died");
    assert.match(result.cells[1]!.error!, /kernel ended/);
    assert.match(textOf(written), /"text\/plain":"2"/);
    assert.match(textOf(written), /KernelDied/);
  });
});

test("an endless loop is stopped by the signal", async () => {
  const controller = new AbortController();
  const onProgress = (): void => {
    setTimeout(() => {
      controller.abort();
    }, 200);
  };
  await runCells(["while (true) {}", "1"], { signal: controller.signal, onProgress }, (result) => {
    assert.deepEqual(
      result.cells.map(({ status }) => status),
      ["interrupted", "skipped"],
    );
  });
});

test("a kernel that is not there is an error, and the notebook is left as it was", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-run-"));
  try {
    await mkdir(join(folder, "sub"));
    const path = join(folder, "sub", "a.ipynb");
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [codeCell("1")] });
    const before = await readFile(path, "utf8");
    const kernelPath = join(folder, "none.js");
    const options = { path, parameters: {}, kernelPath, fallbackPackages: {}, onProgress: () => undefined };
    await assert.rejects(runNotebook(options), /The kernel did not start/);
    assert.equal(await readFile(path, "utf8"), before);
  } finally {
    await rm(folder, { recursive: true });
  }
});
