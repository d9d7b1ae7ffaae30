import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openCohort } from "../../../src/api/cohort.js";
import { importCsv } from "../../../src/cohort/importers/index.js";
import { withDataset } from "../../../src/cohort/naming.js";
import type { CohortRecords, ReadingRecord } from "../../../src/cohort/records.js";
import { flagsOf } from "../../../src/cohort/batch/gradeUnit.js";
import { CohortStore } from "../../../src/cohort/store/store.js";
import { spinebook } from "../../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-conflicts-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function table(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

const GRADES = "SELECT rater, pfirrmann, modic FROM readings ORDER BY ALL";

test("a second table without a rater replaces no grades unless it is told to", async () => {
  const cohort = await openCohort(":memory:");
  const first = table("one.csv", "patient,level,pfirrmann", "1,L4/L5,3", "2,L4/L5,2");
  const second = table("two.csv", "patient,level,pfirrmann", "1,L4/L5,5", "2,L4/L5,2");
  assert.deepEqual(await cohort.add(await importCsv(first)), { studies: 2, readings: 2, changed: 0 });
  assert.deepEqual(await cohort.add(await importCsv(first)), { studies: 0, readings: 0, changed: 0 });
  const other = withDataset(await importCsv(second), "one");
  await assert.rejects(cohort.add(other), {
    code: "collision",
    message:
      /^1 reading is here already with other grades \(study 1, level L4-L5, rater unnamed.*--rater anna/,
  });
  const kept = [2, 3].map((pfirrmann) => ({ rater: "unnamed", pfirrmann, modic: null }));
  assert.deepEqual(await cohort.sql(GRADES), kept);
  const anna = await importCsv(second, {}, { dataset: "one", rater: "anna" });
  assert.ok(anna.anomalies.every(({ code }) => code !== "no-rater"));
  assert.deepEqual(await cohort.add(anna), { studies: 0, readings: 2, changed: 0 });
  assert.deepEqual(await cohort.add(other, { replace: true }), { studies: 0, readings: 0, changed: 1 });
  await assert.rejects(importCsv(second, {}, { rater: "=1+1" }), { code: "bad-option" });
  await cohort.close();
});

test("a table of another feature of the same reader stands beside the first", async () => {
  const cohort = await openCohort(":memory:");
  await cohort.add(
    await importCsv(table("p.csv", "patient,level,pfirrmann", "1,L4/L5,3"), {}, { dataset: "d" }),
  );
  const modic = await importCsv(table("m.csv", "patient,level,modic", "1,L4/L5,2"), {}, { dataset: "d" });
  assert.deepEqual(await cohort.add(modic), { studies: 0, readings: 0, changed: 1 });
  assert.deepEqual(await cohort.sql(GRADES), [{ rater: "unnamed", pfirrmann: 3, modic: 2 }]);
  await cohort.close();
});

test("a rater's own later reading corrects the earlier one, an earlier one does not", async () => {
  const store = await CohortStore.open(":memory:");
  const reading: ReadingRecord = {
    ...{ study: "s", series: "", level: "L4-L5", rater: "anna", model: "", reading: 1 },
    grades: { pfirrmann: 3 },
    at: "2024-02-01T10:00:00Z",
  };
  await store.add({ readings: [reading] });
  const later = { ...reading, grades: { pfirrmann: 4 }, at: "2024-02-02T10:00:00Z" };
  assert.equal((await store.add({ readings: [later] })).changed, 1);
  await assert.rejects(store.add({ readings: [reading] }), { code: "collision" });
  await store.close();
});

test("the command names the rater, refuses other grades, and says when nothing was new", () => {
  const first = table("a.csv", "patient,level,pfirrmann", "1,L4/L5,3");
  const second = table("b.csv", "patient,level,pfirrmann", "1,L4/L5,5");
  const run = (...args: string[]) =>
    spinebook(["cohort", join(folder, "c.duckdb"), "--dataset", "d", ...args]);
  assert.match(run("--import-csv", first).stderr, /Added 1 study and 1 reading\./);
  assert.match(run("--import-csv", first).stderr, /Nothing was new: 1 study is here already/);
  const refused = run("--import-csv", second);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /other grades .*--rater anna/s);
  assert.match(run("--import-csv", second, "--rater", "bert").stderr, /Added 0 studies and 1 reading\./);
  assert.match(run("--import-csv", second, "--replace").stderr, /changed 1 reading/);
  assert.equal(spinebook(["cohort", join(folder, "c.duckdb"), "--rater", "x"]).code, 2);
});

test("Parquet files with rows that differ under one key, or of studies that nobody tells, are refused", async () => {
  const records: CohortRecords = {
    studies: ["1", "2"].map((study) => ({ study, patient: study, dataset: "d", age: 40 })),
    series: [],
    readings: ["1", "2"].map((study) => ({
      ...{ study, series: "", level: "L4-L5", rater: "anna", model: "", reading: 1 },
      grades: { pfirrmann: Number(study) },
    })),
    anomalies: [],
  };
  const edits: [string, RegExp][] = [
    [
      "UPDATE readings SET study = '1'",
      /readings\.parquet, row 1 and readings\.parquet, row 2 have one key \(study 1, level L4-L5, rater anna, reading 1\)/,
    ],
    [
      "INSERT INTO studies SELECT * REPLACE (50 AS age) FROM studies WHERE study = '1'",
      /studies\.parquet, row 1 and studies\.parquet, row 3 have one key/,
    ],
    ["UPDATE readings SET study = '99'", /readings\.parquet, row 1, is of study 99, which neither/],
  ];
  for (const [i, [edit, message]] of edits.entries()) {
    const copy = await openCohort(":memory:");
    await copy.add(records);
    await copy.store.sql(edit);
    const place = join(folder, `parquet-${i}`);
    mkdirSync(place);
    await copy.exportParquet(place);
    const into = await openCohort(":memory:");
    await assert.rejects(into.importParquet(place), message);
    assert.equal((await into.sql("SELECT count(*) AS n FROM studies"))[0]!.n, 0);
    await copy.close();
    await into.close();
  }
});

test("a reading has its disc's flags and those of the series that are about it", () => {
  const ofSeries = [
    { code: "transitional", message: "" },
    { code: "disc-doubtful", message: "", levels: ["L4-L5"] },
  ];
  const own = [{ code: "contrast", message: "" }];
  assert.deepEqual(flagsOf({ level: "L4-L5", flags: own }, ofSeries), [
    "transitional",
    "disc-doubtful",
    "contrast",
  ]);
  assert.deepEqual(flagsOf({ level: "L3-L4", flags: [] }, ofSeries), ["transitional"]);
});
