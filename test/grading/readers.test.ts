import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import {
  featureOf,
  gradeFrom,
  parseReader,
  readAs,
  readerFor,
  readerText,
  severityOf,
} from "../../src/grading/index.js";
import { loadReader } from "../../src/grading/readers/reader.js";
import type { GradeReport, Reader } from "../../src/grading/index.js";

const reader: Reader = {
  version: 1,
  name: "strict",
  thresholds: [-6, -4, -2, 0],
  slope: 2,
  readings: 30,
  patients: 1,
  scale: "abc",
};
const folder = mkdtempSync(join(tmpdir(), "spinebook-readers-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the severity of a disc", () => {
  it("is 0 where both sides are alike, the mean logit of lying above each border, and its sign turns with the scale", () => {
    assert.ok(Math.abs(severityOf([0.2, 0.2, 0.2, 0.2, 0.2])) < 1e-12);
    const logit = (p: number): number => Math.log(p / (1 - p));
    const expected = (logit(0.9) + logit(0.7) + logit(0.4) + logit(0.1)) / 4;
    assert.ok(Math.abs(severityOf([0.1, 0.2, 0.3, 0.3, 0.1]) - expected) < 1e-12);
    assert.ok(
      Math.abs(severityOf([0.05, 0.15, 0.2, 0.4, 0.2]) + severityOf([0.2, 0.4, 0.2, 0.15, 0.05])) < 1e-9,
    );
  });

  it("rises with whatever moves upward, and is bounded where the networks are sure", () => {
    assert.ok(severityOf([0.3, 0.5, 0.2, 0, 0]) < severityOf([0.2, 0.6, 0.2, 0, 0]));
    for (const k of [0, 4]) {
      const sure = severityOf([0, 1, 2, 3, 4].map((i) => Number(i === k)));
      assert.ok(Math.abs(Math.abs(sure) - Math.log(0.98 / 0.02)) < 1e-9);
      assert.equal(Math.sign(sure), k === 0 ? -1 : 1);
    }
  });
});

describe("a reader", () => {
  it("comes back from its file as it was", async () => {
    assert.deepEqual(parseReader(readerText(reader), "r.json"), reader);
    mkdirSync(join(folder, "readers"));
    writeFileSync(join(folder, "readers", "strict.json"), readerText(reader));
    writeFileSync(join(folder, "mine.json"), readerText({ ...reader, name: "mine" }));
    assert.equal((await loadReader(folder, "strict")).name, "strict");
    assert.equal((await loadReader(folder, join(folder, "mine.json"))).name, "mine");
  });

  it("is refused by file and field where it is none", async () => {
    const refused: readonly (readonly [change: object, words: RegExp])[] = [
      [{ version: 2 }, /"version" must be 1/],
      [{ name: "Doe, Jane" }, /"name" must be a word/],
      [{ thresholds: [-1, 0, 0, 1] }, /"thresholds" must be four rising numbers/],
      [{ thresholds: [-1, 0, 1] }, /"thresholds" must be four rising numbers/],
      [{ slope: 0 }, /"slope" must be a number from/],
      [{ patients: undefined }, /"patients" is missing/],
      [
        { sets: { level: 0.9, thresholds: [0.5], cases: [1, 1, 1, 1, 1], calibrated: true } },
        /"sets.thresholds" must be a number or null a grade/,
      ],
      [
        {
          sets: { level: 0.9, thresholds: [0.5, 99, -5, null, 1], cases: [1, 1, 1, 1, 1], calibrated: true },
        },
        /"sets.thresholds\[1\]" must be a number from 0 to 1/,
      ],
    ];
    for (const [change, words] of refused)
      assert.throws(
        () => parseReader(JSON.stringify({ ...reader, ...change }), "r.json"),
        (error: Error) =>
          error.name === "ReaderError" && words.test(error.message) && !/Doe/.test(error.message),
        JSON.stringify(change),
      );
    await assert.rejects(
      loadReader(folder, "Strict"),
      /No reader "Strict" comes with these weights\. With these weights comes strict; /,
    );
    await assert.rejects(loadReader(folder, " "), /No reader is named\. With these weights comes strict; or/);
    await assert.rejects(loadReader(folder, folder), /is a folder; name the reader's file in it/);
    await assert.rejects(loadReader(folder, join(folder, "nobody.json")), /no reader's file at/);
    await assert.rejects(loadReader(folder, "../strict"), /no reader's file at/);
  });

  it("is read from a file that an editor put a byte order mark before", () => {
    assert.deepEqual(parseReader(`\uFEFF${readerText(reader)}`, "r.json"), reader);
  });

  const pfirrmann = {
    ...gradeFrom(featureOf("pfirrmann"), [0.1, 0.3, 0.4, 0.2, 0]),
    severity: -1,
    set: [2, 3],
  };
  const bulging = gradeFrom(featureOf("bulging"), [0.4, 0.6]);
  const report = {
    discs: [{ level: "L4-L5", grades: { pfirrmann, bulging }, flags: [] }],
    flags: [{ code: "earlier", message: "" }],
  } as unknown as GradeReport;

  it("gives grades by borders of its own, says whose they are, and leaves the other features alone", () => {
    const read = readAs(report, reader, "abc");
    const { grades } = read.discs[0]!;
    // The severity lies between the third and the fourth border: grade 4, where the models say 3.
    assert.equal(pfirrmann.grade, 3);
    assert.equal(grades.pfirrmann!.grade, 4);
    assert.equal(grades.pfirrmann!.reader, "strict");
    assert.equal(grades.pfirrmann!.severity, -1);
    assert.equal(grades.pfirrmann!.set, undefined);
    assert.equal(grades.pfirrmann!.calibrated, false);
    const { probabilities, fractional } = grades.pfirrmann!;
    assert.ok(Math.abs(fractional! - probabilities.reduce((sum, p, k) => sum + p * (k + 1), 0)) < 1e-12);
    assert.deepEqual(grades.bulging, bulging);
    assert.deepEqual(
      read.flags.map(({ code }) => code),
      ["earlier", "reader"],
    );
    assert.match(read.flags[1]!.message, /reader strict .*30 discs of 1 patient\)/);
    assert.match(read.flags[1]!.message, /not told: the reader's file is from before/);
  });

  it("is not named where all grades are withheld", () => {
    const withheld = { grade: NaN, probabilities: [], standing: "withheld" };
    const disc = { level: "L4-L5", grades: { pfirrmann: withheld, bulging }, flags: [] };
    const read = readAs({ ...report, discs: [disc] } as unknown as GradeReport, reader, "abc");
    assert.deepEqual(
      read.flags.map(({ code }) => code),
      ["earlier"],
    );
  });

  const sets = {
    level: 0.9,
    thresholds: [null, 0.8, 0.7, 0.6, 0.9],
    cases: [2, 20, 30, 25, 12],
    calibrated: true,
  };

  it("has sets of its own: runs of neighbouring grades about the one that is given", () => {
    for (const severity of [-8, -5, -3.9, -1, -0.1, 2]) {
      const disc = { level: "L4-L5", grades: { pfirrmann: { ...pfirrmann, severity }, bulging }, flags: [] };
      const own = { ...report, discs: [disc] } as unknown as GradeReport;
      const { grade, set, probabilities, calibrated } = readAs(own, { ...reader, sets }, "abc").discs[0]!
        .grades.pfirrmann!;
      const sum = (last: number): number => probabilities.slice(0, last).reduce((total, p) => total + p, 0);
      // The grade is the median of the probabilities that are shown.
      assert.ok(sum(grade) >= 0.5 - 1e-12 && sum(grade - 1) < 0.5);
      assert.ok(set!.includes(grade) && calibrated);
      assert.deepEqual(
        set,
        set!.map((_, i) => set![0]! + i),
        "no gaps",
      );
      // Grade 1, which two readings gave, is never excluded.
      assert.equal(set[0], 1);
      for (const one of [1, 2, 3, 4, 5])
        if (1 - probabilities[one - 1]! <= (sets.thresholds[one - 1] ?? Infinity))
          assert.ok(set.includes(one));
    }
    const { flags } = readAs(report, { ...reader, sets }, "abc");
    assert.doesNotMatch(flags.at(-1)!.message, /not told/);
  });

  it("has no sets where its readings are too few, and says so", () => {
    const few = {
      ...sets,
      thresholds: [null, null, null, null, null],
      cases: [0, 4, 9, 7, 0],
      calibrated: false,
    };
    const read = readAs(report, { ...reader, sets: few }, "abc");
    assert.equal(read.discs[0]!.grades.pfirrmann!.set, undefined);
    assert.match(read.flags[1]!.message, /the readings are too few .*there are 0, 4, 9, 7, 0\)/);
  });

  it("changes no standing: nothing is told of a withheld grade, a marked one stays marked and has no set", () => {
    const marked = { ...pfirrmann, standing: "marked", because: "it is so" };
    const withheld = {
      ...gradeFrom(featureOf("pfirrmann"), [1, 0, 0, 0, 0]),
      grade: NaN,
      standing: "withheld",
    };
    const discs = [marked, withheld].map((own) => ({
      level: "L4-L5",
      grades: { pfirrmann: own },
      flags: [],
    }));
    const read = readAs({ ...report, discs } as unknown as GradeReport, { ...reader, sets }, "abc");
    const [first, second] = read.discs.map(({ grades }) => grades.pfirrmann!);
    assert.deepEqual([first!.standing, first!.because, first!.grade], ["marked", "it is so", 4]);
    assert.deepEqual([first!.set, first!.calibrated], [undefined, false]);
    assert.deepEqual(second, withheld);
  });

  it("takes the place of another reader, and contradictions are those of its own grades", () => {
    const narrowing = gradeFrom(featureOf("narrowing"), [0, 0, 1, 0]);
    const first = { ...gradeFrom(featureOf("pfirrmann"), [0, 1, 0, 0, 0]), severity: -1 };
    const flag = { code: "contradiction", message: "Pfirrmann 2 beside narrowing 3" };
    const discs = [{ level: "L4-L5", grades: { pfirrmann: first, narrowing }, flags: [flag] }];
    const own = { ...report, discs } as unknown as GradeReport;
    const strict = readAs(own, reader, "abc");
    assert.deepEqual(strict.discs[0]!.flags, [], "Pfirrmann 4 does not contradict narrowing 3");
    const lax = readAs(strict, { ...reader, name: "lax", thresholds: [-3, 0, 1, 2] }, "abc");
    assert.equal(lax.discs[0]!.grades.pfirrmann!.grade, 2);
    assert.match(lax.discs[0]!.flags[0]!.message, /Pfirrmann 2/);
    assert.deepEqual(
      lax.flags.map(({ code }) => code),
      ["earlier", "reader"],
    );
  });

  it("is no reader where it was made by hand and is not whole", async () => {
    const wrong = { ...reader, thresholds: [1, 2] } as Reader;
    await assert.rejects(readerFor(folder, wrong), /This is no reader: "thresholds" must be four rising/);
  });

  it("is refused beside weights that it was not fitted for", () => {
    assert.throws(() => readAs(report, reader, "abd"), /Reader strict was fitted for other weights/);
  });
});
