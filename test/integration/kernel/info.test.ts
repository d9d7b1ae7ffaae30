import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { IdentityGuard } from "../../../src/kernel/run/guard.js";
import { ReadIdentities } from "../../../src/protocol/index.js";
import { TestKernel } from "../../kernel/harness.js";

describe("what a kernel tells of itself", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  it("is its memory, which grows with what cells hold", async () => {
    const first = (await kernel.client.info())!.memory!;
    assert.ok(first > 20e6 && first < 2e9, `${first} bytes`);
    await kernel.run("const block = new Uint8Array(200e6).fill(1);");
    const grown = (await kernel.client.info())!.memory! - first;
    assert.ok(grown > 150e6, `grew by ${grown} bytes`);
  });

  it("is told while a cell keeps its thread busy", async () => {
    const running = kernel.run("const end = Date.now() + 1500; while (Date.now() < end);");
    const asked = Date.now();
    assert.ok((await kernel.client.info())!.memory! > 0);
    assert.ok(Date.now() - asked < 1000, "nothing was waited for");
    assert.equal((await running).outcome.status, "ok");
  });
});

describe("an identity guard whose user allows identities", () => {
  it("leaves them in outputs, and still tells how they are found", () => {
    const guard = new IdentityGuard(true);
    const read = new ReadIdentities();
    read.learn(guard.add([{ form: "name", kind: "patient name", value: "DOE^JANE" }]));
    assert.equal(guard.clean("Jane Doe"), "Jane Doe");
    assert.deepEqual(guard.cleanValue({ who: "Jane Doe" }), { who: "Jane Doe" });
    assert.deepEqual(read.find(["Jane Doe"]), [{ text: 0, kind: "patient name" }]);
  });
});
