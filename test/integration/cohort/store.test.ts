import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CohortError } from "../../../src/cohort/errors.js";
import type { CohortRecords, ReadingRecord } from "../../../src/cohort/records.js";
import { exportParquet, importParquet } from "../../../src/cohort/store/parquet.js";
import { CohortStore } from "../../../src/cohort/store/store.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-cohort-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const reading: ReadingRecord = {
  study: "a",
  series: "a-t2",
  level: "L4-L5",
  rater: "anna",
  model: "",
  reading: 1,
  grades: { pfirrmann: 3, pfirrmannFractional: 2.7, modic: 2 },
};

const records: CohortRecords = {
  studies: [
    { study: "a", patient: "p1", dataset: "test", age: 41.5, sex: "F", day: 0 },
    { study: "b", patient: "p1", dataset: "test" },
  ],
  series: [
    {
      series: "a-t2",
      study: "a",
      contrast: "T2",
      orientation: "sagittal",
      columns: 320,
      rows: 300,
      slices: 15,
      spacing: [0.6, 0.6, 4.4],
      location: "/somewhere/DOE^JANE",
    },
  ],
  detections: [
    {
      study: "a",
      series: "a-t2",
      model: "m",
      level: "L4-L5",
      centre: [1, 2, 3],
      angle: 5,
      width: 34,
      height: 9,
      slice: 7,
      column: 100,
      row: 200,
    },
  ],
  readings: [
    reading,
    { ...reading, rater: "model", model: "m", probabilities: { pfirrmann: [0, 0.1, 0.6, 0.3, 0] } },
  ],
  anomalies: [{ file: "x.csv", code: "unknown-level", message: "Line 3 …", isLeftOut: true }],
};

test("what was added comes back, also after the file was closed and opened", async () => {
  const path = join(folder, "round.duckdb");
  const store = await CohortStore.open(path);
  await store.add(records);
  const { salt } = store;
  await store.close();
  const again = await CohortStore.open(path);
  assert.equal(again.salt, salt);
  assert.deepEqual(await again.readings(), [...records.readings]);
  assert.deepEqual(await again.readings({ rater: "anna" }), [reading]);
  assert.deepEqual(await again.sql("SELECT location FROM locations"), [{ location: "/somewhere/DOE^JANE" }]);
  const [row] = await again.sql(
    `SELECT patient, age, sex, pfirrmann, count(*) OVER () AS n FROM discs LIMIT 1`,
  );
  assert.deepEqual(row, { patient: "p1", age: 41.5, sex: "F", pfirrmann: 3, n: 2 });
  await again.close();
});

test("a record replaces the one with its ids where it is told to; two in one go that differ are refused", async () => {
  const store = await CohortStore.open(":memory:");
  await store.add(records);
  const differing = [1, 5].map((pfirrmann) => ({ ...reading, grades: { pfirrmann } }));
  await assert.rejects(
    store.add({ readings: differing }),
    /Row 1 of readings and row 2 of readings have one key/,
  );
  await store.add({ readings: differing.slice(1), anomalies: records.anomalies }, { replaces: true });
  assert.equal(await store.count("readings"), 2);
  assert.equal(await store.count("anomalies"), 1);
  assert.deepEqual((await store.readings({ rater: "anna" }))[0]!.grades, { pfirrmann: 5 });
  await store.close();
});

test("what a later record of a study leaves open stays as it was", async () => {
  const store = await CohortStore.open(":memory:");
  await store.add(records);
  await store.add({ studies: [{ study: "a", patient: "p1", dataset: "test", age: 42 }] });
  const [row] = await store.sql(`SELECT dataset, age, sex, day FROM studies WHERE study = 'a'`);
  assert.deepEqual(row, { dataset: "test", age: 42, sex: "F", day: 0 });
  await store.close();
});

test("a grade that its feature does not have is refused, and nothing of the same call is kept", async () => {
  const store = await CohortStore.open(":memory:");
  const wrong = { ...reading, grades: { pfirrmann: 7 } };
  assert.throws(() => void store.add({ studies: records.studies, readings: [wrong] }), /7 for Pfirrmann/);
  const unknown = { ...reading, grades: { colour: 1 } };
  assert.throws(() => void store.add({ readings: [unknown] }), /"colour"/);
  assert.equal(await store.count("studies"), 0);
  await store.close();
});

test("a write that fails half way leaves nothing behind", async () => {
  const store = await CohortStore.open(":memory:");
  await assert.rejects(
    store.write({ studies: [["c", "p", "d", null, null, null]], series: [["too", "short"]] }),
  );
  assert.equal(await store.count("studies"), 0);
  await store.add(records);
  assert.equal(await store.count("studies"), 2);
  await store.close();
});

