import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { blindedOrder, discKey, RatingFile, ratingScale, RatingSession } from "../../src/rating/log/index.js";
import type { RatedDisc, Rating, RatingLog, Verdict } from "../../src/rating/log/index.js";
import { cases, ratings, view } from "./ratings.js";

/** Set where this file runs as the process that appends ratings for the test of two processes, and tests nothing. */
const writer = process.env["SPINEBOOK_RATING_WRITER"];

function section(name: string, tests: () => void): void {
  if (writer === undefined) describe(name, tests);
}

const scale = ratingScale("pfirrmann", true);
/** A log in memory. */
function memory(ratings: Rating[] = []): RatingLog & { readonly ratings: Rating[] } {
  return {
    ratings,
    append(rating) {
      ratings.push(rating);
      return Promise.resolve();
    },
    all: () => Promise.resolve([...ratings]),
  };
}

const plan = { cases, rater: "one", reading: 1, seed: 1, scale };
const at = (position: number, id = `v${position}`): Verdict => ({ id, position, ...view });

section("order of rating", () => {
  const order = (rater: string, reading: number, seed: number, of: readonly RatedDisc[] = cases): string[] =>
    blindedOrder(of, { rater, reading, seed }).map(discKey);

  it("is the same for the same reader, whatever the order of the cases, and another one for any other reader", () => {
    const first = order("one", 1, 1);
    assert.deepEqual(order("one", 1, 1, [...cases].reverse()), first);
    for (const other of [order("two", 1, 1), order("one", 2, 1), order("one", 1, 2), cases.map(discKey)])
      assert.notDeepEqual(other, first);
    assert.deepEqual([...first].sort(), cases.map(discKey).sort());
  });

  it("keeps the cases that were there when others are added", () => {
    const few = order("one", 1, 1, cases.slice(0, 12));
    assert.deepEqual(
      order("one", 1, 1).filter((key) => few.includes(key)),
      few,
    );
  });

  it("is close to uniform: each case comes first about as often as any other", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const [first] = order("one", 1, seed);
      counts.set(first!, (counts.get(first!) ?? 0) + 1);
    }
    assert.equal(counts.size, cases.length);
    // Expected 100 each, standard deviation 9.7.
    for (const count of counts.values()) assert.ok(count > 55 && count < 150, String(count));
  });
});

section("a rating session", () => {
  it("goes on from its log alone: grades, skips, corrections, undo", async () => {
    const log = memory();
    const session = new RatingSession(plan, log);
    await session.grade(at(0), 2.3);
    await session.grade(at(1), 3);
    await session.skip(at(2), "not gradable: implant or operated level");
    const undone = await session.undo("u", 2);
    assert.deepEqual([undone.graded, undone.skipped, undone.pending[0], undone.latest], [2, 0, 2, 1]);
    const corrected = await session.grade(at(0, "again"), 2.7);
    assert.equal(corrected.latest, 0, "what was corrected is the latest");
    const resumed = new RatingSession(plan, memory([...log.ratings]));
    assert.deepEqual(await resumed.progress(), corrected);
    assert.deepEqual(
      (await resumed.ratings()).map(({ grade }) => grade),
      [3, 2.7],
    );
    assert.equal(log.ratings.length, 5, "nothing in the log is changed");
    assert.equal((await session.undo("u2", 5)).graded, 2, "what is not rated cannot be taken back");
    assert.equal(log.ratings.length, 5);
  });

  it("counts a verdict that is sent twice once, also at the same time", async () => {
    const log = memory();
    const session = new RatingSession(plan, log);
    await Promise.all([session.grade(at(0), 2), session.grade(at(0), 2), session.grade(at(0), 2)]);
    assert.equal(log.ratings.length, 1);
  });

  it("shows neither other raters nor other readings nor other features", async () => {
    const log = memory();
    await new RatingSession(plan, log).grade(at(0), 5);
    for (const other of [{ rater: "two" }, { reading: 2 }, { scale: ratingScale("narrowing", false) }]) {
      const progress = await new RatingSession({ ...plan, ...other }, log).progress();
      assert.deepEqual([progress.graded, progress.pending.length], [0, cases.length]);
    }
  });

  it("refuses what is no grade, no case, no reason, no plan", async () => {
    const log = memory();
    const session = new RatingSession(plan, log);
    await assert.rejects(session.grade(at(0), 2.5), /2\.5 is no Pfirrmann grade/);
    await assert.rejects(session.grade(at(99), 2), /no case 100/);
    await assert.rejects(session.skip(at(0), " "), /for a reason/);
    assert.deepEqual(log.ratings, []);
    const make = (change: object) => () => new RatingSession({ ...plan, ...change }, log);
    assert.throws(make({ cases: [] }), /no disc to rate/);
    assert.throws(make({ cases: [...cases, cases[0]] }), /1 of the discs to rate are there twice/);
    assert.throws(make({ rater: " " }), /needs a name/);
    assert.throws(make({ reading: 0 }), /counted from 1/);
    assert.throws(make({ seed: 0.5 }), /whole number/);
    assert.throws(() => ratingScale("beauty", true), /no feature beauty/);
  });

  it("has Niemeyer's 13 grades, or a feature's own", () => {
    assert.deepEqual(scale.grades, [1, 1.3, 1.7, 2, 2.3, 2.7, 3, 3.3, 3.7, 4, 4.3, 4.7, 5]);
    assert.deepEqual(ratingScale("pfirrmann", false).grades, [1, 2, 3, 4, 5]);
    assert.deepEqual(ratingScale("herniation", true).grades, [0, 1]);
  });
});

