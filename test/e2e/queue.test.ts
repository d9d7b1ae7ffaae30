import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Redis as RedisClient } from "ioredis";
import { openSharedFolder, runQueued, serveQueue, type SharedFolder } from "../../src/cohort/batch/index.js";
import { exampleCohort } from "../../src/analysis/index.js";
import type { Reader } from "../../src/grading/index.js";
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
function startWorker(shards: string, served = images): ChildProcess {
  return spawn(
    process.execPath,
    ["--enable-source-maps", new URL(import.meta.url).pathname, "serve", shards, served, String(port)],
    {
      stdio: "ignore",
      env: { ...process.env, SPINEBOOK_THREADS: "1", NODE_TEST_CONTEXT: "" },
    },
  );
}

/** All keys and values of a server, as text. */
async function everythingIn(client: RedisClient): Promise<string> {
  const all: string[] = [];
  for (const key of await client.keys("*")) {
    const read: Readonly<Record<string, () => Promise<unknown>>> = {
      string: () => client.get(key),
      hash: () => client.hgetall(key),
      list: () => client.lrange(key, 0, -1),
      set: () => client.smembers(key),
      zset: () => client.zrange(key, "0", "-1"),
      stream: () => client.xrange(key, "-", "+"),
    };
    const type = await client.type(key);
    assert.ok(type in read || type === "none", `a value of type ${type} can be read`);
    all.push(key, JSON.stringify(await read[type]?.()));
  }
  return all.join("\n");
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

  test("workers grade the pictures of a manifest, whose columns reach the cohort", { skip }, async () => {
    const slices = join(folder, "slices");
    mkdirSync(slices);
    const patients = (await exampleCohort()).slice(0, 2);
    for (const { image, patient } of patients) cpSync(image, join(slices, `${patient}.png`));
    const manifest = join(folder, "studies.csv");
    const lines = patients.map(({ patient, spacing }) => `${patient}.png,${patient},${spacing},north`);
    writeFileSync(manifest, ["path,patient,spacing,hospital", ...lines].join("\n"));
    const shared = await sharedFolder("manifest");
    const worker = startWorker(shared.path, slices);
    const args = [
      "grade",
      slices,
      "--manifest",
      manifest,
      "--cohort",
      shared.path,
      "--queue",
      url(),
      "--json",
    ];
    const child = spawn(process.execPath, [join("bin", "spinebook.js"), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    assert.equal(await ended(child), 0);
    worker.kill("SIGKILL");
    const summary = JSON.parse(output) as { graded: number; failed: number };
    assert.deepEqual([summary.graded, summary.failed], [2, 0]);
    const path = join(folder, "manifest.duckdb");
    assert.equal(spinebook(["cohort", path, "--gather", shared.path]).code, 0);
    const asked = spinebook([
      "cohort",
      path,
      "--sql",
      "SELECT DISTINCT study, hospital FROM discs ORDER BY study",
      "--json",
    ]);
    assert.deepEqual(
      JSON.parse(asked.stdout),
      patients
        .map(({ patient }) => ({ study: patient, hospital: "north" }))
        .sort((a, b) => (a.study < b.study ? -1 : 1)),
    );
  });

  test("workers grade as the batch's reader does, beside shards that follow none", { skip }, async () => {
    const shared = await sharedFolder("reader");
    const worker = startWorker(shared.path);
    const options = { url: url(), models: "models", timing };
    await runQueued(images, shared, options);
    const summary = await runQueued(images, shared, { ...options, reader: "LSMA" });
    assert.deepEqual([summary.graded, summary.earlier, summary.reader], [STUDIES, 0, "LSMA"]);
    const again = await runQueued(images, shared, { ...options, reader: "LSMA" });
    assert.deepEqual([again.graded, again.earlier], [0, STUDIES]);
    const own = JSON.parse(readFileSync("models/readers/LSMA.json", "utf8")) as Reader;
    const other = runQueued(images, shared, { ...options, reader: { ...own, slope: 3 } });
    await assert.rejects(other, /Reader LSMA has other borders here/);
    worker.kill("SIGKILL");
    const path = join(folder, "reader.duckdb");
    assert.equal(spinebook(["cohort", path, "--gather", shared.path]).code, 0);
    const readings = (await contentOf(path)).readings as { reader: string | null }[];
    assert.deepEqual(
      readings.filter(({ reader }) => reader === null),
      whole.readings,
    );
    assert.equal(readings.filter(({ reader }) => reader === "LSMA").length, whole.readings!.length);
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

  test("the server is told no folder's name, whatever becomes of a job", { skip }, async () => {
    const named = join(folder, "named");
    // Folders as archives have them.
    const names = ["DOE^JANE 1950-05-17", "Müller, Änne"];
    readdirSync(images)
      .slice(0, 2)
      .forEach((study, i) => {
        cpSync(join(images, study), join(named, names[i]!, "lumbar"), { recursive: true });
      });
    const shared = await sharedFolder("named-shards");
    const watch = new RedisClient(url());
    const monitor = await watch.monitor();
    const heard: string[] = [];
    monitor.on("monitor", (_time: string, args: string[]) => heard.push(args.join("\n")));
    // A worker that does not see the images, so that its failure is told to the server.
    const blind = new AbortController();
    const serving = serveQueue(shared, {
      url: url(),
      images: join(folder, "elsewhere"),
      models: "models",
      workers: 1,
      signal: blind.signal,
      timing,
    });
    await assert.rejects(
      runQueued(named, shared, { url: url(), models: "models", shardSize: 1, timing }),
      /Images of this shard are not there/,
    );
    blind.abort();
    await serving;
    const kept = await everythingIn(watch);
    assert.ok(kept.includes("Images of this shard"), "the failed jobs are there");
    await watch.flushall();
    const worker = startWorker(shared.path, named);
    const summary = await runQueued(named, shared, { url: url(), models: "models", shardSize: 1, timing });
    assert.deepEqual([summary.state, summary.graded], ["done", 2]);
    worker.kill("SIGKILL");
    const all = [...heard, kept, await everythingIn(watch)].join("\n");
    assert.ok(all.includes("spinebook-grade"), "the jobs were seen");
    for (const word of ["DOE", "JANE", "1950-05-17", "ller, ", "lumbar", "named", folder, SALT])
      assert.ok(!all.includes(word), word);
    assert.deepEqual(
      readdirSync(shared.path).filter((name) => name.startsWith(".studies-")),
      [],
      "the list of the studies goes with the batch",
    );
    monitor.disconnect();
    watch.disconnect();
  });

  test("a database that is no number, or that the server does not have, is refused", { skip }, async () => {
    const shared = await sharedFolder("database");
    for (const database of ["abc", "-1", "1x", "0/1", "?db=x"])
      await assert.rejects(
        runQueued(images, shared, { url: `${url()}/${database}`, models: "models", timing }),
        /no number/,
        database,
      );
    await assert.rejects(
      runQueued(images, shared, { url: `${url()}/99`, models: "models", timing }),
      /gives no database 99/,
    );
    const signal = AbortSignal.timeout(60_000);
    const worker = { images, models: "models", workers: 1, signal, timing };
    await assert.rejects(serveQueue(shared, { ...worker, url: `${url()}/99` }), /gives no database 99/);
    const run = spinebook(["worker", images, "--queue", `${url()}/abc`, "--cohort", shared.path]);
    assert.equal(run.code, 1, run.stderr);
    assert.doesNotMatch(run.stderr, / at .*:\d+/);
    // A database that is there is taken, and no other one.
    const client = new RedisClient(`${url()}/7`);
    const done = await runQueued(join(folder, "images"), shared, {
      url: `${url()}/7`,
      models: "models",
      timing,
      signal: AbortSignal.timeout(3000),
    });
    assert.equal(done.state, "cancelled");
    assert.ok((await client.keys("*")).length > 0);
    client.disconnect();
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
