import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openCohort, type Cohort } from "../../../src/api/cohort.js";
import { importCsv } from "../../../src/api/imported.js";
import { cohenKappa } from "../../../src/statistics/index.js";
import type { ReadingRecord } from "../../../src/cohort/records.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-agreement-"));
let cohort: Cohort;
const LEVELS = ["L3-L4", "L4-L5", "L5-S1"] as const;

/** What a rater gives: the truth, but for every n-th disc of the levels that are wrong. */
function readings(
  rater: string,
  model: string,
  wrong: (patient: number, level: number) => boolean,
): ReadingRecord[] {
  return Array.from({ length: 40 }, (_, patient) =>
    LEVELS.map((level, i): ReadingRecord => {
      const truth = 1 + ((patient + i) % 5);
      const grade = wrong(patient, i) ? (truth === 5 ? 4 : truth + 1) : truth;
      return {
        study: `s${patient}`,
        series: "",
        level,
        rater,
        model,
        reading: 1,
        grades: { pfirrmann: grade },
      };
    }),
  ).flat();
}

/** What a value shows as text. */
const shown = (value: object): string =>
  String(
    (value as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!()["text/plain"],
  );

before(async () => {
  cohort = await openCohort(":memory:");
  await cohort.add({
    studies: Array.from({ length: 40 }, (_, i) => ({
      study: `s${i}`,
      patient: `p${i}`,
      dataset: i < 20 ? "north" : "south",
      ...(i < 20 ? { scanner: "A" } : {}),
      age: 30 + i,
    })),
    readings: [
      ...readings("anna", "", () => false),
      ...readings("bert", "", (patient) => patient % 4 === 0),
      ...readings("model", "a1", (patient, level) => patient % 3 === 0 && level > 0),
      ...readings("model", "b2", (patient, level) => patient % 8 === 0 && level === 2),
    ],
  });
});
after(async () => {
  await cohort.close();
  rmSync(folder, { recursive: true, force: true });
});

test("agreement comes by level, data set, scanner and age in one call, with intervals and a trend", async () => {
  const model = { rater: "model", model: "a1" };
  const byLevel = await cohort.agreement("pfirrmann", { rater: "anna" }, model, { by: "level", draws: 300 });
  assert.deepEqual(
    byLevel.rows.map(({ group, discs, patients }) => [group, discs, patients]),
    [...LEVELS.map((level) => [level, 40, 40]), ["all", 120, 40]],
  );
  const pairs = await cohort.pairs("pfirrmann", { rater: "anna" }, model);
  const all = byLevel.rows.at(-1)!;
  assert.equal(all.value.kappa, cohenKappa(pairs.reference, pairs.predicted, [1, 2, 3, 4, 5], "linear"));
  assert.ok(all.interval.kappa.low < all.value.kappa && all.value.kappa < all.interval.kappa.high);
  assert.equal(byLevel.rows[0]!.value.accuracy, 1);
  assert.ok(byLevel.trend!.high < 0, "the lower discs agree less");
  const [row] = byLevel.table();
  assert.equal(row!["linear κ (95 % interval)"], "1.00 (1.00 to 1.00)");
  const text = shown(byLevel);
  assert.match(text, /95 % of the posterior[\s\S]*κ changes by −0\.\d\d/);
  for (const [by, groups] of [
    ["dataset", ["north", "south", "all"]],
    ["scanner", ["A", "unknown", "all"]],
  ] as const)
    assert.deepEqual(
      (await cohort.agreement("pfirrmann", { rater: "anna" }, model, { by, draws: 50 })).rows.map(
        ({ group }) => group,
      ),
      groups,
    );
  const both = await cohort.agreement("pfirrmann", { rater: "anna" }, model, {
    by: ["dataset", "level"],
    draws: 50,
  });
  assert.deepEqual(
    both.rows.map(({ group, discs }) => [group, discs]),
    [
      ...["north", "south"].flatMap((place) => [
        ...LEVELS.map((level) => [`${place}, ${level}`, 20]),
        [`${place}, all`, 60],
      ]),
      ["all", 120],
    ],
  );
  assert.match(both.toLatex({ caption: "Agreement" }), /north, all & 60 & 20 & 0\.\d\d \(/);
  assert.match(both.toMarkdown({ digits: 3 }), /north, all \| 60 \| 20 \| 0\.\d{3} \(0\.\d{3} to/);
  const [head, ...lines] = both.toCsv().trim().split("\n");
  assert.match(head!, /^group,discs,patients,linear κ,"linear κ, low","linear κ, high",accuracy/);
  const [, , , kappa, low, high] = lines.at(-1)!.split(",").map(Number);
  assert.deepEqual(
    [kappa, low, high],
    [
      both.rows.at(-1)!.value.kappa,
      both.rows.at(-1)!.interval.kappa.low,
      both.rows.at(-1)!.interval.kappa.high,
    ],
  );
  const differ = await cohort.disagreements("pfirrmann", { rater: "anna" }, model);
  const wrong = pairs.reference.filter((grade, i) => grade !== pairs.predicted[i]).length;
  assert.equal(differ.length, wrong);
  assert.ok(differ.every(({ reference, predicted, difference }) => predicted - reference === difference));
  assert.ok(
    differ.every((row, i) => i === 0 || Math.abs(row.difference) <= Math.abs(differ[i - 1]!.difference)),
  );
  const byReader = await cohort.agreement("pfirrmann", [{ rater: "anna" }, { rater: "bert" }], model, {
    draws: 50,
  });
  assert.deepEqual(
    byReader.rows.map(({ group, discs }) => [group, discs]),
    [
      ["anna", 120],
      ["bert", 120],
    ],
  );
  await assert.rejects(
    cohort.agreement("pfirrmann", { rater: "anna" }, model, { by: "hospital" }),
    /cannot be parted by "hospital"; give level, or a column of studies: patient, dataset/,
  );
  await assert.rejects(
    cohort.agreement("pfirrmann", { rater: "anna" }, model, { mas: 1 } as object),
    /no option "mas"/,
  );
});

test("two models are compared on the same discs, by patient", async () => {
  const compared = await cohort.compare(
    "pfirrmann",
    { rater: "anna" },
    { rater: "model", model: "a1" },
    { rater: "model", model: "b2" },
    { draws: 400 },
  );
  const [all] = compared.rows;
  assert.equal(all!.discs, 120);
  assert.ok(all!.second.kappa > all!.first.kappa);
  assert.ok(all!.difference.kappa.low > 0 && all!.difference.kappa.better === 1);
  assert.ok(all!.difference.meanAbsoluteError.high < 0 && all!.difference.meanAbsoluteError.better === 1);
  const same = await cohort.compare(
    "pfirrmann",
    { rater: "anna" },
    { rater: "bert" },
    { rater: "bert" },
    { draws: 50 },
  );
  assert.deepEqual([same.rows[0]!.difference.kappa.mean, same.rows[0]!.difference.kappa.better], [0, 0.5]);
  assert.match(String(compared.table()[0]!["linear κ"]), /^0\.\d\d → 0\.\d\d$/);
});

test("tables are walked through, have a length, and become arrays and columns", async () => {
  const table = await cohort.table(
    "SELECT study, level, pfirrmann FROM discs WHERE rater = 'anna' ORDER BY study, level",
  );
  assert.equal(table.length, 120);
  let count = 0;
  for await (const { study, level } of table) if (study === "s1" && level !== "") count++;
  assert.equal(count, 3);
  const rows = await table.toArray();
  assert.deepEqual([rows.length, Object.keys(rows[0]!)], [120, ["study", "level", "pfirrmann"]]);
  const columns = await table.toColumns();
  assert.ok(columns.pfirrmann instanceof Int32Array && columns.pfirrmann.length === 120);
  assert.ok(Array.isArray(columns.study));
  const discs = await cohort.discs({ rater: "anna" });
  const [first] = await discs.rows(1);
  // Known by its type: no cast.
  const grade: number | null = first!.pfirrmann;
  assert.equal(typeof grade, "number");
});

test("an imported table and what was added show themselves", async () => {
  const file = join(folder, "carla.csv");
  writeFileSync(file, "patient,level,pfirrmann,note\ns1,L4/L5,3,x\ns2,L9/L9,3,y\n");
  const records = await importCsv(file, {}, { rater: "carla", dataset: "north" });
  const preview = shown(records);
  assert.match(preview, /pfirrmann/);
  assert.match(preview, /note +left out/);
  assert.match(preview, /1 study of data set north and 1 reading by carla\. Nothing is in a cohort yet/);
  assert.match(preview, /unknown-level/);
  const other = await openCohort(":memory:");
  const added = await other.add(records);
  assert.deepEqual(added, { studies: 1, readings: 1, changed: 0 });
  assert.match(shown(added), /Added 1 study and 1 reading, changed 0 readings/);
  await other.close();
});
