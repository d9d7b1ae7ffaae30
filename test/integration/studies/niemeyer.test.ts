import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { FRACTIONAL_GRADES } from "../../../src/grading/index.js";
import { agreementColumns } from "../../../src/statistics/index.js";
import {
  countSteps,
  crossValidateStudy,
  niemeyerFigure1,
  niemeyerFigureRemarks,
  niemeyerTable1,
  niemeyerTable2,
  niemeyerTable3,
  niemeyerTable4,
  prepareStudy,
  PUBLISHED_LAYERS,
  PUBLISHED_MODELS,
  PUBLISHED_PER_GRADE,
  scorePaired,
  simulatedReadings,
  studyLearningCurve,
  studyResolutionCurve,
  studySize,
  studySplit,
  trainingShare,
  trainVariant,
} from "../../../src/studies/index.js";
import type { NiemeyerStudy, StudySize } from "../../../src/studies/index.js";

/** The least that has every part of the study. */
const tiny: StudySize = {
  ...studySize("small"),
  settings: { ...studySize("small").settings, size: 24, epochs: 2 },
  phantoms: { main: 5, healthy: 1, severe: 2 },
  resolutions: [20, 24],
  halvings: 1,
  folds: 2,
  readPhantoms: 60,
};

describe("Niemeyer's study", () => {
  let work: string;
  let study: NiemeyerStudy;
  let gathered = 0;
  before(async () => {
    work = await mkdtemp(join(tmpdir(), "spinebook-study-"));
    const options = { size: tiny, seed: 3, models: "models", work };
    study = await prepareStudy(options, { onStep: () => gathered++ });
  });
  after(() => rm(work, { recursive: true }));

  it("has the same discs at each resolution, from two sources, the second healthy or severe", () => {
    assert.equal(gathered, 8);
    const [small, large] = [study.crops.get(20)!, study.crops.get(24)!];
    const identity = (crops: typeof small) =>
      crops.map(({ patient, level, grade }) => `${patient} ${level} ${grade}`);
    assert.deepEqual(identity(small), identity(large));
    assert.ok(
      small.every(({ crop }) => crop.length === 400) && large.every(({ crop }) => crop.length === 576),
    );
    const [main, supplement] = study.sources;
    assert.equal(main!.grades.length + supplement!.grades.length, large.length);
    const all = [...main!.grades, ...supplement!.grades];
    assert.ok(all.every((grade) => FRACTIONAL_GRADES.includes(grade)));
    const patients = [...new Set(large.map(({ patient }) => patient))];
    const meanOf = (patient: string): number => {
      const own = large.filter((crop) => crop.patient === patient);
      return own.reduce((sum, { grade }) => sum + grade, 0) / own.length;
    };
    const means = patients.map(meanOf);
    assert.ok(means[5]! < 2, `the healthy one has ${means[5]}`);
    const usual = means.slice(0, 5).reduce((sum, mean) => sum + mean, 0) / 5;
    assert.ok(Math.min(means[6]!, means[7]!) > usual, `severe: ${means.slice(6).join(", ")}, usual ${usual}`);
  });

  it("stops before the next phantom when it is interrupted", async () => {
    const stop = new AbortController();
    let done = 0;
    const onStep = (): void => {
      if (++done === 2) stop.abort();
    };
    const options = { size: tiny, seed: 3, models: "models", work };
    await assert.rejects(prepareStudy(options, { onStep, signal: stop.signal }), { name: "AbortError" });
    assert.equal(done, 2);
  });

  it("halves the training patients, each part within the one before", () => {
    const { training } = studySplit(study);
    const patients = (share: number): Set<string> =>
      new Set(trainingShare(training, share, 1).map(({ patient }) => patient));
    const [whole, half, quarter] = [patients(1), patients(0.5), patients(0.25)];
    assert.deepEqual([whole.size, half.size, quarter.size], [6, 3, 2]);
    assert.ok([...quarter].every((patient) => half.has(patient)));
    assert.notDeepEqual(trainingShare(training, 0.5, 1), trainingShare(training, 0.5, 2));
  });

  it("trains, reads every validation disc, goes on from checkpoints, and fills the tables and figures", async () => {
    let steps = 0;
    const hooks = {
      onStep: () => {
        steps++;
      },
    };
    const planned = countSteps(study);
    const { training, validation } = studySplit(study);
    const defaultModel = await trainVariant(study, "Default model", hooks);
    assert.equal(steps, planned.variants / 8);
    assert.equal(defaultModel.discs, training.length);
    assert.deepEqual(
      defaultModel.readings.map(({ patient, level, truth }) => `${patient} ${level} ${truth}`),
      validation.map(({ patient, level, grade }) => `${patient} ${level} ${grade}`),
    );
    const right = defaultModel.readings.filter(({ truth, predicted }) => truth === predicted).length;
    assert.equal(defaultModel.scores.fractionalAccuracy, right / validation.length);
    const regression = await trainVariant(study, "MAE loss (regression)");
    assert.ok(regression.readings.every(({ output }) => output.length === 1));
    assert.ok(regression.readings.every(({ predicted }) => FRACTIONAL_GRADES.includes(predicted)));

    steps = 0;
    const folds = await crossValidateStudy(study, hooks);
    assert.equal(steps, planned.crossValidation);
    assert.equal(folds.folds.length, 2);
    steps = 0;
    const learning = await studyLearningCurve(study, hooks);
    assert.equal(steps, planned.learningCurve);
    assert.deepEqual(
      learning.map(({ share }) => share),
      [1, 0.5],
    );
    assert.deepEqual(learning[0]!.scores, defaultModel.scores);
    steps = 0;
    const resolution = await studyResolutionCurve(study, hooks);
    assert.equal(steps, planned.resolutionCurve);
    assert.deepEqual(
      resolution.map(({ recipe }) => recipe.size),
      [20, 24],
    );
    assert.ok((await readdir(work)).includes("default-24.ckpt"));

    const [intra, inter] = [
      simulatedReadings("niemeyer-intra", { phantoms: 5, seed: 1 }),
      simulatedReadings("niemeyer-inter", { phantoms: 5, seed: 1 }),
    ];
    const readers = { intra, inter, models: { "Default model": defaultModel } };
    const table = niemeyerTable2(readers);
    const row = table.find(({ reader, source }) => reader === "Default model" && source === "Niemeyer 2021")!;
    assert.equal(row["κ (linear)"], PUBLISHED_MODELS["Default model"].kappa);
    const here = table.find(({ reader, source }) => reader === "Default model" && source === "here")!;
    assert.equal(here.accuracy, Number(defaultModel.scores.accuracy.toFixed(3)));
    const model = {
      truth: defaultModel.readings.map(({ truth }) => truth),
      predicted: defaultModel.readings.map(({ predicted }) => predicted),
    };
    const perGrade = niemeyerTable3({ intra, inter, model });
    assert.equal(perGrade.length, 20);
    assert.equal(perGrade[19]!["model (paper)"], PUBLISHED_PER_GRADE.model.jaccard[4]);
    const split = niemeyerTable4(defaultModel.scores, folds);
    assert.deepEqual(split[2], {
      measure: "Cohen's κ",
      "fixed split": defaultModel.scores.fractionalKappa.toFixed(3),
      "fixed split (paper)": "0.916",
      "2-fold cross-validation": `${folds.summary.fractionalKappa!.mean!.toFixed(3)} (${folds.summary.fractionalKappa!.low!.toFixed(3)}, ${folds.summary.fractionalKappa!.high!.toFixed(3)})`,
      "10-fold cross-validation (paper)": "0.906 (0.899, 0.914)",
    });
    const remarks = niemeyerFigureRemarks({ defaultModel, regression, learning, resolution });
    assert.deepEqual([...new Set(remarks.map(({ figure }) => figure))], [2, 3, 4, 5]);
    const discs = study.crops.get(24)!.length;
    const distribution = niemeyerFigure1(study.sources);
    const counted = distribution.flatMap((one) => study.sources.map(({ name }) => Number(one[name])));
    assert.equal(
      counted.reduce((sum, count) => sum + count, 0),
      discs,
    );
    assert.equal(distribution[0]!["supplement (paper)"], 293);
  });
});

