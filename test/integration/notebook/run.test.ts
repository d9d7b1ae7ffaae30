import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import {
  codeCell,
  markdownCell,
  parseNotebook,
  readNotebook,
  runNotebook,
  writeNotebook,
} from "../../../src/notebook/index.js";
import { inFolder, kernel, runCells, textOf } from "../../notebook/runCells.js";

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

test("a cell tagged skip-execution has no effect on the run, and keeps its outputs in the file", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    const output = { output_type: "stream" as const, name: "stdout" as const, text: "of last year" };
    const cells = [
      {
        ...codeCell("globalThis.sk = 1;", { tags: ["skip-execution"] }),
        outputs: [output],
        execution_count: 3,
      },
      codeCell("typeof globalThis.sk"),
    ];
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    const { ok, notebook } = await runNotebook({ ...kernel(), path, parameters: {} });
    assert.equal(ok, true);
    assert.deepEqual(notebook.cells[0], cells[0]);
    assert.match(textOf(notebook), /undefined/);
    assert.doesNotMatch(textOf(notebook), /number/);
    assert.deepEqual(await readNotebook(path), notebook);
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
  await inFolder(async (folder) => {
    await mkdir(join(folder, "sub"));
    const path = join(folder, "sub", "a.ipynb");
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [codeCell("1")] });
    const before = await readFile(path, "utf8");
    const options = { ...kernel(), path, parameters: {}, kernelPath: join(folder, "none.js") };
    await assert.rejects(runNotebook(options), /The kernel did not start/);
    assert.equal(await readFile(path, "utf8"), before);
  });
});

test("a cell over its time is stopped and, where errors are allowed, the next one finds the state kept", async () => {
  const sources = ["let kept = 6;", "while (true) {}", "kept * 7"];
  await runCells(sources, { timeoutSeconds: 2, allowErrors: true }, (result, written) => {
    assert.equal(result.ok, false);
    assert.deepEqual(
      result.cells.map(({ status }) => status),
      ["ok", "interrupted", "ok"],
    );
    assert.equal(result.cells[1]!.error, "The cell took longer than 2 s (--timeout).");
    assert.match(textOf(written), /"text\/plain":"42"/);
  });
});

test("a cell that asks for input fails with a sentence instead of waiting for ever", async () => {
  await runCells(['prompt("Name?")'], {}, (result) => {
    assert.equal(result.ok, false);
    assert.match(result.cells[0]!.error!, /make it a parameter/);
  });
});

test("a notebook with an identity is written in place with a warning, and nowhere else", async () => {
  const planted = ["1 + 1", "// PatientName: Jane Doe\n2 + 2"];
  const says =
    "Cell 2's source holds what looks like a patient name; remove it before the notebook is passed on.";
  await runCells(planted, {}, (result, written) => {
    assert.equal(result.ok, true);
    assert.ok(result.warnings.includes(says));
    assert.match(textOf(written), /"text\/plain":"4"/);
  });
  await assert.rejects(
    runCells(planted, { output: "out.ipynb" }, () => undefined),
    (error: unknown) => error instanceof Error && error.name === "IdentityError" && error.message === says,
  );
  await runCells(planted, { output: "out.ipynb", allowIdentity: true }, (result) => {
    assert.deepEqual([result.ok, result.warnings], [true, []]);
  });
});

