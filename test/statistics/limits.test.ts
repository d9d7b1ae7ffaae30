import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  blandAltman,
  cohenKappa,
  countClasses,
  measurementError,
  softKappa,
  studentFactor,
} from "../../src/statistics/index.js";
import { close, grades, predicted, truth } from "./golden.js";

describe("limits of agreement", () => {
  it("are those of Bland and Altman 1986: peak flow of 17 people by two meters", () => {
    // l/min, Wright and mini Wright meter, first readings (their Table 1).
    const wright = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427];
    const mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451];
    const { cases, bias, deviation, lower, upper } = blandAltman(wright, mini);
    assert.equal(cases, 17);
    close(bias.value, -2.1, 0.05);
    close(deviation, 38.8, 0.05);
    // The paper takes ± 2 deviations (−79.7 and 75.5); by 1.96 it is:
    close(lower.value, -2.118 - 1.96 * 38.765, 0.01);
    close(upper.value, -2.118 + 1.96 * 38.765, 0.01);
    // Its interval of the bias: −2.1 ± 2.12 · 9.4.
    close(bias.low, -22.05, 0.1);
    close(bias.high, 17.81, 0.1);
    // 1999: the standard error of a limit is 1.96 deviations' own, √(1/17 + 1.96²/32) · 38.765 = 16.39.
    close((upper.high - upper.value) / studentFactor(0.95, 16), 16.39, 0.01);
    close(upper.value - upper.low, upper.high - upper.value, 1e-9);
  });

  it("change sign with the order, not with a shift of both", () => {
    const [there, back] = [blandAltman(truth, predicted), blandAltman(predicted, truth)];
    close(there.bias.value, -back.bias.value);
    close(there.lower.low, -back.upper.high);
    const shifted = blandAltman(
      truth.map((grade) => grade + 0.1),
      predicted.map((grade) => grade + 0.1),
    );
    close(shifted.upper.value, there.upper.value, 1e-12);
  });

  it("say what is undefined, and refuse what is nothing", () => {
    const one = blandAltman([3], [2]);
    assert.deepEqual([one.cases, one.bias.value, one.bias.low, one.deviation], [1, 1, NaN, NaN]);
    assert.deepEqual(one.upper, { value: NaN, low: NaN, high: NaN });
    // 0.1 has no exact binary form: the deviation is nevertheless exactly 0.
    const equal = blandAltman([1.1, 1.1, 1.1], [1, 1, 1]);
    assert.equal(equal.deviation, 0);
    assert.equal(equal.upper.low, equal.lower.high);
    assert.throws(() => blandAltman([], []), /empty/);
    assert.throws(() => blandAltman([1, 2], [1]), /2 items.*1/);
    assert.throws(() => blandAltman([1, NaN], [1, 2]), /first reading\[1\] is NaN/);
  });
});

describe("the error of measurement", () => {
  it("is the differences' deviation / √2, the detectable change 1.96 · √2 of it", () => {
    // Differences 1, −1, 1, −1, 0: mean 0, variance 4 / 4 = 1.
    const { standardError, smallestDetectableChange, drift } = measurementError(
      [2, 3, 2, 4, 3],
      [3, 2, 3, 3, 3],
    );
    close(drift, 0);
    close(standardError, 1 / Math.SQRT2);
    close(smallestDetectableChange, 1.96);
  });

  it("does not count a drift as noise, and is undefined for one case", () => {
    const drifted = measurementError([1, 2, 3], [1.5, 2.5, 3.5]);
    assert.equal(drifted.drift, 0.5);
    assert.equal(drifted.standardError, 0);
    assert.ok(Number.isNaN(measurementError([1], [2]).smallestDetectableChange));
    assert.throws(() => measurementError([1], []), /first reading|second reading/);
  });
});

describe("Student's factor", () => {
  it("is that of the tables, and of the closed forms for 1 and 2 degrees of freedom", () => {
    close(studentFactor(0.95, 9), 2.262157);
    close(studentFactor(0.99, 3), 5.840909);
    close(studentFactor(0.95, 1e6), 1.959966);
    for (const confidence of [0.01, 0.5, 0.95, 0.999]) {
      const tangent = Math.tan((Math.PI / 2) * confidence);
      close(studentFactor(confidence, 1) / tangent, 1, 1e-12);
      const two = confidence * Math.sqrt(2 / (1 - confidence * confidence));
      close(studentFactor(confidence, 2) / two, 1, 1e-12);
    }
    assert.throws(() => studentFactor(1, 5), /between 0 and 1/);
    assert.throws(() => studentFactor(0.95, 0), /degrees of freedom/);
  });
});

describe("soft kappa", () => {
  it("gives the documented example of TF-Addons", () => {
    const probabilities = [
      [0.1, 0.2, 0.6, 0.1],
      [0.1, 0.5, 0.3, 0.1],
      [0.8, 0.05, 0.05, 0.1],
      [0.01, 0.09, 0.1, 0.8],
    ];
    const kappa = softKappa([2, 1, 0, 3], probabilities, [0, 1, 2, 3], "quadratic");
    // Its loss has 10⁻⁶ within the logarithm.
    close(Math.log(1 - kappa + 1e-6), -1.1611923);
  });

  it("of certain probabilities is Cohen's", () => {
    const certain = predicted.map((grade) => grades.map((other) => (other === grade ? 1 : 0)));
    for (const weighting of ["none", "linear", "quadratic"] as const)
      close(
        softKappa(truth, certain, grades, weighting),
        cohenKappa(truth, predicted, grades, weighting),
        1e-12,
      );
  });

  it("is 0 for a guess that ignores the case, NaN where chance agrees already, and refuses bad input", () => {
    close(
      softKappa(
        [1, 2, 3],
        [0, 0, 0].map(() => [0.2, 0.3, 0.5]),
        [1, 2, 3],
        "linear",
      ),
      0,
      1e-12,
    );
    assert.ok(Number.isNaN(softKappa([1, 1], [[1, 0], [1, 0]], [1, 2], "none"))); // prettier-ignore
    assert.throws(() => softKappa([], [], [1, 2], "none"), /empty/);
    assert.throws(() => softKappa([1], [[0.5, 0.5, 0]], [1, 2], "none"), /3 probabilities for 2 classes/);
    assert.throws(() => softKappa([3], [[0.5, 0.5]], [1, 2], "none"), /not in the list/);
    assert.throws(() => softKappa([1], [[1.5, -0.5]], [1, 2], "none"), /between 0 and 1/);
  });
});

describe("counts", () => {
  it("keep classes that nobody has", () => {
    assert.deepEqual(countClasses([1, 3, 3, 5], grades), [1, 0, 2, 0, 1]);
    assert.deepEqual(countClasses(["F"], ["F", "M"]), [1, 0]);
  });

  it("refuse what is no class, and nothing", () => {
    assert.throws(() => countClasses([1, 6], grades), /Case 1 is of class 6/);
    assert.throws(() => countClasses([NaN], [NaN]), /class NaN/);
    assert.throws(() => countClasses([], grades), /no cases/);
  });
});
