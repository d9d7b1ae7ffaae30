import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { FRACTIONAL_GRADES, INTEGRAL_GRADES, nearestGrade } from "../../src/grading/index.js";
import { Random } from "../../src/numbers/index.js";
import { adam, initialWeights, isClassification, Trainer } from "../../src/engine/index.js";
import { balancedWeights, planBatches, targetOf } from "../../src/training/niemeyer/batches.js";
import { gradeOfOutput, meanLoss, scoreGrades } from "../../src/training/niemeyer/evaluation.js";
import { patientFolds, splitByPatient } from "../../src/training/niemeyer/folds.js";
import { networkOf, parseNiemeyerRecipe, PAPER_SETTINGS } from "../../src/training/niemeyer/recipe.js";
import type { NiemeyerRecipe } from "../../src/training/niemeyer/recipe.js";
import { afterEpoch, startPlateau } from "../../src/training/niemeyer/schedule.js";
import type { Plateau } from "../../src/training/niemeyer/schedule.js";
import { drawnDiscs } from "./drawnDiscs.js";

const recipeOf = (fields: Partial<NiemeyerRecipe>): NiemeyerRecipe =>
  parseNiemeyerRecipe({ seed: 1, spider: false, phantoms: 1, size: 32, width: 0.125, ...fields });

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

describe("Niemeyer's grades", () => {
  it("round to the nearest valid one, and the transitional ones to the whole grade they lean to", () => {
    const nearest = (value: number): number => FRACTIONAL_GRADES[nearestGrade(value, FRACTIONAL_GRADES)]!;
    assert.deepEqual([0.2, 1.16, 1.49, 1.51, 4.84, 4.86, 9].map(nearest), [1, 1.3, 1.3, 1.7, 4.7, 5, 5]);
    const whole = FRACTIONAL_GRADES.map((grade) => INTEGRAL_GRADES[nearestGrade(grade, INTEGRAL_GRADES)]!);
    assert.deepEqual(whole, [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5]);
    assert.deepEqual(whole, FRACTIONAL_GRADES.map(Math.round));
  });

  it("have the balanced weights that the paper prints", () => {
    const counts = [231, 90, 72, 929, 414, 470, 1735, 792, 264, 1582, 95, 86, 393];
    const printed = [
      2.382, 6.1139, 7.6424, 0.5923, 1.3291, 1.1707, 0.3171, 0.6948, 2.0843, 0.3478, 5.7921, 6.3983, 1.4001,
    ];
    // The counts are themselves recovered from the printed weights, rounded to whole discs: 0.1 % is what that costs.
    balancedWeights(counts).forEach((weight, k) => {
      near(weight, printed[k]!, 0.001 * printed[k]!);
    });
  });

  it("give no weight to a class without discs, and the others as if it were not there", () => {
    assert.deepEqual(balancedWeights([1, 0, 3]), [2, 0, 2 / 3]);
  });
});

describe("batches", () => {
  const size = 32;

  it("makes the same four versions of each disc in every epoch, in another order", () => {
    const recipe = recipeOf({ augmentations: 4, batchSize: 12, seed: 5 });
    const samples = drawnDiscs(2, size, 1);
    const plan = planBatches(recipe, samples);
    assert.equal(plan.stepsPerEpoch, 4);
    const inputsOf = (epoch: number): string[] =>
      Array.from({ length: plan.stepsPerEpoch }, (_, s) => plan.batch(epoch * plan.stepsPerEpoch + s))
        .flatMap(({ input }) =>
          Array.from({ length: 12 }, (_, b) => input.subarray(b * size * size, (b + 1) * size * size)),
        )
        .map((values) => Buffer.from(values.slice().buffer).toString("base64"));
    const [first, second] = [inputsOf(0), inputsOf(1)];
    assert.equal(new Set(first).size, 48);
    assert.notDeepEqual(second, first);
    assert.deepEqual([...second].sort(), [...first].sort());
    assert.deepEqual(planBatches(recipe, samples).batch(6), plan.batch(6));
  });

  it("weighs balanced classes so that each has the same sum", () => {
    const samples = drawnDiscs(13, size, 1).filter(
      ({ grade, patient }) => grade > 3 || patient === "drawn-1",
    );
    const recipe = recipeOf({ classWeights: "balanced", augmentations: 1, batchSize: samples.length });
    const { targets, weights } = planBatches(recipe, samples).batch(0);
    const sums = FRACTIONAL_GRADES.map((_, k) =>
      weights.pfirrmann!.reduce((sum, weight, b) => sum + weight * targets.pfirrmann![b * 13 + k]!, 0),
    ).filter((sum) => sum > 0);
    assert.ok(sums.length > 6);
    for (const sum of sums) near(sum, 1 / sums.length, 1e-6);
  });
});

