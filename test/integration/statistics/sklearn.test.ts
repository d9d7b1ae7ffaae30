import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import {
  accuracy,
  averagePrecision,
  brier,
  classAverageAccuracy,
  cohenKappa,
} from "../../../src/statistics/index.js";
import {
  confusionMatrix,
  expectedCalibrationError,
  macroScores,
  matthews,
} from "../../../src/statistics/index.js";
import { meanAbsoluteError, pearson, perClassScores, rocAuc } from "../../../src/statistics/index.js";
import { blandAltman, linCcc, measurementError, studentFactor } from "../../../src/statistics/index.js";

/** Debian's own interpreter is asked too: another python3 may come first in the path. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import sklearn"], { timeout: 60_000 }).status === 0,
);

/** Computes every metric of the cases on stdin. Per-class ratios are 0 where undefined, as 1.2 knows nothing else. */
const program = `
import json, sys, warnings
import numpy as np
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from scipy.special import stdtr
warnings.simplefilter("ignore")

def classes(case):
    y, p, c, w = case["truth"], case["predicted"], case["classes"], case["weights"]
    per = dict(labels=c, average=None, zero_division=0, sample_weight=w)
    macro = dict(average="macro", zero_division=0, sample_weight=w)
    cells = m.multilabel_confusion_matrix(y, p, labels=c, sample_weight=w)
    each = m.precision_recall_fscore_support(y, p, **per)
    mean = m.precision_recall_fscore_support(y, p, **macro)
    kappa = lambda weights: m.cohen_kappa_score(y, p, labels=c, weights=weights, sample_weight=w)
    return dict(
        matrix=m.confusion_matrix(y, p, labels=c, sample_weight=w).tolist(),
        none=kappa(None), linear=kappa("linear"), quadratic=kappa("quadratic"),
        matthews=m.matthews_corrcoef(y, p, sample_weight=w),
        accuracy=m.accuracy_score(y, p, sample_weight=w),
        balanced=m.balanced_accuracy_score(y, p, sample_weight=w),
        absolute=m.mean_absolute_error(y, p, sample_weight=w),
        precision=each[0].tolist(), recall=each[1].tolist(), f1=each[2].tolist(),
        jaccard=m.jaccard_score(y, p, **per).tolist(),
        specificity=[float(x[0, 0] / (x[0, 0] + x[0, 1])) for x in cells],
        macroPrecision=mean[0], macroF1=mean[2],
        macroJaccard=m.jaccard_score(y, p, **macro), pearson=float(np.corrcoef(y, p)[0, 1]))

def scores(case):
    y, s, w = case["outcomes"], case["scores"], case["weights"]
    frequency, confidence = calibration_curve(y, s, n_bins=10)
    return dict(auc=m.roc_auc_score(y, s, sample_weight=w), ap=m.average_precision_score(y, s, sample_weight=w),
        brier=m.brier_score_loss(y, s), frequency=frequency.tolist(), confidence=confidence.tolist())

def differences(case):
    a, b = np.array(case["truth"], float), np.array(case["predicted"], float)
    d, n = a - b, len(a)
    s, bias = np.std(d, ddof=1), np.mean(d)
    return dict(bias=bias, deviation=s, lower=bias - 1.96 * s, upper=bias + 1.96 * s,
        errorOfBias=s / np.sqrt(n), errorOfLimit=s * np.sqrt(1 / n + 1.96 ** 2 / (2 * (n - 1))),
        held=float(2 * stdtr(n - 1, case["factor"]) - 1),
        ccc=2 * np.cov(a, b, ddof=0)[0, 1] / (np.var(a) + np.var(b) + bias ** 2))

given = json.load(sys.stdin)
json.dump({kind: [answer(x) for x in given[kind]] for kind, answer in
    dict(classes=classes, scores=scores, differences=differences).items()}, sys.stdout)
`;

/** Park and Miller's generator: plain, and good enough to make up cases. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/**
 * Grades of 2 to 60 cases, of which some classes are often absent from one list or both. Weights are whole numbers:
 * with fractions scikit-learn finds 1e-16 of a case where there is none, and divides by it.
 */
function gradeCase(random: () => number) {
  const classes = Array.from({ length: 2 + Math.floor(random() * 5) }, (_, i) => i + 1);
  const used = classes.filter(() => random() < 0.7);
  const pick = (list: number[]) => list[Math.floor(random() * list.length)] ?? 1;
  const truth = Array.from({ length: 2 + Math.floor(random() * 59) }, () => pick(used));
  const predicted = truth.map((grade) => (random() < 0.6 ? grade : pick(random() < 0.5 ? used : classes)));
  return { classes, truth, predicted, weights: truth.map(() => 1 + Math.floor(3 * random())) };
}

/** Outcomes with scores that are often tied and often on a bin's edge. */
function scoreCase(random: () => number) {
  const outcomes = [
    0,
    1,
    ...Array.from({ length: Math.floor(random() * 60) }, () => (random() < 0.3 ? 1 : 0)),
  ];
  const scores = outcomes.map((outcome) => Math.round(20 * (0.3 * outcome + 0.7 * random())) / 20);
  return { outcomes, scores, weights: outcomes.map(() => 0.1 + random()) };
}

type ClassAnswer = Record<
  | "none"
  | "linear"
  | "quadratic"
  | "matthews"
  | "accuracy"
  | "balanced"
  | "absolute"
  | "macroPrecision"
  | "macroF1"
  | "macroJaccard"
  | "pearson",
  number
> &
  Record<"precision" | "recall" | "f1" | "jaccard" | "specificity", number[]> & { matrix: number[][] };
type ScoreAnswer = Record<"auc" | "ap" | "brier", number> & Record<"frequency" | "confidence", number[]>;