test("pages are sorted and filtered by the database", async () => {
  const store = await CohortStore.open(":memory:");
  const select = `SELECT i AS n, 'case ' || i AS name, i % 7 = 0 AS seventh FROM range(1000) t(i);`;
  const first = await store.page(select, undefined, { offset: 0, limit: 3, sortBy: "n", descending: true });
  assert.deepEqual(
    first.rows.map(({ n }) => n),
    [999, 998, 997],
  );
  assert.equal(first.total, 1000);
  assert.deepEqual(
    first.columns.map(({ name }) => name),
    ["n", "name", "seventh"],
  );
  const found = await store.page(select, undefined, { offset: 0, limit: 10, filter: "CASE 99" });
  assert.equal(found.total, 11);
  // A filter is text, not SQL.
  const hostile = await store.page(select, undefined, {
    offset: 0,
    limit: 1,
    filter: `'); DROP TABLE studies; --`,
  });
  assert.equal(hostile.total, 0);
  assert.equal(await store.count("studies"), 0);
  await assert.rejects(
    store.page("SELECT nothing FROM nowhere", undefined, { offset: 0, limit: 1 }),
    CohortError,
  );
  await store.close();
});

test("Parquet holds the cohort without places of images and secrets, and is read back", async () => {
  const store = await CohortStore.open(":memory:");
  await store.add(records);
  const out = join(folder, "parquet");
  const names = await exportParquet(store, out);
  assert.deepEqual(readdirSync(out).sort(), names.sort());
  assert.ok(!names.includes("locations.parquet") && !names.includes("meta.parquet"));
  const other = await CohortStore.open(":memory:");
  const counts = await importParquet(other, out);
  assert.equal(counts.readings, 2);
  assert.deepEqual(await other.readings(), await store.readings());
  await importParquet(other, out);
  assert.equal(await other.count("readings"), 2);
  await assert.rejects(importParquet(other, folder), /holds none of/);
  await other.close();
  await store.close();
});

test("a file that is something else, a folder that is not there and a cohort in use each give a sentence", async () => {
  const other = join(folder, "other.txt");
  writeFileSync(other, "text ".repeat(1000));
  await assert.rejects(CohortStore.open(other), {
    code: "not-a-cohort",
    message: /^other\.txt is no cohort/,
  });
  await assert.rejects(CohortStore.open(join(folder, "missing", "a.duckdb")), { code: "cannot-open" });
  const path = join(folder, "used.duckdb");
  const holder = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
     const held = await DuckDBInstance.create(${JSON.stringify(path)});
     await held.connect();
     console.log("held");
     setInterval(() => held, 1000);`,
  ]);
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  await assert.rejects(CohortStore.open(path), { code: "in-use", message: /open in another process/ });
  const ended = new Promise((resolve) => holder.once("exit", resolve));
  holder.kill("SIGKILL");
  await ended;
  await (await CohortStore.open(path)).close();
});

test("pages of a sorted table hold every row once, however many are alike", async () => {
  const store = await CohortStore.open(":memory:");
  const select = "SELECT i AS n, i % 5 AS grade FROM range(20000) t(i) -- grades are ties";
  const seen = new Set<unknown>();
  for (let offset = 0; offset < 20_000; offset += 2500) {
    const { rows } = await store.page(select, undefined, { offset, limit: 2500, sortBy: "grade" });
    for (const { n } of rows) seen.add(n);
  }
  assert.equal(seen.size, 20_000);
  const [large] = await store.sql("SELECT 9223372036854775807 AS large, 7::BIGINT AS small");
  assert.deepEqual(large, { large: "9223372036854775807", small: 7 });
  await store.close();
});

test("a file is opened once whichever way leads to it, also while it is being closed", async () => {
  const path = join(folder, "once.duckdb");
  const one = await CohortStore.open(path);
  symlinkSync(path, join(folder, "link.duckdb"));
  const two = await CohortStore.open(join(folder, "link.duckdb"));
  assert.equal(one, two);
  await two.close();
  await one.add(records);
  const closing = one.close();
  const again = await CohortStore.open(path);
  await closing;
  assert.notEqual(again, one);
  assert.equal(await again.count("studies"), 2);
  await again.close();
});

test("a cohort without studies takes over another one's secret, one with studies does not", async () => {
  const path = join(folder, "salt.duckdb");
  await (await CohortStore.open(path)).close();
  const store = await CohortStore.open(path, { salt: "other" });
  assert.equal(store.salt, "other");
  await store.add(records);
  await store.close();
  await assert.rejects(CohortStore.open(path, { salt: "third" }), { code: "bad-option" });
  const kept = await CohortStore.open(path);
  assert.equal(kept.salt, "other");
  await kept.close();
});

test("two users of one file in a process share it", async () => {
  const path = join(folder, "shared.duckdb");
  const [one, two] = await Promise.all([CohortStore.open(path), CohortStore.open(path)]);
  assert.equal(one, two);
  await one.add(records);
  await one.close();
  assert.equal(await two.count("studies"), 2);
  await two.close();
});
