import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { featureOf, gradeFrom, readAs } from "../../src/grading/index.js";
import type { GradeReport, ReaderReading } from "../../src/grading/index.js";
import { Random } from "../../src/numbers/index.js";
import { cumulativeLinkProbabilities } from "../../src/statistics/index.js";
import type { CumulativeLink } from "../../src/statistics/index.js";
import type { PatientReadings } from "../../src/training/evaluation/evaluation.js";
import { compareFolds } from "../../src/training/graderFolds.js";
import { fitReader } from "../../src/training/index.js";

const pfirrmann = featureOf("pfirrmann");
const start: CumulativeLink = { thresholds: [-3, -1, 1, 3], slope: 2 };
/** A reader who hardly uses grade 1 and gives 4 early. */
const other: CumulativeLink = { thresholds: [-5, -0.6, 0.4, 3], slope: 2 };

/** Discs of a model with the borders `start`, five a patient, as the other reader grades them. */
function readingsOf(count: number, seed: number): ReaderReading[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const severity = random.between(-4, 4);
    let rest = random.uniform();
    const label = cumulativeLinkProbabilities(severity, other).findIndex((p) => (rest -= p) < 0);
    const given = { ...gradeFrom(pfirrmann, cumulativeLinkProbabilities(severity, start)), severity };
    return {
      patient: `p${Math.floor(i / 5)}`,
      grade: label < 0 ? 5 : label + 1,
      disc: { grades: { pfirrmann: given } },
    };
  });
}
const options = { name: "other", scale: "abc", start };

describe("a reader fitted on readings", () => {
  it("is nearer to the reader on other patients than the grades as they came", () => {
    const { reader, before, after } = fitReader(readingsOf(300, 3), options);
    assert.ok(after.kappa > before.kappa + 0.05, `${before.kappa} ${after.kappa}`);
    assert.ok(Math.abs(after.bias) < 0.15, String(after.bias));
    assert.ok(Math.abs(reader.thresholds[1]! + 0.6) < 0.3 && Math.abs(reader.thresholds[2]! - 0.4) < 0.3);
    assert.deepEqual([reader.readings, reader.patients, reader.scale], [300, 60, "abc"]);
  });

  it("wants more readings of few, none of many", () => {
    const few = fitReader(readingsOf(30, 4), options);
    const many = fitReader(readingsOf(2000, 4), options);
    assert.ok(few.wanted > 0 && few.wanted < 5000, String(few.wanted));
    assert.equal(many.wanted, 0);
    // Thirty readings already move the borders toward the reader's.
    const distance = ({ thresholds }: CumulativeLink): number =>
      Math.abs(thresholds[1]! - other.thresholds[1]!) + Math.abs(thresholds[2]! - other.thresholds[2]!);
    assert.ok(distance(few.reader) < distance(start));
  });

  it("has sets that hold the reader's own grade on other patients as often as they say", () => {
    const { reader, trust } = fitReader(readingsOf(1500, 6), options);
    const { level, cases, thresholds } = reader.sets!;
    assert.equal(level, 0.9);
    assert.equal(
      cases.reduce((sum, count) => sum + count, 0),
      1500,
    );
    assert.ok(thresholds.every((threshold) => threshold !== null));
    // In each grade by itself; binomial deviation of its cases.
    trust!.coverage.forEach((share, g) => {
      const deviation = Math.sqrt((0.9 * 0.1) / cases[g]!);
      assert.ok(share! > 0.9 - 3 * deviation, `${share} of ${cases[g]} at grade ${g + 1}`);
    });
    // New discs of other patients, which no fit has seen.
    const fresh = readingsOf(2000, 7);
    const held = fresh.filter(({ grade, disc }) => {
      const graded = {
        discs: [{ level: "L4-L5", grades: disc.grades, flags: [] }],
        flags: [],
      } as unknown as GradeReport;
      return readAs(graded, reader, "abc").discs[0]!.grades.pfirrmann!.set!.includes(grade);
    }).length;
    assert.ok(held / fresh.length > 0.88, String(held / fresh.length));
  });

  it("has none of few readings", () => {
    const { reader, trust } = fitReader(readingsOf(20, 8), options);
    assert.equal(trust, undefined);
    assert.deepEqual(reader.sets!.thresholds, [null, null, null, null, null]);
    assert.equal(reader.sets!.calibrated, false);
  });

  it("refuses readings that cannot be used, by their place", () => {
    const good = readingsOf(20, 5);
    const spoilt = (change: object, words: RegExp): void => {
      const readings = good.map((one, i) => (i === 7 ? { ...one, ...change } : one));
      assert.throws(
        () => fitReader(readings, options),
        (error: Error) => error instanceof RangeError && words.test(error.message),
      );
    };
    for (const grade of [0, 6, 2.5, Number.NaN]) spoilt({ grade }, /^Reading 7 has no Pfirrmann grade/);
    spoilt({ patient: "" }, /^Reading 7 does not say whose/);
    spoilt({ disc: { grades: {} } }, /disc of reading 7 was not graded/);
    // What looking for a level gives that the models did not find.
    spoilt({ disc: undefined }, /^Reading 7 has no graded disc/);
    const withheld = {
      grade: NaN,
      probabilities: [],
      standing: "withheld",
      because: "it does not hold in T1",
    };
    spoilt(
      { disc: { grades: { pfirrmann: withheld } } },
      /grade of reading 7 is withheld \(it does not hold in T1\): take discs of T2/,
    );
    assert.throws(
      () => fitReader({} as unknown as ReaderReading[], options),
      /^RangeError: The readings are a list/,
    );
    const asReader = { ...good[7]!.disc.grades.pfirrmann!, reader: "x" };
    spoilt(
      { disc: { grades: { pfirrmann: asReader } } },
      /disc of reading 7 was not graded by this version without/,
    );
    assert.throws(
      () => fitReader(good.slice(0, 9), options),
      /10 readings of 3 patients at least; there are 9 of 2/,
    );
    assert.throws(
      () =>
        fitReader(
          good.map((one) => ({ ...one, patient: "p" })),
          options,
        ),
      /there are 20 of 1/,
    );
  });
});

it("folds compare each reader by himself", () => {
  const foldOf = (seed: number): PatientReadings => {
    const pairs = ["A", "B"].flatMap((rater) =>
      readingsOf(rater === "A" ? 40 : 100, seed).map(({ patient, disc, grade }) => ({
        grading: {
          patient: `${rater}${seed}${patient}`,
          level: "L4-L5",
          rater,
          grades: { pfirrmann: grade },
        },
        disc,
      })),
    ) as unknown as PatientReadings["pairs"];
    const detection = { graded: pairs.length, named: pairs.length, countEqual: 0, countWithinOne: 0 };
    return { patients: [], gradedBy: new Map(), pairs, detection, failures: [] };
  };
  const { pfirrmann, readers, intervals } = compareFolds([foldOf(1), foldOf(2)], new Set(["A"]));
  assert.equal(pfirrmann?.discs, 80);
  assert.ok(intervals!.kappa.low < pfirrmann.kappa && pfirrmann.kappa < intervals!.kappa.high);
  assert.deepEqual(Object.keys(readers), ["B"]);
  assert.equal(readers.B!.discs, 200);
  assert.ok(readers.B!.kappa > pfirrmann.kappa + 0.02, `${readers.B!.kappa} ${pfirrmann.kappa}`);
});
