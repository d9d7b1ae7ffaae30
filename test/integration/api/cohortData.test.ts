import assert from "node:assert/strict";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gradeCohort, openCohort } from "../../../src/api/index.js";
import { writeNifti } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { spinebook } from "../../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-cohort-data-"));
const file = join(folder, "spine.duckdb");
const image = join(folder, "images.nii");
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

before(async () => {
  writeFileSync(image, writeNifti(renderPhantom({ seed: 8 }).volume));
  const { graded } = await gradeCohort(folder, file, { workers: 1, reader: "LSMA" });
  assert.equal(graded, 1);
  const cohort = await openCohort(file);
  const found = await cohort.sql("SELECT study, series, level, pfirrmann, reader FROM readings");
  assert.ok(found.length >= 5 && found.every(({ reader }) => reader === "LSMA"));
  await cohort.add({
    readings: found.map((row) => ({
      ...(row as { study: string; series: string; level: string }),
      ...{ rater: "anna", model: "", reading: 1, grades: { pfirrmann: Number(row.pfirrmann) } },
      reader: undefined,
    })),
  });
  await cohort.close();
});

test("a cohort's file is measured on as a data set, and says what was taken and left out", () => {
  const run = spinebook(["evaluate", "shipped", file, "--reader", "LSMA", "--json"]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /local of the cohort: 1 patient taken, 0 left out/);
  assert.match(run.stderr, /\d+ readings by models are not taken: people's grades are\./);
  const { pfirrmann, detection } = JSON.parse(run.stdout) as {
    pfirrmann: { accuracy: number };
    detection: { graded: number };
  };
  // Anna says what the models say as LSMA's reader.
  assert.equal(pfirrmann.accuracy, 1);
  assert.ok(detection.graded >= 5);
});

test("what a cohort cannot be is refused in a sentence", async () => {
  for (const [args, words] of [
    [["evaluate", "shipped", file, "--calibrate"], /--calibrate.* belong to the SPIDER data/],
    [["evaluate", "shipped", file, "--contrasts"], /take folders of SPIDER and LSMA-PQR, no cohort/],
    [["evaluate", "shipped", image], /is no cohort: it exists and is something else/],
  ] as const) {
    const run = spinebook(args);
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, words);
  }
  const moved = `${image}.moved`;
  renameSync(image, moved);
  const gone = spinebook(["evaluate", "shipped", file]);
  renameSync(moved, image);
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /Where some pictures lie .* --locate FOLDER/);
  const empty = join(folder, "empty.duckdb");
  await (await openCohort(empty)).close();
  const none = spinebook(["evaluate", "shipped", empty]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /empty\.duckdb holds no study: fill it first/);
  assert.match(gone.stderr, /Nothing of local of the cohort can be taken.*1 with pictures that do not lie where they lay/); // prettier-ignore
});

test("its data sets can be read when it is closed, and trained on", async () => {
  const cohort = await openCohort(file);
  const [dataset] = await cohort.datasets();
  await cohort.close();
  const { series, gradings } = dataset!.patients[0]!;
  assert.deepEqual(
    series.map(({ kind }) => kind),
    ["T2"],
  );
  assert.ok((await series[0]!.load()).slices > 1);
  assert.ok(gradings.every(({ rater }) => rater === "anna"));
  const recipe = join(folder, "recipe.json");
  const small = {
    kind: "pfirrmann",
    width: 0.0625,
    steps: 2,
    batchSize: 4,
    learningRate: 0.001,
    seed: 1,
    phantoms: 1,
  };
  writeFileSync(recipe, JSON.stringify(small));
  const output = join(folder, "pfirrmann.safetensors");
  const run = spinebook([
    "train",
    recipe,
    "--data",
    file,
    "--output",
    output,
    "--checkpoint",
    join(folder, "x.ckpt"),
  ]);
  assert.match(run.stderr, /local of the cohort: 1 patient taken/);
  assert.equal(run.code, 0, run.stderr);
  assert.ok(existsSync(output));
});
