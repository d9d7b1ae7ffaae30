import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { openSharedFolder, runQueued, serveQueue, type SharedFolder } from "../../src/cohort/batch/index.js";
import { spinebook } from "../support/cli.js";
import { freePort, startRedis, type Redis } from "../support/redis.js";
import {
  contentOf,
  drawn,
  emptyCohort,
  ended,
  makeStudies,
  SALT,
  STUDIES,
  temporaryFolder,
} from "./batchSupport.js";

const hasServer = spawnSync("redis-server", ["--version"]).status === 0;
const skip = hasServer || process.env.CI !== undefined ? false : "no redis-server";
const folder = temporaryFolder();
let images: string;
let whole: Record<string, unknown[]>;
let port: number;
let server: Redis;

/** The queue's server, which keeps nothing when it is killed unless `keep`. */
const startServer = (keep: boolean): Promise<Redis> => startRedis(join(folder, "redis"), { port, keep });

/** A worker in a process of its own, which looks for lost shards every two seconds. */
function startWorker(shards: string): ChildProcess {
  return spawn(
    process.execPath,
    ["--enable-source-maps", new URL(import.meta.url).pathname, "serve", shards, images, String(port)],
    {
      stdio: "ignore",
      env: { ...process.env, SPINEBOOK_THREADS: "1", NODE_TEST_CONTEXT: "" },
    },
  );
}

async function sharedFolder(name: string): Promise<SharedFolder> {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "cohort.json"), JSON.stringify({ salt: SALT }));
  return openSharedFolder(path);
}

const url = () => `redis://127.0.0.1:${port}`;
const timing = { lock: 2000, poll: 100 };

async function requireWhole(shared: SharedFolder, name: string): Promise<void> {
  const path = join(folder, `${name}.duckdb`);
  const gathered = spinebook(["cohort", path, "--gather", shared.path]);
  assert.equal(gathered.code, 0, gathered.stderr);
  assert.deepEqual(await contentOf(path), whole);
}

const [mode, servedShards, servedImages, servedPort] = process.argv.slice(2);
if (mode === "serve") {
  await serveQueue(await openSharedFolder(servedShards!), {
    url: `redis://127.0.0.1:${servedPort}`,
    images: servedImages!,
    models: "models",
    workers: 1,
    signal: new AbortController().signal,
    timing,
  });
} else {
  before(async () => {
    if (!hasServer && process.env.CI === undefined) return;
    images = makeStudies(folder);
    const path = await emptyCohort(join(folder, "whole.duckdb"));
    const run = spinebook(["grade", images, "--cohort", path, "--workers", "2"]);
    assert.equal(run.code, 0, run.stderr);
    whole = await contentOf(path);
    port = await freePort();
    server = await startServer(true);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("two workers of a queue make the cohort that one process makes", { skip }, async () => {
    const shared = await sharedFolder("two");
    const workers = [startWorker(shared.path), startWorker(shared.path)];
    const states: number[] = [];
    const summary = await runQueued(images, shared, {
      url: url(),
      models: "models",
      shardSize: 1,
      timing,
      onState: ({ done }) => states.push(done),
    });
    assert.deepEqual([summary.state, summary.graded, summary.failed], ["done", STUDIES, 0]);
    assert.deepEqual(
      states,
      [...states].sort((a, b) => a - b),
    );
    for (const worker of workers) worker.kill("SIGKILL");
    assert.equal(readdirSync(shared.path).filter((name) => name.endsWith(".parquet")).length, STUDIES);
    await requireWhole(shared, "two");
    // Run again there is nothing to do, also without a worker.
    const again = await runQueued(images, shared, { url: url(), models: "models", timing });
    assert.deepEqual([again.graded, again.earlier], [0, STUDIES]);
  });

  test("workers killed at ten random moments lose and double nothing", { skip }, async () => {
    const random = drawn(11);
    let kills = 0;
    for (let round = 0; kills < 10; round++) {
      const shared = await sharedFolder(`killed-${round}`);
      let worker = startWorker(shared.path);
      const batch = runQueued(images, shared, { url: url(), models: "models", shardSize: 1, timing });
      const done = batch.then(() => "done");
      while (kills < 10) {
        const next = await Promise.race([done, setTimeout(500 + 2500 * random(), "kill")]);
        if (next === "done") break;
        worker.kill("SIGKILL");
        await ended(worker);
        kills++;
        worker = startWorker(shared.path);
      }
      assert.equal((await batch).graded, STUDIES);
      worker.kill("SIGKILL");
      await requireWhole(shared, `killed-${round}`);
    }
  });

  test(
    "a server killed at ten random moments, in turn keeping and forgetting everything, loses and doubles nothing",
    { skip },
    async () => {
      const random = drawn(13);
      let kills = 0;
      for (let round = 0; kills < 10; round++) {
        const keep = round % 2 === 0;
        const shared = await sharedFolder(`server-${round}`);
        const worker = startWorker(shared.path);
        const batch = runQueued(images, shared, { url: url(), models: "models", shardSize: 1, timing });
        const done = batch.then(() => "done");
        while (kills < 10) {
          const next = await Promise.race([done, setTimeout(300 + 1500 * random(), "kill")]);
          if (next === "done") break;
          await server.stop();
          await setTimeout(200);
          if (!keep) rmSync(join(folder, "redis"), { recursive: true, force: true });
          server = await startServer(keep);
          kills++;
        }
        assert.equal((await batch).graded, STUDIES);
        worker.kill("SIGKILL");
        await requireWhole(shared, `server-${round}`);
      }
    },
  );

  test("a batch is stopped without its workers, and taken up again", { skip }, async () => {
    const shared = await sharedFolder("stopped");
    const stop = new AbortController();
    const waiting = runQueued(images, shared, {
      url: url(),
      models: "models",
      timing,
      signal: stop.signal,
      onState: ({ state }) => {
        if (state === "running") stop.abort();
      },
    });
    assert.equal((await waiting).state, "cancelled");
    const worker = startWorker(shared.path);
    const summary = await runQueued(images, shared, { url: url(), models: "models", timing });
    assert.equal(summary.state, "done");
    worker.kill("SIGKILL");
    await requireWhole(shared, "stopped");
  });

  test("workers with other weights say so, and the batch ends with their reason", { skip }, async () => {
    const shared = await sharedFolder("weights");
    const models = join(folder, "models");
    mkdirSync(models, { recursive: true });
    for (const name of ["detector", "corners", "pfirrmann", "multitask"])
      writeFileSync(join(models, `${name}.safetensors`), "other weights");
    const worker = startWorker(shared.path);
    await assert.rejects(runQueued(images, shared, { url: url(), models, timing }), /other weights/);
    worker.kill("SIGKILL");
  });

  test("without a server the sentence says what to do", { skip }, async () => {
    const shared = await sharedFolder("none");
    const nobody = `redis://127.0.0.1:${await freePort()}`;
    await assert.rejects(
      runQueued(images, shared, { url: nobody, models: "models", timing }),
      /No server answers/,
    );
  });
}
