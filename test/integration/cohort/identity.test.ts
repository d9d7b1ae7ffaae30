import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { openCohort } from "../../../src/api/cohort.js";
import { CohortError } from "../../../src/cohort/errors.js";
import { importCsv } from "../../../src/cohort/importers/index.js";
import { withDataset, withPrefix } from "../../../src/cohort/naming.js";
import type { CohortRecords } from "../../../src/cohort/records.js";
import { gatherShards, writeShard } from "../../../src/cohort/store/shard.js";
import { CohortStore } from "../../../src/cohort/store/store.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-identity-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A data set of three patients with the numbers that everybody gives. */
function dataset(name: string, rater: string, grade: number): CohortRecords {
  const numbers = ["1", "2", "3"];
  return {
    studies: numbers.map((study) => ({ study, patient: study, dataset: name })),
    series: numbers.map((study) => ({ series: "t2", study, contrast: "T2", orientation: "sagittal" })),
    readings: numbers.map((study) => ({
      study,
      series: "t2",
      level: "L4-L5",
      rater,
      model: "",
      reading: 1,
      grades: { pfirrmann: grade },
    })),
    anomalies: [],
  };
}

/** Names both data sets. */
function isCollision(thrown: unknown): boolean {
  assert.ok(thrown instanceof CohortError, String(thrown));
  assert.equal(thrown.code, "collision");
  assert.match(thrown.message, /"Basel"/);
  assert.match(thrown.message, /"Ulm"/);
  assert.match(thrown.message, /and 2 more studies/);
  return true;
}

test("two data sets with equal patient numbers are refused, and both are named", async () => {
  const cohort = await openCohort(":memory:");
  await cohort.add(dataset("Ulm", "anna", 2));
  await assert.rejects(cohort.add(dataset("Basel", "bert", 5)), isCollision);
  // Nothing of it is there: neither studies nor readings.
  assert.deepEqual(await cohort.sql("SELECT DISTINCT dataset FROM studies"), [{ dataset: "Ulm" }]);
  assert.deepEqual(await cohort.sql("SELECT DISTINCT rater FROM readings"), [{ rater: "anna" }]);
  await assert.rejects(
    cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" }),
    /No disc has pfirrmann/,
  );
  await cohort.close();
});

test("two data sets in one call are refused as well, and two patients of one study", async () => {
  const cohort = await openCohort(":memory:");
  const [ulm, basel] = [dataset("Ulm", "anna", 2), dataset("Basel", "bert", 5)];
  await assert.rejects(cohort.add({ studies: [...ulm.studies, ...basel.studies] }), isCollision);
  await cohort.add({ studies: [{ study: "s", patient: "p", dataset: "Ulm" }] });
  await assert.rejects(
    cohort.add({ studies: [{ study: "s", patient: "q", dataset: "Ulm" }] }),
    /of patient p and of patient q/,
  );
  // A table that calls the patient as the study does not tell who it is.
  await cohort.add({ studies: [{ study: "s", patient: "s", dataset: "Ulm", age: 50 }] });
  assert.deepEqual(await cohort.sql("SELECT patient, age FROM studies"), [{ patient: "p", age: 50 }]);
  await cohort.close();
});

test("with ids of their own both are there, and nobody is paired with another data set's patient", async () => {
  const cohort = await openCohort(":memory:");
  await cohort.add(dataset("Ulm", "anna", 2));
  await cohort.add(withPrefix(dataset("Basel", "bert", 5), "Basel-"));
  assert.equal((await cohort.sql("SELECT count(*) AS n FROM studies"))[0]!.n, 6);
  await assert.rejects(
    cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" }),
    /No disc has pfirrmann/,
  );
  await cohort.close();
});

test("patients of equal numbers in two data sets are two people in intervals by patient", async () => {
  const cohort = await openCohort(":memory:");
  const study = (name: string, set: string) => ({ study: name, patient: "7", dataset: set });
  const reading = (name: string, rater: string) => ({
    ...dataset("", rater, 3).readings[0]!,
    study: name,
  });
  await cohort.add({
    studies: [study("u", "Ulm"), study("b", "Basel")],
    readings: ["u", "b"].flatMap((name) => [reading(name, "anna"), reading(name, "bert")]),
  });
  const { patients } = await cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" });
  assert.deepEqual(patients, ["Basel: 7", "Ulm: 7"]);
  await cohort.close();
});

