import assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  openSharedFolder,
  runBatch,
  batchFiles,
  cancelBatch,
  readBatchState,
  type BatchState,
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

test("grades as a reader gives them stand beside the others, once, and are told", async () => {
  const path = join(folder, "as-reader.duckdb");
  cpSync(join(folder, "whole.duckdb"), path);
  const grade = (reader: string) =>
    spinebook(["grade", images, "--cohort", path, "--reader", reader, "--json"]);
  const run = grade("LSMA");
  assert.equal(run.code, 0, run.stderr);
  const summary = JSON.parse(run.stdout) as Record<string, unknown>;
  assert.deepEqual([summary.graded, summary.reader, summary.otherReaders], [STUDIES, "LSMA", [""]]);
  assert.match(run.stderr, /several conventions in this cohort: as reader LSMA, without a reader/);
  const again = JSON.parse(grade("LSMA").stdout) as Record<string, unknown>;
  assert.deepEqual([again.graded, again.earlier], [0, STUDIES]);
  const { readings, attempts } = await contentOf(path);
  const by = (reader: string | null) =>
    readings!.filter((row) => (row as { reader: unknown }).reader === reader);
  assert.deepEqual(by(null), whole.readings);
  assert.equal(by("LSMA").length, whole.readings!.length);
  assert.equal(attempts!.length, 2 * STUDIES);
  // Another fit under the same name would make two conventions one; nothing is graded.
  const own = { ...(JSON.parse(readFileSync("models/readers/LSMA.json", "utf8")) as object), slope: 3 };
  writeFileSync(join(folder, "other.json"), JSON.stringify(own));
  const other = grade(join(folder, "other.json"));
  assert.equal(other.code, 1);
  assert.match(other.stderr, /Reader LSMA has other borders here/);
  const listed = spinebook(["cohort", path, "--json"]);
  assert.deepEqual(
    (JSON.parse(listed.stdout) as { reader: unknown }[]).map(({ reader }) => reader),
    [null, "LSMA"],
  );
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

/** The worker processes of a batch, once there are two. */
async function workersOf(batch: ChildProcess): Promise<string[]> {
  const list = `/proc/${batch.pid}/task/${batch.pid}/children`;
  for (let workers: string[] = []; ;) {
    assert.equal(batch.exitCode, null, "the batch runs");
    if (existsSync(list)) workers = readFileSync(list, "utf8").trim().split(" ").filter(Boolean);
    if (workers.length >= 2) return workers;
    await setTimeout(20);
  }
}

const onLinux = { skip: process.platform !== "linux" };

for (const [when, wait] of [
  ["at its start", 0],
  ["while it starts or reads", 500],
  ["while it grades", 3000],
] as const)
  test(`a worker that is killed ${when} costs its study a second try, not more`, onLinux, async () => {
    const path = await emptyCohort(join(folder, `workers-${wait}.duckdb`));
    const child = start(["grade", images, "--cohort", path, "--workers", "2"]);
    const [worker] = await workersOf(child);
    await setTimeout(wait);
    execFileSync("kill", ["-9", worker!]);
    assert.equal(await ended(child), 0);
    assert.deepEqual(await contentOf(path), whole);
  });

test("no worker outlives a batch that was killed", onLinux, async () => {
  const path = await emptyCohort(join(folder, "orphans.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "2"]);
  const workers = await workersOf(child);
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

/** Waits until the batch says so of itself. */
async function stateOf(
  path: string,
  child: ChildProcess,
  holds: (state: BatchState) => boolean,
): Promise<BatchState> {
  for (;;) {
    const state = await readBatchState(path);
    if (state !== undefined && holds(state)) return state;
    assert.equal(child.exitCode, null, `the batch ended: ${JSON.stringify(state)}`);
    await setTimeout(50);
  }
}

test("another process watches a batch and stops it; what was graded stays", async () => {
  const path = await emptyCohort(join(folder, "watched.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "1"]);
  const { total } = await stateOf(path, child, ({ state }) => state === "running");
  assert.equal(total, STUDIES);
  await cancelBatch(path);
  assert.equal(await ended(child), 1);
  assert.equal((await readBatchState(path))?.state, "cancelled");
  assert.ok(!existsSync(batchFiles(path).cancel));
  const done = (await contentOf(path)).attempts!.length;
  assert.ok(done < STUDIES, `${done} studies are done`);
  const rest = JSON.parse(spinebook(["grade", images, "--cohort", path, "--json"]).stdout) as Record<
    string,
    unknown
  >;
  assert.deepEqual([rest.earlier, rest.graded], [done, STUDIES - done]);
  assert.deepEqual(await contentOf(path), whole);
});

test("a wish to stop that came when nothing ran stops nothing later", async () => {
  const path = await emptyCohort(join(folder, "early.duckdb"));
  await cancelBatch(path);
  assert.equal(spinebook(["grade", images, "--cohort", path]).code, 0);
});

test("a batch that was killed is not shown as running for ever", async () => {
  const path = await emptyCohort(join(folder, "gone.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "1"]);
  await stateOf(path, child, ({ state }) => state === "running");
  child.kill("SIGKILL");
  await ended(child);
  assert.equal((await readBatchState(path))?.state, "failed");
});

test("a batch is stopped while its workers start", async () => {
  const store = await CohortStore.open(":memory:", { salt: SALT });
  const stop = new AbortController();
  const summary = await runBatch(images, store, undefined, {
    models: "models",
    workers: 2,
    signal: stop.signal,
    onState: ({ state }) => {
      if (state === "running") stop.abort();
    },
  });
  assert.deepEqual([summary.state, summary.graded], ["cancelled", 0]);
  await store.close();
});

test("studies whose images lie between those of another one are found, also by a run that goes on", async () => {
  const together = join(folder, "together");
  mkdirSync(together);
  const [first, second, third] = readdirSync(images).sort();
  // By name, the first and the last image are of one study.
  for (const [study, prefix] of [
    [first, "a"],
    [second, "b"],
    [third, "c"],
    [first, "d"],
  ] as const) {
    const names = readdirSync(join(images, study!, "dicom")).sort();
    const half = Math.floor(names.length / 2);
    const own = prefix === "a" ? names.slice(0, half) : prefix === "d" ? names.slice(half) : names;
    for (const name of own) cpSync(join(images, study!, "dicom", name), join(together, `${prefix}-${name}`));
  }
  const path = await emptyCohort(join(folder, "together.duckdb"));
  const store = await CohortStore.open(path);
  const stop = new AbortController();
  const begun = await runBatch(together, store, undefined, {
    models: "models",
    workers: 1,
    signal: stop.signal,
    onState: ({ done }) => {
      if (done === 1) stop.abort();
    },
  });
  assert.equal(begun.graded, 1);
  const rest = await runBatch(together, store, undefined, { models: "models", workers: 1 });
  assert.deepEqual([rest.state, rest.graded, rest.earlier], ["done", 2, 1]);
  assert.equal(await store.count("studies"), 3);
  await store.close();
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
  await stateOf(join(shards, ".part-1-of-2.duckdb"), first, ({ done }) => done >= 1);
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
  const path = join(folder, "gathered.duckdb");
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

test("options that would be passed over in silence are refused", () => {
  const [first] = readdirSync(images).sort();
  const study = join(images, first!);
  const alone = spinebook(["grade", study, "--shard", "1/2"]);
  assert.deepEqual([alone.code, /--shard goes with --cohort/.test(alone.stderr)], [2, true]);
  const both = spinebook(["grade", images, "--cohort", join(folder, "both.duckdb"), "--csv", "out.csv"]);
  assert.deepEqual([both.code, /--csv goes with a single study/.test(both.stderr)], [2, true]);
  const typo = spinebook(["cohort", join(folder, "typo.duckdb")]);
  assert.deepEqual([typo.code, existsSync(join(folder, "typo.duckdb"))], [2, false]);
  const several = spinebook([
    "cohort",
    join(folder, "whole.duckdb"),
    "--sql",
    "SELECT 1; DROP TABLE readings",
  ]);
  assert.match(several.stderr, /one statement/);
});

test("a study that has gone is not done with, and is graded when it is back", async () => {
  const moving = join(folder, "moving");
  cpSync(images, moving, { recursive: true });
  const names = readdirSync(moving).sort();
  const store = await CohortStore.open(":memory:", { salt: SALT });
  let isGone = false;
  const options = { models: "models", workers: 1 };
  const begun = await runBatch(moving, store, undefined, {
    ...options,
    onState: ({ state }) => {
      if (state !== "running" || isGone) return;
      isGone = true;
      for (const name of names.slice(2)) renameSync(join(moving, name), join(folder, `away-${name}`));
    },
  });
  assert.deepEqual([begun.state, begun.graded, begun.failed], ["done", 2, STUDIES - 2]);
  for (const name of names.slice(2)) renameSync(join(folder, `away-${name}`), join(moving, name));
  const back = await runBatch(moving, store, undefined, options);
  assert.deepEqual([back.graded, back.earlier], [STUDIES - 2, 2]);
  await store.close();
});

test("SIGTERM stops a batch in order, as Slurm and Kubernetes end jobs", onLinux, async () => {
  const path = await emptyCohort(join(folder, "term.duckdb"));
  const child = start(["grade", images, "--cohort", path, "--workers", "1"]);
  await stateOf(path, child, ({ state }) => state === "running");
  child.kill("SIGTERM");
  assert.equal(await ended(child), 1);
  assert.equal((await readBatchState(path))?.state, "cancelled");
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
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /does not exist/);
  assert.ok(!existsSync(path), "a typing error leaves no empty cohort behind");
});