section("the log in a file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-log-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("keeps what is appended; a torn last line is reported and harms nothing after it", async () => {
    const path = join(folder, "torn.jsonl");
    const file = new RatingFile(path);
    assert.deepEqual(await file.all(), []);
    const [a, b, c] = ratings("one", 1, [1, 2, 3]) as [Rating, Rating, Rating];
    await file.append(a);
    await file.append(b);
    const { length } = await readFile(path);
    // A crash in the middle of the second line.
    await truncate(path, length - 40);
    assert.deepEqual(await file.all(), [a]);
    assert.deepEqual(
      (await file.damaged()).map(({ line }) => line),
      [2],
    );
    await new RatingFile(path).append(c);
    assert.deepEqual(await file.all(), [a, c]);
    assert.equal((await file.damaged()).length, 1);
  });

  it("reads a last line whose end is missing but whose rating is whole", async () => {
    const path = join(folder, "whole.jsonl");
    const [a, b] = ratings("one", 1, [1, 2]) as [Rating, Rating];
    await writeFile(path, JSON.stringify(a));
    await new RatingFile(path).append(b);
    assert.deepEqual(await new RatingFile(path).all(), [a, b]);
  });

  it("reports lines that hold no rating, with what is wrong", async () => {
    const path = join(folder, "strange.jsonl");
    const [a] = ratings("one", 1, [1]) as [Rating];
    const lines = [
      { ...a, grade: "2" },
      { ...a, reading: 0 },
      { ...a, kind: "guess" },
      [],
      7,
      { ...a, region: {} },
      { ...a, kind: "skip" },
      { ...a, region: { column: 1, row: 1, width: 0, height: 1 } },
    ];
    await writeFile(path, `${lines.map((line) => `${JSON.stringify(line)}\n`).join("")}{"id":"torn\n`);
    await appendFile(path, `${JSON.stringify(a)}\n`);
    const file = new RatingFile(path);
    assert.deepEqual(await file.all(), [a]);
    await appendFile(path, `${JSON.stringify({ ...a, id: "later", later: true })}\n`);
    assert.equal((await file.all()).length, 2, "a field of a later version is no damage");
    const said = (await file.damaged()).map(({ message }) => message);
    assert.deepEqual(said, [
      'The line holds no rating: "grade" must be a number.',
      'The line holds no rating: "reading" must be a whole number of at least 1.',
      'The line holds no rating: "kind" must be one of grade, skip, undo.',
      'The line holds no rating: "kind" must be one of grade, skip, undo.',
      "The line holds no rating: it must be an object.",
      'The line holds no rating: "region.column" is missing.',
      'The line holds no rating: "reason" is missing.',
      'The line holds no rating: "region.width" must be a number above 0.',
      "The line holds no rating: it is no JSON, or was cut off.",
    ]);
  });

  it("says so in a sentence without folders when it cannot write", async () => {
    const file = new RatingFile(join(folder, "Quixworth Zelda", "r.jsonl"));
    await assert.rejects(file.append(ratings("one", 1, [1])[0]!), (error: Error) => {
      assert.match(error.message, /could not be saved in r\.jsonl \(ENOENT\)/);
      assert.doesNotMatch(error.message, /Quixworth/);
      return true;
    });
  });

  it("two processes that append at once, one of them killed, destroy nothing of each other's", async () => {
    const path = join(folder, "shared.jsonl");
    const writers = ["first", "second"].map((rater) => append(path, rater));
    const other = new RatingFile(path);
    const own = ratings("third", 1, [1, 2, 3, 4, 5]);
    for (const rating of own) await other.append(rating);
    // The second is killed as soon as it has reported thirty ratings to be safe.
    const [all, some] = await Promise.all([writers[0]!.ended(), writers[1]!.killedAfter(30)]);
    const saved = await other.all();
    const of = (rater: string): number => saved.filter((rating) => rating.rater === rater).length;
    assert.equal(of("third"), own.length);
    assert.equal(of("first"), all);
    assert.ok(of("second") >= some && some >= 30, `${of("second")} of ${some} that were said to be safe`);
    assert.ok((await other.damaged()).length <= 1);
  });
});

/** A process that appends sixty ratings and says of each when it is safe. */
function append(path: string, rater: string) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, SPINEBOOK_RATING_WRITER: JSON.stringify({ path, rater }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let safe = 0;
  const exit = once(child, "close");
  const ended = async (limit: number): Promise<number> => {
    child.stdout.on("data", (part: Buffer) => {
      safe += part.toString().split("+").length - 1;
      if (safe >= limit) child.kill("SIGKILL");
    });
    await exit;
    return safe;
  };
  return { ended: () => ended(Infinity), killedAfter: ended };
}

if (writer !== undefined) {
  const { path, rater } = JSON.parse(writer) as { path: string; rater: string };
  const file = new RatingFile(path);
  const disc = cases[0]!;
  for (let i = 0; i < 60; i++) {
    const id = `${rater} ${i}`;
    await file.append({
      ...disc,
      id,
      rater,
      reading: 1,
      feature: "pfirrmann",
      kind: "grade",
      grade: 3,
      at: "",
    });
    process.stdout.write("+");
  }
  process.exit(0);
}
