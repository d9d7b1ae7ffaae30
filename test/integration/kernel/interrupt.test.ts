import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel, until } from "../../kernel/harness.js";

describe("interrupts", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  const loops: Readonly<Record<string, string>> = {
    "a synchronous loop": "state = 1; console.log('begun'); while (true) {}",
    "a loop that writes": "state = 1; console.log('begun'); while (true) console.log('x')",
    "a loop after an await":
      "state = 1; await new Promise((r) => setTimeout(r, 10)); console.log('begun'); while (true) {}",
    "a microtask loop": "state = 1; console.log('begun'); while (true) await null",
    "a loop in a timer":
      "state = 1; setTimeout(() => { console.log('begun'); while (true) {} }, 10); await new Promise(() => {})",
    "a loop over timers":
      "state = 1; console.log('begun'); const { setTimeout: nap } = await import('node:timers/promises'); for (;;) { await nap(5); ticks += 1 }",
    "a loop in a catch": "state = 1; console.log('begun'); for (;;) { try { while (true) {} } catch {} }",
    "a loop in a finally":
      "state = 1; console.log('begun'); for (;;) { try { continue } finally { while (true) {} } }",
    "a regular expression": "state = 1; console.log('begun'); /^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a sort":
      "state = 1; console.log('begun'); Array.from({ length: 1e7 }, Math.random).sort((a, b) => { for (let i = 0; i < 1e4; i++); return a - b })",
    "JSON in a loop":
      "state = 1; console.log('begun'); const o = { a: [1, 2, 3] }; for (;;) JSON.parse(JSON.stringify(o))",
    "a loop over files":
      "state = 1; console.log('begun'); const fs = await import('node:fs/promises'); for (;;) { await fs.stat('.'); ticks += 1 }",
    "a loop over files that catches all":
      "state = 1; console.log('begun'); const fs = await import('node:fs/promises'); for (;;) { try { await fs.stat('.') } catch {} finally { ticks += 1 } }",
    "a loop over an async generator":
      "state = 1; console.log('begun'); const fs = await import('node:fs/promises'); async function* g() { for (;;) { await fs.stat('.'); yield 1 } } for await (const n of g()) ticks += n",
    "a loop of a function of an earlier cell": "state = 1; console.log('begun'); await earlier()",
    "a recursion":
      "state = 1; console.log('begun'); const again = (): void => { setImmediate(again) }; again(); await new Promise(() => {})",
    "a wait for another thread":
      "state = 1; console.log('begun'); for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)",
  };
  for (const [name, code] of Object.entries(loops))
    it(`stop ${name} and keep the state`, async () => {
      await kernel.run(
        "let state = 0, ticks = 0; async function earlier() { for (;;) { await (await import('node:fs/promises')).stat('.'); ticks += 1 } }",
      );
      const cell = `loop: ${name}`;
      const running = kernel.run(code, cell);
      await kernel.begun(cell);
      await kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted");
      // What was awaited when the interrupt came may still settle, and the loop then goes on to its next await, where it stays.
      const before = (
        await kernel.run(
          "for (let i = 0; i < 20; i++) await new Promise((r) => setTimeout(r, 2));\nawait (await import('node:fs/promises')).stat('.'); [state, ticks]",
        )
      ).result;
      assert.match(String(before), /^\[ 1, /);
      // Time for twenty turns of whatever still ran.
      const next = await kernel.run(
        "for (let i = 0; i < 20; i++) await new Promise((r) => setTimeout(r, 2));\nconsole.log('next'); [state, ticks]",
      );
      assert.equal(next.result, before);
      assert.equal(kernel.text(next.cellId), "next\n");
    });

  it("are answered again and again", async () => {
    for (let time = 0; time < 5; time++) {
      const running = kernel.run("console.log('begun'); while (true) {}", `again ${time}`);
      await kernel.begun(`again ${time}`);
      await kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted");
    }
  });

  for (const [what, code] of Object.entries({
    "a loop over immediates": "for (;;) await new Promise((r) => setImmediate(r))",
    "very many timers":
      "for (let i = 0; i < 500_000; i++) setTimeout(() => undefined, 1e6); console.log('begun'); await new Promise(() => {})",
    "a loop": "while (true) {}",
  }))
    it(`stop ${what} and not the cell behind it, which may come before their own reply`, async () => {
      const cell = `before the next: ${what}`;
      const running = kernel.run(`console.log('begun'); ${code}`, cell);
      await kernel.begun(cell);
      const stopping = kernel.client.interrupt();
      assert.equal((await running).outcome.status, "interrupted");
      const next = await kernel.run("await new Promise((r) => setTimeout(r, 50)); 'next'");
      assert.deepEqual([next.outcome.status, next.result], ["ok", "'next'"]);
      await stopping;
    });

  it("stop the cells that wait too, and answer when nothing runs", async () => {
    const running = kernel.run("console.log('begun'); while (true) {}", "first");
    const waiting = kernel.run("globalThis.neverRun = true");
    await kernel.begun("first");
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal((await waiting).outcome.status, "interrupted");
    await kernel.client.interrupt();
    assert.equal((await kernel.run("typeof neverRun")).result, "'undefined'");
  });

  it("stop a cell whose figure is drawn at once, and the next figure is the next cell's", async () => {
    await kernel.run("let heights = [9, 8, 7];");
    await kernel.run(
      "const wave = Array.from({ length: 900 }, (_, i) => Array.from({ length: 900 }, (_, j) => Math.sin(i / 9) * Math.cos(j / 7)));",
    );
    const running = kernel.run(
      "heights.push(6); console.log('begun'); display({ data: [{ type: 'contour', z: wave }], layout: {} }); heights.push(5)",
      "slow figure",
    );
    await kernel.begun("slow figure");
    // Time for its thread to begin; it would draw for longer than half a minute.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    const next = await kernel.run("display({ data: [{ y: heights }], layout: {} }); heights", "next figure");
    assert.equal(next.result, "[ 9, 8, 7, 6 ]");
    const shown = kernel.events.flatMap((event) =>
      event.type === "display_data" ? [[event.cellId, Object.keys(event.data)] as const] : [],
    );
    assert.deepEqual(
      shown.map(([cell]) => cell),
      ["next figure"],
    );
    assert.ok(shown[0]![1].includes("image/png"));
  });

  it("abort the cell's signal", async () => {
    const running = kernel.run(
      "interruptSignal.addEventListener('abort', () => { globalThis.aborted = 'yes' }); console.log('begun'); await new Promise(() => {})",
      "signal",
    );
    await kernel.begun("signal");
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal((await kernel.run("aborted")).result, "'yes'");
  });

  it("stop the compilation of a cell that takes long, and what waits behind it", async () => {
    await kernel.run("let kept = 5");
    let busy = false;
    kernel.onBusy = () => (busy = true);
    const long = kernel.run(
      Array.from({ length: 60_000 }, (_, i) => `let line${i}: number = ${i}`).join("\n"),
    );
    const waiting = kernel.run("kept = 6");
    await until(() => busy, "the long cell to begin");
    await kernel.client.interrupt();
    assert.equal((await long).outcome.status, "interrupted");
    assert.equal((await waiting).outcome.status, "interrupted");
    assert.equal((await kernel.run("[kept, typeof line1]")).result, "[ 5, 'undefined' ]");
  });
});
