import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { uniformGenerator } from "../../src/statistics/index.js";
import { fitMultinomial, multinomialProbabilities } from "../../src/statistics/multinomial.js";
import type { MultinomialCase } from "../../src/statistics/multinomial.js";

describe("multinomial logistic regression", () => {
  it("without predictors that tell anything gives the classes' shares", () => {
    const cases = [0, 0, 0, 1, 1, 2].map((label): MultinomialCase => ({ values: [0], label, weight: 1 }));
    const shares = multinomialProbabilities(fitMultinomial(cases, 3, 1), [0]);
    [0.5, 1 / 3, 1 / 6].forEach((share, k) => {
      assert.ok(Math.abs(shares[k]! - share) < 1e-3, String(shares));
    });
  });

  it("finds the coefficients that data were drawn from", () => {
    const random = uniformGenerator(3);
    const [intercept, slope] = [-0.5, 1.5];
    const cases = Array.from({ length: 4000 }, (): MultinomialCase => {
      const x = 4 * random() - 2;
      const label = random() < 1 / (1 + Math.exp(-intercept - slope * x)) ? 1 : 0;
      return { values: [x], label, weight: 1 };
    });
    const { intercepts, weights } = fitMultinomial(cases, 2, 1e-6);
    assert.ok(Math.abs(intercepts[1]! - intercepts[0]! - intercept) < 0.15);
    assert.ok(Math.abs(weights[1]![0]! - weights[0]![0]! - slope) < 0.15);
  });

  it("counts a case of weight two as two", () => {
    const one: MultinomialCase[] = [0, 1, 1].map((label, i) => ({
      values: [i],
      label,
      weight: i === 1 ? 2 : 1,
    }));
    const twice = [one[0]!, { ...one[1]!, weight: 1 }, { ...one[1]!, weight: 1 }, one[2]!];
    const [a, b] = [fitMultinomial(one, 2, 0.5), fitMultinomial(twice, 2, 0.5)];
    assert.ok(Math.abs(a.weights[0]![0]! - b.weights[0]![0]!) < 1e-6);
  });

  it("refuses nothing, lists of other lengths and classes that are none", () => {
    assert.throws(() => fitMultinomial([], 2, 1), RangeError);
    const good = { values: [1], label: 0, weight: 1 };
    assert.throws(() => fitMultinomial([good, { ...good, values: [1, 2] }], 2, 1), /Case 1/);
    assert.throws(() => fitMultinomial([{ ...good, label: 2 }], 2, 1), /class from 0 to 1/);
  });

  it("refuses predictors that follow from one another where no ridge tells them apart", () => {
    const cases = [0, 1, 2, 3].map((x): MultinomialCase => ({ values: [x, x], label: x % 2, weight: 1 }));
    assert.throws(() => fitMultinomial(cases, 2, 0), /follow from one another/);
    assert.ok(fitMultinomial(cases, 2, 0.1).weights.flat().every(Number.isFinite));
  });
});
