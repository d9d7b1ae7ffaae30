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
    "a loop in a finally": "state = 1; for (;;) { try { continue } finally { while (true) {} } }",
    "a regular expression": "state = 1; /^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a sort":
      "state = 1; Array.from({ length: 1e7 }, Math.random).sort((a, b) => { for (let i = 0; i < 1e4; i++); return a - b })",
    "JSON in a loop": "state = 1; const o = { a: [1, 2, 3] }; for (;;) JSON.parse(JSON.stringify(o))",
    "a loop over files":
      "state = 1; const fs = await import('node:fs/promises'); for (;;) { await fs.stat('.'); ticks += 1 }",
    "a loop over files that catches all":
      "state = 1; const fs = await import('node:fs/promises'); for (;;) { try { await fs.stat('.') } catch {} finally { ticks += 1 } }",
    "a loop over an async generator":
      "state = 1; const fs = await import('node:fs/promises'); async function* g() { for (;;) { await fs.stat('.'); yield 1 } } for await (const n of g()) ticks += n",
    "a loop of a function of an earlier cell": "state = 1; await earlier()",
    "a recursion":
      "state = 1; const again = (): void => { setImmediate(again) }; again(); await new Promise(() => {})",
    "a wait for another thread":
      "state = 1; for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)",
  };
  for (const [name, code] of Object.entries(loops))
    it(`stop ${name} and keep the state`, async () => {
      await kernel.run(
        "let state = 0, ticks = 0; async function earlier() { for (;;) { await (await import('node:fs/promises')).stat('.'); ticks += 1 } }",
      );
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

  it("are answered within 100 ms", async () => {
    // Another program may hold the processor for a moment: one of five tries is to show it.
    const times: number[] = [];
    while (times.length < 5 && !times.some((time) => time < 100)) {
      const running = kernel.run("while (true) {}");
      await sleep(50);
      const began = performance.now();
      await kernel.client.interrupt();
      times.push(performance.now() - began);
      assert.equal((await running).outcome.status, "interrupted");
    }
    assert.ok(Math.min(...times) < 100, `${times.join(", ")} ms`);
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
