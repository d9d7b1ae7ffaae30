import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { spawnKernel } from "../../../src/kernel/index.js";
import { TestKernel, until } from "../../kernel/harness.js";

describe("kernel", () => {
  let kernel: TestKernel;
  const fallbackFolder = mkdtempSync(join(tmpdir(), "spinebook-fallback-"));
  const fallback = join(fallbackFolder, "fallback.mjs");
  before(() => {
    kernel = new TestKernel({ fallen: fallback });
    writeFileSync(fallback, "export const back = 'from the fallback';");
  });
  after(async () => {
    await kernel.close();
    rmSync(fallbackFolder, { recursive: true });
  });

  it("tells its versions", async () => {
    const info = await kernel.client.info();
    assert.equal(info?.node, process.versions.node);
    assert.match(info.typescript, /^5\.9/);
    assert.match(info.version, /^\d+\.\d+\.\d+/);
  });

  it("shares state between cells and shows the last value unless a semicolon ends it", async () => {
    assert.equal(
      (await kernel.run("const a: number = 20; function twice(n: number) { return 2 * n }")).outcome.status,
      "ok",
    );
    assert.equal((await kernel.run("twice(a) + 2")).result, "42");
    assert.equal((await kernel.run("twice(a) + 2;")).result, undefined);
    assert.equal((await kernel.run("{ a, b: 'x' }")).result, "{ a: 20, b: 'x' }");
    for (const nothing of ["", "// only a comment", "interface Only { types: 1 }"]) {
      const empty = await kernel.run(nothing);
      assert.equal(empty.outcome.status, "ok");
      assert.deepEqual(empty.events, []);
    }
  });

  it("counts executions upwards", async () => {
    const first = await kernel.run("1");
    const second = await kernel.run("2");
    assert.equal(second.outcome.executionCount, first.outcome.executionCount + 1);
  });

  it("declares a name anew in any form after any other", async () => {
    const forms: Readonly<Record<string, string>> = {
      "let thing = 1": "number",
      "const thing = 'text'": "string",
      "var thing = true": "boolean",
      "function thing() {}": "function",
      "class thing { static x = 1 }": "function",
      "enum thing { A, B }": "object",
      "namespace thing { export const inner = 1 }": "object",
      "const { thing } = { thing: 1n }": "bigint",
      "let [, [thing = Symbol()]] = [0, []]": "symbol",
      "import thing from 'node:path'": "object",
      "import * as thing from 'node:os'": "object",
      "import { join as thing } from 'node:path'": "function",
    };
    for (const earlier of Object.keys(forms))
      for (const [later, kind] of Object.entries(forms)) {
        await kernel.run(earlier);
        const run = await kernel.run(later);
        assert.equal(run.outcome.status, "ok", `${earlier} then ${later}: ${run.traceback}`);
        assert.equal((await kernel.run("typeof thing")).result, `'${kind}'`, `${earlier} then ${later}`);
      }
  });

  it("leaves no member of an enum's earlier run behind", async () => {
    await kernel.run("enum Level { L1, L2 }");
    await kernel.run("enum Level { L1 }");
    assert.equal((await kernel.run("'L2' in Level")).result, "false");
  });

  it("awaits at the top level", async () => {
    assert.equal((await kernel.run("const waited = await Promise.resolve(7)\nwaited")).result, "7");
    const loop =
      "let sum = 0; for await (const n of (async function* () { yield 1; yield 2 })()) sum += n\nsum";
    assert.equal((await kernel.run(loop)).result, "3");
  });

  it("keeps what was declared before a line that throws", async () => {
    const failed = await kernel.run("let kept = 1\nlet lost = fail()\nlet never = 2");
    assert.equal(failed.outcome.status, "error");
    assert.equal((await kernel.run("[kept, lost, never]")).result, "[ 1, undefined, undefined ]");
  });

  it("names the cell, line and column of an error, also of a late one in a cell that was edited since", async () => {
    const failed = await kernel.run(
      "interface Gone {\n  a: number\n}\n\nconst q: Gone | undefined = undefined\nq!.a",
    );
    const count = failed.outcome.executionCount;
    assert.equal(failed.errors[0]?.ename, "TypeError");
    assert.ok(failed.traceback.includes(`Cell [${count}], line 6:4`), failed.traceback);
    assert.ok(failed.traceback.includes("6 | q!.a"), failed.traceback);
    assert.ok(
      !failed.traceback.includes("node:internal") && !failed.traceback.includes("main.js"),
      failed.traceback,
    );

    const old = await kernel.run("\n\n\nfunction later() { throw new Error('late') }", "edited");
    await kernel.run("const unrelated = 1", "edited");
    const late = await kernel.run("later()");
    assert.ok(late.traceback.includes(`Cell [${old.outcome.executionCount}], line 4:`), late.traceback);
    assert.ok(late.traceback.includes("throw new Error('late')"), late.traceback);
  });

  it("reports a syntax error with its place", async () => {
    const failed = await kernel.run("const fine = 1\nconst broken = ;");
    assert.equal(failed.outcome.status, "error");
    assert.equal(failed.errors[0]?.ename, "SyntaxError");
    assert.ok(failed.traceback.includes("line 2:16"), failed.traceback);
    const early = await kernel.run("{ let twice = 1; let twice = 2 }");
    assert.equal(early.errors[0]?.ename, "SyntaxError");
  });

  it("survives anything thrown", async () => {
    for (const thrown of ["'text'", "null", "undefined", "{ code: 3 }", "Object.create(null)"]) {
      const failed = await kernel.run(`throw ${thrown}`);
      assert.equal(failed.outcome.status, "error", thrown);
      assert.equal(failed.errors.length, 1, thrown);
    }
  });

  it("breaks nothing of ours when a cell takes the names of globals", async () => {
    const names = [
      "process",
      "Map",
      "Promise",
      "JSON",
      "Object",
      "Array",
      "Error",
      "Buffer",
      "console2",
      "setTimeout",
      "Symbol",
    ];
    const other = new TestKernel();
    for (const name of names) {
      const run = await other.run(`const ${name} = 1\n${name}`);
      assert.equal(run.result, "1", `${name}: ${run.traceback}`);
    }
    const run = await other.run("console.log('still'); display({ a: 1 }); throw [new RegExp('x')]");
    assert.equal(other.text(run.cellId), "still\n");
    assert.match(run.traceback, /\/x\//);
    await other.close();
  });

  describe("imports", () => {
    it("loads packages from the notebook's folder, ESM-only ones too", async () => {
      const packageFolder = join(kernel.folder, "node_modules/only-esm");
      mkdirSync(packageFolder, { recursive: true });
      const manifest = { name: "only-esm", type: "module", exports: { ".": { import: "./esm.js" } } };
      writeFileSync(join(packageFolder, "package.json"), JSON.stringify(manifest));
      writeFileSync(join(packageFolder, "esm.js"), "export default 'default'; export const named = 'named';");
      const run = await kernel.run(
        "import d, { named as n } from 'only-esm'\n[d, n, (await import('only-esm')).named]",
      );
      assert.equal(run.result, "[ 'default', 'named', 'named' ]", run.traceback);
    });

    it("falls back for packages that are not there, and names those that are missing", async () => {
      const found = await kernel.run("import { back } from 'fallen'\nback");
      assert.equal(found.result, "'from the fallback'", found.traceback);
      const missing = await kernel.run("import x from 'no-such-package'");
      assert.match(missing.traceback, /Cannot find the package "no-such-package"/);
      assert.ok(!missing.traceback.includes(kernel.folder));
    });

    it("loads local TypeScript, and again after an edit of a file that it needs", async () => {
      writeFileSync(
        join(kernel.folder, "inner.ts"),
        "export const inner: number = 1; export interface T { a: 1 }",
      );
      writeFileSync(
        join(kernel.folder, "outer.ts"),
        "import { inner, type T } from './inner.js';\nimport os from 'node:os';\nexport type { T };\nexport const outer = inner + 1, eol = os.EOL;\nexport function fail(): never {\n  throw new Error('in a file');\n}",
      );
      const cell = "import { outer, fail } from './outer.ts'\nouter";
      assert.equal((await kernel.run(cell)).result, "2");
      writeFileSync(join(kernel.folder, "inner.ts"), "export const inner: number = 1000;");
      assert.equal((await kernel.run(cell)).result, "1001");
      assert.match((await kernel.run("fail()")).traceback, /outer\.ts, line 6:9/);
    });

    it("names what a local file wants of a module that does not have it", async () => {
      const cases = [
        ["import { typo } from 'node:fs';\nexport const x = typo;", "mistaken.ts, line 1", "typo"],
        ["\nexport { typoB as x } from 'node:fs';", "mistaken.ts, line 2", "typoB"],
        ["import { Typo } from './right';\nexport const x = Typo;", "mistaken.ts, line 1", "Typo"],
      ] as const;
      writeFileSync(join(kernel.folder, "right.ts"), "export const right = 1;");
      for (const [text, place, name] of cases) {
        writeFileSync(join(kernel.folder, "mistaken.ts"), text);
        const { traceback } = await kernel.run("import { x as mistaken } from './mistaken'\nmistaken");
        assert.ok(traceback.includes(place), traceback);
        assert.ok(traceback.includes(`does not provide an export named '${name}'`), traceback);
      }
    });

    it("lets local files import each other in a circle", async () => {
      writeFileSync(
        join(kernel.folder, "a.ts"),
        "import { b } from './b'; export const a = () => 'a' + b();",
      );
      writeFileSync(join(kernel.folder, "b.ts"), "import { a } from './a'; export const b = () => typeof a;");
      assert.equal((await kernel.run("import { a as viaA } from './a'\nviaA()")).result, "'afunction'");
    });

    it("has require and drops type imports", async () => {
      const run = await kernel.run(
        "import type { Nope } from 'not-there'\nrequire('node:path').posix.join('a', 'b')",
      );
      assert.equal(run.result, "'a/b'", run.traceback);
    });
  });

  it("tells when the process ends, with its last output", async () => {
    const other = new TestKernel();
    const run = await other.run("console.log('last words'); process.exit(3)");
    assert.equal(run.outcome.status, "died");
    assert.match(run.outcome.reason ?? "", /exit code 3/);
    assert.equal(other.text(run.cellId), "last words\n");
    assert.equal((await other.run("1")).outcome.status, "died");
    await other.close();
  });

  it("says so when it cannot be started", async () => {
    const channel = spawnKernel({
      kernelPath: "none.js",
      cwd: join(fallbackFolder, "absent"),
      fallbackPackages: {},
    });
    const reason = await new Promise<string>((resolve) => {
      channel.onDeath(resolve);
    });
    assert.match(reason, /could not be started \(ENOENT\)/);
  });

  it("settles what runs when it is killed", async () => {
    const other = new TestKernel();
    await other.run("1");
    const running = other.run("while (true) {}");
    other.kill();
    assert.deepEqual([(await running).outcome.status, other.death], ["died", "The kernel was stopped."]);
    await other.close();
  });

  it("gives what child processes and callbacks write to the cell they stand in", async () => {
    const code =
      "const { execSync } = await import('node:child_process'); execSync('echo from a child', { stdio: 'inherit' });";
    const child = await kernel.run(code);
    await until(() => kernel.text(child.cellId) === "from a child\n", "the child's output");
    const first = await kernel.run(
      "require('node:fs').stat('.', () => { setTimeout(() => console.log('stat'), 30) });",
    );
    await kernel.run("'another cell, the latest one'");
    await until(() => kernel.text(first.cellId) === "stat\n", "the callback's output");
  });

  it("ends quietly when asked", async () => {
    const other = new TestKernel();
    await other.run("setInterval(() => {}, 1000)");
    await other.close();
    await other.gone();
    assert.equal(other.death, undefined);
  });
});
