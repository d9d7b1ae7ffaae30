import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  calibrateReader,
  detect,
  exampleStudy,
  grade,
  loadSeries,
  rate,
  raterAgreement,
  readRatings,
  reviewPseudoLabels,
} from "../../../src/api/index.js";
import type { DetectedSpine, GradedSpine, NamedSpine, RatingDisplay } from "../../../src/api/index.js";
import { RatingFile } from "../../../src/rating/log/index.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-rating-reader-"));
const log = join(folder, "ratings.jsonl");
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a rater's grades of all cases of a session into its log, as its desk does. */
async function rateAll(
  session: RatingDisplay,
  gradeOf: (level: string) => number | undefined,
): Promise<void> {
  const { cases, plan } = (session as unknown as { session: SessionInside }).session;
  const { rater, reading, scale } = plan;
  const file = new RatingFile(log);
  for (const [i, { study, series, level }] of cases.entries()) {
    const given = gradeOf(level);
    const said = given === undefined ? { kind: "skip", reason: "artefact" } as const : { kind: "grade", grade: given } as const; // prettier-ignore
    const about = { study, series, level, rater, reading, feature: scale.feature };
    await file.append({ id: `${rater} ${i}`, ...about, ...said, at: new Date(1e12 + i).toISOString() });
  }
}

interface SessionInside {
  readonly cases: readonly { readonly study: string; readonly series: string; readonly level: string }[];
  readonly plan: {
    readonly rater: string;
    readonly reading: number;
    readonly scale: { readonly feature: string };
  };
}

describe("from the rating log to grades as the rater gives them", () => {
  let spine: DetectedSpine;
  let usual: GradedSpine;
  let sources: NamedSpine[];
  before(async () => {
    spine = await detect(await loadSeries((await exampleStudy()).dicom));
    usual = await grade(spine);
    // One patient's discs stand for three patients: what is tested is the way, not the borders.
    sources = ["a", "b", "c"].map((study) => ({ study, series: "T2", spine: study === "c" ? spine : usual }));
    const session = await rate(sources, { rater: "anna", log });
    const [skipped] = usual.discs;
    // A rater who gives no disc grade 1, with transitional grades.
    await rateAll(session, (level) => {
      const { grade: given } = usual.discs.find((disc) => disc.level === level)!.grades.pfirrmann!;
      return level === skipped!.level ? undefined : Math.max(1.7, given);
    });
  });

  it("a session's ratings make a reader in one line, also of spines that were not graded yet", async () => {
    const session = await rate(sources, { rater: "anna", log });
    const file = join(folder, "anna.json");
    await (await calibrateReader(await session.readings(), { name: "anna" })).save(file);
    const asAnna = await grade(spine, { reader: file });
    assert.equal(asAnna.reader, "anna");
    assert.equal((await session.readings()).length, 3 * (usual.discs.length - 1));
    assert.ok((await session.readings()).every(({ grade: given }) => Number.isInteger(given) && given >= 2));
    const saved = await readRatings(log);
    const fromLog = await calibrateReader(await saved.readings(sources, { rater: "anna" }), { name: "anna" });
    assert.deepEqual(fromLog.reader.thresholds, (await calibrateReader(await session.readings(), { name: "x" })).reader.thresholds); // prettier-ignore
    assert.match(asAnna.flags.at(-1)!.message, /reader anna .* is not told: the readings are too few/);
  });

  it("what cannot be a reader's readings is refused in a sentence", async () => {
    const saved = await readRatings(log);
    await assert.rejects(saved.readings(sources.slice(0, 2)), /rated discs are in none of the sources/);
    const other = saved.standing.map((one) => ({ ...one, rater: "bert", id: `bert ${one.id}` }));
    const both = new (saved.constructor as new (all: unknown, damaged: unknown) => typeof saved)([...saved.all, ...other], []); // prettier-ignore
    await assert.rejects(both.readings(sources), /several readings \(anna, reading 1; bert, reading 1\)/);
    const session = await rate(sources, { rater: "anna", log, feature: "narrowing" });
    assert.deepEqual(await session.readings(), []);
  });

  it("pseudo-labels are reviewed by the convention that is named, never by two at once", async () => {
    const graded = sources.slice(0, 2);
    const asLsma = await usual.asReader("LSMA");
    const mixed = [graded[0]!, { ...graded[1]!, spine: asLsma }];
    await assert.rejects(reviewPseudoLabels(mixed, { log, rater: "anna" }), /follow several conventions/);
    await assert.rejects(
      reviewPseudoLabels(graded, { log, model: [], human: [], reader: "LSMA" }),
      /A reader goes with graded spines/,
    );
    await assert.rejects(
      reviewPseudoLabels(graded, { log, rater: "anna", reader: "nobody" }),
      /No reader "nobody"/,
    );
    // Human grades two grades beside LSMA's convention: all discs differ by it, whatever the spines' own is.
    const human = asLsma.discs.map(({ level, grades }) => {
      const { grade: given } = grades.pfirrmann!;
      return { study: "a", series: "T2", level, grade: given > 3 ? given - 2 : given + 2 };
    });
    const about = { log, human, threshold: 2, fractional: false } as const;
    const review = await reviewPseudoLabels(graded, { ...about, reader: "LSMA" });
    assert.equal((await review.progress).total, asLsma.discs.length);
    const asGiven = await reviewPseudoLabels([{ ...graded[0]!, spine: asLsma }], about);
    assert.equal((await asGiven.progress).total, asLsma.discs.length);
  });

  it("agreement compares raters with the models by one convention, and names it", async () => {
    const ratings = (await readRatings(log)).all;
    const rows = (model: GradedSpine) =>
      raterAgreement(ratings, { model: [{ study: "a", series: "T2", spine: model }] }).table();
    const [first] = rows(usual);
    assert.deepEqual(
      [first!.kind, first!.first, first!.second],
      ["rater and model", "anna, reading 1", "model"],
    );
    assert.equal(first!.discs, usual.discs.length - 1);
    const [second] = rows(await usual.asReader("LSMA"));
    assert.equal(second!.second, "model as reader LSMA");
    assert.throws(() => raterAgreement(ratings, { model: [usual.scan] }), /Give graded spines/);
    assert.deepEqual(raterAgreement(ratings).table(), []);
  });
});
