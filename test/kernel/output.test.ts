import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel, until } from "./harness.js";

describe("output", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  it("keeps late output in the cell that wrote it", async () => {
    const first = await kernel.run("setTimeout(() => { console.log('from the first') }, 60)");
    const second = await kernel.run(
      "console.log('from the second'); await new Promise((r) => setTimeout(r, 120))",
    );
    await until(() => kernel.text(first.cellId) !== "", "the late output");
    assert.equal(kernel.text(first.cellId), "from the first\n");
    assert.equal(kernel.text(second.cellId), "from the second\n");
  });

  it("streams while a loop keeps the thread busy", async () => {
    const running = kernel.run(
      "console.log('begun'); for (const end = Date.now() + 700; Date.now() < end; );",
      "busy",
    );
    await until(() => kernel.text("busy") === "begun\n", "output during the loop");
    assert.equal(
      kernel.events.some((event) => event.cellId === "busy" && event.type !== "stream"),
      false,
    );
    assert.ok((await running).outcome.milliseconds >= 650);
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
    await kernel.run("await new Promise((r) => setTimeout(r, 80))");
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
    assert.match(String(shown?.data["text/html"]), /<td>&#60;<\/td>/);

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
});
