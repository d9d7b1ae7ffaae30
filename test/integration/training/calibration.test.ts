import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../../src/numbers/index.js";
import { appearanceDistance, applyTemperature, featureOf } from "../../../src/grading/index.js";
import { fitAppearance, principalAxes, withLimits } from "../../../src/training/appearance.js";
import {
  conformalQuantile,
  crossFit,
  fewestCases,
  fitFeature,
  fitTemperature,
  labelGroups,
  patientParts,
} from "../../../src/training/calibration.js";
import type { CalibrationCase } from "../../../src/training/calibration.js";
import { upsideDown } from "../../../src/training/unlikeImages.js";

const FIVE = [[0], [1], [2], [3], [4]];

/** Discs whose labels are drawn from their probabilities; these are then sharpened, so that `temperature` is the truth. */
function simulated(count: number, temperature: number, seed: number): CalibrationCase[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const logits = FIVE.map(() => 1.5 * random.normal());
    const top = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - top));
    const total = powers.reduce((sum, value) => sum + value, 0);
    const truth = powers.map((value) => value / total);
    let left = random.uniform();
    const group = truth.findIndex((p) => (left -= p) < 0);
    const probabilities = applyTemperature(truth, 1 / temperature);
    return { patient: String(Math.floor(i / 6)), group: group < 0 ? 4 : group, probabilities };
  });
}

describe("fitting a temperature", () => {
  it("finds the one that the labels were drawn with", () => {
    for (const temperature of [0.6, 1, 2])
      for (const seed of [1, 2]) {
        const found = fitTemperature(simulated(3000, temperature, seed), FIVE);
        assert.ok(Math.abs(found / temperature - 1) < 0.08, `${found} for ${temperature}`);
      }
  });

  it("uses labels that say only one of several grades", () => {
    const groups = [[0], [1, 2, 3, 4]];
    const cases = simulated(4000, 2, 3).map((one) => ({ ...one, group: one.group === 0 ? 0 : 1 }));
    assert.ok(Math.abs(fitTemperature(cases, groups) / 2 - 1) < 0.15);
  });
});

describe("conformal thresholds", () => {
  it("follow the finite-sample rule", () => {
    const scores = [0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6];
    // n = 9: rank ⌈10 · 0.9⌉ = 9, the largest; with 8 cases the rank would be 9 of 8.
    assert.equal(conformalQuantile(scores, 0.9), 0.9);
    assert.equal(conformalQuantile(scores.slice(1), 0.9), null);
    assert.equal(conformalQuantile(scores, 0.5), 0.5);
    assert.equal(fewestCases(0.9), 9);
  });

  it("never exclude a group with too few cases, and fit nothing where only one group has enough", () => {
    const cases = simulated(400, 1, 4).filter(({ group }) => group !== 4);
    const few = [
      ...cases,
      ...simulated(400, 1, 5)
        .filter(({ group }) => group === 4)
        .slice(0, 8),
    ];
    const fit = fitFeature(few, FIVE)!;
    assert.equal(fit.thresholds[4], null);
    assert.equal(fit.cases[4], 8);
    assert.ok(fit.thresholds.slice(0, 4).every((threshold) => threshold !== null));
    assert.equal(
      fitFeature(
        few.filter(({ group }) => group === 1 || group === 4),
        FIVE,
      ),
      undefined,
    );
  });

  it("hold every class about nine times in ten on patients that they were not fitted on", () => {
    const { before, after } = crossFit(simulated(3000, 2, 6), FIVE)!;
    for (const share of after.coverage) assert.ok(share! > 0.87 && share! < 0.94, `${share!}`);
    // Networks that are too certain by a temperature of 2: their own sets are too small, their probabilities too sharp.
    assert.ok(Math.min(...before.coverage.map(Number)) < 0.87);
    assert.ok(after.nll < before.nll && after.ece < before.ece);
    assert.ok(after.ece <= after.eceOfChance95 && before.ece > before.eceOfChance95);
  });
});

