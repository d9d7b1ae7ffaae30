import assert from "node:assert/strict";
import { test } from "node:test";
import {
  averagePrecision,
  brier,
  brierMulticlass,
  expectedCalibrationError,
} from "../../src/statistics/index.js";
import { rocAuc, topClassConfidence } from "../../src/statistics/index.js";
import { close } from "./golden.js";

test("ROC AUC and average precision of scikit-learn's documented example", () => {
  close(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.75);
  close(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.833333);
});

test("ties count one half, whatever their order", () => {
  close(rocAuc([0, 1, 1], [0.5, 0.5, 0.9]), 0.75);
  close(rocAuc([1, 0, 1], [0.5, 0.5, 0.9]), 0.75);
  close(rocAuc([0, 1, 0, 1, 1], [7, 7, 7, 7, 7]), 0.5);
  close(averagePrecision([0, 1, 0, 1, 1], [7, 7, 7, 7, 7]), 0.6);
});

test("one outcome only: AUC is undefined, average precision NaN without and 1 with only positives", () => {
  assert.equal(rocAuc([1, 1], [0.2, 0.3]), NaN);
  assert.equal(rocAuc([0, 0], [0.2, 0.3]), NaN);
  assert.equal(averagePrecision([0, 0], [0.2, 0.3]), NaN);
  assert.equal(averagePrecision([1, 1], [0.2, 0.3]), 1);
});

test("case weights count like repetitions; a case of weight 0 is not there", () => {
  const [outcomes, scores] = [
    [0, 1, 0, 1, 0],
    [0.1, 0.3, 0.3, 0.8, 0.9],
  ];
  const again = { outcomes: [0, 0, 1, 0, 1, 1, 1], scores: [0.1, 0.1, 0.3, 0.3, 0.8, 0.8, 0.8] };
  close(rocAuc(outcomes, scores, [2, 1, 1, 3, 0]), rocAuc(again.outcomes, again.scores), 1e-12);
  close(
    averagePrecision(outcomes, scores, [2, 1, 1, 3, 0]),
    averagePrecision(again.outcomes, again.scores),
    1e-12,
  );
});

test("Brier score, yes/no and over several classes", () => {
  close(brier([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 0.0375);
  close(brierMulticlass([2, 1], [[0.2, 0.5, 0.3], new Float32Array([1, 0, 0])], [1, 2, 3]), 0.38 / 2, 1e-12);
  const rows = [0.1, 0.9, 0.8, 0.3].map((p) => [1 - p, p]);
  close(brierMulticlass([0, 1, 1, 0], rows, [0, 1]), 2 * 0.0375);
});

test("top class: its probability and whether it is right", () => {
  const rows = [
    [0.2, 0.5, 0.3],
    [0.6, 0.3, 0.1],
    [0.4, 0.4, 0.2],
  ];
  assert.deepEqual(topClassConfidence(["b", "c", "b"], rows, ["a", "b", "c"]), {
    outcomes: [1, 0, 0],
    probabilities: [0.5, 0.6, 0.4],
  });
});

test("calibration error and reliability bins, by hand", () => {
  const { error, bins } = expectedCalibrationError([0, 1, 1, 1], [0, 0.2, 0.9, 1], { bins: 2 });
  // Lower bin: mean probability 0.1 against 1 of 2; upper bin: 0.95 against 2 of 2.
  close(error, 0.5 * 0.4 + 0.5 * 0.05, 1e-12);
  assert.deepEqual(bins, [
    { low: 0, high: 0.5, count: 2, confidence: 0.1, frequency: 0.5 },
    { low: 0.5, high: 1, count: 2, confidence: 0.95, frequency: 1 },
  ]);
});

test("a probability on an edge belongs to the bin below; empty bins are NaN", () => {
  for (const count of [2, 7, 10, 15, 100])
    for (let edge = 1; edge <= count; edge++) {
      const { bins } = expectedCalibrationError([1], [edge / count], { bins: count, draws: 1 });
      assert.deepEqual(
        bins.map((bin) => bin.count),
        bins.map((_, i) => (i === edge - 1 ? 1 : 0)),
      );
    }
  const [empty] = expectedCalibrationError([1], [0.9], { bins: 2 }).bins;
  assert.deepEqual([empty?.confidence, empty?.frequency], [NaN, NaN]);
});

test("the perfect model's expected error agrees with its closed form and has its own spread", () => {
  // Four coins: E|hits − 2| / 4 = 0.75 / 4, and 0.5 is reached with probability 1/8.
  const coins = expectedCalibrationError([1, 1, 1, 1], [0.5, 0.5, 0.5, 0.5], { draws: 20_000, seed: 3 });
  close(coins.expected, 0.1875, 0.004);
  assert.equal(coins.expected95, 0.5);
  assert.equal(coins.error, 0.5);
  // Eight coins stray from 4 by 2 at most with probability 238/256 = 0.93, by 3 at most with 254/256: the percentile is 3/8.
  const eight = expectedCalibrationError(new Array<number>(8).fill(1), new Array<number>(8).fill(0.5), {
    draws: 20_000,
    seed: 5,
  });
  assert.equal(eight.expected95, 3 / 8);
  // Many cases: E|S| = sqrt(2 / pi · n · p (1 − p)).
  const n = 2000;
  const many = expectedCalibrationError(new Array<number>(n).fill(1), new Array<number>(n).fill(0.7), {
    seed: 4,
  });
  close(many.expected, Math.sqrt(((2 / Math.PI) * 0.21) / n), 0.0008);
  close(many.error, 0.3, 1e-9);
});

test("certain probabilities leave nothing to chance; the seed fixes the null", () => {
  const certain = expectedCalibrationError([1, 0, 1], [1, 0, 0]);
  assert.deepEqual([certain.expected, certain.expected95], [0, 0]);
  close(certain.error, 1 / 3);
  const run = (seed: number) =>
    expectedCalibrationError([1, 0, 1, 0], [0.7, 0.2, 0.6, 0.4], { seed, draws: 50 }).expected;
  assert.equal(run(1), run(1));
  assert.notEqual(run(1), run(2));
});

test("bad input is named", () => {
  for (const metric of [rocAuc, averagePrecision, brier, expectedCalibrationError])
    assert.throws(() => metric([], []), /outcomes is empty/);
  assert.throws(() => brier([1, 2], [0.1, 0.2]), /outcomes\[1\] is 2/);
  assert.throws(() => brier([1], [1.2]), /probabilities\[0\] is 1.2/);
  assert.throws(() => rocAuc([1, 0], [NaN, 0]), /scores\[0\] is NaN/);
  assert.throws(() => brierMulticlass([1], [[0.2, 0.2]], [1, 2]), /sum to 1/);
  assert.throws(() => brierMulticlass([3], [[0.5, 0.5]], [1, 2]), /truth\[0\] is 3/);
  assert.throws(() => expectedCalibrationError([1], [1], { bins: 0 }), /number of bins is 0/);
  assert.throws(() => expectedCalibrationError([1], [1], { draws: 1e9 }), /number of draws/);
  assert.throws(() => expectedCalibrationError([1], [1], { seed: 0.5 }), /seed is 0.5/);
});
