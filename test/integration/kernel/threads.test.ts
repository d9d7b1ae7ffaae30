import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { sleep, TestKernel, until } from "../../kernel/harness.js";

const FILES: Readonly<Record<string, string>> = {
  "double.ts": `
import { parentPort, workerData } from "node:worker_threads";
import { twice } from "./lib/twice";
enum Kind { disc = "disc" }
const { values } = workerData as { values: number[] };
parentPort!.postMessage({ kind: Kind.disc, values: values.map(twice) });
`,
  "lib/twice.ts": `export const twice = (value: number): number => 2 * value;\n`,
  "lib/start.ts": `
import { Worker } from "node:worker_threads";
export const start = (workerData: unknown): Worker => new Worker(new URL("../double.ts", import.meta.url), { workerData });
`,
  "nested.ts": `
import { parentPort, Worker, workerData } from "node:worker_threads";
new Worker(new URL("./double.ts", import.meta.url), { workerData }).once("message", (m) => parentPort!.postMessage(m));
`,
  "echo.ts": `
import { parentPort } from "node:worker_threads";
parentPort!.on("message", (text: string) => { console.log("heard " + text); parentPort!.postMessage(text.toUpperCase()); });
`,
  "throws.ts": `interface Disc { width: number }

function widthOf(disc: Disc | undefined): number {
  return disc!.width;
}
widthOf(undefined);
`,
  "faulty.ts": "const a = 1;\nconst b = = 2;\n",
  "endless.ts": `console.log("begun");\nfor (;;) {}\n`,
  "ticks.ts": `import { appendFileSync } from "node:fs"; setInterval(() => appendFileSync("ticks.txt", "."), 10);`,
  "shared.ts": `
import { workerData } from "node:worker_threads";
const flags = new Int32Array(workerData as SharedArrayBuffer);
Atomics.store(flags, 0, 7);
Atomics.notify(flags, 0);
`,
  "reads.ts": `
import { parentPort } from "node:worker_threads";
const hooks = (globalThis as any)[Symbol.for("spinebook.kernel")];
hooks.guard([{ kind: "patient name", form: "name", value: "ROE^RICHARD" }]);
parentPort!.postMessage("ROE^RICHARD");
`,
  "imports.ts": `
import { parentPort } from "node:worker_threads";
import { about } from "spinebook";
parentPort!.postMessage(typeof about);
`,
  "plain.mjs": `import { parentPort, workerData } from "node:worker_threads"; parentPort.postMessage([workerData]);`,
};

describe("worker threads of local TypeScript files", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = new TestKernel({ spinebook: join(process.cwd(), "dist/api.js") });
    mkdirSync(join(kernel.folder, "lib"));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(kernel.folder, name), text);
    await kernel.run(`import { Worker } from "node:worker_threads";
      const first = (worker: Worker) => new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));`);
  });
  after(() => kernel.close());
  const value = async (code: string): Promise<unknown> => (await kernel.run(code)).result;

  const doubled = "{ kind: 'disc', values: [ 2, 4 ] }";
  for (const [what, worker] of [
    ["a path", `new Worker("./double.ts", { workerData: { values: [1, 2] } })`],
    [
      "an address below import.meta.url",
      `new Worker(new URL("./double.ts", import.meta.url), { workerData: { values: [1, 2] } })`,
    ],
    ["the name of the JavaScript", `new Worker("./double.js", { workerData: { values: [1, 2] } })`],
    ["require", `new (require("worker_threads").Worker)("./double.ts", { workerData: { values: [1, 2] } })`],
    ["a local module", `(await import("./lib/start.ts")).start({ values: [1, 2] })`],
    ["another thread", `new Worker("./nested.ts", { workerData: { values: [1, 2] } })`],
  ] as const)
    it(`start by ${what}`, async () => {
      assert.equal(await value(`await first(${worker})`), doubled);
    });

  it("answer messages, write into the cell and are Workers", async () => {
    const { result, cellId } = await kernel.run(
      `const echo = new Worker("./echo.ts"); echo.postMessage("disc");
       const heard = await first(echo); await new Promise((go) => setTimeout(go, 200)); await echo.terminate(); [heard, echo instanceof Worker]`,
    );
    assert.equal(result, "[ 'DISC', true ]");
    assert.equal(kernel.text(cellId), "heard disc\n");
    assert.equal(kernel.text(cellId, "stderr"), "");
  });

  it("import packages as cells do", async () => {
    assert.equal(await value(`await first(new Worker("./imports.ts"))`), "'function'");
  });

  it("are compiled while the cell waits without letting anything else run", async () => {
    assert.equal(
      await value(
        `const flags = new Int32Array(new SharedArrayBuffer(4)); new Worker("./shared.ts", { workerData: flags.buffer }); Atomics.wait(flags, 0, 0, 60_000); flags[0]`,
      ),
      "7",
    );
  });

  it("leave other workers to Node", async () => {
    assert.equal(await value(`await first(new Worker("./plain.mjs", { workerData: 3 }))`), "[ 3 ]");
    assert.equal(
      await value(
        `await first(new Worker("require('node:worker_threads').parentPort.postMessage(5)", { eval: true }))`,
      ),
      "5",
    );
  });

  it("errors name the file and the line", async () => {
    const { errors, traceback: report } = await kernel.run(`await first(new Worker("./throws.ts"))`);
    assert.equal(errors[0]?.ename, "TypeError");
    assert.match(report, /at widthOf \(throws\.ts, line 4:16\)/);
    assert.match(report, /at throws\.ts, line 6:1/);
    assert.doesNotMatch(report, /spinebook-cell|thread\.js|node:|dist/);
    const faulty = await kernel.run(`await first(new Worker("./faulty.ts"))`);
    assert.match(faulty.errors[0]!.evalue, /^faulty\.ts, line 2:11: Expression expected/);
    const missing = await kernel.run(`await first(new Worker("./nowhere.ts"))`);
    assert.match(missing.errors[0]!.evalue, /Cannot find module '.*nowhere\.ts'/);
    assert.doesNotMatch(JSON.stringify(missing.events), new RegExp(kernel.folder));
  });

  it("an error that nobody hears is the cell's", async () => {
    const { cellId } = await kernel.run(
      `new Worker("./throws.ts"); await new Promise((go) => setTimeout(go, 3000))`,
    );
    const error = kernel.events.find((event) => event.type === "error" && event.cellId === cellId);
    assert.match(error?.type === "error" ? error.traceback.join("\n") : "", /throws\.ts, line 4:16/);
  });

  it("what they read of a patient is shown nowhere", async () => {
    const { result, cellId } = await kernel.run(
      `const name = await first(new Worker("./reads.ts")); console.log(name); name`,
    );
    assert.equal(result, "'[identity removed]'");
    assert.equal(kernel.text(cellId), "[identity removed]\n");
  });

  it("end with an interrupt and with a reset", async () => {
    const code = `const endless = new Worker("./endless.ts"); endless.once("exit", () => { globalThis.ended = true; });`;
    const running = kernel.run(`${code} await new Promise(() => undefined)`, "endless");
    await kernel.begun("endless");
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    await sleep(500);
    assert.equal(await value("[endless.threadId, globalThis.ended]"), "[ -1, true ]");
    const ticks = join(kernel.folder, "ticks.txt");
    await kernel.run(`new Worker("./ticks.ts"); 0`);
    await until(() => existsSync(ticks), "the thread to begin");
    await kernel.client.reset();
    await sleep(500);
    const size = statSync(ticks).size;
    await sleep(300);
    assert.equal(statSync(ticks).size, size);
  });
});
