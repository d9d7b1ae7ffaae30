import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  adjudicate,
  ratableDiscs,
  rate,
  raterAgreement,
  readRatings,
  reviewPseudoLabels,
  Scan,
} from "../../src/api/index.js";
import type { RatableDisc, RatingDisplay } from "../../src/api/index.js";
import { jupyterDisplay } from "../../src/figures/index.js";
import { RATING_MIME } from "../../src/protocol/index.js";
import type { RatingAnswer, RatingCaseView, RatingQuestion } from "../../src/protocol/index.js";
import { syntheticVolume } from "../support/displays.js";

const images = new Scan("T2", syntheticVolume(), []);
const discs: RatableDisc[] = [34, 74, 114, 154].map((row, i) => ({
  ...{ study: `PATIENT-${i}`, series: "SERIES-1", level: "L4-L5", images },
  ...{ slice: 4, column: 80, row, angle: 0, width: 42, height: 9 },
}));

/** Asks as a display does. */
async function ask(address: string, question: RatingQuestion): Promise<RatingAnswer> {
  const response = await fetch(`${address}message`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: new URL(address).origin },
    body: JSON.stringify(question),
  });
  return (await response.json()) as RatingAnswer;
}

async function caseAt(address: string, position: number): Promise<RatingCaseView> {
  const answer = await ask(address, { type: "case", position });
  assert.equal(answer.type, "case");
  return answer.case;
}

/** Grades all cases of a session, by what is seen of each. */
async function gradeAll(session: RatingDisplay, choose: (seen: RatingCaseView) => number): Promise<void> {
  const address = await session.address();
  for (let position = 0; position < (await session.progress).total; position++) {
    const seen = await caseAt(address, position);
    const where = { slice: seen.slices.initialSlice, box: seen.box, isChanged: false, seconds: 1 };
    const id = `${address} ${position}`.slice(-60);
    const answer = await ask(address, { type: "grade", grade: choose(seen), id, position, ...where });
    assert.equal(answer.type, "state", JSON.stringify(answer));
  }
}

