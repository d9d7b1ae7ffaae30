import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { StudyRecord } from "../../../src/cohort/records.js";
import { exportParquet, importParquet } from "../../../src/cohort/store/parquet.js";
import { gatherShards, writeShard } from "../../../src/cohort/store/shard.js";
import { CohortStore } from "../../../src/cohort/store/store.js";
import { studyColumn } from "../../../src/cohort/store/studyColumns.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-columns-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const study = (id: string, more: StudyRecord["more"], rest: Partial<StudyRecord> = {}): StudyRecord => ({
  study: id,
  patient: id,
  dataset: "local",
  ...rest,
  ...(more === undefined ? {} : { more }),
});

const ALL = "SELECT study, hospital, weight, smoker FROM studies ORDER BY study";

test("columns of one's own are columns of studies and discs, and stay when a study is told again", async () => {
  const store = await CohortStore.open(":memory:");
  await store.add({
    studies: [
      study("a", { hospital: "north", weight: 71.5, smoker: true }, { scanner: "SIEMENS 1.5 T" }),
      study("b", { hospital: "south's", weight: 80 }),
    ],
    readings: [
      { study: "a", series: "", level: "L4-L5", rater: "x", model: "", reading: 1, grades: { pfirrmann: 3 } },
    ],
  });
  assert.deepEqual(await store.sql(ALL), [
    { study: "a", hospital: "north", weight: 71.5, smoker: true },
    { study: "b", hospital: "south's", weight: 80, smoker: null },
  ]);
  assert.deepEqual(await store.sql("SELECT hospital, weight, scanner, pfirrmann FROM discs"), [
    { hospital: "north", weight: 71.5, scanner: "SIEMENS 1.5 T", pfirrmann: 3 },
  ]);
  // An importer knows nothing of them, and fills in what it knows.
  await store.add({ studies: [study("a", undefined, { age: 50 })] });
  assert.deepEqual(await store.sql("SELECT hospital, age, scanner FROM studies WHERE study = 'a'"), [
    { hospital: "north", age: 50, scanner: "SIEMENS 1.5 T" },
  ]);
  // Numbers that get a text are texts.
  await store.add({ studies: [study("b", { weight: "over 80" })] });
  assert.deepEqual(await store.sql("SELECT weight FROM studies ORDER BY study"), [
    { weight: "71.5" },
    { weight: "over 80" },
  ]);
  assert.equal((await store.sql("SELECT weight FROM discs"))[0]!.weight, "71.5");
  await assert.rejects(store.add({ studies: [study("c", { hospital: "a\nb" })] }), /more than one line/);
  assert.equal(await store.count("studies"), 2);
  await store.close();
});

test("they go through Parquet, shards and a closed file", async () => {
  const path = join(folder, "own.duckdb");
  const store = await CohortStore.open(path);
  await store.add({
    studies: [study("a", { hospital: "north", weight: 71.5, smoker: true }), study("b", {})],
  });
  const all = await store.sql(ALL);
  await exportParquet(store, join(folder, "parquet"));
  await writeShard(store, join(folder, "shard-1.parquet"));
  await store.close();
  const again = await CohortStore.open(path);
  assert.deepEqual(await again.sql(ALL), all);
  assert.deepEqual(await again.sql("SELECT hospital FROM discs"), []);
  await again.close();
  const fromParquet = await CohortStore.open(":memory:");
  assert.deepEqual((await importParquet(fromParquet, join(folder, "parquet"))).studies, 2);
  assert.deepEqual(await fromParquet.sql(ALL), all);
  await fromParquet.close();
  const gathered = await CohortStore.open(":memory:");
  await gatherShards(gathered, [join(folder, "shard-1.parquet")]);
  assert.deepEqual(await gathered.sql(ALL), all);
  await gathered.close();
});

test("names are those that SQL takes without quotes, and nobody else's", () => {
  assert.deepEqual(["Body weight (kg)", "rater", "Age", "3T", "  ", "Größe"].map(studyColumn), [
    "body_weight_kg",
    "study_rater",
    "study_age",
    "study_3t",
    "study_column",
    "größe",
  ]);
});
