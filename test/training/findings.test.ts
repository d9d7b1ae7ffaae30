import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import {
  evaluateFinding,
  fitOperatingPoint,
  operatingPointAt,
  thresholdFor,
} from "../../src/training/evaluation/findings.js";
import type { FindingCase } from "../../src/training/evaluation/findings.js";

/** Discs of 60 patients; a finding in one of twelve, about which the network is far too sure. */
function drawnCases(): FindingCase[] {
  const random = new Random(5);
  return Array.from({ length: 360 }, (_, i) => {
    const isPresent = random.chance(1 / 12);
    const probability = 1 / (1 + Math.exp(-(isPresent ? 3 : -0.3) - 1.2 * random.normal()));
    return { patient: `p${Math.floor(i / 6)}`, isPresent, probability, isCalled: probability >= 0.5 };
  });
}

describe("findings that are there or not", () => {
  it("a threshold calls the share that it is asked for", () => {
    const probabilities = [0.9, 0.1, 0.6, 0.3, 0.8];
    for (const called of [0, 1, 2, 3, 4, 5]) {
      const threshold = thresholdFor(probabilities, called / 5);
      assert.equal(probabilities.filter((p) => p >= threshold).length, called);
    }
    assert.ok(thresholdFor([], 0.5) > 0);
  });

  it("as many are called as readers call, and what that is worth is measured on other patients", () => {
    const cases = drawnCases();
    const before = evaluateFinding(cases);
    const point = fitOperatingPoint(cases, "drawn");
    assert.equal(point.positives, cases.filter(({ isPresent }) => isPresent).length);
    assert.ok(Math.abs(point.called - point.prevalence) < 0.02, `${point.called} called`);
    assert.ok(before.called > 3 * point.prevalence, "at one half far too many are called");
    assert.ok(point.precision!.value > before.precision.value + 0.2);
    assert.ok(point.kappa!.value > before.kappa.value + 0.2);
    for (const { value, low, high } of [point.sensitivity!, point.precision!, point.kappa!])
      assert.ok(low <= value && value <= high && low < high);
  });

  it("counts what is called and what is seen", () => {
    const one = (isPresent: boolean, probability: number): FindingCase => {
      return { patient: `${isPresent}${probability}`, isPresent, probability, isCalled: probability >= 0.5 };
    };
    const { sensitivity, precision, auc, called, positives } = evaluateFinding([
      one(true, 0.9),
      one(true, 0.2),
      one(false, 0.6),
      one(false, 0.7),
      one(false, 0.1),
    ]);
    assert.deepEqual([sensitivity.value, precision.value, called, positives], [1 / 2, 1 / 3, 3 / 5, 2]);
    assert.equal(auc, 4 / 6);
    const none = evaluateFinding([one(true, 0.2), one(false, 0.1)]);
    assert.deepEqual([none.sensitivity.value, none.precision.value], [0, 0]);
  });

  it("a share that is known from elsewhere says that nobody was compared with", () => {
    const point = operatingPointAt(drawnCases(), 0.06, "a paper");
    assert.ok(Math.abs(point.called - 0.06) < 0.003);
    assert.deepEqual([point.positives, point.sensitivity, point.prevalenceFrom], [null, null, "a paper"]);
  });
});
