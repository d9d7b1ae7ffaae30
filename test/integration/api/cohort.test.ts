import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Cohort, gradeCohort, openCohort, watchBatch, batchLine } from "../../../src/api/index.js";
import { CohortError, type CohortRecords } from "../../../src/cohort/index.js";
import { writeNifti } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { jupyterDisplay } from "../../../src/figures/index.js";
import { TABLE_MIME, TABLE_TARGET, type KernelHooks, type TableAnswer } from "../../../src/protocol/index.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-api-cohort-"));
let cohort: Cohort;
after(async () => {
  await cohort.close();
  rmSync(folder, { recursive: true, force: true });
});

const reading = (study: string, rater: string, pfirrmann: number, level = "L4-L5") => ({
  study,
  series: "",
  level,
  rater,
  model: "",
  reading: 1,
  grades: { pfirrmann },
});
const people: CohortRecords = {
  studies: [
    { study: "one", patient: "p1", dataset: "readers", age: 30, sex: "F" },
    { study: "two", patient: "p2", dataset: "readers", age: 60, sex: "M" },
  ],
  series: [],
  readings: [
    reading("one", "anna", 2),
    reading("one", "bert", 3),
    reading("two", "anna", 5),
    reading("two", "bert", 5),
    reading("two", "anna", 1, "L1-L2"),
  ],
  anomalies: [],
};

before(async () => {
  const { volume } = renderPhantom({ seed: 8 });
  writeFileSync(join(folder, "spine.nii"), writeNifti(volume));
  const summary = await gradeCohort(folder, join(folder, "api.duckdb"), { workers: 1, dataset: "phantoms" });
  assert.deepEqual([summary.graded, summary.failed], [1, 0]);
  cohort = await openCohort(join(folder, "api.duckdb"));
  await cohort.add(people);
});

test("typed queries find discs by grade, level and person", async () => {
  const severe = await cohort.discs({ grades: { pfirrmann: [4, 5] }, dataset: "readers" });
  assert.equal(severe.total, 2);
  const young = await cohort.discs({ age: [20, 40], rater: "anna" });
  assert.deepEqual(
    (await young.rows()).map(({ study, level, pfirrmann }) => [study, level, pfirrmann]),
    [["one", "L4-L5", 2]],
  );
  await assert.rejects(cohort.discs({ grades: { colour: 1 } }), /no feature "colour"/);
  await assert.rejects(cohort.sql("SELECT nothing FROM discs"), CohortError);
});

test("pairs put two raters' grades side by side, discs that one of them left out aside", async () => {
  const pairs = await cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" });
  assert.deepEqual(pairs.reference, [2, 5]);
  assert.deepEqual(pairs.predicted, [3, 5]);
  assert.deepEqual(pairs.patients, ["p1", "p2"]);
  await assert.rejects(
    cohort.pairs("pfirrmann", { rater: "anna" }, { rater: "carl" }),
    /No disc has pfirrmann/,
  );
});

test("of a rater's readings of one disc in two series the later one counts, on either side of a pair", async () => {
  const twice = await openCohort(":memory:");
  const series = (id: string) => ({
    ...{ series: id, study: "one" },
    ...({ contrast: "T2", orientation: "sagittal" } as const),
  });
  const read = (rater: string, grade: number, id: string, day: number) => ({
    ...reading("one", rater, grade),
    ...{ series: id, at: `2024-05-0${day}T10:00:00Z` },
  });
  await twice.add({
    studies: [people.studies[0]!],
    series: [series("s1"), series("s2")],
    // The later reading stands first of one rater and last of the other.
    readings: [read("anna", 4, "s1", 7), read("anna", 2, "s2", 3), read("bert", 1, "s1", 2), read("bert", 3, "s2", 5)], // prettier-ignore
  });
  const { reference, predicted } = await twice.pairs("pfirrmann", { rater: "anna" }, { rater: "bert" });
  await twice.close();
  assert.deepEqual([reference, predicted], [[4], [3]]);
});

test("a query's discs are shown as pictures, and a study opens with its grades", async () => {
  const model = await cohort.discs({ rater: "model" });
  const sheet = await cohort.montage(model, { limit: 3 });
  assert.equal(sheet.cells.length, 3);
  for (const { values, rows, columns } of sheet.cells) {
    assert.equal(values.length, rows * columns);
    assert.ok(
      Math.max(...Array.from(values)) > 10 * Math.min(...Array.from(values)),
      "there is something to see",
    );
  }
  const [first] = await model.rows(1);
  const graded = await cohort.open(first!.study);
  const same = graded.discs.find(({ level }) => level === first!.level)!;
  assert.equal(same.grades.pfirrmann!.grade, first!.pfirrmann);
  await assert.rejects(cohort.load("one"), /Where the images of study one lie is not known/);
  await assert.rejects(cohort.montage([{ level: "L4-L5" }]), /columns study and level/);
});

