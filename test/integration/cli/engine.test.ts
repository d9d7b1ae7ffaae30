/** What computes the networks: by `SPINEBOOK_ENGINE`, in the command and in the kernels that it starts. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { cell, notebookText } from "../../host/support.js";
import { spinebook } from "../../support/cli.js";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "spinebook-engine-"));
});
after(() => rm(folder, { recursive: true }));

/** The backend that `spinebook about` tells. */
function backendWith(env: Readonly<Record<string, string>>): Record<string, unknown> {
  const { code, stdout, stderr } = spinebook(["about", "--json"], { env });
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { backend: Record<string, unknown> }).backend;
}

test("about tells the engine and what it runs on", () => {
  assert.equal(backendWith({ SPINEBOOK_ENGINE: "" })["name"], "onnxruntime");
  const { name, device, version } = backendWith({ SPINEBOOK_ENGINE: "tfjs" });
  assert.match(String(name), /^tfjs(-node|-node-gpu)?$/);
  assert.match(String(device), /^(cpu|gpu)$/);
  assert.match(String(version), /^4\./);
});

test("an engine that there is not is told in one sentence", () => {
  const env = { SPINEBOOK_ENGINE: "pytorch" };
  const phantom = spinebook(["phantom", join(folder, "made"), "--seed", "3"], { env });
  assert.equal(phantom.code, 0, "what computes no network needs none");
  for (const args of [["about"], ["detect", join(folder, "made")]]) {
    const { code, stdout, stderr } = spinebook(args, { env });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      stderr,
      `spinebook ${args[0]!}: There is no engine "pytorch"; SPINEBOOK_ENGINE may be onnxruntime or tfjs.\n`,
    );
  }
});

test("a notebook's kernel inherits the engine", async () => {
  const [path, done] = [join(folder, "a.ipynb"), join(folder, "b.ipynb")];
  await writeFile(path, notebookText([cell('(await (await import("spinebook")).about()).backend.name', 0)]));
  const { code, stderr } = spinebook(["run", path, "-o", done], { env: { SPINEBOOK_ENGINE: "tfjs" } });
  assert.equal(code, 0, stderr);
  assert.match(await readFile(done, "utf8"), /'tfjs/);
});

test("a batch tells that its workers are slow, and of an engine that there is not before any study fails", async () => {
  const images = join(folder, "images");
  await mkdir(images);
  await writeFile(join(images, "cut.nii"), Buffer.alloc(100)); // one that no network has to look at
  const batch = (engine: string, cohort: string) =>
    spinebook(["grade", images, "--cohort", join(folder, cohort), "--json"], {
      env: { SPINEBOOK_ENGINE: engine },
    });
  const isPlain = backendWith({ SPINEBOOK_ENGINE: "tfjs" })["name"] === "tfjs";
  const { stderr } = batch("tfjs", "slow.duckdb");
  assert.equal(/TensorFlow\.js in plain JavaScript/.test(stderr), isPlain, stderr);
  assert.doesNotMatch(batch("onnxruntime", "quick.duckdb").stderr, /TensorFlow/);
  const unknown = batch("pytorch", "none.duckdb");
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /There is no engine "pytorch"/);
});
