import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import { adam, createPredictor, initialWeights, momentumDescent, Trainer } from "../../src/engine/index.js";
import type { Batch, Network, Optimizer } from "../../src/engine/index.js";
import { randomBatch } from "./support.js";

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), "trainer-"))));
after(async () => rm(folder, { recursive: true }));

const [classes, samples, size] = [3, 12, 8];
const network: Network = {
  name: "stripes",
  input: { channels: 1, rows: size, columns: size },
  layers: [
    { kind: "convolution", filters: 6, kernel: 3, padding: "same" },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "batchNormalization" },
    { kind: "dropout", rate: 0.1 },
    { kind: "maxPooling" },
    { kind: "convolution", filters: 8, kernel: 3, dilation: 2, padding: "same" },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "batchNormalization" },
    { kind: "globalAveragePooling" },
    { kind: "dense", units: classes, name: "out" },
  ],
  outputs: [{ name: "out", loss: "crossEntropy" }],
};

/** Rows, columns or neither, in noise. */
function stripes(): Batch & { labels: number[] } {
  const random = new Random(2);
  const labels = Array.from({ length: samples }, (_, i) => i % classes);
  const input = labels.flatMap((label) =>
    Array.from({ length: size * size }, (_, i) => {
      const phase = [Math.floor(i / size), i % size][label];
      return (phase === undefined ? 0 : phase % 2) + 0.3 * random.normal();
    }),
  );
  return {
    labels,
    input: Float32Array.from(input),
    targets: {
      out: Float32Array.from(
        labels.flatMap((label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0))),
      ),
    },
    weights: { out: new Float32Array(samples).fill(1 / samples) },
  };
}

/** Share of the samples whose most probable class, by the inference graph, is theirs. */
async function accuracy(trainer: Trainer, { input, labels }: ReturnType<typeof stripes>): Promise<number> {
  const predictor = await createPredictor(network, trainer.weights);
  const { out } = await predictor.run({ input: { values: input, shape: [samples, 1, size, size] } });
  const right = labels.filter((label, i) => {
    const probabilities = out!.values.slice(i * classes, (i + 1) * classes);
    return probabilities.indexOf(Math.max(...probabilities)) === label;
  });
  return right.length / samples;
}

describe("a small network learns a small set by heart", () => {
  const optimizers: Record<string, [Optimizer, number]> = {
    adam: [adam(), 0.02],
    "momentum descent": [momentumDescent(0.9), 0.1],
    "adam with L2 regularisation": [adam({ l2: 1e-3 }), 0.02],
    "momentum descent with L2 regularisation": [momentumDescent(0.9, { l2: 1e-4 }), 0.1],
  };
  for (const [title, [optimizer, rate]] of Object.entries(optimizers))
    it(title, async () => {
      const set = stripes();
      const trainer = await Trainer.create(network, initialWeights(network, 4), samples, optimizer, 1);
      assert.ok((await accuracy(trainer, set)) < 0.9, "it must not know the set before");
      const start = await trainer.step(set, rate);
      let loss = start;
      for (let step = 1; step < 150; step++) loss = await trainer.step(set, rate);
      assert.equal(trainer.steps, 150);
      assert.ok(loss < 0.1 * start, `the loss went from ${start} to ${loss}`);
      assert.equal(await accuracy(trainer, set), 1);
    });
});

describe("the first steps of an optimiser", () => {
  /** The weight after each of some steps with these gradients, from 0. */
  const way = (optimizer: Optimizer, gradients: readonly number[], rate: number): number[] => {
    const weights = { "a/bias": new Float32Array(1) };
    return gradients.map((gradient) => {
      optimizer.step(weights, { "a/bias": Float32Array.of(gradient) }, rate);
      return weights["a/bias"][0]!;
    });
  };
  const near = (found: readonly number[], wanted: readonly number[]): void => {
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - wanted[i]!) < 1e-6, `step ${i + 1}: ${value}, not ${wanted[i]}`);
    });
  };

  it("are the learning rate long in Adam while the gradient stays, whatever its size (Kingma and Ba 2015, section 2.1)", () => {
    for (const gradient of [0.5, 3, -40])
      near(
        way(adam(), [gradient, gradient, gradient], 0.01),
        [1, 2, 3].map((steps) => -0.01 * steps * Math.sign(gradient)),
      );
  });

  it("follow Adam's averages of the gradient and its square where it changes", () => {
    // Algorithm 1 for 1, then −3: m = 0.9 · 0.1 − 0.3, v = 0.999 · 0.001 + 0.009, over 1 − 0.9² and 1 − 0.999².
    const second = (0.09 - 0.3) / 0.19 / Math.sqrt((0.000999 + 0.009) / 0.001999);
    near(way(adam(), [1, -3], 0.01), [-0.01, -0.01 - 0.01 * second]);
  });

  it("add up in momentum descent: v = μ v − η g", () => {
    near(way(momentumDescent(0.9), [2, 2, 0], 0.1), [-0.2, -0.2 - 0.38, -0.58 - 0.342]);
  });
});

