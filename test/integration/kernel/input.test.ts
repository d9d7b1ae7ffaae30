import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { TestKernel, until } from "../../kernel/harness.js";

describe("input", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  afterEach(() => {
    kernel.answer = () => null;
  });
  after(() => kernel.close());

  const questions = (cellId: string): (readonly [string, boolean])[] =>
    kernel.events.flatMap((event) =>
      event.type === "input_request" && event.cellId === cellId
        ? [[event.prompt, event.password] as const]
        : [],
    );

  it("prompt waits for the answer, in the middle of an expression", async () => {
    kernel.answer = (question) => `answer to ${question}`;
    const run = await kernel.run("const name = prompt('Level?') + '!'\nname");
    assert.equal(run.result, "'answer to Level?!'");
    assert.deepEqual(questions(run.cellId), [["Level?", false]]);
  });

  it("prompt gives null where the user gives no answer, and hides passwords", async () => {
    const run = await kernel.run("prompt('Secret?', { password: true })");
    assert.equal(run.result, "null");
    assert.deepEqual(questions(run.cellId), [["Secret?", true]]);
  });

  it("readline asks for one line, and for no more", async () => {
    kernel.answer = () => "L4-L5";
    const run = await kernel.run(
      `import * as readline from "node:readline/promises";
const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
const level = await lines.question("Which level? ");
lines.close();
for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
level`,
    );
    assert.equal(run.result, "'L4-L5'", run.traceback);
    assert.equal(questions(run.cellId).length, 1);
    assert.match(kernel.text(run.cellId), /Which level\?/);
  });

  it("a loop over the lines of the input can be left", async () => {
    let count = 0;
    kernel.answer = () => `line ${++count}`;
    const run = await kernel.run(
      `const got: string[] = [];
for await (const line of (await import("node:readline")).createInterface({ input: process.stdin })) {
  got.push(line);
  if (got.length === 3) break;
}
got.join()`,
    );
    assert.equal(run.result, "'line 1,line 2,line 3'", run.traceback);
  });

  it("an interrupt ends the wait for an answer", async () => {
    kernel.answer = () => "too late";
    const silent = new TestKernel();
    let asked = false;
    // Nobody answers: the question's event is dropped.
    silent.client.input = () => {
      asked = true;
    };
    const running = silent.run("globalThis.before = 1; prompt('Anybody?')");
    await until(() => asked, "the question");
    await silent.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    assert.equal((await silent.run("before")).result, "1");
    await silent.close();
  });

  it("a run that cannot ask says so", async () => {
    const headless = new TestKernel({}, { allowInput: false });
    const run = await headless.run("prompt('Level?')");
    assert.equal(run.outcome.status, "error");
    assert.match(run.traceback, /cannot ask for input; make it a parameter/);
    const read = await headless.run(
      "for await (const line of (await import('node:readline')).createInterface({ input: process.stdin })) line",
    );
    assert.equal(read.outcome.status, "error");
    assert.match(read.traceback, /cannot ask for input/);
    assert.equal((await headless.run("1 + 1")).result, "2");
    await headless.close();
  });
});
