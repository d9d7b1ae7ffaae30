import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  agreementOfRaters,
  disagreements,
  independentGrades,
  pseudoLabelCases,
  ratingScale,
  ratingsCsv,
  shuffledGrades,
  standingRatings,
  toReadingRecords,
} from "../../src/rating/log/index.js";
import type { Rating } from "../../src/rating/log/index.js";
import { agreementTable, cohenKappa } from "../../src/statistics/index.js";
import { cases, ratings, view } from "../rating/ratings.js";

const scale = ratingScale("pfirrmann", true);

describe("what follows from several readings", () => {
  it("agreement has Niemeyer's columns, of whole grades, MAE and r of fractional ones", () => {
    const first = [1, 1.3, 2, 2.7, 3, 3.3, 4, 4.7, 5, 3.7];
    const again = [1.3, 1.3, 2, 3, 3, 3.7, 4, 4.7, 4.7, 3];
    const second = [2, 1, 2, 3, 3, 4, 4, 4.3, 5, 3];
    const log = [
      // A correction: only the later grade counts.
      ...ratings("one", 1, [5]).map((rating) => ({ ...rating, id: "early" })),
      ...ratings("one", 2, again),
      ...ratings("one", 1, first),
      ...ratings("two", 1, second),
      ...ratings("adjudicated", 1, second),
    ];
    const rows = agreementOfRaters(log);
    assert.deepEqual(
      rows.map(({ kind, first: a, second: b, discs }) => [kind, a, b, discs]),
      [
        ["intra", "one, reading 1", "one, reading 2", 10],
        ["inter", "one, reading 1", "two, reading 1", 10],
      ],
    );
    const whole = (grades: readonly number[]): number[] => grades.map((grade) => Math.round(grade));
    const expected = agreementTable(whole(first), whole(again), [1, 2, 3, 4, 5], {
      fractional: { truth: first, predicted: again },
    });
    for (const name of ["kappa", "accuracy", "linCcc", "meanAbsoluteError", "pearson"] as const)
      assert.equal(rows[0]![name], expected[name]);
    assert.equal(rows[0]!.fractionalKappa, cohenKappa(first, again, scale.grades, "linear"));
    assert.equal(rows[0]!.fractionalAccuracy, 0.5);
    // By hand: |differences| .3 0 0 .3 0 .4 0 0 .3 .7
    assert.ok(Math.abs(rows[0]!.meanAbsoluteError - 0.2) < 1e-12);
  });

  it("disagreements are those beyond the given difference, whatever binary fractions make of it", () => {
    const log = [...ratings("one", 1, [1, 2, 3, 4.7]), ...ratings("two", 1, [2.7, 2, 3.3, 3])];
    const grades = independentGrades(log, { feature: scale.feature, reading: 1 });
    const differing = (moreThan: number): string[] =>
      disagreements(grades, moreThan).map(({ level }) => level);
    assert.deepEqual(differing(0), ["L1-L2", "L3-L4", "L4-L5"]);
    assert.deepEqual(differing(0.3), ["L1-L2", "L4-L5"]);
    assert.deepEqual(differing(1.7), []);
    const third = [...log, ...ratings("adjudicated", 1, [5]), ...ratings("one", 2, [5])];
    assert.deepEqual(independentGrades(third, { feature: scale.feature, reading: 1 }), grades);
    assert.deepEqual(
      disagreements(independentGrades(log, { feature: scale.feature, reading: 1, raters: ["one"] }), 0),
      [],
    );
  });

  it("pseudo-labels are looked at from a difference of 1.7 on", () => {
    const human = ratings("one", 1, [1, 3, 3, 4.7, 2]) as (Rating & { grade: number })[];
    const model = [2.7, 4.3, 4.7, 3, 2].map((grade, i) => ({ ...cases[i]!, grade }));
    const found = pseudoLabelCases(model, [...human, { ...human[0]!, study: "elsewhere", grade: 5 }]);
    assert.deepEqual(
      found.map(({ level, difference }) => [level, Math.round(difference * 10)]),
      [
        ["L1-L2", 17],
        ["L3-L4", 17],
        ["L4-L5", 17],
      ],
    );
    assert.equal(pseudoLabelCases(model, human, 1.3).length, 4);
  });

  it("A is now one rater, now the other, and stays so", () => {
    const given = ["one", "two"].map((rater) => ({ rater, grade: 3 }));
    const firsts = cases.map((disc) => shuffledGrades(given, disc, 1)[0]!.rater);
    assert.deepEqual([...new Set(firsts)].sort(), ["one", "two"]);
    assert.deepEqual(
      cases.map((disc) => shuffledGrades([...given].reverse(), disc, 1)[0]!.rater),
      firsts,
    );
  });

  it("records join features, give whole grades too, and leave out what was skipped or taken back", () => {
    const [a, b, c] = ratings("one", 1, [2.7, 3.3, 4]) as [Rating, Rating, Rating];
    const log: Rating[] = [
      ...[a, b, c],
      { ...a, id: "n", feature: "narrowing", grade: 2, at: "2026-01-01T00:00:00.000Z" },
      { ...b, id: "s", kind: "skip", grade: undefined, reason: "not gradable" },
      { ...c, id: "u", kind: "undo", grade: undefined },
    ];
    assert.equal(standingRatings(log).length, 3);
    assert.deepEqual(toReadingRecords(log), [
      {
        ...{ ...cases[0], rater: "one", model: "", reading: 1, at: "2026-01-01T00:00:00.000Z" },
        grades: { pfirrmannFractional: 2.7, pfirrmann: 3, narrowing: 2 },
      },
    ]);
  });

  it("CSV quotes what needs it and runs no formula", () => {
    const [a] = ratings("=cmd()", 1, [2.7]) as [Rating];
    const csv = ratingsCsv([{ ...a, study: 'x,"y"', ...view }]);
    const [head, line] = csv.split("\r\n");
    assert.equal(head!.split(",").length, 18);
    assert.ok(
      line!.startsWith(`"x,""y""",a1,L1-L2,'=cmd(),1,pfirrmannFractional,grade,2.7,,7,1,2,40,30,false,2,`),
      line,
    );
  });
});