test("a second reader's table is added under the data set of its patients", async () => {
  const file = join(folder, "second.csv");
  writeFileSync(file, "patient,level,rater,pfirrmann\n1,L4-L5,bert,3\n2,L4-L5,bert,4\n");
  const cohort = await openCohort(":memory:");
  await cohort.add(dataset("Ulm", "anna", 2));
  await assert.rejects(cohort.add(await importCsv(file)), /"Ulm" and one of "second"/);
  await cohort.add(await importCsv(file, {}, { dataset: "Ulm" }));
  const { reference, predicted } = await cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" });
  assert.deepEqual(
    [reference, predicted],
    [
      [2, 2],
      [3, 4],
    ],
  );
  assert.equal(withDataset(dataset("a", "x", 1), "b").studies[0]!.dataset, "b");
  await assert.rejects(
    importCsv(file, {}, { dataSet: "Ulm" } as object),
    /no option "dataSet"; did you mean "dataset"/,
  );
  await cohort.close();
});

test("Parquet and shards are doors too", async () => {
  const ulm = await CohortStore.open(":memory:");
  await ulm.add(dataset("Ulm", "anna", 2));
  const basel = await openCohort(":memory:");
  await basel.add(dataset("Basel", "bert", 5));
  const parquet = join(folder, "parquet");
  await basel.exportParquet(parquet);
  const into = await openCohort(":memory:");
  await into.add(dataset("Ulm", "anna", 2));
  await assert.rejects(into.importParquet(parquet), isCollision);
  rmSync(join(parquet, "studies.parquet"));
  await assert.rejects(into.importParquet(parquet), /series.parquet, row 1, .*"Ulm"/s);
  const shard = join(folder, "shard-1.parquet");
  await writeShard(basel.store, shard);
  await assert.rejects(gatherShards(ulm, [shard]), isCollision);
  assert.equal(await ulm.count("readings"), 3);
  for (const one of [ulm, basel, into]) await one.close();
});

test("a cohort of an earlier form opens, and what it put together is not paired", async () => {
  const path = join(folder, "earlier.duckdb");
  const earlier = await CohortStore.open(path);
  await earlier.add(dataset("SPIDER", "SPIDER", 2));
  await earlier.add({ readings: dataset("mine", "unnamed", 5).readings });
  // As form 1 left it: the second data set took the studies over.
  await earlier.sql(`UPDATE studies SET dataset = 'mine'`);
  await earlier.sql(`UPDATE meta SET "value" = '1' WHERE "key" = 'version'`);
  await earlier.close();
  for (const time of ["first", "second"]) {
    const cohort = await openCohort(path);
    await assert.rejects(
      cohort.pairs("pfirrmann", { rater: "SPIDER" }, { rater: "unnamed" }),
      /may be two people's/,
      time,
    );
    const [row] = await cohort.sql(`SELECT "value" FROM meta WHERE "key" = 'version'`);
    assert.equal(row!.value, "3");
    await cohort.close();
  }
});

test("a cohort from before a feature was added opens, with the feature's column empty", async () => {
  const path = join(folder, "before.duckdb");
  const before = await CohortStore.open(path);
  await before.add(dataset("Ulm", "anna", 2));
  await before.close();
  const database = await DuckDBInstance.create(path);
  const connection = await database.connect();
  // As a file has it that was written before the feature.
  for (const statement of [
    "DROP VIEW IF EXISTS discs",
    "ALTER TABLE readings DROP COLUMN bulging",
    "CHECKPOINT",
  ])
    await connection.run(statement);
  connection.closeSync();
  database.closeSync();
  for (const time of ["first", "second"]) {
    const cohort = await openCohort(path);
    const rows = await cohort.sql("SELECT pfirrmann, bulging FROM readings");
    assert.ok(rows.length > 0 && rows.every((row) => row.pfirrmann !== null && row.bulging === null), time);
    await cohort.close();
  }
});

