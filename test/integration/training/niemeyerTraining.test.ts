import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { initialWeights, loadWeights, readTensors } from "../../../src/engine/index.js";
import { RecipeError, runRecipe } from "../../../src/training/index.js";
import {
  crossValidate,
  evaluateNiemeyer,
  networkOf,
  parseNiemeyerRecipe,
  summariseFolds,
  trainNiemeyer,
} from "../../../src/training/niemeyer/index.js";
import type {
  CrossValidation,
  NiemeyerRecipe,
  NiemeyerScores,
} from "../../../src/training/niemeyer/index.js";
import { drawnDiscs } from "../../training/drawnDiscs.js";

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), "niemeyer-"))));
after(async () => rm(folder, { recursive: true }));

const silent = (): void => undefined;
const small = { size: 32, width: 0.125, batchSize: 26, learningRate: 0.03, rotation: 10, augmentations: 1 };

describe("every row of Table 2 learns", () => {
  const recipes = readdirSync("models/recipes").filter((name) => name.startsWith("niemeyer-"));
  // More of the lower grades, so that balanced weights are not all one.
  const samples = drawnDiscs(13, 32, 1).filter(({ grade }, i) => grade < 3 || i % 3 !== 0);
  assert.ok(recipes.length >= 8);
  for (const name of recipes)
    it(name, async () => {
      const file = JSON.parse(readFileSync(join("models/recipes", name), "utf8")) as Record<string, unknown>;
      const recipe = parseNiemeyerRecipe({ ...file, ...small, epochs: 10 });
      const network = networkOf(recipe);
      const checkpoint = join(folder, `${name}.ckpt`);
      const run = { recipe, training: samples, validation: samples, checkpoint, log: silent };
      const before = await evaluateNiemeyer(recipe, network, initialWeights(network, 1), samples);
      const { best, history, bestEpoch } = await trainNiemeyer(run);
      const [first, last] = [history[0]!, history.at(-1)!];
      assert.ok(
        last.trainingLoss < first.trainingLoss - 0.2 * Math.max(1, Math.abs(first.trainingLoss)),
        `the loss went from ${first.trainingLoss} to ${last.trainingLoss}`,
      );
      const { scores } = await evaluateNiemeyer(recipe, network, best, samples);
      // By chance the linearly weighted kappa is 0 ± 0.1.
      assert.ok(before.scores.fractionalKappa < 0.3, `kappa ${before.scores.fractionalKappa} untrained`);
      assert.ok(scores.fractionalKappa > 0.4, `kappa ${scores.fractionalKappa}`);
      assert.equal(scores.fractionalAccuracy, history[bestEpoch - 1]!.validationAccuracy);
    });
});

