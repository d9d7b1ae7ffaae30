import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pictureUnits } from "../../src/cohort/batch/pictures.js";
import { readManifest } from "../../src/cohort/manifest/manifest.js";
import { isManifest } from "../../src/cohort/manifest/source.js";
import { CohortStore } from "../../src/cohort/store/store.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-manifest-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
mkdirSync(join(folder, "images"));
for (const name of ["1.png", "1_t1.png", "2.jpg", "3.png"]) writeFileSync(join(folder, "images", name), "");
const place = (name: string): string => join(folder, "images", name);

const TABLE = [
  "File;Pat.;Data set;Pixel spacing (mm);Weighting;T1;Age;Sex;Exam date;Scanner;Hospital name;Weight;Smoker;Code;Surgery;Patient name;rater",
  "images/1.png;p1;north;0,6875;T2;images/1_t1.png;54;F;2021-05-03;Philips 3T;North Hospital;71,5;true;0012;2020-01-01;Roe, Jane;x",
  "images/2.jpg;p2;;auto;t2w;;061Y;weiblich;;;South;80;false;0001;2019-02-03;Doe, John;y",
  "images/3.png;p3;;0.5;;;n/a;;;;;;;;;;",
].join("\n");

test("a manifest in a file tells path, study and all that is known of it; other columns are kept", async () => {
  writeFileSync(join(folder, "studies.csv"), TABLE.replace("Pat.", "Patient"));
  const { studies, remarks, name } = await readManifest(join(folder, "studies.csv"));
  assert.equal(name, "studies.csv");
  assert.deepEqual(studies, [
    {
      patient: "p1",
      dataset: "north",
      age: 54,
      sex: "F",
      day: Date.UTC(2021, 4, 3) / 86_400_000,
      scanner: "Philips 3T",
      study: "p1",
      more: { hospital_name: "North Hospital", weight: 71.5, smoker: true, code: "0012", study_rater: "x" },
      files: [
        { path: place("1.png"), spacing: 0.6875, contrast: "T2" },
        { path: place("1_t1.png"), contrast: "T1", spacing: 0.6875 },
      ],
    },
    {
      patient: "p2",
      age: 61,
      sex: "F",
      study: "p2",
      more: { hospital_name: "South", weight: 80, smoker: false, code: "0001", study_rater: "y" },
      files: [{ path: place("2.jpg"), spacing: "auto", contrast: "T2" }],
    },
    { patient: "p3", study: "p3", more: {}, files: [{ path: place("3.png"), spacing: 0.5 }] },
  ]);
  const said = remarks.join("\n");
  assert.match(said, /"Patient name" tells who a person is/);
  assert.match(said, /"Surgery" holds dates/);
  assert.match(said, /"rater" is "study_rater"/);
  assert.ok(!/Roe|Jane|2020-01/.test(said));
});

test("rows come from an array, a query and Parquet alike", async () => {
  const rows = [
    { path: place("1.png"), study: "s1", spacing: 0.7, hospital: "north", visits: 2 },
    { path: place("3.png"), study: "s2", spacing: "auto", hospital: "south", visits: null },
  ];
  const told = (await readManifest(rows)).studies;
  assert.deepEqual(told, [
    { study: "s1", more: { hospital: "north", visits: 2 }, files: [{ path: place("1.png"), spacing: 0.7 }] },
    { study: "s2", more: { hospital: "south" }, files: [{ path: place("3.png"), spacing: "auto" }] },
  ]);
  const csv = join(folder, "rows.csv");
  writeFileSync(csv, "image,id,mm\nimages/1.png,s1,0.7\nimages/3.png,s2,0.5\n");
  const query = `SELECT image AS path, id AS study, mm AS spacing, 'north' AS hospital FROM read_csv('${csv}') ORDER BY id`;
  const found = await readManifest(query, folder);
  assert.deepEqual(
    found.studies.map(({ study, files, more }) => [study, files[0]!.spacing, more]),
    [
      ["s1", 0.7, { hospital: "north" }],
      ["s2", 0.5, { hospital: "north" }],
    ],
  );
  const parquet = join(folder, "rows.parquet");
  const store = await CohortStore.open(":memory:");
  await store.sql(`COPY (${query}) TO '${parquet}' (FORMAT parquet)`);
  await store.close();
  assert.deepEqual((await readManifest(parquet)).studies, found.studies);
  assert.deepEqual(
    ["a.csv", "B.PARQUET", "SELECT 1", "studies/", "scan.dcm", rows].map((one) => isManifest(one)),
    [true, true, true, false, false, true],
  );
});

