import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { sleep, TestKernel } from "../../kernel/harness.js";

describe("reset of a kernel", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel({ spinebook: join(process.cwd(), "dist/api.js") });
  });
  after(() => kernel.close());
  const value = async (code: string): Promise<unknown> => (await kernel.run(code)).result;

  it("leaves no variable, constant, function, class or import of earlier cells", async () => {
    await kernel.run(
      `const a = "Doe"; let b = 2; function c() {} class D {} const { e, ...f } = { e: 1, g: 2 }; import { join } from "node:path";`,
    );
    assert.equal(await kernel.client.reset(), true);
    assert.equal(
      await value(
        `[typeof a, typeof b, typeof c, typeof D, typeof e, typeof f, typeof join].every((one) => one === "undefined")`,
      ),
      "true",
    );
    assert.deepEqual(await kernel.client.variables(), []);
    // What was a constant may be assigned now.
    assert.equal(await value("let a = 1; a = 5; a"), "5");
    const counts = await kernel.run("1");
    assert.equal(counts.outcome.executionCount, 3);
  });

  it("gives globals back that cells declared anew, the folder and the environment", async () => {
    await kernel.run(
      `const fetch = 1, display = 2; process.env.PATIENT = "Doe"; process.env.PATH = ""; process.chdir("/");`,
    );
    assert.equal(await kernel.client.reset(), true);
    assert.equal(
      await value(
        `[typeof fetch, typeof display, process.env.PATIENT, process.env.PATH !== "", process.cwd() !== "/"].join()`,
      ),
      "'function,function,,true,true'",
    );
  });

  it("stops timers and loops that earlier cells left behind", async () => {
    const { cellId } = await kernel.run(
      `let ticks = 0; setInterval(() => { ticks++; console.log("tick"); }, 5); (async () => { for (;;) await new Promise((go) => setTimeout(go, 5)); })(); 0`,
    );
    assert.equal(await kernel.client.reset(), true);
    const told = kernel.text(cellId).length;
    await kernel.run("let ticks = -1");
    await sleep(100);
    assert.equal(await value("ticks"), "-1");
    assert.equal(kernel.text(cellId).length, told);
  });

  it("runs local TypeScript files anew, and gives a page without what was drawn on it", async () => {
    writeFileSync(join(kernel.folder, "kept.ts"), "export const kept: string[] = [];");
    await kernel.run(
      `import { kept } from "./kept.ts"; kept.push("Doe"); document.body.append("Doe"); kept.length`,
    );
    assert.equal(await kernel.client.reset(), true);
    assert.equal(
      await value(`import { kept } from "./kept.ts"; [kept.length, document.body.textContent]`),
      "[ 0, '' ]",
    );
  });

  it("keeps packages loaded", async () => {
    await kernel.run(`import * as spinebook from "spinebook"; await spinebook.about(); 0`);
    assert.equal(await kernel.client.reset(), true);
    const { outcome } = await kernel.run(`import { about } from "spinebook"; typeof about`);
    assert.equal(outcome.status, "ok");
  });

  it("still removes identities that earlier cells read", async () => {
    await kernel.run(
      `globalThis[Symbol.for("spinebook.kernel")].guard([{ kind: "patient name", form: "name", value: "DOE^JANE" }])`,
    );
    assert.equal(await kernel.client.reset(), true);
    assert.match(String(await value(`"report of " + "Jane Doe"`)), /identity removed/);
    assert.deepEqual(kernel.client.findIdentity(["Doe, Jane"]), [{ text: 0, kind: "patient name" }]);
  });

  const left: [what: string, code: string][] = [
    ["a global that no cell declared", "globalThis.last = 'Doe'"],
    ["something kept in the language's objects", "Array.prototype.last = 'Doe'"],
    ["a changed method", "JSON.stringify = () => 'Doe'"],
    ["something kept in a class", "Date.last = 'Doe'"],
    ["a global that cannot be deleted", "Object.defineProperty(globalThis, 'last', { value: 'Doe' })"],
    ["JavaScript of one's own", "import { kept } from './kept.mjs'"],
    ["a module that was required", "require('./kept.cjs')"],
    ["work that is still under way", "require('node:net').createServer().listen(0); 0"],
  ];
  for (const [what, code] of left)
    it(`says that ${what} is left`, async () => {
      const other = new TestKernel();
      writeFileSync(join(other.folder, "kept.mjs"), "export const kept = [];");
      writeFileSync(join(other.folder, "kept.cjs"), "exports.kept = [];");
      await other.run(code);
      assert.equal(await other.client.reset(), false);
      await other.close();
    });

  it("is refused while a cell runs", async () => {
    const running = kernel.run("console.log('begun'); await new Promise(() => {});", "endless");
    await kernel.begun("endless");
    assert.equal(await kernel.client.reset(), false);
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal(await kernel.client.reset(), true);
  });
});
