import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import {
  codeCell,
  readNotebook,
  runNotebook,
  verifyNotebook,
  writeNotebook,
} from "../../../src/notebook/index.js";
import type { Cell } from "../../../src/notebook/index.js";
import { inFolder, kernel } from "../../notebook/runCells.js";

/** Writes and runs a notebook of these cells, then hands its path on. */
async function afterRun(cells: Cell[], use: (path: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "notebook.ipynb");
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    await runNotebook({ ...kernel(), path, parameters: {} });
    await use(path);
  });
}

test("a notebook that gives its outputs again is verified, and its file is not written", async () => {
  const cells = [
    codeCell('import { basename } from "node:path";\nconsole.log(basename("a/b"), 1 / 3);\n[1, 2]'),
    codeCell("Math.random()", { tags: ["varies"] }),
    codeCell('console.error("x"); ({ a: 1 })'),
    codeCell('throw new RangeError("too far")'),
    codeCell("2"),
  ];
  await afterRun(cells, async (path) => {
    const before = await readFile(path, "utf8");
    const result = await verifyNotebook({ ...kernel(), path }, 0);
    assert.deepEqual(result, { differences: [], compared: 4, leftOut: [2] });
    assert.equal(await readFile(path, "utf8"), before);
  });
});

test("a changed number is found by its cell, unless it lies within the tolerance", async () => {
  await afterRun([codeCell("1"), codeCell("1000000 / 3")], async (path) => {
    const stored = await readNotebook(path);
    const cell = stored.cells[1]!;
    assert.ok(cell.cell_type === "code" && cell.outputs[0]?.output_type === "execute_result");
    cell.outputs[0].data = { "text/plain": "333333.3334" };
    await writeNotebook(path, stored);
    const [found, ...more] = (await verifyNotebook({ ...kernel(), path }, 0)).differences;
    assert.deepEqual([found?.cell, found?.output, more.length], [2, 1, 0]);
    assert.deepEqual((await verifyNotebook({ ...kernel(), path }, 1e-6)).differences, []);
  });
});

test("a notebook that was never run has nothing to compare with", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "notebook.ipynb");
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [codeCell("1")] });
    await assert.rejects(verifyNotebook({ ...kernel(), path }, 0), /notebook\.ipynb was never run/);
  });
});
