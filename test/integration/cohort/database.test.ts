import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openCohort } from "../../../src/api/cohort.js";
import { CohortError } from "../../../src/cohort/errors.js";
import { sweepDrafts, writeWhole } from "../../../src/cohort/files.js";
import { ownName } from "../../../src/cohort/owner.js";
import { Database } from "../../../src/cohort/store/database.js";
import { CohortStore } from "../../../src/cohort/store/store.js";
import { spinebook } from "../../support/cli.js";
import { ordinaryUser } from "../../support/ordinaryUser.js";

/** A database in memory that is given too little of it, in a process of its own whose working folder and end can be seen. */
async function spill(): Promise<never> {
  const database = await Database.open(":memory:");
  await database.query("SET memory_limit = '40MB'");
  await database.query("SET threads = 1");
  await database.query("CREATE TABLE many AS SELECT md5(range::VARCHAR) AS name FROM range(2000000)");
  const [row] = await database.query("SELECT count(*) AS n FROM many");
  if (row!.n === 2_000_000 && readdirSync(tmpdir()).some((name) => name.startsWith("spinebook-duckdb-")))
    console.log("spilled into the temporary folder");
  // It is not closed: the end of the process takes the folder away as well.
  process.exit(0);
}
if (process.argv[2] === "spill") await spill();

