import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, stat, writeFile, chmod, symlink, lstat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import {
  formatNotebook,
  NotebookError,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "../../src/notebook/index.js";

/** A notebook with fields that no specification names, at every depth. */
const WITH_EXTRAS = {
  cells: [
    {
      attachments: { "a.png": { "image/png": "AAAA" } },
      cell_type: "markdown",
      id: "intro",
      metadata: { "my.tool": { keep: [1, 2] } },
      source: ["# Title\n", "text"],
      unknownCellField: { deep: true },
    },
    {
      cell_type: "code",
      execution_count: 3,
      id: "c-1",
      metadata: { tags: ["parameters"], vscode: { languageId: "typescript" } },
      outputs: [
        { name: "stdout", output_type: "stream", text: ["a\n", "b\n"], extra: 1 },
        {
          data: {
            "application/vnd.dataresource+json": { data: [{ z: 1, a: 2 }], lines: ["kept", "as a list"] },
            "image/png": "QUJD",
            "text/plain": ["one\n", "two"],
          },
          execution_count: 3,
          metadata: { "image/png": { width: 10 } },
          output_type: "execute_result",
        },
        { ename: "E", evalue: "v", output_type: "error", traceback: ["line 1", "line 2"] },
      ],
      source: ["const a = 1;\n", "a"],
    },
    { cell_type: "raw", id: "raw_1", metadata: {}, source: [] },
  ],
  metadata: { kernelspec: { name: "x", display_name: "X" }, "other tool": null },
  nbformat: 4,
  nbformat_minor: 5,
  topLevelExtra: "kept",
};

test("reading and writing keeps every field, known or not", () => {
  const text = JSON.stringify(WITH_EXTRAS);
  assert.deepEqual(JSON.parse(formatNotebook(parseNotebook(text, "a.ipynb"))), WITH_EXTRAS);
});

test("multi-line texts are joined in memory, JSON outputs are left alone", () => {
  const { cells } = parseNotebook(JSON.stringify(WITH_EXTRAS), "a.ipynb");
  assert.equal(cells[0]!.source, "# Title\ntext");
  const code = cells[1]!;
  assert.ok(code.cell_type === "code");
  assert.equal(code.outputs[0]!["text"], "a\nb\n");
  const result = code.outputs[1]!;
  assert.ok(result.output_type === "execute_result");
  assert.equal(result.data["text/plain"], "one\ntwo");
  assert.deepEqual(result.data["application/vnd.dataresource+json"], {
    data: [{ z: 1, a: 2 }],
    lines: ["kept", "as a list"],
  });
});

test("the file is laid out as Jupyter lays it out", () => {
  const text = formatNotebook(parseNotebook(JSON.stringify(WITH_EXTRAS), "a.ipynb"));
  assert.ok(text.endsWith("}\n"));
  assert.ok(text.includes('\n   "source": [\n    "# Title\\n",\n    "text"\n   ]'));
});

test("cells without an id, with a bad one or with another cell's get one of their own", () => {
  const cell = { cell_type: "code", metadata: {}, source: "1", outputs: [], execution_count: null };
  const cells = [
    cell,
    { ...cell, id: "same" },
    { ...cell, id: "same" },
    { ...cell, id: "no spaces allowed" },
  ];
  const parsed = parseNotebook(
    JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: {}, cells }),
    "a.ipynb",
  );
  assert.equal(new Set(parsed.cells.map(({ id }) => id)).size, 4);
  assert.equal(parsed.cells[1]!.id, "same");
  for (const { id } of parsed.cells) assert.match(id, /^[a-zA-Z0-9_-]{1,64}$/);
  assert.equal(parsed.nbformat_minor, 5);
});

test("what is no notebook is refused in a sentence that names the file and the place", () => {
  const cases: [content: string, says: RegExp][] = [
    ["", /broken\.ipynb is not a notebook: it is not JSON/],
    ["[]", /no "nbformat"/],
    ['{"nbformat": 3}', /format 3/],
    ['{"nbformat": 4}', /no list of cells/],
    ['{"nbformat": 4, "cells": [7]}', /broken\.ipynb, cell 1 is not a cell/],
    ['{"nbformat": 4, "cells": [{"cell_type": "sql"}]}', /cell 1 has no type/],
    ['{"nbformat": 4, "cells": [{"cell_type": "raw", "source": [1]}]}', /cell 1: its source is not text/],
    ['{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": 1}]}', /its outputs are not a list/],
    [
      '{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [{"output_type": "x"}]}]}',
      /cell 1, output 1/,
    ],
  ];
  for (const [content, says] of cases)
    assert.throws(
      () => parseNotebook(content, "broken.ipynb"),
      (error: unknown) => error instanceof NotebookError && says.test(error.message),
      content,
    );
});

test("writing leaves no draft behind, keeps permissions and follows links", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-ipynb-"));
  try {
    const path = join(folder, "real.ipynb");
    const link = join(folder, "link.ipynb");
    await writeFile(path, "{}");
    await chmod(path, 0o640);
    await symlink(path, link);
    const notebook = parseNotebook(JSON.stringify(WITH_EXTRAS), "a.ipynb");
    await writeNotebook(link, notebook);
    assert.deepEqual(await readNotebook(path), notebook);
    assert.equal((await stat(path)).mode & 0o777, 0o640);
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.deepEqual((await readdir(folder)).sort(), ["link.ipynb", "real.ipynb"]);

    const inNewFolder = join(folder, "new", "deeper", "b.ipynb");
    await writeNotebook(inNewFolder, notebook);
    assert.equal(await readFile(inNewFolder, "utf8"), formatNotebook(notebook));
    await assert.rejects(readNotebook(join(folder, "none.ipynb")), /no notebook at/);
    await assert.rejects(readNotebook(folder), /is not a file/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
