import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

/** A kernel for one test, which may well end it. */
async function withKernel(test: (kernel: TestKernel) => Promise<void>, memoryLimit?: number): Promise<void> {
  const kernel = new TestKernel({}, memoryLimit === undefined ? {} : { memoryLimit });
  try {
    await test(kernel);
  } finally {
    await kernel.close();
  }
}

describe("the kernel survives", () => {
  it("a thousand cells in a row", () =>
    withKernel(async (kernel) => {
      await kernel.run("let total = 0");
      const runs = Array.from({ length: 1000 }, (_, index) =>
        kernel.run(`const value${index} = ${index};\ntotal += value${index};\ntotal`),
      );
      const results = (await Promise.all(runs)).map(({ result }) => result);
      assert.equal(results[999], String((999 * 1000) / 2));
      assert.equal((await kernel.client.variables()).length, 1001);
      // Late errors of an early cell still find their lines.
      const late = await kernel.run("const fail = () => { null!.x };");
      for (let index = 0; index < 10; index++) await kernel.run("1");
      const failed = await kernel.run("fail()");
      assert.match(failed.traceback, new RegExp(`Cell \\[${late.outcome.executionCount}\\], line 1`));
    }));

  it("a hundred megabytes of output, of which it keeps the beginning", () =>
    withKernel(async (kernel) => {
      const flood = await kernel.run(
        "const line = 'x'.repeat(1023); for (let i = 0; i < 100 * 1024; i++) console.log(line)",
      );
      assert.equal(flood.outcome.status, "ok");
      const text = kernel.text(flood.cellId);
      assert.ok(text.length > 1_999_000 && text.length < 2_001_000, `${text.length}`);
      assert.match(text, /Output cut off: this cell wrote more than 2 MB/);
      assert.equal((await kernel.run("console.log('after'); 1")).result, "1");
    }));

  it("a gigabyte in one allocation", () =>
    withKernel(async (kernel) => {
      const run = await kernel.run("const big = new Uint8Array(2 ** 30); big.length");
      assert.equal(run.result, "1073741824");
      const listed = (await kernel.client.variables()).find(({ name }) => name === "big");
      assert.equal(listed?.bytes, 2 ** 30);
    }));

  it("an allocation that no machine has", () =>
    withKernel(async (kernel) => {
      const run = await kernel.run("new ArrayBuffer(2 ** 52)");
      assert.match(run.traceback, /RangeError/);
      assert.equal((await kernel.run("1")).result, "1");
    }));

  it("unhandled rejections and errors in callbacks", () =>
    withKernel(async (kernel) => {
      const run = await kernel.run("void Promise.reject(new Error('nobody listens')); 1");
      const error = kernel.events.find((event) => event.type === "error" && event.cellId === run.cellId);
      assert.equal(error?.type === "error" && error.evalue, "nobody listens");
    }));
});

describe("the kernel's end is told, with what to do", () => {
  const posix = process.platform !== "win32";
  const ends: readonly (readonly [string, string, RegExp, boolean])[] = [
    ["process.exit()", "process.exit(3)", /exit code 3 .*Restart it and run the cells above again/, true],
    ["an abort", "process.abort()", /signal SIGABRT.*Restart it/, posix],
    [
      "a native crash",
      "process.kill(process.pid, 'SIGSEGV'); while (true);",
      /signal SIGSEGV.*Restart it/,
      posix,
    ],
    [
      "a kill from outside",
      "process.kill(process.pid, 'SIGKILL'); while (true);",
      /out of memory.*Restart it/,
      posix,
    ],
  ];
  for (const [name, code, message, possible] of ends)
    it(name, { skip: !possible }, () =>
      withKernel(async (kernel) => {
        await kernel.run("console.log('earlier')", "earlier");
        // What was written leaves before the end comes: only an orderly end can wait for it.
        const running = kernel.run(
          `console.log('said before');\nwhile (!require('node:fs').existsSync('go-on')) await new Promise((r) => setTimeout(r, 5));\n${code}`,
          "ending",
        );
        await kernel.begun("ending", "said before");
        writeFileSync(join(kernel.folder, "go-on"), "");
        const run = await running;
        assert.equal(run.outcome.status, "died");
        assert.match(run.outcome.reason ?? "", message);
        assert.equal(kernel.text("earlier"), "earlier\n");
        assert.equal(kernel.text(run.cellId), "said before\n");
      }),
    );

  it("native code that does not stop when it is interrupted", { skip: !posix }, () =>
    withKernel(async (kernel) => {
      const running = kernel.run(
        "console.log('begun'); require('node:child_process').execSync('sleep 60')",
        "waits",
      );
      await kernel.begun("waits", "begun");
      await kernel.client.interrupt();
      const { outcome } = await running;
      assert.equal(outcome.status, "died");
      assert.match(outcome.reason ?? "", /did not stop when it was interrupted.*its variables are lost/);
      assert.doesNotMatch(outcome.reason ?? "", /memory|from outside/);
    }),
  );

  it("memory that runs out, with the limit", () =>
    withKernel(async (kernel) => {
      assert.equal((await kernel.client.info())?.memoryLimit, 100);
      const run = await kernel.run(
        "const hoard: unknown[] = []; for (;;) hoard.push(new Array(1000).fill(hoard.length))",
      );
      assert.equal(run.outcome.status, "died");
      assert.match(run.outcome.reason ?? "", /ran out of memory \(its limit is 100 MB\).*raise the limit/);
    }, 100));
});
