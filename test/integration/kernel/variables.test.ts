import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { VariableInfo } from "../../../src/protocol/messages.js";
import { TestKernel } from "../../kernel/harness.js";

describe("variables", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  async function variable(declaration: string): Promise<VariableInfo | undefined> {
    const run = await kernel.run(declaration);
    assert.equal(run.outcome.status, "ok", run.traceback);
    return (await kernel.client.variables()).find(({ name }) => name === "x");
  }

  const cases: readonly (readonly [string, Partial<VariableInfo>])[] = [
    ["const x = 1.5", { type: "number", bytes: 8, preview: "1.5" }],
    ["const x = 'text'", { type: "string", bytes: 8, preview: "'text'" }],
    ["const x = null", { type: "null", preview: "null" }],
    ["let x", { type: "undefined", preview: "undefined" }],
    ["const x = new Float32Array(1000)", { type: "Float32Array", shape: [1000], bytes: 4000 }],
    ["const x = [[1, 2, 3], [4, 5, 6]]", { type: "Array", shape: [2, 3], bytes: 48 }],
    ["const x = [new Uint8Array(5), new Uint8Array(5)]", { type: "Array", shape: [2, 5], bytes: 10 }],
    ["const x = [[1], [2, 3]]", { type: "Array", shape: [2] }],
    ["const x = new Map([['a', 1]])", { type: "Map", shape: [1] }],
    ["class Study { id = 7 }; const x = new Study()", { type: "Study", preview: "Study { id: 7 }" }],
    ["class x {}", { type: "class" }],
    ["function x() {}", { type: "function", preview: "[Function: x]" }],
    ["const x = { dims: [3, 4, 5] }", { type: "Object", shape: [3, 4, 5] }],
    ["const x = { shape: Object.assign([], { length: 4_294_967_295 }) }", { type: "Object" }],
    ["const x = [new Proxy([1], { get() { throw new Error('looked at') } })]", { type: "Array", shape: [1] }],
    ["const x = 10n", { type: "bigint", preview: "10n" }],
    ["const x = new Proxy({}, { get() { throw new Error('looked at') } })", { type: "Proxy" }],
    [
      "const x = { get bomb() { throw new Error('looked at') } }",
      { type: "Object", preview: "{ bomb: [Getter] }" },
    ],
    ["const x: any = []; x.push(x)", { type: "Array", preview: "<ref *1> [ [Circular *1] ]" }],
    ["const x: any = [[]]; x[0].push(x)", { type: "Array" }],
    ["let x: any = 1; for (let i = 0; i < 1e5; i++) x = [x]", { type: "Array", shape: Array(8).fill(1) }],
    ["const x = Object.create(null)", { type: "Object" }],
  ];
  for (const [declaration, expected] of cases)
    it(declaration, async () => {
      const found = await variable(declaration);
      assert.ok(found);
      assert.deepEqual({ ...found, ...expected }, found);
    });

  it("a large array is measured by a sample", async () => {
    const found = await variable("const x = Array.from({ length: 1_000_000 }, (_, i) => i)");
    assert.deepEqual(found?.shape, [1_000_000]);
    assert.equal(found.bytes, 8_000_000);
    assert.ok(found.preview.length <= 100);
  });

  it("are listed in the order of their declaration, without the kernel's own", async () => {
    const fresh = new TestKernel();
    await fresh.run("const b = 1, { a, ...rest } = { a: 2, c: 3 }; import * as path from 'node:path'");
    await fresh.run("a");
    assert.deepEqual(
      (await fresh.client.variables()).map(({ name }) => name),
      ["b", "a", "rest", "path"],
    );
    await fresh.close();
  });
});

describe("stale cells", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  async function staleAfter(code: string, cell: string): Promise<readonly string[]> {
    await kernel.run(code, cell);
    // The list follows the reply; an answer to a later question has it behind it.
    await kernel.client.info();
    return kernel.stale;
  }

  it("are those whose inputs were run again, and what rests on them", async () => {
    assert.deepEqual(await staleAfter("const factor = 2", "a"), []);
    assert.deepEqual(await staleAfter("const doubled = [1, 2].map((n) => n * factor)", "b"), []);
    assert.deepEqual(await staleAfter("doubled.length", "c"), []);
    assert.deepEqual(await staleAfter("const other = 1", "d"), []);
    assert.deepEqual(await staleAfter("const factor = 3", "a"), ["b", "c"]);
    assert.deepEqual(await staleAfter("const doubled = [1, 2].map((n) => n * factor)", "b"), ["c"]);
    assert.deepEqual(await staleAfter("doubled.length", "c"), []);
  });

  it("come from assignments and types too, not from names of their own or of members", async () => {
    await staleAfter("let total = 0; interface Grade { level: string }", "t1");
    await staleAfter("const g: Grade = { level: 'L4' }", "t2");
    await staleAfter("total", "t3");
    await staleAfter("const own = (total: number) => total; ({ total: 1 }).total", "t4");
    assert.deepEqual(await staleAfter("total += 5", "t5"), ["t3"]);
    const all = await staleAfter("let total = 0; interface Grade { level: number }", "t1");
    assert.deepEqual(all, ["t3", "t5"]);
  });

  it("a cell is not stale by its own doing", async () => {
    await staleAfter("let count = 0", "n1");
    await staleAfter("count += 1", "n2");
    const again = await staleAfter("count += 1", "n2");
    assert.equal(again.includes("n2"), false);
  });
});
