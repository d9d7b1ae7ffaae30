import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import { cumulativeLinkProbabilities, fitCumulativeLink } from "../../src/statistics/index.js";
import type { CumulativeLink, ScoredClass } from "../../src/statistics/index.js";

const truth: CumulativeLink = { thresholds: [-2, -0.5, 0.75, 2.5], slope: 2 };
const flat = { centre: { thresholds: [-1.5, -0.5, 0.5, 1.5], slope: 1 }, shift: 100, shape: 100 };

function readingsOf(model: CumulativeLink, count: number, seed: number): ScoredClass[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const score = random.between(-4, 4);
    let rest = random.uniform();
    const label = cumulativeLinkProbabilities(score, model).findIndex((p) => (rest -= p) < 0);
    return { score, label: label < 0 ? 4 : label };
  });
}

describe("ordered classes of a score", () => {
  it("has probabilities that sum to one and pass one half at the thresholds", () => {
    for (const score of [-30, -2, 0, 0.75, 40]) {
      const p = cumulativeLinkProbabilities(score, truth);
      assert.equal(p.length, 5);
      assert.ok(Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-12 && p.every((one) => one >= 0));
    }
    const [one, two] = cumulativeLinkProbabilities(-0.5, truth);
    assert.ok(Math.abs(one! + two! - 0.5) < 1e-12);
    // By hand: logistic(2 · (−2 − 0)) = 1 / (1 + e⁴).
    assert.ok(Math.abs(cumulativeLinkProbabilities(0, truth)[0]! - 1 / (1 + Math.exp(4))) < 1e-12);
  });

  it("finds the thresholds and the slope that readings were drawn from", () => {
    const fitted = fitCumulativeLink(readingsOf(truth, 3000, 5), flat);
    fitted.thresholds.forEach((threshold, k) => {
      assert.ok(Math.abs(threshold - truth.thresholds[k]!) < 0.15, `${k}: ${threshold}`);
    });
    assert.ok(Math.abs(fitted.slope - 2) < 0.15, String(fitted.slope));
  });

  it("is at the best fit: no small change betters the likelihood", () => {
    const readings = readingsOf(truth, 300, 6);
    const likelihood = (model: CumulativeLink): number =>
      readings.reduce(
        (sum, { score, label }) => sum + Math.log(cumulativeLinkProbabilities(score, model)[label]!),
        0,
      );
    const best = fitCumulativeLink(readings, flat);
    const at = likelihood(best);
    for (const step of [-0.02, 0.02]) {
      assert.ok(likelihood({ ...best, slope: best.slope + step }) < at);
      for (let k = 0; k < 4; k++)
        assert.ok(
          likelihood({ ...best, thresholds: best.thresholds.map((t, i) => (i === k ? t + step : t)) }) < at,
        );
    }
  });

  it("stays at the prior without readings, and keeps a class's distance that was never given", () => {
    const prior = { centre: truth, shift: 1, shape: 0.3 };
    const none = fitCumulativeLink([], prior);
    none.thresholds.forEach((threshold, k) => {
      assert.ok(Math.abs(threshold - truth.thresholds[k]!) < 1e-3);
    });
    const shifted = { slope: 2, thresholds: truth.thresholds.map((t) => t + 0.8) };
    const few = readingsOf(shifted, 40, 9).filter(({ label }) => label !== 0 && label !== 4);
    const fitted = fitCumulativeLink(few, prior);
    assert.ok(fitted.thresholds.every((t, k) => k === 0 || t > fitted.thresholds[k - 1]!));
    assert.ok(Math.abs(fitted.thresholds[2]! - shifted.thresholds[2]!) < 0.5, String(fitted.thresholds));
  });

  it("refuses what is no reading", () => {
    for (const reading of [
      { score: Number.NaN, label: 1 },
      { score: 0, label: 5 },
      { score: 0, label: 1.5 },
    ])
      assert.throws(() => fitCumulativeLink([reading], flat), RangeError);
  });
});