type DifferenceAnswer = Record<
  "bias" | "deviation" | "lower" | "upper" | "errorOfBias" | "errorOfLimit" | "held" | "ccc",
  number
>;

function same(actual: number, expected: number, what: string): void {
  const agree = Number.isNaN(expected) ? Number.isNaN(actual) : Math.abs(actual - expected) < 1e-9;
  assert.ok(agree, `${what}: ${actual}, scikit-learn ${expected}`);
}

test(
  "scikit-learn gives the same over a thousand random cases",
  { skip: python ? false : "scikit-learn is not installed" },
  () => {
    const random = generator(20240607);
    const graded = Array.from({ length: 1000 }, () => gradeCase(random));
    const given = {
      classes: graded,
      scores: Array.from({ length: 1000 }, () => scoreCase(random)),
      differences: graded.map(({ truth, predicted }) => ({
        truth,
        predicted,
        factor: studentFactor(0.95, truth.length - 1),
      })),
    };
    const run = spawnSync(python!, ["-c", program], {
      input: JSON.stringify(given),
      encoding: "utf8",
      timeout: 300_000,
      maxBuffer: 2 ** 28,
    });
    assert.equal(run.status, 0, run.stderr);
    // Python prints NaN where JSON knows none.
    const answer = JSON.parse(run.stdout.replaceAll("NaN", "null"), (_, value: unknown) => value ?? NaN) as {
      classes: ClassAnswer[];
      scores: ScoreAnswer[];
      differences: DifferenceAnswer[];
    };
    let undefinedKappas = 0;
    let absentClasses = 0;
    for (const [i, { truth, predicted, classes, weights }] of given.classes.entries()) {
      const expected = answer.classes[i]!;
      const lists = [truth, predicted, classes] as const;
      for (const weighting of ["none", "linear", "quadratic"] as const)
        same(cohenKappa(...lists, weighting, weights), expected[weighting], `kappa ${weighting}, case ${i}`);
      if (Number.isNaN(expected.linear)) undefinedKappas++;
      if (classes.some((grade) => !truth.includes(grade) && !predicted.includes(grade))) absentClasses++;
      same(matthews(...lists, weights), expected.matthews, `matthews, case ${i}`);
      same(accuracy(...lists, weights), expected.accuracy, `accuracy, case ${i}`);
      same(classAverageAccuracy(...lists, weights), expected.balanced, `balanced accuracy, case ${i}`);
      same(meanAbsoluteError(truth, predicted, weights), expected.absolute, `MAE, case ${i}`);
      same(pearson(truth, predicted), expected.pearson, `pearson, case ${i}`);
      const macro = macroScores(...lists, weights);
      same(macro.precision, expected.macroPrecision, `macro precision, case ${i}`);
      same(macro.f1, expected.macroF1, `macro F1, case ${i}`);
      same(macro.jaccard, expected.macroJaccard, `macro Jaccard, case ${i}`);
      for (const [t, row] of confusionMatrix(...lists, weights).entries())
        for (const [p, count] of row.entries()) same(count, expected.matrix[t]![p]!, `matrix, case ${i}`);
      for (const [k, scores] of perClassScores(...lists, weights).entries()) {
        for (const name of ["precision", "recall", "f1", "jaccard"] as const)
          same(
            Number.isNaN(scores[name]) ? 0 : scores[name],
            expected[name][k]!,
            `${name} of class ${k}, case ${i}`,
          );
        same(scores.specificity, expected.specificity[k]!, `specificity of class ${k}, case ${i}`);
      }
    }
    assert.ok(undefinedKappas > 0, "the random cases should include some of a single class");
    assert.ok(absentClasses > 100, "in many random cases a class should be absent from both lists");
    for (const [i, { truth, predicted, factor }] of given.differences.entries()) {
      const expected = answer.differences[i]!;
      const { bias, deviation, lower, upper } = blandAltman(truth, predicted);
      same(bias.value, expected.bias, `bias, case ${i}`);
      same(deviation, expected.deviation, `deviation, case ${i}`);
      same(lower.value, expected.lower, `lower limit, case ${i}`);
      same(upper.value, expected.upper, `upper limit, case ${i}`);
      same((bias.high - bias.low) / (2 * factor), expected.errorOfBias, `error of the bias, case ${i}`);
      same((lower.high - lower.low) / (2 * factor), expected.errorOfLimit, `error of a limit, case ${i}`);
      same((upper.high - upper.value) / factor, expected.errorOfLimit, `error of a limit, case ${i}`);
      same(0.95, expected.held, `what the interval holds, case ${i}`);
      const { standardError } = measurementError(truth, predicted);
      same(standardError * Math.SQRT2, expected.deviation, `SEM, case ${i}`);
      same(linCcc(truth, predicted), expected.ccc, `CCC, case ${i}`);
    }
    for (const [i, { outcomes, scores, weights }] of given.scores.entries()) {
      const expected = answer.scores[i]!;
      same(rocAuc(outcomes, scores, weights), expected.auc, `AUC, case ${i}`);
      same(averagePrecision(outcomes, scores, weights), expected.ap, `average precision, case ${i}`);
      same(brier(outcomes, scores), expected.brier, `Brier, case ${i}`);
      const { bins } = expectedCalibrationError(outcomes, scores, { bins: 10, draws: 1 });
      const filled = bins.filter((bin) => bin.count > 0);
      assert.equal(filled.length, expected.frequency.length);
      for (const [k, bin] of filled.entries()) {
        same(bin.frequency, expected.frequency[k]!, `frequency in bin ${k}, case ${i}`);
        same(bin.confidence, expected.confidence[k]!, `confidence in bin ${k}, case ${i}`);
      }
    }
  },
);
