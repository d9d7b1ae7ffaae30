/** What Ctrl+C, and a scheduler that ends a job, do to a command that runs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";

const folder = mkdtempSync(join(tmpdir(), "spinebook-stop-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command for three seconds, sends it a signal, and waits for its end. @returns the signal that ended it */
async function stopped(signal: NodeJS.Signals, ...args: string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [join("bin", "spinebook.js"), ...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      output += String(text);
    });
  const end = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_, by) => {
      resolve(by);
    });
  });
  await setTimeout(3000);
  assert.equal(child.exitCode, null, `it was running: ${output}`);
  child.kill(signal);
  return end;
}

test("training ends at the first Ctrl+C, whatever it is at", async () => {
  const files = ["--output", join(folder, "c.safetensors"), "--checkpoint", join(folder, "state")];
  const recipe = join("models", "recipes", "niemeyer-default.json");
  assert.equal(await stopped("SIGINT", "train", recipe, ...files), "SIGINT");
});

test("phantoms are no longer drawn when a job is ended", async () => {
  assert.equal(
    await stopped("SIGTERM", "phantom", join(folder, "many"), "--seed", "1", "--studies", "400"),
    "SIGTERM",
  );
});

test("a batch ends in order, by itself", async () => {
  const cohort = join(folder, "c.duckdb");
  const end = await stopped(
    "SIGINT",
    "grade",
    join("examples", "cohort"),
    "--spacing",
    "0.6",
    "--cohort",
    cohort,
  );
  assert.equal(end, null, "it ended by itself");
});
