import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cohenKappa,
  confusionMatrix,
  linCcc,
  matthews,
  meanAbsoluteError,
} from "../../src/statistics/index.js";
import { classAverageAccuracy, offByMoreThan, pearson } from "../../src/statistics/index.js";
import { close, grades, predicted, truth } from "./golden.js";

test("golden base case: kappa and Matthews", () => {
  close(cohenKappa(truth, predicted, grades, "none"), 0.615385);
  close(cohenKappa(truth, predicted, grades, "linear"), 0.772727);
  close(cohenKappa(truth, predicted, grades, "quadratic"), 0.892086);
  close(matthews(truth, predicted, grades), 0.640513);
});

test("weighted kappa keeps the rank of a grade that nobody gave", () => {
  const [y, p] = [
    [1, 3, 3, 4, 5],
    [1, 3, 4, 4, 5],
  ];
  close(cohenKappa(y, p, grades, "linear"), 0.8649, 5e-5);
  close(cohenKappa(y, p, grades, "quadratic"), 0.9451, 5e-5);
  close(cohenKappa(y, p, [1, 3, 4, 5], "linear"), 0.8276, 5e-5);
  close(cohenKappa(y, p, [1, 3, 4, 5], "quadratic"), 0.9057, 5e-5);
});

test("both raters constant and equal: kappa is undefined, Matthews 0, balanced accuracy 1", () => {
  for (const weighting of ["none", "linear", "quadratic"] as const)
    assert.equal(cohenKappa([3, 3, 3], [3, 3, 3], grades, weighting), NaN);
  assert.equal(matthews([3, 3, 3], [3, 3, 3], grades), 0);
  assert.equal(classAverageAccuracy([3, 3, 3], [3, 3, 3], grades), 1);
});

test("a constant prediction agrees no better than chance, with odd case weights too", () => {
  for (const weighting of ["none", "linear", "quadratic"] as const) {
    assert.equal(
      cohenKappa(
        truth,
        truth.map(() => 3),
        grades,
        weighting,
      ),
      0,
    );
    assert.equal(
      cohenKappa(
        truth.map(() => 3),
        truth,
        grades,
        weighting,
      ),
      0,
    );
  }
  const weights = truth.map((_, i) => 0.1 + i / 7);
  assert.equal(
    matthews(
      truth,
      truth.map(() => 3),
      grades,
    ),
    0,
  );
  assert.equal(
    matthews(
      truth,
      truth.map(() => 3),
      grades,
      weights,
    ),
    0,
  );
});

test("perfect and reversed agreement reach the ends of the scale", () => {
  assert.equal(cohenKappa(truth, truth, grades, "quadratic"), 1);
  close(matthews(truth, truth, grades), 1);
  close(matthews([0, 1, 0, 1], [1, 0, 1, 0], [0, 1]), -1);
  assert.equal(cohenKappa(["a", "b"], ["b", "a"], ["a", "b"], "none"), -1);
});

test("confusion matrix: rows are truth, columns predictions, absent classes keep their place", () => {
  assert.deepEqual(confusionMatrix([1, 1, 3], [1, 3, 3], [1, 2, 3]), [
    [1, 0, 1],
    [0, 0, 0],
    [0, 0, 1],
  ]);
  assert.deepEqual(confusionMatrix([1, 3], [3, 3], [3, 1], [0.5, 2]), [
    [2, 0],
    [0.5, 0],
  ]);
});

test("case weights count like repetitions", () => {
  const weights = truth.map((_, i) => 1 + (i % 3));
  const repeat = (list: number[]) => list.flatMap((value, i) => new Array<number>(weights[i]!).fill(value));
  const [y, p] = [repeat(truth), repeat(predicted)];
  close(cohenKappa(truth, predicted, grades, "linear", weights), cohenKappa(y, p, grades, "linear"), 1e-12);
  close(matthews(truth, predicted, grades, weights), matthews(y, p, grades), 1e-12);
  close(linCcc(truth, predicted, weights), linCcc(y, p), 1e-12);
  close(pearson(truth, predicted, weights), pearson(y, p), 1e-12);
  close(meanAbsoluteError(truth, predicted, weights), meanAbsoluteError(y, p), 1e-12);
});

test("Lin's concordance has the 1/n form and its degenerate cases", () => {
  const [t, p] = [
    [3, -0.5, 2, 7],
    [2.5, 0, 2, 8],
  ];
  close(linCcc(t, p), 0.9768, 5e-5);
  assert.equal(linCcc([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]), NaN);
  assert.equal(linCcc([2, 2], [3, 3]), 0);
  assert.equal(linCcc([0.1, 0.1, 0.1], [1, 2, 4]), 0);
  close(linCcc(t, t), 1);
});

test("Pearson's r: by hand, ends of the scale, undefined for a constant", () => {
  close(pearson([1, 2, 3], [1, 3, 2]), 0.5);
  close(pearson([1.1, 2.2, 3.3], [-1.1, -2.2, -3.3]), -1, 1e-12);
  assert.equal(pearson([0.1, 0.1, 0.1], [1, 2, 3]), NaN);
  assert.equal(pearson([1], [1]), NaN);
});

test("mean absolute error and share off by more than a grade", () => {
  close(meanAbsoluteError([1, 2.3, 5], [1, 3.3, 3]), 1);
  assert.equal(offByMoreThan([1, 2, 3, 4], [2, 4, 3, 1], 1), 0.5);
  assert.equal(offByMoreThan([1, 2, 3, 4], [2, 4, 3, 1], 0), 0.75);
  // 2.7 − 1.7 and 4.3 − 3.3 are exactly one grade, whatever binary fractions say.
  assert.equal(offByMoreThan([1.7, 3.3, 1.3], [2.7, 4.3, 2.7], 1), 1 / 3);
  assert.throws(() => offByMoreThan([1], [1], -1), /must not be negative/);
});

test("bad input is named", () => {
  assert.throws(() => confusionMatrix([], [], grades), /truth is empty/);
  assert.throws(() => linCcc([], []), /truth is empty/);
  assert.throws(() => pearson([1, 2], [1]), /truth has 2 items but predicted has 1/);
  assert.throws(
    () => cohenKappa([1, 6], [1, 1], grades, "none"),
    /truth\[1\] is 6, which is not one of the classes/,
  );
  assert.throws(() => matthews([1, NaN], [1, 1], [1, NaN]), /truth\[1\] is NaN/);
  assert.throws(() => confusionMatrix([1], [1], [1, 1]), /names a class twice/);
  assert.throws(() => confusionMatrix([1], [1], []), /list of classes is empty/);
  assert.throws(() => meanAbsoluteError([1, 2], [1, NaN]), /predicted\[1\] is NaN/);
  assert.throws(() => linCcc([1, 2], [1, 2], [1]), /1 case weights for 2 cases/);
  assert.throws(() => linCcc([1, 2], [1, 2], [0, 0]), /weights are zero/);
  assert.throws(() => linCcc([1, 2], [1, 2], [1, -1]), /Case weight 1 is -1/);
});
