/** The tests inside of VS Code's extension host, one line each. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hasStrace, readSystemCalls, straceOf } from "../support/systemCalls.js";
import { suiteScript } from "./scripts.js";

/** What the server of VS Code does outside of itself, its extension host, the kernels and the commands that it starts included. */
const calls = hasStrace && !suiteScript.hasDesktop() ? join("build", "host", "calls.log") : undefined;

test("in the extension host", async (context) => {
  const workspace = mkdtempSync(join(tmpdir(), "spinebook-workspace-"));
  mkdirSync("build/host", { recursive: true });
  const results = await suiteScript.runSuite({
    extension: ".",
    suite: "build/host-suite/index.cjs",
    workspace,
    log: "build/host/suite.log",
    launcher: calls === undefined ? [] : straceOf(calls),
  });
  rmSync(workspace, { recursive: true, force: true });
  assert.ok(results.length > 0, "no test ran");
  for (const { title, error } of results)
    await context.test(title, () => {
      assert.equal(error, undefined, error);
    });
  await context.test(
    "nothing is reached outside of the machine",
    { skip: calls === undefined && "no strace, or a VS Code with a window" },
    () => {
      const findings = readSystemCalls(readFileSync(calls!, "utf8"), process.cwd(), []);
      assert.deepEqual(
        findings.filter(({ kind }) => kind === "network"),
        [],
      );
    },
  );
});
