import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { IdentityGuard } from "../../../src/kernel/run/guard.js";
import { ReadIdentities } from "../../../src/protocol/index.js";
import { TestKernel } from "../../kernel/harness.js";

describe("IdentityGuard", () => {
  const guard = new IdentityGuard();
  const read = new ReadIdentities();
  const patterns = guard.add([
    { form: "name", kind: "patient name", value: "MÜLLER^JANE^Q" },
    { form: "id", kind: "patient id", value: "PAT-00417" },
    { form: "id", kind: "patient id", value: "7" },
    { form: "date", kind: "birth date", value: "19700131" },
    { form: "name", kind: "patient name", value: "王^小东" },
    { form: "name", kind: "patient name", value: "Иванов^Пётр" },
  ]);
  read.learn(patterns);

  for (const text of [
    "MÜLLER^JANE",
    "Müller, Jane",
    "jane müller",
    "/data/MULLER_x/müller_jane/t2.dcm",
    "JANE-MÜLLER",
    "id=PAT-00417;",
    "born 1970-01-31",
    "born 31.01.1970",
    "01/31/1970",
    "王小东",
    "小东_王.dcm",
    "/data/Пётр Иванов/1.dcm",
  ])
    it(`removes ${text}`, () => {
      assert.match(guard.clean(text), /\[identity removed\]/);
      assert.equal(read.find([text]).length, 1);
    });

  for (const text of ["Jane walked", "MÜLLER", "7 discs", "PAT-004170", "119700131", "grade 3 of L4-L5"])
    it(`leaves ${text}`, () => {
      assert.equal(guard.clean(text), text);
    });

  it("tells an identity once, when it is new", () => {
    assert.equal(patterns.length, 5, "that of one digit is not watched for");
    assert.deepEqual(guard.add([{ form: "id", kind: "patient id", value: "PAT-00417" }]), []);
  });

  it("leaves packed data alone", () => {
    const packed = `${"A".repeat(1000)}PAT-00417`;
    assert.equal(guard.clean(packed), packed);
    assert.deepEqual(read.find([packed]), []);
  });
});

describe("identities that a package has read", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = new TestKernel();
    await kernel.run(
      `const hooks = (globalThis as any)[Symbol.for("spinebook.kernel")];
hooks.guard([{ form: "name", kind: "patient name", value: "DOE^JANE" }]);
hooks.record({ kind: "seed", name: "phantoms", value: "7" });`,
      "hooks",
    );
  });
  after(() => kernel.close());

  it("leave the kernel in no output", async () => {
    const run = await kernel.run(
      `console.log("loaded Doe, Jane");
display({ [Symbol.for("Jupyter.display")]: () => ({ "application/json": { path: ["/x/doe_jane/1.dcm"] } }) });
["JANE DOE"]`,
    );
    assert.equal(kernel.text(run.cellId), "loaded [identity removed]\n");
    assert.match(kernel.text(run.cellId, "stderr"), /identity was removed/);
    assert.equal(run.result, "[ '[identity removed]' ]");
    assert.equal(JSON.stringify(run.events).toLowerCase().includes("jane"), false);
    const thrown = await kernel.run("throw new Error('cannot read DOE^JANE')");
    assert.match(thrown.traceback, /cannot read \[identity removed\]/);
  });

  it("are found in texts, by kind only", () => {
    const findings = kernel.client.findIdentity(["nothing", "const path = 'doe_jane'"]);
    assert.deepEqual(findings, [{ text: 1, kind: "patient name" }]);
  });

  it("what results rest on is told with its cell", () => {
    const entries = kernel.events.flatMap((event) =>
      event.type === "provenance" ? [[event.cellId, event.entry] as const] : [],
    );
    assert.deepEqual(entries, [["hooks", { kind: "seed", name: "phantoms", value: "7" }]]);
  });
});

describe("identities of a kernel that has died", () => {
  for (const [how, end] of Object.entries({
    "by process.exit": "process.exit(3)",
    "by a signal": 'process.kill(process.pid, "SIGKILL"); for (;;);',
  }))
    it(`are found still, ${how}`, async () => {
      const kernel = new TestKernel();
      try {
        const run = await kernel.run(
          `(globalThis as any)[Symbol.for("spinebook.kernel")].guard([{ form: "id", kind: "patient id", value: "PAT-00417" }]);
await new Promise((resolve) => setTimeout(resolve, 50));
${end}`,
        );
        assert.equal(run.outcome.status, "died");
        assert.deepEqual(kernel.client.findIdentity(["of PAT-00417"]), [{ text: 0, kind: "patient id" }]);
      } finally {
        await kernel.close();
      }
    });
});