describe("regularisation", () => {
  it("makes kernels smaller than without, and leaves biases alone where there is no gradient", () => {
    for (const make of [adam, (options: { l2: number }) => momentumDescent(0.9, options)]) {
      const weights = { "a/kernel": new Float32Array([1, -1]), "a/bias": new Float32Array([1]) };
      const gradients = { "a/kernel": new Float32Array(2), "a/bias": new Float32Array(1) };
      make({ l2: 0.1 }).step(weights, gradients, 0.1);
      assert.deepEqual(weights["a/kernel"], new Float32Array([0.98, -0.98]));
      assert.deepEqual(weights["a/bias"], new Float32Array([1]));
    }
  });
});

describe("checkpoints", () => {
  /** The batch of a step, whatever happened before. */
  const batchAt = (step: number): Batch => randomBatch(network, new Random(100 + step), 4);
  const makers: Record<string, () => Optimizer> = {
    adam: () => adam({ l2: 1e-4 }),
    "momentum descent": () => momentumDescent(0.9),
  };
  const train = async (trainer: Trainer, until: number): Promise<void> => {
    while (trainer.steps < until) await trainer.step(batchAt(trainer.steps), 0.01);
  };

  for (const [title, make] of Object.entries(makers))
    it(`go on as if nothing had happened, with ${title}`, async () => {
      const path = join(folder, `${title}.safetensors`);
      const whole = await Trainer.create(network, initialWeights(network, 4), 4, make(), 1);
      await train(whole, 14);

      const first = await Trainer.create(network, initialWeights(network, 4), 4, make(), 1);
      await train(first, 6);
      await first.saveCheckpoint(path, { epoch: "2" });
      // Other weights and another seed, which the checkpoint has to replace.
      const second = await Trainer.create(network, initialWeights(network, 99), 4, make(), 77);
      const remarks = await second.restoreCheckpoint(path);
      assert.equal(remarks.epoch, "2");
      assert.equal(second.steps, 6);
      assert.deepEqual(second.weights, first.weights);
      await train(second, 14);
      assert.deepEqual(second.weights, whole.weights);
      assert.notDeepEqual(second.weights, first.weights);
    });

  it("of another network are refused", async () => {
    const path = join(folder, "other.safetensors");
    const other: Network = { ...network, name: "other" };
    await (await Trainer.create(other, initialWeights(other, 1), 4, adam(), 1)).saveCheckpoint(path);
    const trainer = await Trainer.create(network, initialWeights(network, 1), 4, adam(), 1);
    await assert.rejects(trainer.restoreCheckpoint(path), /belongs to another version of network stripes/);
  });
});

describe("running statistics of batch normalisation", () => {
  const batches = [1, 2, 3, 4].map((seed) => randomBatch(network, new Random(seed), 4));
  /** Those of the first normalisation, which no dropout precedes, after these batches; nothing else changes. */
  const after = async (parts: readonly Batch[], start = 0): Promise<number[]> => {
    const weights = initialWeights(network, 4);
    const names = Object.keys(weights).filter((name) => /\/(mean|variance)$/.test(name));
    for (const name of names) weights[name]!.fill(start);
    const trainer = await Trainer.create(network, weights, 4, momentumDescent(0.9), 1);
    for (const part of parts) await trainer.step(part, 0);
    return names.slice(0, 2).flatMap((name) => [...trainer.weights[name]!]);
  };
  const near = (found: readonly number[], wanted: readonly number[]): void => {
    assert.equal(found.length, 12);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - wanted[i]!) < 1e-5, `${i}: ${value}, not ${wanted[i]}`);
    });
  };

  it("are those of the first batch after one step, wherever they started", async () => {
    near(await after(batches.slice(0, 1), 7), await after(batches.slice(0, 1)));
    assert.notDeepEqual(await after(batches.slice(0, 1)), await after(batches.slice(1, 2)));
  });

  it("are the mean over the batches of the first steps", async () => {
    const each = await Promise.all(batches.map((batch) => after([batch])));
    near(
      await after(batches),
      each[0]!.map((_, i) => each.reduce((sum, values) => sum + values[i]! / 4, 0)),
    );
  });

  it("keep 95 % of what they were from the twentieth step on", async () => {
    const [a, b] = batches as [Batch, Batch];
    const [ofA, ofB] = [await after([a]), await after([b])];
    near(
      await after([...new Array<Batch>(40).fill(a), b]),
      ofA.map((value, i) => 0.95 * value + 0.05 * ofB[i]!),
    );
  });
});

describe("a training that diverges", () => {
  it("stops with a sentence, its weights unharmed", async () => {
    const weights = initialWeights(network, 4);
    const trainer = await Trainer.create(network, weights, samples, momentumDescent(0.9), 1);
    const set = stripes();
    await trainer.step(set, 0.01);
    const before = structuredClone(weights);
    set.input[0] = NaN;
    await assert.rejects(
      trainer.step(set, 0.01),
      /Training of stripes diverged at step 1: the loss is NaN. Use a lower learning rate./,
    );
    assert.deepEqual(weights, before);
  });

  it("is noticed when the learning rate is far too high", async () => {
    const set = stripes();
    const trainer = await Trainer.create(
      network,
      initialWeights(network, 4),
      samples,
      momentumDescent(0.9),
      1,
    );
    await assert.rejects(async () => {
      for (let step = 0; step < 30; step++) await trainer.step(set, 1e30);
    }, /diverged at step \d+/);
  });
});
