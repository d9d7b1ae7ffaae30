import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { phantomTruth, simulateRater } from "../../src/phantom/index.js";
import type { RatedFeature, RaterReliability } from "../../src/phantom/index.js";
import { cohenKappa, linCcc } from "../../src/statistics/index.js";

const truths = Array.from({ length: 900 }, (_, i) =>
  phantomTruth({ seed: 20000 + i, severity: "population" }),
);

/** Grades of the six lowest discs of all phantoms in one reading. */
function reading(reliability: RaterReliability, which: number, feature: RatedFeature): number[] {
  return truths.flatMap((truth, i) =>
    simulateRater(truth, { seed: 1000 * i + which, reliability })
      .slice(-6)
      .map(({ grades }) => grades[feature]),
  );
}

function pairOf(reliability: RaterReliability, feature: RatedFeature): [number[], number[]] {
  return [reading(reliability, 1, feature), reading(reliability, 2, feature)];
}

describe("simulated raters", () => {
  it("agree with themselves as Jamaludin's radiologist does (Table 3)", () => {
    for (const [feature, published] of [
      ["pfirrmann", 0.91],
      ["narrowing", 0.89],
    ] as const) {
      const ccc = linCcc(...pairOf("jamaludin", feature));
      assert.ok(Math.abs(ccc - published) < 0.015, `${feature}: ${ccc.toFixed(3)}`);
    }
    for (const [feature, published] of [
      ["spondylolisthesis", 0.79],
      ["centralCanalStenosis", 0.61],
      ["upperEndplateDefect", 0.65],
      ["lowerEndplateDefect", 0.69],
      ["upperMarrowChange", 0.86],
      ["lowerMarrowChange", 0.83],
    ] as const) {
      const kappa = cohenKappa(...pairOf("jamaludin", feature), [0, 1], "none");
      assert.ok(Math.abs(kappa - published) < 0.06, `${feature}: ${kappa.toFixed(3)}`);
    }
  });

  it("agree with themselves and each other as Niemeyer's do (Table 2, linear kappa)", () => {
    for (const [reliability, published] of [
      ["niemeyer-intra", 0.867],
      ["niemeyer-inter", 0.585],
    ] as const) {
      const kappa = cohenKappa(...pairOf(reliability, "pfirrmann"), [1, 2, 3, 4, 5], "linear");
      assert.ok(Math.abs(kappa - published) < 0.015, `${reliability}: ${kappa.toFixed(3)}`);
    }
  });

  it("read the same with the same seed and differently with another", () => {
    const [truth] = truths;
    const read = (seed: number): unknown => simulateRater(truth!, { seed, reliability: "niemeyer-inter" });
    assert.deepEqual(read(7), read(7));
    assert.notDeepEqual(read(7), read(8));
  });
});
