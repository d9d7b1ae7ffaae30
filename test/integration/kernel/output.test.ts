import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestKernel, until } from "../../kernel/harness.js";

describe("output", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  it("keeps late output in the cell that wrote it", async () => {
    const first = await kernel.run(
      "let told!: () => void; const late = new Promise<void>((r) => (told = r)); setTimeout(() => { console.log('from the first'); told() }, 60);",
    );
    const second = await kernel.run("console.log('from the second'); await late");
    await until(() => kernel.text(first.cellId) !== "", "the late output");
    assert.equal(kernel.text(first.cellId), "from the first\n");
    assert.equal(kernel.text(second.cellId), "from the second\n");
  });

  it("streams while a loop keeps the thread busy", async () => {
    const running = kernel.run(
      "console.log('begun'); while (!require('node:fs').existsSync('go-on'));",
      "busy",
    );
    await until(() => kernel.text("busy") === "begun\n", "output during the loop");
    assert.equal(
      kernel.events.some((event) => event.cellId === "busy" && event.type !== "stream"),
      false,
    );
    writeFileSync(join(kernel.folder, "go-on"), "");
    assert.equal((await running).outcome.status, "ok");
  });

  it("cuts a flood off with a notice", async () => {
    const flood = await kernel.run("for (let i = 0; i < 500; i++) console.log('x'.repeat(10_000))");
    const text = kernel.text(flood.cellId);
    assert.ok(text.length > 1_999_000 && text.length < 2_001_000, `${text.length}`);
    assert.match(text, /Output cut off/);
  });

  it("reports what no one caught to its cell and lives on", async () => {
    const rejected = await kernel.run("void Promise.reject(new Error('unhandled'));");
    const thrown = await kernel.run("setTimeout(() => { throw new Error('in a timer') }, 20);");
    await until(
      () => kernel.events.some((event) => event.type === "error" && event.cellId === thrown.cellId),
      "the timer's error",
    );
    const errorsOf = (cellId: string): string[] =>
      kernel.events.flatMap((event) =>
        event.type === "error" && event.cellId === cellId ? [event.evalue] : [],
      );
    assert.deepEqual(errorsOf(rejected.cellId), ["unhandled"]);
    assert.deepEqual(errorsOf(thrown.cellId), ["in a timer"]);
    assert.equal((await kernel.run("1 + 1")).result, "2");
  });

  it("shows values by their own method, tables, and updates by id", async () => {
    const own = await kernel.run(
      "({ async [Symbol.for('Jupyter.display')]() { return { 'text/html': '<b>me</b>' } } })",
    );
    assert.deepEqual(own.events.find((event) => event.type === "execute_result")?.data, {
      "text/html": "<b>me</b>",
    });

    const table = await kernel.run("[{ a: 1, b: '<' }, { a: 2 }]");
    const shown = table.events.find((event) => event.type === "execute_result");
    assert.match(String(shown?.data["text/html"]), /<td>&lt;<\/td>/);

    const code = "display('one', { id: 'bar' }); display('two', { id: 'bar' })";
    for (const time of ["first", "second"]) {
      const run = await kernel.run(code, "bar");
      assert.deepEqual(
        run.events.map(({ type }) => type),
        ["display_data", "update_display_data"],
        time,
      );
    }
  });

  it("reports a display that JSON cannot hold", async () => {
    const run = await kernel.run(
      "const o: any = {}; o.o = o; display({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': o }) })",
    );
    assert.equal(run.outcome.status, "error");
    assert.match(run.traceback, /circular/i);
  });

  it("puts characters together that are split between writes, for each stream by itself", async () => {
    const run = await kernel.run(
      "const bytes = Buffer.from('größer €😀\\n'); for (const byte of bytes) { process.stdout.write(Uint8Array.of(byte)); process.stderr.write(Buffer.from([byte])) }",
    );
    assert.equal(kernel.text(run.cellId), "größer €😀\n");
    assert.equal(kernel.text(run.cellId, "stderr"), "größer €😀\n");
    const piped = await kernel.run(
      "const child = require('node:child_process').spawn(process.execPath, ['-e', `for (const byte of Buffer.from('größer €')) { process.stdout.write(Buffer.of(byte)); process.stderr.write(Buffer.of(byte)) }`]); child.stdout.on('data', (part: Buffer) => { for (const byte of part) process.stdout.write(Buffer.of(byte)) }); child.stderr.pipe(process.stderr); await new Promise((r) => child.on('close', r));",
    );
    assert.equal(kernel.text(piped.cellId), "größer €");
    assert.equal(kernel.text(piped.cellId, "stderr"), "größer €");
    const [first, second] = ["first", "second"].map((cell) =>
      kernel.run(`process.stdout.write(Buffer.from('€').subarray(0, 2)); '${cell}'`),
    );
    for (const { cellId } of [await first!, await second!]) assert.equal(kernel.text(cellId), "\ufffd");
  });

  it("writes texts in the encoding that is named", async () => {
    const run = await kernel.run(
      "process.stdout.write('4oKs', 'base64'); process.stdout.write('c3a4', 'hex'); process.stdout.write('ö', 'utf8'); process.stdout.write('x\\n')",
    );
    assert.equal(kernel.text(run.cellId), "€äöx\n");
  });

  it("keeps of an error's endless message what people read", async () => {
    const { errors, outcome } = await kernel.run("throw new Error('x'.repeat(3_000_000))");
    assert.equal(outcome.status, "error");
    const [error] = errors;
    assert.match(error!.evalue, /^x{200000}\n\[\.\.\. 2800000 more characters\]$/);
    assert.ok(JSON.stringify(error).length < 1_000_000);
  });

  it("tells what a promise without its await was rejected with, at its cell", async () => {
    const late =
      "const late = (what: string) => new Promise((_, no) => setTimeout(() => no(new Error(what)), 30));";
    await kernel.run(late);
    for (const [code, evalue] of [
      ["late('statement');\n1", "statement"],
      ["late('last')", "last"],
      ["if (true) { late('in a block') }", "in a block"],
      ["(async () => { await null; throw new Error('at once') })();", "at once"],
      ["void Promise.reject(new Error('void'));", "void"],
      ["const unused = Promise.reject(new Error('kept'));", "kept"],
    ] as const) {
      const run = await kernel.run(code);
      assert.equal(run.outcome.status, "error", code);
      assert.deepEqual(
        run.errors.map((error) => error.evalue),
        [evalue],
      );
    }
    const handled = await kernel.run(
      "late('caught').catch(() => {}); const kept = late('awaited'); await kept.catch(() => {}); 7",
    );
    assert.deepEqual([handled.outcome.status, handled.result], ["ok", "7"]);
  });
});