describe("rating from cells", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-api-rating-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("proposes Niemeyer's region in the picture's own pixels and saves it in the stack's", async () => {
    const log = join(folder, "region.jsonl");
    const session = await rate([discs[0]!], { rater: "one", log });
    const { slices, box } = await caseAt(await session.address(), 0);
    // 130 mm of 1 mm pixels; the picture lies at the stack's upper edge, as the disc does.
    assert.deepEqual([slices.columns, slices.rows, slices.initialSlice], [130, 130, 4]);
    // Disc 42 x 9 mm, 2 mm in front, 12 mm of canal, 30 % of bodies of 27 mm.
    assert.ok(Math.abs(box.width - 56) < 1e-9 && Math.abs(box.height - 25.2) < 1e-9);
    await gradeAll(session, () => 2.7);
    const [saved] = await session.ratings();
    assert.deepEqual(saved!.region, { column: 85, row: 34, width: 56, height: 25.2 });
    assert.deepEqual([saved!.study, saved!.slice, saved!.isChanged], ["PATIENT-0", 4, false]);
    assert.equal((await session.table())[0]!["grade"], 2.7);
    await session.close();
  });

  it("its output holds neither studies nor levels, and a page that is closed answers no more", async () => {
    const session = await rate(discs, { rater: "one", log: join(folder, "output.jsonl") });
    const bundle = await session[jupyterDisplay]();
    const address = await session.address();
    // The address has random letters, which may well spell "L4".
    const said = JSON.stringify(bundle).replaceAll(new URL(address).pathname, "/");
    assert.doesNotMatch(said, /PATIENT|SERIES|L4|jsonl/);
    assert.equal((bundle[RATING_MIME] as { total: number }).total, 4);
    assert.match(bundle["text/html"] as string, new RegExp(address));
    const other = await rate(discs, { rater: "two", log: join(folder, "output.jsonl") });
    await other.address();
    await session.close();
    assert.equal((await fetch(address)).status, 404);
    await other.close();
    await assert.rejects(fetch(address), "the server ends with its last page");
  });

  it("a cell that is run again shuts the door that it had opened, and no other's", async () => {
    const options = { rater: "one", log: join(folder, "again.jsonl") };
    const [first, others] = [await rate(discs, options), await rate(discs.slice(1), options)];
    const [old, other] = [await first.address(), await others.address()];
    const second = await rate(discs, options);
    const now = await second.address();
    assert.equal((await fetch(old)).status, 404);
    for (const address of [now, other]) assert.equal((await fetch(address)).status, 200);
    const shownAgain = await first.address();
    assert.notEqual(shownAgain, old);
    assert.deepEqual([(await fetch(shownAgain)).status, (await fetch(now)).status], [200, 404]);
    for (const session of [first, second, others]) await session.close();
  });

  it("refuses raters' names that stand for decisions, which no agreement counts", async () => {
    for (const rater of ["adjudicated", "reviewed"])
      await assert.rejects(rate(discs, { rater }), new RegExp(`"${rater}" says is no reading`));
  });

  it("adjudication shows only where raters differ, as A and B, and saves what is decided", async () => {
    const log = join(folder, "adjudicate.jsonl");
    const grades: Readonly<Record<string, readonly number[]>> = {
      one: [1, 2, 3, 4.7],
      two: [1, 2.7, 3.3, 3],
    };
    for (const [rater, given] of Object.entries(grades)) {
      const session = await rate(discs, { rater, log });
      const order = [...discs.keys()];
      // The rows of the discs tell the test which they are; a rater does not know them.
      const views = await Promise.all(order.map(async (i) => caseAt(await session.address(), i)));
      assert.ok(views.every(({ opinions, level }) => opinions === undefined && level === undefined));
      await gradeAll(session, () => 5);
      const placed = (await session.ratings()).map(({ study }) => Number(study.slice(-1)));
      for (const [position, disc] of placed.entries()) {
        const { slices, box } = views[position]!;
        const where = { slice: slices.initialSlice, box, isChanged: false, seconds: 1 };
        const verdict = { id: `${rater} ${disc}`, position, ...where };
        await ask(await session.address(), { type: "grade", grade: given[disc]!, ...verdict });
      }
      await session.close();
    }
    const session = await adjudicate(discs, { log, moreThan: 0.3 });
    assert.equal((await session.progress).total, 2);
    const shown: (readonly number[])[] = [];
    await gradeAll(session, ({ opinions }) => {
      assert.deepEqual(
        opinions!.map(({ name }) => name),
        ["A", "B"],
      );
      shown.push(opinions!.map(({ grade }) => grade).sort());
      return 4;
    });
    assert.deepEqual(shown.sort(), [
      [2, 2.7],
      [3, 4.7],
    ]);
    await session.close();
    const saved = await readRatings(log);
    const decided = saved.records().filter(({ rater }) => rater === "adjudicated");
    assert.deepEqual(
      decided.map(({ study, grades: { pfirrmannFractional } }) => [study, pfirrmannFractional]).sort(),
      [
        ["PATIENT-1", 4],
        ["PATIENT-3", 4],
      ],
    );
    const [row] = raterAgreement(saved.all).table();
    assert.deepEqual([row!["kind"], row!["discs"]], ["inter-rater", 4]);
    await assert.rejects(adjudicate(discs, { log, moreThan: 3 }), /No two raters differ/);
    await assert.rejects(adjudicate(discs.slice(0, 2), { log }), /in none of the sources/);
  });

  it("review shows only pseudo-labels that are 1.7 or more away, both as grades of the scale", async () => {
    const grade = (value: number, i: number) => ({ ...discs[i]!, grade: value });
    const human = [1, 2, 3, 4].map(grade);
    const model = [2.62, 2.1, 4.9, 2.4].map(grade);
    const session = await reviewPseudoLabels(discs, { log: join(folder, "review.jsonl"), human, model });
    const seen: (readonly number[])[] = [];
    await gradeAll(session, ({ opinions }) => {
      seen.push(opinions!.map((opinion) => opinion.grade).sort());
      return opinions![0]!.grade;
    });
    assert.deepEqual(seen.sort(), [
      [1, 2.7],
      [2.3, 4],
      [3, 5],
    ]);
    assert.ok((await session.ratings()).every(({ rater }) => rater === "reviewed"));
    await session.close();
    await assert.rejects(reviewPseudoLabels(discs, { human, model: human }), /No pseudo-label differs/);
  });

  it("a cohort's detections without images are refused in a sentence", () => {
    const detection = { ...discs[0]!, model: "m", centre: [0, 0, 0] as const };
    const series = { series: "SERIES-1", study: "s", contrast: "T2", orientation: "sagittal" };
    const [disc] = ratableDiscs({ detections: [detection], series: [{ ...series, location: "study/" }] });
    assert.equal(disc!.images, "study/");
    assert.throws(
      () => ratableDiscs({ detections: [detection], series: [series] }),
      /images of series SERIES-1/,
    );
  });
});
