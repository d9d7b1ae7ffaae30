import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { openCohort } from "../../../src/api/index.js";
import { originRows } from "../../../src/cohort/batch/model.js";
import { CohortStore } from "../../../src/cohort/store/store.js";
import { gatherShards, writeShard } from "../../../src/cohort/store/shard.js";
import type { CohortRecords, ReadingRecord } from "../../../src/cohort/records.js";
import type { Reader } from "../../../src/grading/index.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-readers-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const base = { study: "one", series: "", level: "L4-L5", reading: 1 };
const byModel = (pfirrmann: number, reader?: string): ReadingRecord => ({
  ...{ ...base, rater: "model", model: "abc", grades: { pfirrmann, bulging: 1 } },
  ...(reader === undefined ? {} : { reader }),
});
const byPerson = (rater: string, pfirrmann: number): ReadingRecord => ({
  ...{ ...base, rater, model: "", grades: { pfirrmann, bulging: 0 } },
});
const records: Partial<CohortRecords> = {
  studies: [{ study: "one", patient: "p1", dataset: "test" }],
  readings: [byPerson("anna", 3), byPerson("LSMA", 2), byModel(1), byModel(2, "LSMA")],
};
const reader: Reader = {
  ...{ version: 1, name: "mine", thresholds: [-3, -1, 1, 3], slope: 2 },
  ...{ readings: 30, patients: 6, scale: "abc" },
};
const model = { hash: "abc", weights: {} };

test("grades of two conventions stand side by side, and are asked for by name", async () => {
  const cohort = await openCohort(":memory:");
  const added = await cohort.add(records);
  assert.equal(added.readings, 4);
  // The same again is nothing new.
  assert.deepEqual(await cohort.add(records), { studies: 0, readings: 0, changed: 0 });
  const gradesBy = async (name: string) =>
    (await (await cohort.discs({ rater: "model", reader: name })).rows()).map(({ pfirrmann }) => pfirrmann);
  assert.deepEqual([await gradesBy(""), await gradesBy("LSMA"), await gradesBy("x")], [[1], [2], []]);
  assert.deepEqual(
    (await cohort.readings({ reader: "LSMA" })).map(({ rater, reader: name }) => [rater, name]),
    [["model", "LSMA"]],
  );
  const raters = (await cohort.raters()).filter(({ rater }) => rater === "model");
  assert.deepEqual(
    raters.map((row) => row.reader),
    [null, "LSMA"],
  );
  await cohort.close();
});

test("pairs never mix two conventions in silence", async () => {
  const cohort = await openCohort(":memory:");
  await cohort.add(records);
  const pairs = (rater: string, name?: string) =>
    cohort.pairs("pfirrmann", { rater }, { rater: "model", ...(name === undefined ? {} : { reader: name }) });
  await assert.rejects(pairs("anna"), /follow several conventions here \(without a reader, as reader LSMA\)/);
  await assert.rejects(pairs("LSMA"), /such as \{ rater: "model", reader: "LSMA" \}/);
  assert.deepEqual((await pairs("anna", "")).predicted, [1]);
  assert.deepEqual((await pairs("anna", "LSMA")).predicted, [2]);
  // Other features do not depend on the convention.
  assert.deepEqual((await cohort.pairs("bulging", { rater: "anna" }, { rater: "model" })).predicted, [1]);
  await cohort.close();
});

test("a name stands for one reader: other borders under it are refused at every door", async () => {
  const store = await CohortStore.open(":memory:");
  await store.write(originRows(model, reader));
  await store.write(originRows(model, reader));
  assert.equal(await store.count("readers"), 1);
  const other = { ...reader, slope: 3 };
  const isCollision = /Reader mine has other borders here/;
  await assert.rejects(store.write(originRows(model, other), { replaces: true }), isCollision);
  // For other weights the reader is fitted anew.
  await store.write(originRows(model, { ...other, scale: "abd" }));
  const elsewhere = await CohortStore.open(":memory:");
  await elsewhere.write(originRows(model, other));
  const shard = join(folder, "shard-1.parquet");
  await writeShard(elsewhere, shard);
  await assert.rejects(gatherShards(store, [shard]), isCollision);
  await elsewhere.close();
  await store.close();
});

test("cohorts and shards from before there were readers are read, their grades follow none", async () => {
  const path = join(folder, "before.duckdb");
  const before = await CohortStore.open(path);
  await before.add({ ...records, readings: records.readings!.slice(0, 3) });
  await before.write({ attempts: [["one", "abc", null, 1, null, null, "2026-01-01"]] });
  await before.close();
  const database = await DuckDBInstance.create(path);
  const connection = await database.connect();
  for (const statement of [
    "DROP VIEW discs",
    "DROP VIEW failures",
    "ALTER TABLE readings DROP COLUMN reader",
    "ALTER TABLE attempts DROP COLUMN reader",
    "DROP TABLE readers",
    `UPDATE meta SET "value" = '2' WHERE "key" = 'version'`,
    "CHECKPOINT",
  ])
    await connection.run(statement);
  // A shard as it was then.
  const shard = join(folder, "shard-old.parquet");
  const parts = ["studies", "readings", "attempts"].map(
    (name) => `SELECT '${name}' AS "table", * FROM ${name}`,
  );
  const optional = ["series", "detections", "models", "anomalies"].map((name) => `SELECT '${name}' AS "table", * FROM ${name}`); // prettier-ignore
  await connection.run(
    `COPY (${[...parts, ...optional].join(" UNION ALL BY NAME ")}) TO '${shard}' (FORMAT parquet)`,
  );
  connection.closeSync();
  database.closeSync();
  const after = await openCohort(path);
  await after.add({ readings: [byModel(2, "LSMA")] });
  const rows = await after.sql(
    "SELECT reader, pfirrmann FROM readings WHERE rater = 'model' ORDER BY pfirrmann",
  );
  assert.deepEqual(rows, [
    { reader: null, pfirrmann: 1 },
    { reader: "LSMA", pfirrmann: 2 },
  ]);
  assert.equal(await gatherShards(after.store, [shard]), 1);
  assert.equal(await after.store.count("readings"), 4, "the shard holds what is there");
  await after.close();
});