describe("Niemeyer's tables", () => {
  it("Table 1 is the engine's network, which the printed one is but for layer 16", () => {
    const rows = niemeyerTable1();
    assert.equal(rows.length, 35);
    assert.equal(rows.at(-1)!.parameters, 2355021);
    const printed = PUBLISHED_LAYERS.reduce((sum, [, , , , count]) => sum + count, 0);
    assert.equal(rows.at(-1)!["parameters (paper)"], printed);
    assert.equal(printed - 2355021, 147854 - 147584);
    for (const one of rows.slice(0, 34)) {
      assert.equal(one["output shape"], one["output shape (paper)"], `layer ${one.layer}`);
      if (one.layer !== 16) assert.equal(one.parameters, one["parameters (paper)"], `layer ${one.layer}`);
    }
  });

  it("prints what agrees with itself: each accuracy is between the kappa's and 1, the F1 follows from precision and sensitivity", () => {
    for (const { precision, recall, f1, jaccard } of Object.values(PUBLISHED_PER_GRADE))
      f1.forEach((value, g) => {
        const [p, r] = [precision[g]!, recall[g]!];
        const expected = p + r === 0 ? 0 : (2 * p * r) / (p + r);
        assert.ok(Math.abs(value - expected) < 0.0015, `F1 ${value} of ${p} and ${r}`);
        assert.ok(Math.abs(jaccard[g]! - value / (2 - value)) < 0.0015, `Jaccard ${jaccard[g]} of ${value}`);
      });
    // The averages over grades in Table 2 are the means of Table 3.
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / 5;
    const published = PUBLISHED_MODELS["Default model"];
    assert.ok(Math.abs(mean(PUBLISHED_PER_GRADE.model.precision) - published.precision) < 0.001);
    assert.ok(Math.abs(mean(PUBLISHED_PER_GRADE.model.recall) - published.sensitivity) < 0.001);
    assert.ok(Math.abs(mean(PUBLISHED_PER_GRADE.model.f1) - published.f1) < 0.001);
    assert.equal(Object.keys(published).length, agreementColumns.length);
  });

  it("simulated readings agree as the paper's raters do in whole grades", () => {
    const readings = simulatedReadings("niemeyer-intra", { phantoms: 200, seed: 5 });
    assert.equal(readings.truth.length, 1200);
    const { kappa, fractionalKappa, fractionalAccuracy, accuracy } = scorePaired(readings);
    assert.ok(Math.abs(kappa - 0.867) < 0.03, `kappa ${kappa}`);
    assert.ok(Math.abs(fractionalKappa - 0.852) < 0.03, `kappa of 13 grades ${fractionalKappa}`);
    assert.ok(fractionalAccuracy < accuracy);
  });

  it("an unknown size is refused with the known ones", () => {
    assert.throws(() => studySize("huge"), /There is no size "huge": give small or full\./);
  });
});
