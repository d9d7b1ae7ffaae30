import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { exampleCohort, exampleStudy, grade, loadSeries } from "../../src/analysis/index.js";
import { gradeDataset } from "../../src/api/datasets.js";
import { ratableDiscs } from "../../src/rating/index.js";
import { sharedData } from "../support/data.js";
import { openCohort, type Cohort } from "../../src/api/cohort.js";
import { gradeCohort } from "../../src/api/batch.js";
import { decode } from "fast-png";
import { encodeWith } from "../support/codecEncoder.js";
import { spinebook } from "../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-manifest-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function withCohort<T>(path: string, work: (cohort: Cohort) => Promise<T>): Promise<T> {
  const cohort = await openCohort(path);
  try {
    return await work(cohort);
  } finally {
    await cohort.close();
  }
}

test("a manifest of pictures is graded, goes on where it stopped, and notes what fails", async () => {
  const patients = (await exampleCohort()).slice(0, 3);
  const lines = patients.map(
    ({ image, spacing, patient }, i) => `${resolve(image)},P-${patient},${spacing},${40 + i},F,north,Philips`,
  );
  const manifest = join(folder, "studies.csv");
  const absent = "absent.png,P-0,0.6,50,M,south,";
  writeFileSync(manifest, ["path,patient,spacing,age,sex,hospital,scanner", ...lines, absent].join("\n"));
  const path = join(folder, "pictures.duckdb");
  const first = spinebook(["grade", "--cohort", path, "--manifest", manifest, "--workers", "2", "--json"]);
  assert.equal(first.code, 0, first.stderr);
  const summary = JSON.parse(first.stdout) as Record<string, unknown>;
  assert.deepEqual([summary.total, summary.graded, summary.failed], [4, 3, 1]);
  await withCohort(path, async (cohort) => {
    const studies = await cohort.sql(
      "SELECT study, dataset, age, hospital, scanner FROM studies ORDER BY study",
    );
    assert.equal(studies.length, 4, "a study that failed is known, too");
    assert.deepEqual(
      studies.find(({ study }) => study === `P-${patients[1]!.patient}`),
      {
        study: `P-${patients[1]!.patient}`,
        dataset: "local",
        age: 41,
        hospital: "north",
        scanner: "Philips",
      },
    );
    assert.deepEqual(await cohort.sql("SELECT study, code FROM failures"), [
      { study: "P-0", code: "no-files" },
    ]);
    const [row] = await cohort.sql("SELECT count(DISTINCT study) AS n FROM discs WHERE hospital = 'north'");
    assert.equal(row!.n, 3);
    const scan = await cohort.load(`P-${patients[0]!.patient}`);
    assert.ok(Math.abs(scan.volume.spacing[0] - patients[0]!.spacing) < 1e-9);
  });
  const again = await gradeCohort(manifest, path);
  assert.deepEqual([again.earlier, again.graded, again.failed, again.earlierFailed], [4, 0, 0, 1]);
  // The same numbers from other files are other people's.
  const other = join(folder, "other");
  mkdirSync(other);
  cpSync(resolve(patients[0]!.image), join(other, "a.png"));
  await assert.rejects(
    gradeCohort([{ path: join(other, "a.png"), study: `P-${patients[0]!.patient}`, spacing: 0.6 }], path),
    /is in this cohort already, from another file/,
  );
});