describe("patients stay together", () => {
  const samples = drawnDiscs(23, 20, 1);
  const patientsOf = (set: readonly { patient: string }[]): Set<string> =>
    new Set(set.map(({ patient }) => patient));

  it("in a split", () => {
    const { training, validation } = splitByPatient(samples, 0.1, 4);
    assert.equal(patientsOf(validation).size, 2);
    assert.ok([...patientsOf(validation)].every((patient) => !patientsOf(training).has(patient)));
    assert.equal(training.length + validation.length, samples.length);
    assert.deepEqual(
      splitByPatient([...samples].reverse(), 0.1, 4)
        .validation.map(({ patient }) => patient)
        .sort(),
      validation.map(({ patient }) => patient).sort(),
    );
    assert.notDeepEqual(patientsOf(splitByPatient(samples, 0.1, 5).validation), patientsOf(validation));
    assert.throws(() => splitByPatient(samples.slice(0, 6), 0.1, 1), /a split needs two/);
  });

  it("in folds, each validated on once", () => {
    const folds = patientFolds(samples, 5, 4);
    assert.equal(folds.length, 5);
    const seen: string[] = [];
    for (const { training, validation } of folds) {
      const held = patientsOf(validation);
      assert.ok(held.size === 4 || held.size === 5);
      assert.ok([...held].every((patient) => !patientsOf(training).has(patient)));
      assert.equal(training.length + validation.length, samples.length);
      seen.push(...held);
    }
    assert.equal(seen.length, 23);
    assert.equal(new Set(seen).size, 23);
    assert.throws(() => patientFolds(samples, 24, 1), /24 folds cannot be made of 23 patients/);
    assert.throws(() => patientFolds(samples, 1, 1), /1 folds/);
  });
});

describe("the schedule", () => {
  const run = (losses: readonly number[], patience = 10): Plateau =>
    losses.reduce((plateau, loss) => afterEpoch(plateau, loss, patience, 10), startPlateau(0.001));
  const flat = (epochs: number): number[] => Array.from({ length: epochs }, () => 1);

  it("divides the rate by ten after ten epochs on a plateau, not before, and again after ten more", () => {
    assert.equal(run(flat(10)).learningRate, 0.001);
    near(run(flat(11)).learningRate, 1e-4, 1e-18);
    near(run(flat(20)).learningRate, 1e-4, 1e-18);
    near(run(flat(21)).learningRate, 1e-5, 1e-18);
  });

  it("starts counting anew when the loss falls, unless by next to nothing", () => {
    assert.equal(run([...flat(10), 0.9, ...flat(9)]).learningRate, 0.001);
    near(run([...flat(10), 0.99995]).learningRate, 1e-4, 1e-18);
    assert.equal(run(Array.from({ length: 60 }, (_, i) => 1 - 0.001 * i)).learningRate, 0.001);
  });
});

