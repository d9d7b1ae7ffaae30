import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { calibrateReader, detect, exampleStudy, grade, loadSeries } from "../../../src/api/index.js";
import type { DetectedSpine, GradedSpine } from "../../../src/api/index.js";
import { gradedSheetSvg } from "../../../src/reports/gradedSheet.js";
import { spinebook } from "../../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-reader-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("grades as another reader gives them", () => {
  let spine: DetectedSpine;
  let usual: GradedSpine;
  let study: string;
  before(async () => {
    study = (await exampleStudy()).dicom;
    spine = await detect(await loadSeries(study));
    usual = await grade(spine);
  });

  it("follow the borders of a reader that comes with the weights, and say so wherever they are shown", async () => {
    const asLsma = await grade(spine, { reader: "LSMA" });
    // The reader hardly uses grade 1.
    assert.ok(asLsma.discs.every(({ grades }) => grades.pfirrmann!.grade > 1));
    assert.ok(usual.discs.some(({ grades }) => grades.pfirrmann!.grade === 1));
    asLsma.discs.forEach(({ grades }, i) => {
      const { pfirrmann, ...others } = usual.discs[i]!.grades;
      const { pfirrmann: own, ...same } = grades;
      assert.equal(own!.severity, pfirrmann!.severity);
      assert.deepEqual(same, others);
    });
    assert.equal(asLsma.flags.at(-1)!.code, "reader");
    assert.ok(asLsma.table().every(({ pfirrmannReader }) => pfirrmannReader === "LSMA"));
    assert.ok(usual.table().every((row) => !("pfirrmannReader" in row)));
    assert.match(gradedSheetSvg(asLsma), /Pfirrmann as reader LSMA gives it/);
    assert.doesNotMatch(gradedSheetSvg(usual), /as reader/);
  });

  it("are written by the command, or refused in a sentence", () => {
    const csv = join(folder, "grades.csv");
    const run = spinebook(["grade", study, "--reader", "LSMA", "--csv", csv]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^! Pfirrmann grades are given as reader LSMA gives them/m);
    const nobody = spinebook(["grade", study, "--reader", "nobody"]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /No reader "nobody" comes with these weights/);
    writeFileSync(join(folder, "broken.json"), "{}");
    const broken = spinebook(["grade", study, "--reader", join(folder, "broken.json")]);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /broken\.json is no reader's file: "version" is missing/);
    const cohort = spinebook(["grade", study, "--cohort", join(folder, "c.duckdb"), "--reader", "nobody"]);
    assert.equal(cohort.code, 1);
    assert.match(cohort.stderr, /No reader "nobody" comes with these weights/);
    assert.ok(!existsSync(join(folder, "c.duckdb")), "a typing error leaves no empty cohort behind");
  });

  it("can be had of a graded spine, without grading it again", async () => {
    const [again, anew] = [await usual.asReader("LSMA"), await grade(spine, { reader: "LSMA" })];
    assert.deepEqual(again.discs, anew.discs);
    assert.equal(again.reader, "LSMA");
    assert.equal(usual.reader, undefined);
    assert.deepEqual((await again.asReader("SPIDER")).discs, (await usual.asReader("SPIDER")).discs);
    await assert.rejects(usual.asReader("nobody"), /No reader "nobody"/);
  });

  it("are fitted on readings, saved, and used", async () => {
    // One patient's discs stand for three patients: what is tested is the way, not the borders.
    const readings = ["a", "b", "c"].flatMap((patient) =>
      usual.discs.map((disc) => ({ patient, disc, grade: Math.max(2, disc.grades.pfirrmann!.grade) })),
    );
    const mine = await calibrateReader(readings, { name: "mine" });
    assert.ok(mine.after.kappa >= mine.before.kappa);
    assert.match(mine.toText(), new RegExp(`^${readings.length} readings of 3 patients`));
    const path = join(folder, "mine.json");
    await mine.save(path);
    const [saved, held] = [await grade(spine, { reader: path }), await grade(spine, { reader: mine.reader })];
    assert.deepEqual(saved.table(), held.table());
    assert.ok(saved.discs.every(({ grades }) => grades.pfirrmann!.reader === "mine"));
    for (const options of [{ name: "Jane Doe" }, {}, undefined] as { name: string }[])
      await assert.rejects(calibrateReader(readings, options), /Name the reader, .*: a word/);
    await assert.rejects(calibrateReader(readings, { name: "lsma" }), /LSMA is a reader that comes with/);
    const start = { ...mine.reader, scale: "abc" };
    await assert.rejects(calibrateReader(readings, { name: "x", start }), /fitted for other weights/);
    // A scale that runs the other way is no convention that borders could follow.
    const turned = readings.map((one, i) => ({ ...one, grade: i % 2 === 0 ? 6 - one.grade : one.grade }));
    assert.match((await calibrateReader(turned, { name: "x" })).toText(), /agree less .* do not use them/);
    assert.doesNotMatch(mine.toText(), /do not use them/);
    await assert.rejects(
      grade(spine, { reader: mine as never }),
      /the `reader` of what calibrateReader gave/,
    );
    await assert.rejects(calibrateReader(readings, { name: "x", start: "nobody" }), /No reader "nobody"/);
    const asRead = saved.discs.map((disc) => ({ patient: "a", disc, grade: 2 }));
    await assert.rejects(calibrateReader([...readings, ...asRead], { name: "x" }), /without a reader/);
  });
});
