import assert from "node:assert/strict";
import { test } from "node:test";
import {
  agreementColumns,
  agreementIntervals,
  agreementTable,
  bayesianBootstrap,
  hdi,
} from "../../src/statistics/index.js";
import { close, grades, predicted, truth } from "./golden.js";

test("highest-density interval: the shortest that holds the mass", () => {
  assert.deepEqual(hdi([9, 1, 2, 2.5, 20], 0.6), [1, 2.5]);
  assert.deepEqual(hdi([5, 4, 3, 2, 1], 1), [1, 5]);
  assert.deepEqual(hdi([7]), [7, 7]);
  assert.deepEqual(hdi([1, NaN, 2]), [NaN, NaN]);
  const steps = Array.from({ length: 10_000 }, (_, i) => i);
  assert.deepEqual(hdi(steps, 0.9973), [0, 9972]);
  assert.deepEqual(hdi(steps.slice(0, 100), 0.55), [0, 54]);
  // Exponential: the interval starts at 0, unlike one of equal tails.
  const skewed = steps.map((i) => -Math.log(1 - (i + 0.5) / 10_000));
  const [low, high] = hdi(skewed, 0.9);
  close(low, 0, 1e-3);
  close(high, Math.LN10, 2e-3);
});

test("the weights are a flat Dirichlet over patients: moments of the posterior mean", () => {
  // For Dirichlet(1, 1, 1): mean of a share 1/3, variance (1/3)(2/3)/4 = 1/18.
  const shares: number[] = [];
  const result = bayesianBootstrap(["a", "a", "b", "c"], (weights) => {
    assert.equal(weights[0], weights[1]);
    close(weights[0]! + weights[2]! + weights[3]!, 1, 1e-12);
    shares.push(weights[0]!);
    return weights[0]!;
  });
  assert.equal(shares.length, 10_000);
  close(result.mean, 1 / 3, 0.01);
  const variance = shares.reduce((acc, share) => acc + (share - result.mean) ** 2, 0) / shares.length;
  close(variance, 1 / 18, 0.003);
  assert.ok(result.low >= 0 && result.low < 0.01 && result.high > 0.9 && result.high < 1);
});

test("discs of one patient are not independent: fewer patients, wider interval", () => {
  const right = Array.from({ length: 60 }, (_, i) => (i % 12 < 6 ? 1 : 0));
  const share = (weights: Float64Array) =>
    weights.reduce((acc, w, i) => acc + w * right[i]!, 0) / weights.reduce((a, w) => a + w);
  const width = (groups: number[]) => {
    const { low, high, mean } = bayesianBootstrap(groups, share, { draws: 2000, mass: 0.95, seed: 5 });
    assert.ok(low < mean && mean < high);
    close(mean, 0.5, 0.02);
    return high - low;
  };
  const byDisc = width(right.map((_, i) => i));
  const byPatient = width(right.map((_, i) => Math.floor(i / 6)));
  assert.ok(byPatient > 1.8 * byDisc, `${byPatient} should be about sqrt(6) times ${byDisc}`);
});

test("the seed fixes the draws", () => {
  const run = (seed: number) => bayesianBootstrap([1, 2, 3], (weights) => weights[0]!, { draws: 100, seed });
  assert.deepEqual(run(7), run(7));
  assert.notDeepEqual(run(7), run(8));
});

test("one patient gives an interval of no length; an undefined statistic stays undefined", () => {
  const one = bayesianBootstrap(["x", "x"], (weights) => weights[0]! * 4, { draws: 10 });
  assert.deepEqual(one, { mean: 4, low: 4, high: 4, mass: 0.9973 });
  assert.deepEqual(
    bayesianBootstrap([1, 2], () => NaN, { draws: 10 }),
    { mean: NaN, low: NaN, high: NaN, mass: 0.9973 },
  );
});

test("agreement intervals: every column, around the value of the whole sample", () => {
  const repeat = (list: number[]) => Array.from({ length: 8 }, () => list).flat();
  const [y, p] = [repeat(truth), repeat(predicted)];
  const groups = y.map((_, i) => `patient ${Math.floor(i / 2)}`);
  const table = agreementTable(y, p, grades);
  const intervals = agreementIntervals(y, p, grades, groups, { draws: 400 });
  assert.deepEqual(Object.keys(intervals), [...agreementColumns]);
  for (const column of agreementColumns) {
    const { low, high, mean } = intervals[column];
    assert.ok(low < table[column] && table[column] < high, column);
    close(mean, table[column], 0.05);
  }
  const alone = bayesianBootstrap(groups, (weights) => agreementTable(y, p, grades, { weights }).kappa, {
    draws: 400,
  });
  assert.deepEqual(alone, intervals.kappa);
});

test("bad input is named", () => {
  assert.throws(() => hdi([]), /no draws/);
  assert.throws(() => hdi([1], 0), /mass is 0/);
  assert.throws(() => hdi([1, Infinity]), /draws\[1\] is Infinity/);
  assert.throws(() => bayesianBootstrap([], () => 1), /groups is empty/);
  assert.throws(() => bayesianBootstrap([1], () => 1, { draws: 0 }), /number of draws is 0/);
  assert.throws(
    () => agreementIntervals([1, 2], [1, 2], grades, ["a"]),
    /truth has 2 items but groups has 1/,
  );
});