describe("losses and scores over a whole set", () => {
  for (const loss of [
    "crossEntropy",
    "ordinalCrossEntropy",
    "squaredOrdinalCrossEntropy",
    "softKappa",
    "squaredError",
    "absoluteError",
  ] as const)
    it(`have the ${loss} that the training graph has`, async () => {
      const recipe = recipeOf({ loss, grades: "integral" });
      const samples = drawnDiscs(2, 4, 1);
      const units = isClassification(loss) ? 5 : 1;
      const random = new Random(3);
      const logits = samples.map(() => Array.from({ length: units }, () => random.normal()));
      const outputs = logits.map((row) => {
        if (units === 1) return row;
        const sum = row.reduce((total, value) => total + Math.exp(value), 0);
        return row.map((value) => Math.exp(value) / sum);
      });
      // A network that hands its five (or one) input channels on.
      const trainer = await Trainer.create(
        {
          name: "identity",
          input: { channels: units, rows: 1, columns: 1 },
          layers: [{ kind: "globalAveragePooling" }, { kind: "dense", units, name: "pfirrmann" }],
          outputs: [{ name: "pfirrmann", loss }],
        },
        {
          "pfirrmann/kernel": Float32Array.from({ length: units ** 2 }, (_, i) =>
            i % (units + 1) === 0 ? 1 : 0,
          ),
          "pfirrmann/bias": new Float32Array(units),
        },
        samples.length,
        adam(),
        1,
      );
      const expected = await trainer.gradients({
        input: Float32Array.from(logits.flat()),
        targets: {
          pfirrmann: Float32Array.from(samples.flatMap(({ grade }) => [...targetOf(recipe, grade)])),
        },
        weights: { pfirrmann: new Float32Array(samples.length).fill(1 / samples.length) },
      });
      near(
        meanLoss(
          recipe,
          outputs,
          samples.map(({ grade }) => grade),
        ),
        expected.loss,
        1e-5,
      );
    });

  it("read grades from probabilities and from numbers", () => {
    assert.equal(gradeOfOutput(recipeOf({}), [0, 0, 0.4, 0.6, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 2);
    assert.equal(gradeOfOutput(recipeOf({ grades: "integral" }), [0, 0.4, 0.6, 0, 0]), 3);
    assert.equal(gradeOfOutput(recipeOf({ loss: "absoluteError" }), [3.22]), 3.3);
    assert.equal(gradeOfOutput(recipeOf({ loss: "squaredError", grades: "integral" }), [-7]), 1);
  });

  it("score whole grades, and MAE and r on fractional ones", () => {
    const truth = [1, 1.3, 2, 3, 3.7, 5];
    const scores = scoreGrades(recipeOf({}), truth, [1, 1, 2, 3.3, 4, 3.7]);
    near(scores.accuracy, 5 / 6, 1e-9);
    near(scores.fractionalAccuracy, 2 / 6, 1e-9);
    near(scores.meanAbsoluteError, (0.3 + 0.3 + 0.3 + 1.3) / 6, 1e-9);
    near(scores.offByMoreThanOne, 1 / 6, 1e-9);
    near(scores.sensitivity, 0.8, 1e-9);
    assert.equal(scores.discs, 6);
  });
});

describe("Niemeyer's recipes", () => {
  const folder = "models/recipes";
  const files = readdirSync(folder).filter((name) => name.startsWith("niemeyer-"));
  const read = (name: string): NiemeyerRecipe =>
    parseNiemeyerRecipe(JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Record<string, unknown>);

  it("are there for every row of Table 2, with the paper's settings", () => {
    const rows = files
      .map(read)
      .filter(({ spider }) => !spider)
      .map(({ grades, loss, classWeights, ...rest }) => {
        const { epochs, learningRate, momentum, batchSize, l2, size, width } = rest;
        assert.deepEqual(
          { ...PAPER_SETTINGS, ...{ epochs, learningRate, momentum, batchSize, l2, size, width } },
          PAPER_SETTINGS,
        );
        return `${grades} ${loss} ${classWeights}`;
      });
    assert.deepEqual(rows.sort(), [
      "fractional absoluteError none",
      "fractional crossEntropy balanced",
      "fractional crossEntropy none",
      "fractional ordinalCrossEntropy none",
      "fractional softKappa none",
      "fractional squaredError none",
      "fractional squaredOrdinalCrossEntropy none",
      "integral crossEntropy none",
    ]);
  });

  it("give networks with 13, 5 or 1 outputs that start from He's weights", () => {
    const units = (name: string): number =>
      initialWeights(networkOf({ ...read(`niemeyer-${name}.json`), width: 0.125 }), 1)["pfirrmann/bias"]!
        .length;
    assert.deepEqual(["default", "integral", "mse", "mae"].map(units), [13, 5, 1, 1]);
  });

  it("are refused in a sentence where they make no sense", () => {
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{ loss: "hinge" }, /"loss" must be one of crossEntropy, .*absoluteError/],
      [{ epochs: 1.5 }, /"epochs" must be a whole number from 1/],
      [{ epochs: "9" }, /"epochs" must be a whole number/],
      [{ spider: 1 }, /"spider" must be true or false/],
      [{ width: 0 }, /"width" must be a number from/],
      [{ dropout: 0.3 }, /unknown field "dropout"/],
      [{ seed: undefined }, /"seed" must be/],
      [{ phantoms: 0 }, /trains on nothing/],
      [{ loss: "squaredError", classWeights: "balanced" }, /Balanced class weights need classes/],
    ];
    for (const [fields, message] of wrong) assert.throws(() => recipeOf(fields), message);
  });
});