describe("a run", () => {
  const samples = drawnDiscs(6, 32, 2);
  const [training, validation] = [samples.slice(0, 24), samples.slice(24)];
  const recipe: NiemeyerRecipe = parseNiemeyerRecipe({
    ...small,
    grades: "integral",
    epochs: 7,
    batchSize: 8,
    augmentations: 2,
    plateauEpochs: 2,
    seed: 3,
    spider: false,
    phantoms: 1,
  });
  const whole = { recipe, training, validation, log: silent };

  it("keeps the weights of the epoch with the best validation accuracy", async () => {
    const checkpoint = join(folder, "whole.ckpt");
    const { network, best, last, bestEpoch, history } = await trainNiemeyer({ ...whole, checkpoint });
    assert.equal(history.length, 7);
    const accuracies = history.map(({ validationAccuracy }) => validationAccuracy);
    assert.equal(bestEpoch, 1 + accuracies.indexOf(Math.max(...accuracies)));
    const { scores } = await evaluateNiemeyer(recipe, network, best, validation);
    assert.equal(scores.fractionalAccuracy, Math.max(...accuracies));
    const end = await evaluateNiemeyer(recipe, network, last, validation);
    assert.equal(end.loss, history.at(-1)!.validationLoss);
    assert.ok(new Set(accuracies).size > 1, "the epochs differ, or the best is no choice");
  });

  it("that is interrupted, in an epoch and between two, ends in the same weights bit by bit", async () => {
    const plain = await trainNiemeyer({ ...whole, checkpoint: join(folder, "plain.ckpt") });
    const checkpoint = join(folder, "broken.ckpt");
    const broken = { ...whole, checkpoint, checkpointEvery: 4 };
    // 6 steps an epoch: step 11 is within epoch 2 (checkpoint at 8), step 19 just after epoch 3 ended at 18.
    for (const stop of [11, 19, 33])
      await assert.rejects(
        trainNiemeyer({
          ...broken,
          onStep: (step) => {
            if (step === stop) throw new Error(`power cut at ${step}`);
          },
        }),
        new RegExp(`power cut at ${stop}`),
      );
    const lines: string[] = [];
    const resumed = await trainNiemeyer({ ...broken, log: (line) => lines.push(line) });
    assert.match(lines[0]!, /going on after epoch 5 of 7, step 32/);
    assert.deepEqual(resumed.last, plain.last);
    assert.deepEqual(resumed.best, plain.best);
    assert.deepEqual(resumed.history, plain.history);
    assert.equal(resumed.bestEpoch, plain.bestEpoch);
    const state = async (path: string) => (await readTensors(path)).tensors;
    assert.deepEqual(await state(checkpoint), await state(join(folder, "plain.ckpt")));
    assert.deepEqual(await trainNiemeyer(broken).then(({ last }) => last), plain.last);
  });

  it("lowers its learning rate when the validation loss does not fall", async () => {
    const stuck = { ...recipe, learningRate: 1e-9, epochs: 5 };
    const { history } = await trainNiemeyer({
      ...whole,
      // Labels that no picture explains: at such a rate the loss falls only while the statistics settle.
      recipe: stuck,
      validation: training.map((sample, i) => ({ ...sample, grade: 1 + (i % 5) })),
      checkpoint: join(folder, "stuck.ckpt"),
    });
    const rates = history.map(({ learningRate }) => learningRate);
    assert.equal(rates[0], 1e-9);
    const expected: number[] = [];
    let [rate, best, waited] = [1e-9, Infinity, 0];
    for (const { validationLoss } of history) {
      expected.push(rate);
      if (validationLoss < best - 1e-4) [best, waited] = [validationLoss, 0];
      else if (++waited === 2) [rate, waited] = [rate / 10, 0];
    }
    assert.deepEqual(rates, expected);
    assert.ok(rates.at(-1)! < 1e-9, "the test wants a plateau");
  });

  it("refuses a checkpoint of another recipe or of other discs", async () => {
    const checkpoint = join(folder, "other.ckpt");
    await trainNiemeyer({ ...whole, recipe: { ...recipe, epochs: 1 }, checkpoint });
    await assert.rejects(
      trainNiemeyer({ ...whole, recipe: { ...recipe, learningRate: 0.01 }, checkpoint }),
      /another recipe or with other discs/,
    );
    await assert.rejects(
      trainNiemeyer({ ...whole, training: training.slice(1), checkpoint }),
      /another recipe or with other discs/,
    );
    const longer = await trainNiemeyer({ ...whole, recipe: { ...recipe, epochs: 2 }, checkpoint });
    assert.equal(longer.history.length, 2);
  });
});

