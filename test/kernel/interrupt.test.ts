import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sleep, TestKernel } from "./harness.js";

describe("interrupts", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  const loops: Readonly<Record<string, string>> = {
    "a synchronous loop": "state = 1; while (true) {}",
    "a loop that writes": "state = 1; while (true) console.log('x')",
    "a loop after an await": "state = 1; await new Promise((r) => setTimeout(r, 10)); while (true) {}",
    "a microtask loop": "state = 1; while (true) await null",
    "a loop in a timer": "state = 1; setTimeout(() => { while (true) {} }, 10); await new Promise(() => {})",
    "a loop over timers":
      "state = 1; const { setTimeout: nap } = await import('node:timers/promises'); for (;;) { await nap(5); ticks += 1 }",
    "a loop in a catch": "state = 1; for (;;) { try { while (true) {} } catch {} }",
  };
  for (const [name, code] of Object.entries(loops))
    it(`stop ${name} and keep the state`, async () => {
      await kernel.run("let state = 0, ticks = 0");
      const running = kernel.run(code);
      await sleep(150);
      const began = performance.now();
      await kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted");
      assert.ok(performance.now() - began < 1500, `${performance.now() - began} ms`);
      const before = (await kernel.run("[state, ticks]")).result;
      assert.match(String(before), /^\[ 1, /);
      await sleep(40);
      const next = await kernel.run("console.log('next'); [state, ticks]");
      assert.equal(next.result, before);
      assert.equal(kernel.text(next.cellId), "next\n");
    });

  it("stop the cells that wait too, and answer when nothing runs", async () => {
    const running = kernel.run("while (true) {}");
    const waiting = kernel.run("globalThis.neverRun = true");
    await sleep(100);
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal((await waiting).outcome.status, "interrupted");
    await kernel.client.interrupt();
    assert.equal((await kernel.run("typeof neverRun")).result, "'undefined'");
  });

  it("abort the cell's signal", async () => {
    const running = kernel.run(
      "interruptSignal.addEventListener('abort', () => { globalThis.aborted = 'yes' }); await new Promise(() => {})",
    );
    await sleep(100);
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal((await kernel.run("aborted")).result, "'yes'");
  });
});
