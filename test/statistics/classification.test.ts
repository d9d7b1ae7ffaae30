import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accuracy,
  agreementColumns,
  agreementTable,
  linCcc,
  macroScores,
} from "../../src/statistics/index.js";
import {
  classAverageAccuracy,
  meanAbsoluteError,
  pearson,
  perClassScores,
} from "../../src/statistics/index.js";
import { close, grades, predicted, truth } from "./golden.js";

test("golden base case: accuracy and macro scores", () => {
  const macro = macroScores(truth, predicted, grades);
  close(accuracy(truth, predicted, grades), 0.7);
  close(classAverageAccuracy(truth, predicted, grades), 0.733333);
  close(macro.precision, 0.833333);
  close(macro.recall, 0.733333);
  close(macro.f1, 0.733333);
  close(macro.jaccard, 0.6);
  // False positives: one of 7 that are not grade 3, two of 8 that are not grade 4.
  close(macro.specificity, (1 + 1 + 6 / 7 + 6 / 8 + 1) / 5);
});

test("scores of one class, by hand", () => {
  const scores = perClassScores(truth, predicted, grades);
  assert.deepEqual(
    scores.map((score) => score.class),
    grades,
  );
  assert.deepEqual(scores[3], {
    class: 4,
    support: 2,
    precision: 0.5,
    recall: 1,
    specificity: 0.75,
    f1: 2 / 3,
    jaccard: 0.5,
  });
});

test("undefined per-class ratios are NaN, not 0", () => {
  const [never, onlyTrue, onlyPredicted] = perClassScores(
    ["b", "b", "d"],
    ["c", "d", "d"],
    ["a", "b", "c", "d"],
  );
  assert.deepEqual(never, {
    class: "a",
    support: 0,
    precision: NaN,
    recall: NaN,
    specificity: 1,
    f1: NaN,
    jaccard: NaN,
  });
  assert.deepEqual(onlyTrue, {
    class: "b",
    support: 2,
    precision: NaN,
    recall: 0,
    specificity: 1,
    f1: 0,
    jaccard: 0,
  });
  assert.equal(onlyPredicted?.recall, NaN);
  assert.equal(onlyPredicted.precision, 0);
  assert.equal(perClassScores([1, 1], [1, 1], [1, 2])[0]?.specificity, NaN);
});

test("a class that is only predicted does not enter the class-average accuracy", () => {
  assert.equal(classAverageAccuracy([1, 1, 2, 2], [1, 3, 2, 2], [1, 2, 3]), 0.75);
});

test("a true class that is never predicted counts as precision 0 in the average", () => {
  const macro = macroScores([1, 1, 2, 2], [1, 1, 1, 1], [1, 2, 3]);
  assert.equal(macro.precision, 0.25);
  assert.equal(macro.recall, 0.5);
  assert.equal(macro.jaccard, 0.25);
});

test("all cases of one class and right: everything 1 but specificity, which nobody could fail", () => {
  assert.deepEqual(macroScores([2, 2], [2, 2], grades), {
    precision: 1,
    recall: 1,
    specificity: NaN,
    f1: 1,
    jaccard: 1,
  });
});

test("agreement table: the columns of Niemeyer's Table 2 in order, linear kappa", () => {
  const table = agreementTable(truth, predicted, grades);
  assert.deepEqual(Object.keys(table), [...agreementColumns]);
  const expected = [0.772727, 0.7, 0.640513, 0.921429, 0.733333, 0.833333, 0.733333, 0.6];
  for (const [i, value] of expected.entries()) close(table[agreementColumns[i]!], value);
  assert.equal(table.linCcc, linCcc(truth, predicted));
  close(table.meanAbsoluteError, 0.3);
  assert.equal(table.pearson, pearson(truth, predicted));
});

test("agreement table: MAE and Pearson's r come from the fractional grades where there are any", () => {
  const fractional = { truth: truth.map((t) => t + 0.3), predicted: predicted.map((p, i) => p - i / 10) };
  const table = agreementTable(truth, predicted, grades, { fractional });
  assert.equal(table.meanAbsoluteError, meanAbsoluteError(fractional.truth, fractional.predicted));
  assert.equal(table.pearson, pearson(fractional.truth, fractional.predicted));
  assert.equal(table.linCcc, linCcc(truth, predicted));
  assert.throws(
    () => agreementTable(truth, predicted, grades, { fractional: { truth: [1], predicted: [1] } }),
    /1 fractional grades for 10 cases/,
  );
});

test("empty input is an error that says so", () => {
  for (const metric of [accuracy, classAverageAccuracy, macroScores, perClassScores, agreementTable])
    assert.throws(() => metric([], [], grades), /truth is empty/);
});
