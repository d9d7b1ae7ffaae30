import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  openSharedFolder,
  runBatch,
  batchFiles,
  cancelBatch,
  readBatchState,
} from "../../src/cohort/batch/index.js";
import { CohortStore } from "../../src/cohort/store/store.js";
import { spinebook } from "../support/cli.js";
import {
  contentOf,
  drawn,
  emptyCohort,
  ended,
  makeStudies,
  SALT,
  start,
  STUDIES,
  temporaryFolder,
} from "./batchSupport.js";

const folder = temporaryFolder();
let images: string;
let whole: Record<string, unknown[]>;
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

before(async () => {
  images = makeStudies(folder);
  const path = await emptyCohort(join(folder, "whole.duckdb"));
  const run = spinebook(["grade", images, "--cohort", path, "--workers", "2", "--json"]);
  assert.equal(run.code, 0, run.stderr);
  const summary = JSON.parse(run.stdout) as Record<string, unknown>;
  assert.deepEqual(
    [summary.total, summary.graded, summary.failed, summary.state],
    [STUDIES, STUDIES, 0, "done"],
  );
  whole = await contentOf(path);
  assert.equal(whole.studies!.length, STUDIES);
  assert.ok(whole.readings!.length >= 5 * STUDIES);
});

test("a run again does nothing, a run of all again changes nothing", async () => {
  const path = join(folder, "whole.duckdb");
  const again = JSON.parse(spinebook(["grade", images, "--cohort", path, "--json"]).stdout) as Record<
    string,
    unknown
  >;
  assert.deepEqual([again.graded, again.earlier], [0, STUDIES]);
  const all = spinebook(["grade", images, "--cohort", path, "--again", "all", "--json"]);
  assert.equal((JSON.parse(all.stdout) as Record<string, unknown>).graded, STUDIES);
  assert.deepEqual(await contentOf(path), whole);
});

test("killed at ten random moments a batch loses and doubles nothing", async () => {
  const random = drawn(7);
  const path = join(folder, "killed.duckdb");
  await emptyCohort(path);
  let [kills, finished] = [0, 0];
  while (kills < 10) {
    const child = start(["grade", images, "--cohort", path, "--workers", "2"]);
    await Promise.race([ended(child), setTimeout(400 + 2600 * random())]);
    if (child.exitCode === null) {
      child.kill("SIGKILL");
      kills++;
    }
    await ended(child);
    if (child.exitCode === 0) {
      finished++;
      assert.deepEqual(await contentOf(path), whole);
      await emptyCohort(path);
    }
  }
  const last = spinebook(["grade", images, "--cohort", path]);
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(await contentOf(path), whole);
  assert.ok(finished < 10, "the batches were killed, not only finished");
});

