import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { spearman } from "../../src/statistics/index.js";

describe("Spearman's rank correlation", () => {
  it("is 1 for the same order whatever the values, −1 for the opposite", () => {
    assert.equal(spearman([1, 2, 3, 4], [0.1, 0.2, 50, 1000]), 1);
    assert.equal(spearman([1, 2, 3, 4], [9, 7, 2, -5]), -1);
  });

  it("is 1 − 6 Σd² / (n (n² − 1)) without ties", () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: d² sums to 4, so 1 − 24 / 120.
    assert.ok(Math.abs(spearman([10, 20, 30, 40, 50], [2, 1, 4, 3, 5]) - 0.8) < 1e-12);
  });

  it("gives equal values the mean of their ranks", () => {
    // Ranks 1.5 1.5 3 4 against 1 2 3 4: covariance 4.5, variances 4.5 and 5.
    assert.ok(Math.abs(spearman([0, 0, 5, 6], [1, 2, 3, 4]) - 4.5 / Math.sqrt(4.5 * 5)) < 1e-12);
  });

  it("is undefined where all values are equal, and wants pairs", () => {
    assert.ok(Number.isNaN(spearman([1, 1, 1], [1, 2, 3])));
    assert.throws(() => spearman([1, 2], [1]), RangeError);
    assert.throws(() => spearman([1, NaN], [1, 2]), /NaN/);
  });
});
