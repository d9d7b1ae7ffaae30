/** What this kernel is for, one test a goal; each goal's details are tested beside the code. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { CellLanguageService } from "../../src/kernel/language/index.js";
import { until, TestKernel } from "../kernel/harness.js";
import { spinebook } from "../support/cli.js";

interface SavedCell {
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[]; readonly mine?: number };
  readonly outputs?: readonly { readonly text?: readonly string[] }[];
}

describe("in cells", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  it("await stands at the top level", async () => {
    assert.equal((await kernel.run("const later = await Promise.resolve(42)\nlater")).result, "42");
  });

  it("any kind of declaration follows any other", async () => {
    for (const code of [
      "const thing = 1",
      "class thing {}",
      "enum thing { a }",
      "import thing from 'node:fs'",
    ])
      assert.equal((await kernel.run(code)).outcome.status, "ok");
    assert.equal((await kernel.run("function thing() {}; typeof thing")).result, "'function'");
  });

  it("packages that are ES modules only are installed and imported", async () => {
    const source = join(kernel.folder, "esm-only-source");
    mkdirSync(source);
    const manifest = { name: "esm-only", version: "1.0.0", type: "module", exports: { import: "./a.js" } };
    writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(source, "a.js"), "export const level = await Promise.resolve('L4-L5');");
    const install = await kernel.run("%npm install --offline ./esm-only-source");
    assert.equal(install.outcome.status, "ok", install.traceback);
    assert.equal((await kernel.run("import { level } from 'esm-only'\nlevel")).result, "'L4-L5'");
  });

  const loops = {
    "a synchronous loop": "while (true);",
    "a loop after an await": "await null; while (true);",
    "a loop of microtasks": "const turn = (): unknown => Promise.resolve().then(turn); await turn()",
    "a regular expression": "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a sort":
      "Array.from({ length: 3e6 }, Math.random).sort((a, b) => { for (let i = 0; i < 1e4; i++); return a - b })",
  };
  for (const [name, code] of Object.entries(loops))
    it(`${name} is interrupted, with the state kept`, async () => {
      await kernel.run("const kept = 'kept'");
      const running = kernel.run(`console.log("in"); ${code}`, name);
      await until(() => kernel.text(name) === "in\n", "the cell's first line");
      await kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted");
      assert.equal((await kernel.run("kept")).result, "'kept'");
    });

  it("prompt asks and waits", async () => {
    kernel.answer = (question) => `${question} L5-S1`;
    assert.equal((await kernel.run("prompt('Which?')")).result, "'Which? L5-S1'");
  });

  it("a display is updated, also from a later cell", async () => {
    await kernel.run("const shown = display('one', { id: 'here' })");
    const { events } = await kernel.run("shown.update('two')");
    const update = events.find((event) => event.type === "update_display_data");
    assert.deepEqual([update?.displayId, update?.data["text/plain"]], ["here", "'two'"]);
  });

  it("a wrong type is shown, and the cell still runs", async () => {
    const code = "const wrong: number = 'text' as unknown as string\nwrong";
    const service = new CellLanguageService({ notebook: join(kernel.folder, "notebook.ipynb") });
    service.setCells([{ id: "1", text: code }]);
    const [problem] = service.diagnostics("1");
    service.dispose();
    assert.equal(problem?.severity, "warning");
    assert.match(problem.message, /'string' is not assignable to type 'number'/);
    assert.equal((await kernel.run(code)).result, "'text'");
  });

  it("editors complete across cells with imports and redeclarations", () => {
    const service = new CellLanguageService({ notebook: join(kernel.folder, "notebook.ipynb") });
    service.setCells([
      { id: "1", text: "import { readdirSync as list } from 'node:fs'; const data = 'text';" },
      { id: "2", text: "const data = list('.').map((name) => ({ name, size: name.length }));" },
      { id: "3", text: "data[0]." },
    ]);
    const names = service.complete("3", "data[0].".length).map(({ name }) => name);
    service.dispose();
    assert.deepEqual(names.sort(), ["name", "size"]);
  });

  it("an error names its cell, line and column, also a late one", async () => {
    const { outcome } = await kernel.run(
      "const fail = () => {\n  null!.x;\n};\nsetTimeout(fail, 30)",
      "late",
    );
    await until(() => kernel.events.some((event) => event.type === "error" && event.cellId === "late"), "it");
    const error = kernel.events.find((event) => event.type === "error" && event.cellId === "late");
    const stack = error?.type === "error" ? error.traceback.join("\n") : "";
    assert.match(stack, new RegExp(`fail \\(Cell \\[${outcome.executionCount}\\], line 2:9`));
  });

  it("what a timer writes stands in its own cell", async () => {
    await kernel.run("setTimeout(() => console.log('from the first'), 30)", "first");
    await kernel.run("await new Promise((done) => setTimeout(done, 60)); console.log('second')", "second");
    assert.equal(kernel.text("first"), "from the first\n");
    assert.equal(kernel.text("second"), "second\n");
  });

  it("cells whose inputs were run again are stale", async () => {
    await kernel.run("const factor = 2", "input");
    await kernel.run("factor * 2", "output");
    await kernel.run("const factor = 3", "input");
    await kernel.client.info();
    assert.ok(kernel.stale.includes("output"));
    assert.ok(!kernel.stale.includes("input"));
  });

  it("run in a process of their own, whose end is survived", async () => {
    assert.notEqual((await kernel.client.info())?.pid, process.pid);
    assert.equal((await kernel.run("process.exit(1)")).outcome.status, "died");
  });
});

describe("headless", () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-goals-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("runs with parameters, writes a report without network, keeps metadata that it does not know", () => {
    const cell = (id: string, source: string, metadata: object = {}) => {
      return { cell_type: "code", id, metadata, source, outputs: [], execution_count: null };
    };
    const notebook = {
      cells: [
        cell("parameters", "const level = 'L1-L2'", { tags: ["parameters"] }),
        cell("use", "console.log(level)", { mine: 7 }),
      ],
      metadata: { custom: { deep: [1, null] }, language_info: { name: "typescript", extra: true } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(folder, "in.ipynb"), JSON.stringify(notebook));
    const args = ["in.ipynb", "-o", "out.ipynb", "--html", "out.html", "-p", "level=L4-L5"];
    const { code, stderr } = spinebook(["run", ...args], { cwd: resolve(folder) });
    assert.equal(code, 0, stderr);
    const saved = JSON.parse(readFileSync(join(folder, "out.ipynb"), "utf8")) as {
      readonly cells: readonly SavedCell[];
      readonly metadata: typeof notebook.metadata;
    };
    assert.deepEqual(saved.cells[1]?.metadata.tags, ["injected-parameters"]);
    assert.deepEqual(saved.cells[2]?.outputs?.[0]?.text, ["L4-L5\n"]);
    assert.equal(saved.cells[2].metadata.mine, 7);
    assert.deepEqual(saved.metadata.custom, { deep: [1, null] });
    assert.equal(saved.metadata.language_info.extra, true);
    const page = readFileSync(join(folder, "out.html"), "utf8");
    assert.match(page, /L4-L5/);
    assert.doesNotMatch(
      page,
      /<(?:script|img|iframe)[^>]+src="?(?!data:)|<link[^>]+href="?(?!data:)|@import/i,
    );
  });
});