test("rows of one study are its series; what does not fit together is refused by row, and nobody is named", async () => {
  const two = await readManifest([
    { path: place("1.png"), study: "1", contrast: "T2", age: 50 },
    { path: place("1_t1.png"), study: "1", contrast: "T1" },
  ]);
  assert.deepEqual(
    two.studies.map(({ study, age, files }) => [study, age, files.map(({ contrast }) => contrast)]),
    [["1", 50, ["T2", "T1"]]],
  );
  const cases: readonly (readonly [object[], RegExp])[] = [
    [[{ study: "1" }], /no column that tells the path/],
    [[{ path: "", study: "1" }], /Row 1: no path is told/],
    [[{ path: place("1.png"), spacing: -1 }], /Row 1: the spacing is a length in mm above 0/],
    [[{ path: place("1.png"), contrast: "flair" }], /the contrast is one of T1, T2/],
    [[{ path: place("1.png"), age: 500 }], /the age is in years, from 0 to 120, and cannot be "500"/],
    [[{ path: place("1.png"), study: "Roe, Jane" }], /what tells the study looks like a person's name/],
    [[{ path: place("1.png"), date: "31.02.2020" }], /the date is a date such as/],
    [
      [
        { path: place("1.png"), study: "1" },
        { path: place("3.png"), study: "1" },
      ],
      /Row 2: a row before is of the same study, and nothing tells the two series apart/,
    ],
    [
      [
        { path: place("1.png"), study: "1", contrast: "T2", patient: "a" },
        { path: place("3.png"), study: "1", contrast: "T1", patient: "b" },
      ],
      /Row 2: the patient of the study differs/,
    ],
    [[{ path: place("none.png"), study: "1" }], /None of the files that The list of studies names is there/],
    [[], /no column that tells the path/],
    [[{ path: place("1.png"), Weight: 1, weight: 2 }], /two columns that would be "weight"/],
  ];
  for (const [rows, message] of cases)
    await assert.rejects(readManifest(rows), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(!/Roe|Jane/.test(error.message));
      return true;
    });
  await assert.rejects(readManifest(join(folder, "absent.csv")), /There is no file absent\.csv/);
  await assert.rejects(readManifest("SELECT * FROM nothing"), /nothing/);
});

test("pictures of a folder keep numbers as names, and pair T1 with T2; any other name gets a pseudonym", () => {
  const units = ["a/1_t2.png", "a/1_t1.png", "a/case-7.jpg", "a/ROE_JANE_1950.png", "a/2.png", "b/2.png"].map(
    (path, i) => ({ study: `pseudonym${i}`, paths: [path] }),
  );
  assert.deepEqual(
    pictureUnits(units, 0.7).map(({ study, paths, told }) => [
      study,
      paths,
      told!.files.map((f) => f.contrast),
    ]),
    [
      ["1", ["a/1_t2.png", "a/1_t1.png"], ["T2", "T1"]],
      ["case-7", ["a/case-7.jpg"], [undefined]],
      ["pseudonym3", ["a/ROE_JANE_1950.png"], [undefined]],
      ["pseudonym4", ["a/2.png"], [undefined]],
      ["pseudonym5", ["b/2.png"], [undefined]],
    ],
  );
});