test("parts of a job array grade a manifest's pictures, and what is gathered knows its columns", async () => {
  const patients = (await exampleCohort()).slice(0, 2);
  const manifest = join(folder, "parts.csv");
  const lines = patients.map(
    ({ image, spacing, patient }, i) => `${resolve(image)},${patient},${spacing},${60 + i},south`,
  );
  writeFileSync(manifest, ["path,patient,spacing,age,hospital", ...lines].join("\n"));
  const shards = join(folder, "parts");
  for (const part of ["1/2", "2/2"]) {
    const run = spinebook(["grade", "--cohort", shards, "--manifest", manifest, "--shard", part, "--json"]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal((JSON.parse(run.stdout) as { graded: number }).graded, 1);
  }
  const path = join(folder, "gathered.duckdb");
  assert.equal(spinebook(["cohort", path, "--gather", shards]).code, 0);
  await withCohort(path, async (cohort) => {
    const rows = await cohort.sql(
      "SELECT study, age, hospital, count(*)::INTEGER AS discs FROM discs GROUP BY ALL ORDER BY age",
    );
    assert.deepEqual(
      rows.map(({ study, age, hospital }) => [study, age, hospital]),
      patients.map(({ patient }, i) => [patient, 60 + i, "south"]),
    );
    for (const { discs } of rows) assert.ok((discs as number) >= 6);
  });
});

test("a folder of pictures with one spacing works directly, JPEG and T1 partners too", async () => {
  const patients = (await exampleCohort()).slice(0, 2);
  const images = join(folder, "slices");
  mkdirSync(images);
  const [png, jpeg] = patients as [(typeof patients)[0], (typeof patients)[0]];
  cpSync(png.image, join(images, `${png.patient}_t2.png`));
  // The T1 slice of somebody else shows no place in common, which is told and stops nothing.
  cpSync((await exampleStudy()).pair.t1.image, join(images, `${png.patient}_t1.png`));
  const { data, width, height } = decode(readFileSync(jpeg.image));
  const bytes = await encodeWith("jpeg", { samples: Uint8Array.from(data), rows: height, columns: width });
  writeFileSync(join(images, `${jpeg.patient}.jpg`), bytes);
  const path = join(folder, "slices.duckdb");
  const summary = await gradeCohort(images, path, { spacing: png.spacing, workers: 2 });
  assert.deepEqual([summary.total, summary.graded], [2, 2], JSON.stringify(summary));
  await withCohort(path, async (cohort) => {
    assert.deepEqual(
      await cohort.sql("SELECT study, series, contrast FROM series ORDER BY ALL"),
      [
        { study: jpeg.patient, series: "picture", contrast: "unknown" },
        { study: png.patient, series: "t1", contrast: "T1" },
        { study: png.patient, series: "t2", contrast: "T2" },
      ].sort((a, b) => (a.study < b.study ? -1 : a.study > b.study ? 1 : a.series < b.series ? -1 : 1)),
    );
    const loaded = await cohort.load(png.patient);
    assert.equal(loaded.contrast, "T2");
  });
});

test("a picture without spacing is read at an estimated one, and every length says so", async () => {
  const [patient] = await exampleCohort();
  const path = join(folder, "auto.duckdb");
  await gradeCohort([{ path: resolve(patient!.image), study: "1", spacing: "auto" }], path);
  await withCohort(path, async (cohort) => {
    const [series] = await cohort.sql("SELECT spacing_column AS mm, spacing_estimated AS is FROM series");
    assert.equal(series!.is, true);
    // Bodies differ from person to person by less than a fifth.
    assert.ok(Math.abs(Number(series!.mm) / patient!.spacing - 1) < 0.2, JSON.stringify(series));
    const [detection] = await cohort.sql("SELECT bool_and(lengths_estimated) AS are FROM detections");
    assert.equal(detection!.are, true);
    const [reading] = await cohort.sql("SELECT flags FROM readings LIMIT 1");
    assert.match(JSON.stringify(reading), /spacing-estimated/);
    const scan = await cohort.load("1");
    assert.equal(scan.volume.scale, "estimated");
  });
  const run = spinebook(["grade", resolve(patient!.image), "--spacing", "auto", "--json"]);
  const report = JSON.parse(run.stdout) as { lengths: string; flags: { code: string; message: string }[] };
  assert.equal(report.lengths, "estimated");
  assert.ok(report.flags.some(({ code }) => code === "spacing-estimated"));
});

test("a graded spine is added as a batch writes it", async () => {
  const [patient] = await exampleCohort();
  const graded = await grade(await loadSeries(patient!.image, { spacing: patient!.spacing }));
  const path = join(folder, "added.duckdb");
  await withCohort(path, async (cohort) => {
    const added = await cohort.add(graded, {
      study: "7",
      patient: "p7",
      age: 54,
      more: { hospital: "north" },
    });
    assert.deepEqual([added.studies, added.readings], [1, graded.discs.length]);
    const [reading] = await cohort.readings({ level: "L4-L5" });
    const disc = graded.discs.find(({ level }) => level === "L4-L5")!;
    assert.equal(reading!.grades.pfirrmann, disc.grades.pfirrmann!.grade);
    assert.ok(reading!.probabilities !== undefined && /^[0-9a-f]{12}$/.test(reading!.model));
    assert.deepEqual(await cohort.sql("SELECT patient, age, hospital FROM studies"), [
      { patient: "p7", age: 54, hospital: "north" },
    ]);
    assert.equal((await ratableDiscs(cohort, { level: "L4-L5" })).length, 1);
    assert.equal((await cohort.load("7")).volume.spacing[0], patient!.spacing);
  });
  // A batch knows that it is done.
  const rows = [{ path: resolve(patient!.image), study: "7", patient: "p7", spacing: patient!.spacing }];
  assert.deepEqual((await gradeCohort(rows, path)).earlier, 1);
});

const spider = sharedData("spider");
test(
  "a published data set comes with its grades in one call",
  { skip: spider === undefined && "no shared data" },
  async () => {
    const part = join(folder, "spider");
    for (const name of ["midslices", "space"]) mkdirSync(join(part, name), { recursive: true });
    for (const name of ["radiological_gradings.csv", "overview.csv"])
      cpSync(join(spider!, name), join(part, name));
    for (const id of ["1", "4"])
      cpSync(join(spider!, "midslices", `${id}_t2.png`), join(part, "midslices", `${id}_t2.png`));
    const path = join(folder, "spider.duckdb");
    const summary = await gradeDataset(part, path, { workers: 2 });
    assert.deepEqual([summary.graded, summary.failed], [2, 0], JSON.stringify(summary));
    await withCohort(path, async (cohort) => {
      const { reference } = await cohort.pairs("pfirrmann", { rater: "SPIDER" }, { rater: "model" });
      assert.ok(reference.length >= 10, String(reference.length));
      const [row] = await cohort.sql(
        "SELECT dataset, kept_out_of_training AS kept FROM studies WHERE study = '1'",
      );
      assert.deepEqual([row!.dataset, typeof row!.kept], ["SPIDER", "boolean"]);
    });
    assert.equal((await gradeDataset(part, path)).earlier, 2);
  },
);