test("a worker that is killed costs its study a second try, not more", async () => {
  const path = await emptyCohort(join(folder, "workers.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "2"]);
  await setTimeout(1200);
  // Linux tells of a process' children; elsewhere the batch goes on undisturbed.
  const list = `/proc/${child.pid}/task/${child.pid}/children`;
  const workers = existsSync(list) ? readFileSync(list, "utf8").trim().split(" ").filter(Boolean) : [];
  for (const worker of workers.slice(0, 1)) execFileSync("kill", ["-9", worker]);
  assert.equal(await ended(child), 0);
  assert.deepEqual(await contentOf(path), whole);
});

test("no worker outlives a batch that was killed", { skip: process.platform !== "linux" }, async () => {
  const path = await emptyCohort(join(folder, "orphans.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "2"]);
  const list = `/proc/${child.pid}/task/${child.pid}/children`;
  let workers: string[] = [];
  while (workers.length < 2 && child.exitCode === null) {
    await setTimeout(20);
    if (existsSync(list)) workers = readFileSync(list, "utf8").trim().split(" ").filter(Boolean);
  }
  assert.equal(workers.length, 2);
  child.kill("SIGKILL");
  await ended(child);
  const isThere = (pid: string) =>
    existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  for (let tries = 0; workers.some(isThere) && tries < 200; tries++) await setTimeout(50);
  assert.deepEqual(workers.filter(isThere), []);
});

test("a bad study is noted with its reason, names nobody and stops nothing", async () => {
  const mixed = join(folder, "mixed");
  const [first] = readdirSync(images).sort();
  cpSync(join(images, first!), join(mixed, "good"), { recursive: true });
  mkdirSync(join(mixed, "DOE^JANE"), { recursive: true });
  writeFileSync(join(mixed, "DOE^JANE", "scan.nii"), "this is no NIfTI");
  mkdirSync(join(mixed, "broken"), { recursive: true });
  writeFileSync(
    join(mixed, "broken", "1.dcm"),
    Buffer.concat([Buffer.alloc(128), Buffer.from("DICMnothing of use")]),
  );
  const path = await emptyCohort(join(folder, "mixed.duckdb"));
  const run = spinebook(["grade", mixed, "--cohort", path, "--json"]);
  assert.equal(run.code, 0, run.stderr);
  const summary = JSON.parse(run.stdout) as Record<string, unknown>;
  assert.deepEqual([summary.total, summary.graded, summary.failed], [3, 1, 2]);
  const store = await CohortStore.open(path);
  const failures = await store.sql("SELECT * FROM failures");
  await store.close();
  assert.equal(failures.length, 2);
  const said = JSON.stringify(failures);
  assert.ok(!/DOE|JANE|ROE|JOHN|scan|broken\//.test(said), said);
  assert.ok(failures.every(({ message }) => typeof message === "string" && message.endsWith(".")));
  assert.ok(!/DOE|JANE|ROE|JOHN/.test(run.stderr + run.stdout), run.stderr);
  // What failed is tried again only when it is asked for.
  const later = JSON.parse(spinebook(["grade", mixed, "--cohort", path, "--json"]).stdout) as Record<
    string,
    unknown
  >;
  assert.equal(later.earlier, 3);
  const again = spinebook(["grade", mixed, "--cohort", path, "--again", "failed", "--json"]);
  assert.deepEqual((JSON.parse(again.stdout) as Record<string, unknown>).failed, 2);
});

test("another process watches a batch and stops it; what was graded stays", async () => {
  const path = await emptyCohort(join(folder, "watched.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "1"]);
  let state = await readBatchState(path);
  while (!(state?.state === "running" && state.done >= 1)) {
    assert.equal(child.exitCode, null, "the batch runs until it is stopped");
    await setTimeout(50);
    state = await readBatchState(path);
  }
  assert.equal(state.total, STUDIES);
  await cancelBatch(path);
  assert.equal(await ended(child), 1);
  assert.equal((await readBatchState(path))?.state, "cancelled");
  assert.ok(!existsSync(batchFiles(path).cancel));
  const done = (await contentOf(path)).attempts!.length;
  assert.ok(done >= 1 && done < STUDIES, `${done} studies are done`);
});

test("a batch that was killed is not shown as running for ever", async () => {
  const path = await emptyCohort(join(folder, "gone.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "1"]);
  while ((await readBatchState(path))?.state !== "running") await setTimeout(50);
  child.kill("SIGKILL");
  await ended(child);
  assert.equal((await readBatchState(path))?.state, "failed");
});

test("a study that takes too long is given up and the others go on", async () => {
  const store = await CohortStore.open(":memory:", { salt: SALT });
  // No study is read, found and graded in a hundredth of a second.
  const summary = await runBatch(images, store, undefined, { models: "models", workers: 2, timeout: 0.01 });
  assert.deepEqual([summary.state, summary.graded, summary.failed], ["done", 0, STUDIES]);
  assert.equal((await store.sql("SELECT DISTINCT code FROM failures"))[0]!.code, "too-slow");
  await store.close();
});

test("parts of a job array, one of them killed, make the same cohort", async () => {
  const shards = join(folder, "parts");
  await openSharedFolder(shards);
  writeFileSync(join(shards, "cohort.json"), JSON.stringify({ salt: SALT }));
  const first = start(["grade", images, "--cohort", shards, "--shard", "1/2"]);
  await setTimeout(1500);
  first.kill("SIGKILL");
  await ended(first);
  for (const part of ["1/2", "2/2"]) {
    const run = spinebook(["grade", images, "--cohort", shards, "--shard", part]);
    assert.equal(run.code, 0, run.stderr);
  }
  assert.deepEqual(
    readdirSync(shards).filter((name) => name.endsWith(".parquet")),
    ["shard-1-of-2.parquet", "shard-2-of-2.parquet"],
  );
  const path = await emptyCohort(join(folder, "gathered.duckdb"));
  for (let times = 0; times < 2; times++)
    assert.equal(spinebook(["cohort", path, "--gather", shards]).code, 0);
  assert.deepEqual(await contentOf(path), whole);
  // The shards say where no image lies; the cohort is told.
  assert.match(spinebook(["cohort", path, "--locate", images]).stderr, new RegExp(`of ${STUDIES} series`));
});

test("several processes that make a shared folder at once agree on its secret", async () => {
  const path = join(folder, "agreed");
  const opened = await Promise.all(Array.from({ length: 20 }, () => openSharedFolder(path)));
  assert.equal(new Set(opened.map(({ salt }) => salt)).size, 1);
  assert.deepEqual(readdirSync(path), ["cohort.json"]);
});

test("options that make no sense are refused in a sentence", () => {
  const path = join(folder, "refused.duckdb");
  for (const [args, sentence] of [
    [["--workers", "0"], /whole number of at least 1/],
    [["--shard", "3/2"], /is no part/],
    [["--queue", "redis://127.0.0.1:1", "--shard", "1/2"], /--shard or --queue/],
    [["--queue", "http://127.0.0.1:1"], /redis:\/\//],
    [["--again", "often"], /--again knows/],
  ] as const) {
    const run = spinebook(["grade", images, "--cohort", path, ...args]);
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, sentence);
  }
  const missing = spinebook(["grade", join(folder, "nothing"), "--cohort", path]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /does not exist/);
});
