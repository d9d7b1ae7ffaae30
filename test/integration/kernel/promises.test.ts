/** Promises that cells end in, forget, or leave behind. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

describe("promises of cells", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  const errorsOf = (cellId: string): string[] =>
    kernel.events.flatMap((event) =>
      event.type === "error" && event.cellId === cellId ? [event.evalue] : [],
    );
  const until = async (holds: () => boolean): Promise<void> => {
    for (let waited = 0; !holds(); waited++) {
      assert.ok(waited < 500, "it did not happen");
      await kernel.run("await new Promise((r) => setTimeout(r, 10));");
    }
  };

  const LATE: readonly (readonly [name: string, code: string, evalues: readonly string[]])[] = [
    ["kept in a variable", "const kept1 = later('kept');", ["kept"]],
    ["started by a timer", "setTimeout(() => { void later('timer'); }, 20);", ["timer"]],
    ["of a timer in a timer", "setTimeout(() => setTimeout(() => void later('inner'), 5), 5);", ["inner"]],
    [
      "of an async callback",
      "setTimeout(async () => { await null; throw new Error('async'); }, 30);",
      ["async"],
    ],
    ["no error at all", "void (async () => { await nap(20); throw 'a text'; })();", ["'a text'"]],
    ["nothing", "void (async () => { await nap(20); throw undefined; })();", ["undefined"]],
    ["two of Promise.all", "void Promise.all([later('first'), later('second')]);", ["first"]],
    ["two of Promise.all, each on its own", "void later('one'); void later('two');", ["one", "two"]],
    [
      "an async iterator that is left",
      "async function* steps() { try { yield 1; yield 2; } finally { await null; void later('left'); } }\nfor await (const step of steps()) break;",
      ["left"],
    ],
    ["a finally that throws", "void nap(20).finally(() => { throw new Error('finally'); });", ["finally"]],
    [
      "an event",
      "const { EventEmitter } = await import('node:events'); const bus = new EventEmitter(); bus.on('x', async () => { throw new Error('event'); }); setTimeout(() => bus.emit('x'), 20);",
      ["event"],
    ],
  ];

  it(
    "tells late rejections below the cell that made them, while later cells run",
    { timeout: 120_000 },
    async () => {
      await kernel.run(
        "const nap = (ms: number) => new Promise<void>((r) => setTimeout(r, ms)); const later = (what: string) => nap(60).then(() => { throw new Error(what); });",
      );
      for (const [name, code, evalues] of LATE) {
        const { cellId } = await kernel.run(code);
        const next = await kernel.run("await new Promise((r) => setTimeout(r, 5)); 'next'");
        assert.equal(next.outcome.status, "ok", name);
        await until(() => errorsOf(cellId).length >= evalues.length);
        assert.deepEqual(errorsOf(cellId), evalues, name);
        assert.deepEqual(errorsOf(next.cellId), [], name);
      }
      assert.equal((await kernel.run("6 * 7")).result, "42");
      assert.equal(kernel.death, undefined);
    },
  );

  it("shows what a last promise gives, and fails with what it is rejected with", async () => {
    assert.equal((await kernel.run("(async () => { await null; return 'value' })()")).result, "'value'");
    const both = await kernel.run("Promise.all([later('a'), later('b')])");
    assert.equal(both.outcome.status, "error");
    assert.deepEqual(errorsOf(both.cellId), ["a"]);
    const text = await kernel.run("Promise.reject('no error')");
    assert.deepEqual(
      [text.outcome.status, text.errors.map((error) => error.evalue)],
      ["error", ["'no error'"]],
    );
  });

  it("is interrupted while it waits for what never settles", async () => {
    for (const code of [
      "console.log('begun'); new Promise(() => {})",
      "console.log('begun'); await ({ then() {} } as never)",
      "console.log('begun'); Promise.resolve({ then() {} } as never)",
      "async function* never() { yield 1; await new Promise(() => {}); }\nfor await (const n of never()) console.log('begun');",
    ]) {
      const cellId = `never-${code.length}`;
      const running = kernel.run(code, cellId);
      while (!kernel.text(cellId).includes("begun")) await new Promise((resolve) => setTimeout(resolve, 10));
      await kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted", code);
      assert.equal((await kernel.run("'lives'")).result, "'lives'");
    }
  });
});