test("a cohort and its tables show themselves", async () => {
  const bundle = await cohort[jupyterDisplay]();
  assert.match(bundle["text/plain"] as string, /phantoms/);
  const few = await (await cohort.discs())[jupyterDisplay]();
  assert.equal((few[TABLE_MIME] as { live?: unknown }).live, undefined);
  const none = await (await cohort.discs({ rater: "nobody" }))[jupyterDisplay]();
  assert.match(none["text/html"] as string, /<th[^>]*>pfirrmann<\/th>/);
});

test("the mean age is that of studies, however many readings each has", async () => {
  const other = await openCohort(":memory:");
  await other.add(people);
  await other.add({ studies: [{ study: "three", patient: "p3", dataset: "readers", age: 90 }] });
  const rows = (await other[jupyterDisplay]())[TABLE_MIME] as { data: Record<string, unknown>[] };
  const [row] = rows.data;
  assert.deepEqual([row!.studies, row!["mean age"], row!.discs, row!.readings], [3, 60, 3, 5]);
  assert.equal((await other.discs({ grades: { pfirrmann: [] } })).total, 0);
  await other.close();
  await other.close();
});

test("a long table carries its beginning and gives the rest to displays that ask", async () => {
  let answer: Parameters<KernelHooks["onComm"]>[1] | undefined;
  const hooks: KernelHooks = {
    record: () => undefined,
    guard: () => undefined,
    describeQuery: () => undefined,
    onComm: (target, given) => {
      assert.equal(target, TABLE_TARGET);
      answer = given;
    },
  };
  const key = Symbol.for("spinebook.kernel");
  Object.defineProperty(globalThis, key, { value: hooks, configurable: true });
  try {
    const table = await cohort.table("SELECT i AS n, 'row ' || i AS name FROM range(50000) t(i)");
    const bundle = await table[jupyterDisplay]();
    assert.match(String(bundle["text/html"]), /49950 more rows/);
    assert.match(String(bundle["text/plain"]), /49950 more rows/);
    const resource = bundle[TABLE_MIME] as {
      data: unknown[];
      live: { session: string; total: number };
      title: string;
    };
    assert.equal(resource.data.length, 1000);
    assert.equal(resource.live.total, 50_000);
    assert.match(resource.title, /first 1000 of 50000/);
    const asked = (question: Record<string, unknown>): Promise<TableAnswer> =>
      new Promise((resolve) => {
        answer!(
          {
            send: (data) => {
              resolve(data as unknown as TableAnswer);
            },
            onMessage: (handler) => {
              handler(question);
            },
            close: () => undefined,
          },
          { session: resource.live.session },
        );
      });
    const page = await asked({ number: 1, offset: 100, limit: 2, sortBy: "n", descending: true, filter: "" });
    assert.deepEqual(page, {
      number: 1,
      total: 50_000,
      rows: [
        { n: 49_899, name: "row 49899" },
        { n: 49_898, name: "row 49898" },
      ],
    });
    // What a hostile display sends is bounded, understood as text, or refused.
    assert.match(
      JSON.stringify(await asked({ number: 3, offset: -5, limit: 10 })),
      /does not understand.*offset/,
    );
    const much = await asked({
      number: 2,
      offset: 0,
      limit: 1e9,
      sortBy: `n"; DROP TABLE studies`,
      filter: "4999",
    });
    assert.ok("rows" in much && much.rows.length === much.total && much.total > 10);
    let closed = false;
    answer!(
      { send: () => undefined, onMessage: () => undefined, close: () => (closed = true) },
      { session: "other" },
    );
    assert.ok(closed);
  } finally {
    Reflect.deleteProperty(globalThis, key);
  }
});

test("a batch that is over is told in one line", async () => {
  const state = await watchBatch(join(folder, "api.duckdb"));
  assert.match(batchLine(state), /^1 of 1 studies, .*done, left out: 3 files of other kinds$/);
  await assert.rejects(watchBatch(join(folder, "other.duckdb")), /No batch has written/);
});

test("Parquet takes a cohort's grades to another one", async () => {
  await cohort.exportParquet(join(folder, "parquet"));
  const other = await openCohort(":memory:");
  await other.importParquet(join(folder, "parquet"));
  assert.deepEqual(await other.raters(), await cohort.raters());
  await other.close();
});