describe("cross-fitting", () => {
  it("keeps a patient's discs together, in parts that do not depend on the order", () => {
    const patients = Array.from({ length: 30 }, (_, i) => String(i));
    const parts = patientParts([...patients, ...patients]);
    assert.equal(parts.length, 5);
    assert.deepEqual(parts.flat().sort(), [...patients].sort());
    assert.deepEqual(patientParts([...patients].reverse()), parts);
  });

  it("does not see the patients that it is measured on", () => {
    // One patient alone has all cases of group 1: whoever measures that patient has nothing to fit on.
    const cases = simulated(300, 1, 7).map((one) => ({ ...one, group: one.patient === "3" ? 1 : 0 }));
    const rare = [
      ...cases,
      ...cases.filter(({ group }) => group === 1),
      ...cases.filter(({ group }) => group === 1),
    ];
    assert.notEqual(fitFeature(rare, FIVE), undefined);
    assert.equal(crossFit(rare, FIVE), undefined);
  });
});

describe("label groups", () => {
  it("are single grades but where the labels say less", () => {
    assert.deepEqual(labelGroups(featureOf("pfirrmann")), FIVE);
    assert.deepEqual(labelGroups(featureOf("narrowing")), [[0], [1, 2, 3]]);
    assert.deepEqual(labelGroups(featureOf("bulging")), [[0], [1]]);
  });
});

describe("the look of clinical discs", () => {
  /** Channels that depend on six hidden numbers, four channels on each, with noise. */
  const rows = (count: number, seed: number): number[][] => {
    const random = new Random(seed);
    return Array.from({ length: count }, () => {
      const hidden = Array.from({ length: 6 }, () => random.normal());
      return Array.from({ length: 24 }, (_, c) => 3 * hidden[c >> 2]! + random.normal() + c);
    });
  };

  it("has the principal axes of its covariance", () => {
    const random = new Random(8);
    const points = Array.from({ length: 4000 }, () => {
      const [a, b] = [3 * random.normal(), random.normal()];
      return [(a + b) / Math.SQRT2, (a - b) / Math.SQRT2, 0.1 * random.normal()];
    });
    const { axes, variances } = principalAxes(points, 2);
    assert.ok(Math.abs(Math.abs(axes[0]![0]! + axes[0]![1]!) / Math.SQRT2 - 1) < 0.01);
    assert.ok(Math.abs(variances[0]! / 9 - 1) < 0.1 && Math.abs(variances[1]! - 1) < 0.1);
  });

  it("passes new discs of the same kind but the share agreed on, and not others", () => {
    const appearances = (features: number[][]) =>
      features.map((row) => ({ features: row, canal: 150, marrow: 100, outside: 0 }));
    const model = withLimits(fitAppearance(rows(600, 9)), appearances(rows(400, 10)), []);
    const flagged = rows(2000, 11).filter((row) => appearanceDistance(row, model) > model.farthest).length;
    assert.ok(flagged / 2000 < 0.045, `${flagged}`);
    // The same channels each by itself, but in ways that never go together.
    const strange = rows(200, 12).map((row) => row.map((value, c) => (c % 2 ? 2 * c - value : value)));
    const caught = strange.filter((row) => appearanceDistance(row, model) > model.farthest).length;
    assert.ok(caught > 150, `${caught}`);
    assert.equal(model.darkestCanal, 1.5);
  });

  it("turns pictures upside down", () => {
    const volume = {
      voxels: Int16Array.of(1, 2, 3, 4, 5, 6),
      columns: 2,
      rows: 3,
      slices: 1,
      spacing: [1, 1, 1] as const,
      affine: [],
      geometry: "image" as const,
    };
    assert.deepEqual([...upsideDown(volume).voxels], [5, 6, 3, 4, 1, 2]);
  });
});