test("an identity that only the run brings to light keeps the notebook from being written elsewhere", async () => {
  await inFolder(async (folder) => {
    const [path, output] = [join(folder, "a.ipynb"), join(folder, "out", "b.ipynb")];
    const cells = [codeCell('console.log(["DOE", "JANE"].join("^"))')];
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    const before = await readFile(path, "utf8");
    const said = await runNotebook({ ...kernel(), path, output, parameters: {} }).then(
      () => "",
      (error: unknown) => String(error),
    );
    assert.match(said, /^IdentityError: Cell 1's output/);
    assert.ok(!said.includes("DOE"));
    const [kept] = /\S*b\.private-\w+\.ipynb/.exec(said)!;
    assert.equal((await stat(kept)).mode & 0o777, 0o600, "the run is kept, for its owner only");
    assert.match(textOf(await readNotebook(kept)), /DOE\^JANE/);
    assert.equal(await readFile(path, "utf8"), before);
    await assert.rejects(readFile(output));
    const inPlace = await runNotebook({
      ...kernel(),
      path,
      output: join(folder, ".", "a.ipynb"),
      parameters: {},
    });
    assert.equal(inPlace.warnings.length, 1);
  });
});

test("a kernel that dies does not let what its cells have read be written elsewhere", async () => {
  await inFolder(async (folder) => {
    const [path, output] = [join(folder, "a.ipynb"), join(folder, "b.ipynb")];
    const read = `(globalThis as any)[Symbol.for("spinebook.kernel")].guard([
  { form: "id", kind: "patient id", value: ["Research", "CRlab"].join("_") },
]);`;
    const cells = [codeCell(read), markdownCell("Number Research_CRlab"), codeCell("process.exit(3)")];
    await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    await assert.rejects(
      runNotebook({ ...kernel(), path, output, parameters: {} }),
      /^IdentityError: Cell 2's source holds what looks like a patient id.*b\.private-\w+\.ipynb/,
    );
    await assert.rejects(readFile(output));
  });
});

test("what cells have read of a patient is found in the notebook's own text, and noted where results rest on it", async () => {
  const sources = [
    'const kernel = (globalThis as any)[Symbol.for("spinebook.kernel")];',
    'const [form, name] = ["name", ["Doe", "Jane"].join("^")];\nkernel.guard([{ form, kind: "patient name", value: name }]);',
    'kernel.record({ kind: "data", name: "series", value: "ab12" });\nconsole.log("read", name)',
    "// the case of Jane Doe",
  ];
  await runCells(sources, {}, (result, written) => {
    assert.equal(result.ok, true, JSON.stringify(result.cells));
    assert.deepEqual(result.identity, [{ cellIndex: 3, part: "source", kind: "patient name" }]);
    assert.ok(!textOf(written).includes("Doe"));
    const { provenance } = written.metadata["spinebook"] as { provenance: Record<string, unknown> };
    assert.deepEqual(provenance["data"], [{ name: "series", value: "ab12" }]);
  });
});

test("what a run need not change comes back as it was, known or not", async () => {
  const before = {
    cells: [
      {
        attachments: { "a.png": { "image/png": "AAAA" } },
        cell_type: "markdown",
        id: "intro",
        metadata: { "my.tool": { keep: [1, 2] } },
        source: ["# Title\n", "![](attachment:a.png)"],
        unknownCellField: { deep: true },
      },
      {
        cell_type: "code",
        execution_count: 3,
        id: "c-1",
        metadata: { tags: ["parameters"], vscode: { languageId: "typescript" }, collapsed: false },
        outputs: [
          { name: "stdout", output_type: "stream", text: ["old\n"], extra: 1, metadata: { mine: 1 } },
        ],
        source: ["const a = 1;\n", "a"],
        unknownCellField: ["x"],
      },
      {
        cell_type: "code",
        execution_count: null,
        id: "empty",
        metadata: { own: null },
        outputs: [],
        source: [],
      },
      { cell_type: "raw", id: "raw_1", metadata: { format: "text/latex" }, source: ["x"], extra: 0 },
    ],
    metadata: {
      kernelspec: { name: "x", display_name: "X", language: "typescript", more: 1 },
      language_info: { name: "typescript", version: "5.9", codemirror_mode: { name: "ts" } },
      "other tool": null,
      spinebook: { mine: true },
    },
    nbformat: 4,
    nbformat_minor: 5,
    topLevelExtra: "kept",
  };
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await writeFile(path, JSON.stringify(before));
    const { ok } = await runNotebook({ ...kernel(), path, parameters: {} });
    assert.equal(ok, true);
    type Json = Record<string, unknown>;
    const after = JSON.parse(await readFile(path, "utf8")) as typeof before;
    const { execution, ...metadata } = after.cells[1]!.metadata as Json;
    assert.ok(execution, "the times are new");
    const { provenance, ...own } = after.metadata.spinebook as Json;
    assert.ok(provenance, "the provenance is new");
    const { file_extension, mimetype, ...language } = after.metadata.language_info as Json;
    assert.deepEqual([file_extension, mimetype], [".ts", "text/x.typescript"]);
    const outputs = after.cells[1]!.outputs as Json[];
    assert.equal(JSON.stringify(outputs).includes("old"), false, "outputs are those of this run");
    assert.deepEqual(
      {
        ...after,
        cells: after.cells.map((cell, index) =>
          index === 1 ? { ...cell, metadata, outputs: before.cells[1]!.outputs, execution_count: 3 } : cell,
        ),
        metadata: { ...after.metadata, language_info: language, spinebook: own },
      },
      before,
    );
    assert.deepEqual(parseNotebook(JSON.stringify(after), "a"), await readNotebook(path));
  });
});

test("what is rejected when the last cell is done is told below its cell, and a server does not keep the run", async () => {
  await runCells(
    [
      "const late = (what: string) => new Promise((_, no) => setTimeout(() => no(new Error(what)), 150));",
      "const kept = late('of the second');",
      "setTimeout(() => setTimeout(() => { throw new Error('of the third'); }, 100), 100);",
      "setInterval(() => undefined, 1000);",
      "1",
    ],
    {},
    ({ ok, failures }) => {
      assert.equal(ok, false);
      assert.deepEqual(
        failures.map(({ index, error }) => [index, error]),
        [
          [1, "Error: of the second"],
          [2, "Error: of the third"],
        ],
      );
    },
  );
});