const folder = mkdtempSync(join(tmpdir(), "spinebook-database-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A cohort of one study. */
async function cohortAt(name: string): Promise<string> {
  const path = join(folder, name);
  const store = await CohortStore.open(path);
  await store.add({ studies: [{ study: "s", patient: "p", dataset: "d" }] });
  await store.close();
  return path;
}

async function refusal(path: string): Promise<CohortError> {
  return CohortStore.open(path).then(
    () => assert.fail(`${path} was opened`),
    (thrown: unknown) => {
      assert.ok(thrown instanceof CohortError, String(thrown));
      return thrown;
    },
  );
}

test("damaged, newer, foreign and held files are told apart", async () => {
  const path = await cohortAt("good.duckdb");
  const good = readFileSync(path);
  const write = (name: string, change: (bytes: Buffer) => Buffer): string => {
    writeFileSync(join(folder, name), change(Buffer.from(good)));
    return join(folder, name);
  };
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    "block.duckdb": (bytes) => bytes.fill(0x5a, 4096, 12288),
    "middle.duckdb": (bytes) => bytes.fill(0x5a, 12288 + 50, bytes.length - 50),
    "cut.duckdb": (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
    "head.duckdb": (bytes) => bytes.fill(0x5a, 20, 60),
  };
  for (const [name, change] of Object.entries(damages)) {
    const { code, message } = await refusal(write(name, change));
    assert.equal(code, "damaged", `${name}: ${message}`);
    assert.doesNotMatch(message, /another process/);
  }
  const newer = await refusal(
    write("newer.duckdb", (bytes) => {
      bytes.writeBigUInt64LE(123n, 12);
      return bytes;
    }),
  );
  assert.deepEqual([newer.code, /newer DuckDB \(its form 123/.test(newer.message)], ["newer-version", true]);
  assert.equal(
    (await refusal(write("text.duckdb", () => Buffer.from("a text ".repeat(999))))).code,
    "not-a-cohort",
  );
  const other = join(folder, "other.duckdb");
  const database = await Database.open(other);
  await database.query("CREATE TABLE sales (i INTEGER)");
  await database.close();
  assert.match((await refusal(other)).message, /DuckDB database and no cohort/);
  const again = await Database.open(other);
  assert.equal(
    (await again.query("SELECT count(*) AS n FROM duckdb_tables()"))[0]!.n,
    1,
    "nothing was made in it",
  );
  await again.close();
});

test("a cohort of a newer form, or of one that is no number, is not opened as if it were known", async () => {
  for (const [version, code] of [
    ["99", "newer-version"],
    ["abc", "damaged"],
    ["0", "damaged"],
  ] as const) {
    const path = await cohortAt(`form-${version}.duckdb`);
    const database = await Database.open(path);
    await database.query(`UPDATE meta SET "value" = '${version}' WHERE "key" = 'version'`);
    await database.close();
    assert.equal((await refusal(path)).code, code, version);
  }
});

/** Holds a file in a process of its own until it is killed. */
async function holder(path: string, mode: "READ_ONLY" | "READ_WRITE") {
  const script = `import("@duckdb/node-api").then(async ({ DuckDBInstance }) => {
    globalThis.held = await DuckDBInstance.create(process.argv[1], { access_mode: process.argv[2] });
    console.log("held"); setInterval(() => undefined, 1000); });`;
  const child = spawn(process.execPath, ["-e", script, path, mode], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

test("a cohort that another process reads is opened for reading, and says so", async () => {
  const path = await cohortAt("held.duckdb");
  const reader = await holder(path, "READ_ONLY");
  const cohort = await openCohort(path);
  assert.match(cohort.readOnly!, /held.duckdb is open for reading only: another process \(number \d+\)/);
  assert.deepEqual(await cohort.sql("SELECT study FROM discs UNION ALL SELECT study FROM studies"), [
    { study: "s" },
  ]);
  const refused = (thrown: unknown): boolean => thrown instanceof CohortError && thrown.code === "read-only";
  await assert.rejects(cohort.add({ studies: [{ study: "t", patient: "p", dataset: "d" }] }), refused);
  await assert.rejects(cohort.store.sql("DELETE FROM studies"), refused);
  await cohort.close();
  const listed = spinebook(["cohort", path, "--sql", "SELECT study FROM studies", "--csv"]);
  assert.deepEqual([listed.code, listed.stdout], [0, "study\ns\n"], listed.stderr);
  assert.match(listed.stderr, /for reading only/);
  reader.kill("SIGKILL");
  await once(reader, "exit");
  const writer = await holder(path, "READ_WRITE");
  assert.equal((await refusal(path)).code, "in-use");
  writer.kill("SIGKILL");
  await once(writer, "exit");
});

test(
  "a file or a folder that may not be written can be asked",
  { skip: process.platform === "win32" },
  async () => {
    const place = join(folder, "locked");
    mkdirSync(place);
    const path = join(place, "locked.duckdb");
    const store = await CohortStore.open(path);
    await store.add({ studies: [{ study: "s", patient: "p", dataset: "d" }] });
    await store.close();
    chmodSync(folder, 0o755);
    chmodSync(path, 0o444);
    const ask = () =>
      spawnSync(
        process.execPath,
        ["bin/spinebook.js", "cohort", path, "--sql", "SELECT study FROM studies", "--json"],
        {
          encoding: "utf8",
          env: { ...process.env, HOME: tmpdir() },
          ...ordinaryUser,
        },
      );
    const file = ask();
    assert.deepEqual([file.status, file.stdout.replace(/\s/g, "")], [0, '[{"study":"s"}]'], file.stderr);
    assert.match(file.stderr, /the file may not be written/);
    if (ordinaryUser) chownSync(path, ordinaryUser.uid, ordinaryUser.gid);
    chmodSync(path, 0o644);
    chmodSync(place, 0o555);
    const inFolder = ask();
    assert.equal(inFolder.status, 0, inFolder.stderr);
    assert.match(inFolder.stderr, /its folder may not be written/);
    chmodSync(place, 0o755);
  },
);

test("a million rows come whole, and more than that not at once", async () => {
  const cohort = await openCohort(":memory:");
  const rows = await cohort.sql("SELECT range AS i FROM range(1000000)");
  assert.deepEqual([rows.length, rows[0], rows.at(-1)], [1_000_000, { i: 0 }, { i: 999_999 }]);
  await assert.rejects(
    cohort.sql("SELECT range AS i FROM range(30000000)"),
    /more than 1,000,000 rows.*table\(select\)/s,
  );
  const table = await cohort.table("SELECT range AS i, 1e-12 AS p FROM range(30000000)");
  assert.equal(table.total, 30_000_000);
  assert.deepEqual((await table.page({ offset: 29_999_999, limit: 5 })).rows, [{ i: 29_999_999, p: 1e-12 }]);
  await assert.rejects(table.rows(), /At most 1,000,000 rows/);
  let [count, sum] = [0, 0];
  for await (const part of (await cohort.stream("SELECT range AS i FROM range(3000000)")).parts)
    for (const [i] of part) {
      count++;
      sum += i as number;
    }
  assert.deepEqual([count, sum], [3_000_000, (3_000_000 * 2_999_999) / 2]);
  // What was given up half way stops nothing.
  for await (const part of (await cohort.stream("SELECT range AS i FROM range(3000000)")).parts) {
    assert.ok(part.length > 0);
    break;
  }
  await assert.rejects(cohort.stream("SELEC 1"), CohortError);
  await cohort.close();
});

test("the command writes rows of any number as they come, in little memory", async () => {
  const path = await cohortAt("many.duckdb");
  const rows = 2_000_000;
  const sql = `SELECT range AS i, 'row ' || range AS name FROM range(${rows})`;
  const child = spawn(
    process.execPath,
    // A heap in which the rows have no room.
    ["--max-old-space-size=150", "bin/spinebook.js", "cohort", path, "--sql", sql, "--csv"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let [lines, tail] = [0, ""];
  child.stdout.on("data", (bytes: Buffer) => {
    for (const byte of bytes) if (byte === 10) lines++;
    tail = (tail + bytes.toString()).slice(-40);
  });
  const [code] = (await once(child, "close")) as [number];
  assert.deepEqual([code, lines], [0, rows + 1]);
  assert.ok(tail.endsWith(`${rows - 1},row ${rows - 1}\n`));
  const json = spinebook(["cohort", path, "--sql", "SELECT range AS i FROM range(5000)", "--json"]);
  assert.equal((JSON.parse(json.stdout) as unknown[]).length, 5000);
  const none = spinebook(["cohort", path, "--sql", "SELECT 1 AS i WHERE false", "--json"]);
  assert.deepEqual(JSON.parse(none.stdout), []);
  const text = spinebook(["cohort", path, "--sql", "SELECT range AS i FROM range(80)"]);
  assert.match(text.stdout, /30 more rows; --csv or --json/);
});

test("a column of any name comes out, twice where there are two", async () => {
  const cohort = await openCohort(":memory:");
  const [row] = await cohort.sql(`SELECT 1 AS "__proto__", 2 AS "constructor", 3 AS a, 4 AS a`);
  assert.deepEqual(Object.values(row!).slice(0, 4), [1, 2, 3, 4]);
  assert.ok(Object.hasOwn(row!, "__proto__"));
  assert.equal(Object.getPrototypeOf({ ...row }), Object.prototype);
  await cohort.close();
  const path = await cohortAt("names.duckdb");
  const printed = spinebook(["cohort", path, "--sql", `SELECT 1 AS "__proto__", 2 AS b`, "--json"]);
  assert.equal(printed.stdout.replace(/\s/g, ""), '[{"__proto__":1,"b":2}]');
});

test("what does not fit into memory goes into the system's temporary folder, and away", () => {
  const here = mkdtempSync(join(folder, "working-"));
  const temporary = mkdtempSync(join(folder, "temporary-"));
  const left = join(temporary, "spinebook-duckdb-00000000-1-00000000");
  mkdirSync(left);
  utimesSync(left, 0, 0);
  const run = spawnSync(process.execPath, [new URL(import.meta.url).pathname, "spill"], {
    cwd: here,
    encoding: "utf8",
    env: { ...process.env, NODE_TEST_CONTEXT: "", TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /spilled into the temporary folder/);
  assert.deepEqual(readdirSync(here), []);
  assert.deepEqual(readdirSync(temporary), [], "also what a process that was killed left there");
});

test("drafts of processes that have gone are swept away, those of running ones stay", async () => {
  const place = mkdtempSync(join(folder, "drafts-"));
  const gone = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" });
  const own = ownName();
  const dead = own.replace(`-${process.pid}-`, `-${gone.stdout.trim()}-`);
  const names = {
    running: `.${own}.unfinished`,
    dead: `.${dead}.unfinished`,
    elsewhere: `.0badcafe-1-00000000.unfinished`,
    earlierForm: `.1b4e28ba-2fa1-11d2-883f-0016d3cca427.unfinished`,
    shard: "shard-1.parquet",
  };
  for (const name of Object.values(names)) writeFileSync(join(place, name), "x");
  await sweepDrafts(place);
  const stays = [names.running, names.elsewhere, names.earlierForm, names.shard];
  assert.deepEqual(readdirSync(place).sort(), stays.sort());
  for (const name of stays) utimesSync(join(place, name), 0, 0);
  await sweepDrafts(place);
  assert.deepEqual(readdirSync(place).sort(), [names.running, names.shard].sort());
});

test("a full disk is one sentence", { skip: !existsSync("/dev/full") }, async () => {
  const goal = join(folder, "whole.txt");
  await assert.rejects(
    writeWhole(goal, () => writeFile("/dev/full", "x")),
    (thrown: unknown) => thrown instanceof CohortError && thrown.message.startsWith("The disk is full;"),
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".unfinished")),
    [],
  );
});
