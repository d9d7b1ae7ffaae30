import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adam, initialWeights, listParameters, placeLayers, Random, sizeOf, Trainer } from "../../src/engine/index.js";
import type { Batch, Layer, Loss, Network } from "../../src/engine/index.js";

const batchSize = 3;

function randomValues(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Targets that fit the loss: a distribution, a set with at least one class, or plain numbers. */
function targets(random: Random, loss: Loss, shape: readonly number[]): Float32Array {
  const [classes, pixels] = [shape[0]!, sizeOf(shape.slice(1))];
  const values = new Float32Array(batchSize * classes * pixels);
  for (let b = 0; b < batchSize; b++)
    for (let p = 0; p < pixels; p++) {
      const first = random.integer(classes);
      const second = random.integer(classes);
      for (let k = 0; k < classes; k++) {
        const index = (b * classes + k) * pixels + p;
        const marks = (k === first ? 1 : 0) + (k === second ? 1 : 0);
        values[index] = loss === "squaredError" ? random.normal() : loss === "crossEntropy" ? marks / 2 : Math.min(1, marks);
      }
    }
  return values;
}

function randomBatch(network: Network, random: Random): Batch {
  const shapes = new Map(placeLayers(network).map((placed) => [placed.name, placed.shape]));
  const { channels, rows, columns } = network.input;
  return {
    input: randomValues(random, batchSize * channels * rows * columns),
    extra: Object.fromEntries(Object.entries(network.extraInputs ?? {}).map(([name, n]) => [name, randomValues(random, batchSize * n)])),
    targets: Object.fromEntries(network.outputs.map(({ name, loss }) => [name, targets(random, loss, shapes.get(name)!)])),
    weights: Object.fromEntries(
      network.outputs.map(({ name }) => [name, Float32Array.from({ length: batchSize * sizeOf(shapes.get(name)!.slice(1)) }, () => random.between(0.1, 0.5))]),
    ),
  };
}

/** Largest relative error, over all parameters, between the graph's directional derivatives and central differences. */
async function gradientError(network: Network): Promise<number> {
  const random = new Random(7);
  const weights = initialWeights(network, 5);
  for (const { name, role } of listParameters(network)) if (role !== "kernel") weights[name] = weights[name]!.map((v) => v + 0.3 * random.normal());
  const batch = randomBatch(network, random);
  // The dropout masks must be the same for each evaluation: a fresh trainer with the same seed for each.
  const lossAt = async (): Promise<number> => (await (await Trainer.create(network, weights, batchSize, adam(), 3)).gradients(batch)).loss;
  const { gradients } = await (await Trainer.create(network, weights, batchSize, adam(), 3)).gradients(batch);
  let worst = 0;
  for (const [name, gradient] of Object.entries(gradients)) {
    const norm = Math.hypot(...gradient);
    // Along the gradient, and along a random direction mixed with it.
    for (const mix of [0, 1]) {
      const noise = gradient.map(() => random.normal());
      const noiseNorm = Math.hypot(...noise);
      const raw = gradient.map((g, i) => (norm > 0 ? g / norm : 0) + (mix * noise[i]!) / noiseNorm);
      const rawNorm = Math.hypot(...raw);
      const direction = raw.map((d) => d / rawNorm);
      const expected = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      const original = weights[name]!;
      const step = 1e-3;
      weights[name] = original.map((w, i) => w + step * direction[i]!);
      const above = await lossAt();
      weights[name] = original.map((w, i) => w - step * direction[i]!);
      const below = await lossAt();
      weights[name] = original;
      // A bias before batch normalisation has no effect: both sides are zero but for rounding.
      if (norm > 1e-4) worst = Math.max(worst, Math.abs((above - below) / (2 * step) - expected) / norm);
      else assert.ok(Math.abs(above - below) / (2 * step) < 1e-3, `${name}: gradient ${norm} but the loss changes`);
    }
  }
  return worst;
}

function small(layers: readonly Layer[], loss: Loss = "crossEntropy", extraInputs?: Record<string, number>): Network {
  return { name: "small", input: { channels: 2, rows: 8, columns: 6 }, extraInputs, layers, outputs: [{ name: layers.at(-1)!.name!, loss }] };
}
const first: Layer = { kind: "convolution", filters: 4, kernel: 3, padding: "same" };
const head: readonly Layer[] = [{ kind: "globalAveragePooling" }, { kind: "dense", units: 3, name: "out" }];

const cases: Record<string, Network> = {
  "convolution, same": small([first, { kind: "convolution", filters: 3, kernel: 3, padding: "same" }, ...head]),
  "convolution, valid and dilated": small([first, { kind: "convolution", filters: 3, kernel: 3, dilation: 2, padding: "valid" }, ...head]),
  "convolution, same and dilated": small([first, { kind: "convolution", filters: 3, kernel: 3, dilation: 3, padding: "same" }, ...head]),
  "convolution with stride 2": small([first, { kind: "convolution", filters: 3, kernel: 3, stride: 2, padding: "same" }, { kind: "convolution", filters: 2, kernel: 3, padding: "same" }, ...head]),
  "convolution 1 x 1": small([first, { kind: "convolution", filters: 3, kernel: 1, padding: "same" }, ...head]),
  "leaky ReLU": small([first, { kind: "leakyRelu", slope: 0.2 }, ...head]),
  "batch normalisation of maps": small([first, { kind: "batchNormalization" }, { kind: "convolution", filters: 3, kernel: 3, padding: "same" }, ...head]),
  "batch normalisation of vectors": small([first, { kind: "globalAveragePooling" }, { kind: "batchNormalization" }, { kind: "dense", units: 3, name: "out" }]),
  dropout: small([first, { kind: "dropout", rate: 0.3 }, ...head]),
  "max pooling": small([first, { kind: "maxPooling" }, { kind: "convolution", filters: 3, kernel: 3, padding: "same" }, ...head]),
  upsampling: small([{ ...first, stride: 2 }, { kind: "upsampling" }, { kind: "convolution", filters: 3, kernel: 3, padding: "same" }, ...head]),
  "concatenation and addition": small([
    { ...first, name: "a" },
    { kind: "convolution", filters: 4, kernel: 3, padding: "same", name: "b" },
    { kind: "addition", with: "a" },
    { kind: "concatenation", with: "b" },
    ...head,
  ]),
  "extra inputs and dense layers": small(
    [first, { kind: "globalAveragePooling" }, { kind: "concatenation", with: "geometry" }, { kind: "dense", units: 5 }, { kind: "leakyRelu", slope: 0.3 }, { kind: "dense", units: 3, name: "out" }],
    "crossEntropy",
    { geometry: 2 },
  ),
  "squared error": small([first, { kind: "globalAveragePooling" }, { kind: "dense", units: 2, name: "out" }], "squaredError"),
  "cross-entropy per pixel": small([first, { kind: "convolution", filters: 3, kernel: 1, padding: "same", name: "out" }]),
  "set cross-entropy per pixel": small([first, { kind: "convolution", filters: 4, kernel: 1, padding: "same", name: "out" }], "setCrossEntropy"),
};

describe("gradients of the training graph agree with finite differences", () => {
  for (const [name, network] of Object.entries(cases))
    it(name, async () => {
      const error = await gradientError(network);
      assert.ok(error < 1e-2, `relative error ${error}`);
    });
});