test("every value is checked at every door, and the error names row and column", async () => {
  const cohort = await openCohort(":memory:");
  const good = dataset("Ulm", "anna", 2);
  const [study, reading] = [good.studies[0]!, good.readings[0]!];
  const refused: [Partial<CohortRecords>, RegExp][] = [
    [{ studies: [study, { ...study, study: " " }] }, /Row 2 of studies, column study: .* is empty/],
    [{ studies: [{ ...study, patient: "" }] }, /column patient/],
    [{ studies: [{ ...study, dataset: "" }] }, /column dataset/],
    [{ studies: [{ ...study, study: 1 as never }] }, /column study: the value \(1\) is no text/],
    [{ studies: [{ ...study, age: 400 }] }, /column age: the value \(400\) does not lie/],
    [{ studies: [{ ...study, sex: "X" as "F" }] }, /column sex/],
    [{ readings: [{ ...reading, level: "L9-L10" }] }, /column level: the value is none of/],
    [{ readings: [{ ...reading, rater: "" }] }, /column rater/],
    [{ readings: [{ ...reading, reading: 0 }] }, /column reading/],
    [{ readings: [{ ...reading, reading: 1.5 }] }, /column reading: the value \(1.5\) is no whole/],
    [{ readings: [{ ...reading, probabilities: { pfirrmann: [0.5, 0.5, 0.5, 0, 0] } }] }, /sum is 1.5/],
    [{ readings: [{ ...reading, probabilities: { pfirrmann: [0.5, 0.5] } }] }, /holds 2 probabilities/],
    [{ readings: [{ ...reading, probabilities: { colour: [1] } }] }, /"colour"/],
    [{ readings: [{ ...reading, probabilities: { modic: [2, -1, 0, 0] } }] }, /numbers from 0 to 1/],
    [{ series: [{ ...good.series[0]!, contrast: "T9" }] }, /column contrast/],
    [{ series: [{ ...good.series[0]!, spacing: [0, 1, 1] }] }, /column spacing_column/],
    [{ series: [{ ...good.series[0]!, series: "" }] }, /column series/],
  ];
  for (const [records, message] of refused) await assert.rejects(cohort.add(records), message);
  assert.deepEqual(await cohort.sql("SELECT * FROM studies"), []);
  await cohort.close();
});

test("a Parquet file of another program is checked as well", async () => {
  const made = await openCohort(":memory:");
  await made.add(dataset("Ulm", "anna", 2));
  const edits: [string, string, RegExp][] = [
    [
      "half",
      "ALTER TABLE readings ALTER pfirrmann TYPE DOUBLE USING pfirrmann + 0.5",
      /readings.parquet, row 1, column pfirrmann: the value \(2.5\)/,
    ],
    [
      "grade",
      "UPDATE readings SET pfirrmann = 9 WHERE study = '2'",
      /readings.parquet, row 2, column pfirrmann: the value \(9\)/,
    ],
    [
      "name",
      "UPDATE studies SET study = '' WHERE study = '3'",
      /studies.parquet, row 3, column study: the value is empty/,
    ],
    [
      "null",
      "UPDATE studies SET patient = NULL WHERE study = '1'",
      /studies.parquet, row 1, column patient: the value \(nothing\)/,
    ],
    ["sum", `UPDATE readings SET probabilities = '{"modic":[1,1,0,0]}'`, /column probabilities: .* sum is 2/],
  ];
  for (const [name, edit, message] of edits) {
    const copy = await openCohort(":memory:");
    await copy.add(dataset("Ulm", "anna", 2));
    await copy.store.sql(edit);
    const place = join(folder, `door-${name}`);
    mkdirSync(place);
    await copy.exportParquet(place);
    const into = await openCohort(":memory:");
    await assert.rejects(into.importParquet(place), message);
    assert.equal((await into.sql("SELECT count(*) AS n FROM readings"))[0]!.n, 0);
    const shard = join(place, "shard-x.parquet");
    await writeShard(copy.store, shard);
    await assert.rejects(gatherShards(into.store, [shard]), /shard-x.parquet, row/);
    await copy.close();
    await into.close();
  }
  await made.close();
});
