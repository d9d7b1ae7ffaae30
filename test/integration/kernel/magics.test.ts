import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { completenessOf, compileCell } from "../../../src/kernel/compile/index.js";
import { translateMagics, withoutMagics } from "../../../src/kernel/compile/magics.js";
import { isAlive, TestKernel, until } from "../../kernel/harness.js";

describe("translateMagics", () => {
  it("keeps every line where it was", () => {
    const text = "const a = 1\n%npm install x\n%timeit a + 1\nthrow new Error('line 4')";
    assert.equal(translateMagics(text).split("\n").length, 4);
    assert.equal(translateMagics(text).split("\n")[3], "throw new Error('line 4')");
  });

  it("leaves alone what only looks like a magic", () => {
    for (const text of [
      "const r = 7\n%3",
      "const t = `\n%npm install x\n`",
      "/*\n%env A=1\n*/\nconst b = 1",
      "a %= 2",
      "const text = '%npm'",
      "const r = total\n%perCell",
    ])
      assert.equal(translateMagics(text), text, text);
  });

  it("says which magics there are not", () => {
    assert.throws(() => compileCell("%nonsense 1"), /There is no magic %nonsense; %lsmagic lists them/);
    assert.throws(() => compileCell("%%nonsense\n1"), /There is no magic %%nonsense/);
    assert.throws(() => compileCell("const a = 1;\n%timeit"), /%timeit wants an expression/);
  });

  it("blanks magics for editors, in the same places", () => {
    const text = "%env A=1\nconst a = 1\n%npm install x";
    assert.equal(withoutMagics(text), `${" ".repeat(8)}\nconst a = 1\n${" ".repeat(14)}`);
    assert.equal(withoutMagics("%%time\nconst a = 1"), `${" ".repeat(6)}\nconst a = 1`);
    assert.match(withoutMagics("%%bash\necho hello"), /^\s*$/);
  });
});

describe("completenessOf", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["1 + 1", "complete", ""],
    ["function f() {", "incomplete", "  "],
    ["if (a) {\n  b(", "incomplete", "    "],
    ["const t = `text", "incomplete", ""],
    ["/* comment", "incomplete", ""],
    ["const = 3", "invalid", ""],
    ["f(]", "invalid", ""],
    ["", "complete", ""],
    ["await f()", "complete", ""],
    ["%npm install x", "complete", ""],
    ["%%bash\nif true", "complete", ""],
    ["const x: number =", "incomplete", ""],
  ];
  for (const [text, status, indent] of cases)
    it(JSON.stringify(text), () => {
      assert.deepEqual(completenessOf(text), { status, indent });
    });
});

describe("magics", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  it("%npm installs into the notebook's folder, and the cell below imports it", async () => {
    const folder = join(kernel.folder, "packed");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "package.json"),
      '{"name":"packed","version":"1.2.3","type":"module","exports":"./index.js"}',
    );
    writeFileSync(join(folder, "index.js"), "export const answer = 42;");
    const missing = await kernel.run("import { answer } from 'packed'");
    assert.match(missing.traceback, /Install it there with npm|%npm install packed/);
    const installed = await kernel.run("%npm install ./packed");
    assert.equal(installed.outcome.status, "ok", installed.traceback);
    assert.ok(existsSync(join(kernel.folder, "package-lock.json")));
    assert.match(readFileSync(join(kernel.folder, "package.json"), "utf8"), /"packed"/);
    assert.equal((await kernel.run("import { answer } from 'packed'\nanswer")).result, "42");
  });

  it("%npm tells what npm says when it fails", async () => {
    const failed = await kernel.run("%npm install ./not-there-at-all");
    assert.equal(failed.outcome.status, "error");
    assert.match(failed.traceback, /npm ended with exit code/);
    assert.notEqual(kernel.text(failed.cellId, "stderr"), "");
  });

  it("%env sets and shows, and lists names without values", async () => {
    const set = await kernel.run("%env SPINEBOOK_TEST=a b\nprocess.env.SPINEBOOK_TEST");
    assert.equal(set.result, "'a b'");
    assert.equal(kernel.text((await kernel.run("%env SPINEBOOK_TEST")).cellId), "SPINEBOOK_TEST=a b\n");
    const list = kernel.text((await kernel.run("%env")).cellId);
    assert.match(list, /^SPINEBOOK_TEST$/m);
    assert.doesNotMatch(list, /a b/);
  });

  it("%timeit and %time measure, %%time keeps the cell's variables", async () => {
    const timed = await kernel.run("const list = [1, 2, 3]\n%timeit list.map((x) => x * 2)");
    assert.match(
      kernel.text(timed.cellId),
      /^[\d.]+ (ns|µs|ms|s) ± [\d.]+ (ns|µs|ms|s) per run .*7 repeats of \d+ runs/,
    );
    const once = await kernel.run("%time await Promise.resolve(6 * 7)");
    assert.match(kernel.text(once.cellId), /^\d+\.\d{3} s\n$/);
    assert.equal(once.events.find((event) => event.type === "display_data")?.data["text/plain"], "42");
    const cell = await kernel.run("%%time\nconst kept = 5\nkept + 1");
    assert.equal(cell.result, "6");
    assert.match(kernel.text(cell.cellId), /^\d+\.\d{3} s\n$/);
    assert.equal((await kernel.run("kept")).result, "5");
  });

  it("%%html, %%svg and %%markdown show the cell's text", async () => {
    for (const [name, mime] of [
      ["html", "text/html"],
      ["svg", "image/svg+xml"],
      ["markdown", "text/markdown"],
    ] as const) {
      const run = await kernel.run(`%%${name}\n<p>"text" \`here\`</p>`);
      const shown = run.events.find((event) => event.type === "display_data");
      assert.equal(shown?.data[mime], '<p>"text" `here`</p>');
    }
  });

  it("%lsmagic lists them all", async () => {
    const list = kernel.text((await kernel.run("%lsmagic")).cellId);
    for (const name of ["%npm", "%env", "%timeit", "%%bash", "%%html"]) assert.ok(list.includes(name), name);
  });

  it("maps errors behind a magic to their line", async () => {
    const run = await kernel.run("%env A=1\n\nnull!.foo");
    assert.match(run.traceback, /line 3/);
  });

  const posix = process.platform !== "win32";
  it("%%bash runs in the notebook's folder and reports a failure", { skip: !posix }, async () => {
    const run = await kernel.run("%%sh one 'two three'\nread() { cat; }\necho \"$1-$2\"\npwd\necho oops >&2");
    assert.equal(run.outcome.status, "ok", run.traceback);
    assert.match(kernel.text(run.cellId), /^one-two three\n/);
    assert.ok(kernel.text(run.cellId).includes(kernel.folder.split("/").at(-1)!));
    assert.equal(kernel.text(run.cellId, "stderr"), "oops\n");
    const failed = await kernel.run("%%bash\nexit 3");
    assert.match(failed.traceback, /bash ended with exit code 3/);
  });

  it("an interrupt ends a shell with what it started", { skip: !posix }, async () => {
    const running = kernel.run("%%bash\nsleep 60 & echo $!\nwait", "shell");
    await until(() => kernel.text("shell").includes("\n"), "the shell's output");
    const child = Number(kernel.text("shell"));
    await kernel.client.interrupt();
    assert.equal((await running).outcome.status, "interrupted");
    await until(() => !isAlive(child), "the end of what the shell has started");
  });
});