describe("cross-validation", () => {
  const recipe = parseNiemeyerRecipe({
    ...small,
    grades: "integral",
    epochs: 2,
    batchSize: 8,
    seed: 3,
    spider: false,
    phantoms: 1,
  });

  it("validates each patient once and gives mean, minimum and maximum of the folds' figures", async () => {
    const samples = drawnDiscs(7, 32, 3);
    const table = await crossValidate({ recipe, samples, checkpoint: join(folder, "cv"), log: silent }, 3);
    assert.equal(table.discs, 42);
    assert.equal(table.folds.length, 3);
    const patients = table.folds.flatMap((fold) => fold.patients);
    assert.deepEqual([...patients].sort(), [...new Set(samples.map(({ patient }) => patient))].sort());
    assert.deepEqual(
      table.folds.map(({ scores }) => scores.discs),
      [18, 12, 12],
    );
    const accuracies = table.folds.map(({ scores }) => scores.accuracy);
    const { mean, minimum, maximum, low, high } = table.summary.accuracy!;
    assert.ok(Math.abs(mean! - accuracies.reduce((sum, value) => sum + value) / 3) < 1e-12);
    assert.equal(minimum, Math.min(...accuracies));
    assert.equal(maximum, Math.max(...accuracies));
    assert.ok(minimum <= low! && low! <= mean! && mean! <= high! && high! <= maximum);
    const again = await crossValidate({ recipe, samples, checkpoint: join(folder, "cv"), log: silent }, 3);
    assert.deepEqual(again, table);
  });

  it("leaves out folds where a figure is undefined", () => {
    const row = (pearson: number): NiemeyerScores =>
      ({ ...Object.fromEntries(["kappa"].map((key) => [key, 0.5])), pearson }) as unknown as NiemeyerScores;
    const summary = summariseFolds([row(NaN), row(0.25), row(0.75)], 1);
    assert.deepEqual([summary.pearson!.mean, summary.pearson!.minimum], [0.5, 0.25]);
    assert.equal(summary.linCcc!.mean, null);
  });
});

describe("spinebook train with one of Niemeyer's recipes", () => {
  const run = async (fields: Record<string, unknown>, places: { output: string; folds?: number }) => {
    const path = join(folder, "tiny.json");
    const file = JSON.parse(readFileSync("models/recipes/niemeyer-default.json", "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...file, ...small, epochs: 1, phantoms: 3, ...fields }));
    const lines: string[] = [];
    const { output, folds } = places;
    const job = { path, models: "models", checkpoint: join(folder, `${output}.ckpt`), folds };
    const written = await runRecipe({ ...job, output: join(folder, output) }, (line) => lines.push(line));
    return { written, lines };
  };

  it("trains on phantoms without any data and writes weights that say what they are", async () => {
    const { written, lines } = await run({}, { output: "weights.safetensors" });
    const { network, metadata } = await loadWeights(written);
    assert.equal(network.name, "niemeyer-32-0.125-13");
    assert.match(metadata.trainedOn!, /^0 discs of 0 patients .*, \d+ of 2 phantoms$/);
    assert.equal((JSON.parse(metadata.grades!) as number[]).length, 13);
    const scores = JSON.parse(metadata.validation!) as NiemeyerScores;
    assert.ok(scores.discs >= 4);
    assert.match(lines.at(-1)!, /best epoch 1: kappa .* MCC .* CCC .* \(\d+ discs\)/);
  });

  it("cross-validates with folds and writes a table", async () => {
    const { written } = await run({ grades: "integral" }, { output: "table.json", folds: 3 });
    const table = JSON.parse(await readFile(written, "utf8")) as CrossValidation;
    assert.equal(table.patients, 3);
    assert.deepEqual(
      table.folds.map(({ patients }) => patients.length),
      [1, 1, 1],
    );
    for (const metric of ["kappa", "matthews", "specificity", "sensitivity", "linCcc", "meanAbsoluteError"])
      assert.ok(metric in table.summary, metric);
  });

  it("says in a sentence what is missing", async () => {
    const refused = (message: RegExp) => (error: unknown) =>
      error instanceof RecipeError && message.test(error.message);
    const output = "none";
    await assert.rejects(run({ spider: true }, { output }), refused(/tiny\.json trains on patients.*--data/));
    await assert.rejects(
      run({ loss: "none" }, { output }),
      refused(/tiny\.json cannot be used\. Its contents are wrong: "loss"/),
    );
    await copyFile("models/detector.recipe.json", join(folder, "detector.json"));
    const job = { path: join(folder, "detector.json"), models: "models" };
    await assert.rejects(runRecipe({ ...job, data: folder, folds: 3 }, silent), refused(/knows no folds/));
    await assert.rejects(runRecipe(job, silent), refused(/needs training data/));
  });
});
