/** The tests inside of VS Code's extension host, one line each. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { suiteScript } from "./scripts.js";

test("in the extension host", async (context) => {
  const workspace = mkdtempSync(join(tmpdir(), "spinebook-workspace-"));
  mkdirSync("build/host", { recursive: true });
  const results = await suiteScript.runSuite({
    extension: ".",
    suite: "build/host-suite/index.cjs",
    workspace,
    log: "build/host/suite.log",
  });
  rmSync(workspace, { recursive: true, force: true });
  assert.ok(results.length > 0, "no test ran");
  for (const { title, error } of results)
    await context.test(title, () => {
      assert.equal(error, undefined, error);
    });
});
