import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import {
  createInputGradient,
  createPredictor,
  initialWeights,
  listParameters,
  multitaskNetwork,
  niemeyerNetwork,
  placeLayers,
  placeOfMap,
  sizeOf,
} from "../../src/engine/index.js";
import type { InputGradient, Network, Tensor, Weights } from "../../src/engine/index.js";
import { randomValues, smallMultitask, smallNetworks } from "./support.js";

const samples = 3;

/** Weights with statistics, scales and biases away from their starting values. */
function variedWeights(network: Network): Weights {
  const random = new Random(11);
  const weights = initialWeights(network, 5);
  for (const { name, role } of listParameters(network))
    if (role === "variance") weights[name] = weights[name]!.map(() => random.between(0.3, 3));
    else if (role !== "kernel") weights[name] = weights[name]!.map((v) => v + 0.3 * random.normal());
  return weights;
}

function randomFeeds(network: Network, random: Random, count: number): Record<string, Tensor> {
  const { channels, rows, columns } = network.input;
  const shape = [count, channels, rows, columns];
  return {
    input: { values: randomValues(random, sizeOf(shape)), shape },
    ...Object.fromEntries(
      Object.entries(network.extraInputs ?? {}).map(([name, n]) => [
        name,
        { values: randomValues(random, count * n), shape: [count, n] },
      ]),
    ),
  };
}

function randomDirections(network: Network, random: Random, count: number): Record<string, Float32Array> {
  const shapes = new Map(placeLayers(network).map(({ name, shape }) => [name, shape]));
  return Object.fromEntries(
    network.outputs.map(({ name }) => [name, randomValues(random, count * sizeOf(shapes.get(name)!))]),
  );
}

/**
 * Largest relative error, over the samples, between the slope along a direction by the gradient and by central
 * differences: along the gradient itself, and along a random direction mixed with it.
 */
async function slopeError(network: Network, model: InputGradient): Promise<number> {
  const random = new Random(7);
  const feeds = randomFeeds(network, random, samples);
  const directions = randomDirections(network, random, samples);
  const { gradient } = await model.run(feeds, directions);
  const size = gradient.values.length / samples;
  const step = 3e-3;
  let worst = 0;
  for (const mix of [0, 1]) {
    const along = new Float32Array(gradient.values.length);
    for (let s = 0; s < samples; s++) {
      const own = gradient.values.subarray(s * size, (s + 1) * size);
      const norm = Math.hypot(...own);
      const raw = own.map((g) => g / norm + (mix * random.normal()) / Math.sqrt(size));
      const length = Math.hypot(...raw);
      along.set(
        raw.map((d) => d / length),
        s * size,
      );
    }
    const scoreAt = async (sign: number): Promise<Float32Array> => {
      const values = feeds.input!.values.map((v, i) => v + sign * step * along[i]!);
      return (await model.run({ ...feeds, input: { ...feeds.input!, values } }, directions)).score;
    };
    const [above, below] = [await scoreAt(1), await scoreAt(-1)];
    for (let s = 0; s < samples; s++) {
      const own = gradient.values.subarray(s * size, (s + 1) * size);
      const expected = own.reduce((sum, g, i) => sum + g * along[s * size + i]!, 0);
      const found = (above[s]! - below[s]!) / (2 * step);
      worst = Math.max(worst, Math.abs(found - expected) / Math.hypot(...own));
    }
  }
  return worst;
}

describe("the derivative of a score by the image agrees with finite differences", () => {
  for (const [name, network] of Object.entries(smallNetworks))
    it(name, async () => {
      // Two samples in a batch, so that the third is worked on with padding.
      const model = await createInputGradient(network, variedWeights(network), { batch: 2 });
      const error = await slopeError(network, model);
      assert.ok(error < 1e-2, `relative error ${error}`);
    });
});

describe("the derivative of a score", () => {
  const network = smallMultitask;
  const weights = variedWeights(network);

  it("has the score of the network at inference: differences of logits are those of log probabilities", async () => {
    const random = new Random(3);
    const feeds = randomFeeds(network, random, samples);
    const predicted = await (await createPredictor(network, weights)).run(feeds);
    const model = await createInputGradient(network, weights);
    const b = new Float32Array(samples * 4);
    for (let s = 0; s < samples; s++) b.set([0, 1, -1, 0], s * 4);
    const { score } = await model.run(feeds, { b });
    for (let s = 0; s < samples; s++) {
      const [, one, two] = predicted.b!.values.subarray(s * 4, s * 4 + 4);
      const expected = Math.log(one!) - Math.log(two!);
      assert.ok(Math.abs(score[s]! - expected) < 1e-3, `${score[s]!} for ${expected}`);
    }
  });

  it("by the maps before global average pooling is the head's weight over the number of pixels", async () => {
    const random = new Random(4);
    const model = await createInputGradient(network, weights, { respectTo: "maps" });
    const { values, gradient } = await model.run(randomFeeds(network, random, 1), {
      a: Float32Array.of(0, 1),
    });
    const maps = 96 + 48;
    assert.deepEqual(values.shape, [1, maps, 4, 4]);
    const kernel = weights["a/kernel"]!;
    const inputs = kernel.length / 2;
    for (let c = 0; c < maps; c++)
      assert.ok(Math.abs(gradient.values[c * 16 + 5]! - kernel[inputs + c]! / 16) < 1e-6);
  });

  it("under guided back-propagation leaves out what arrives negative at a leaky ReLU", async () => {
    // One 1 x 1 convolution, leaky ReLU, pooling, dense with weights +1 and −1: the guided rule stops the negative one.
    const small: Network = {
      name: "guided",
      input: { channels: 1, rows: 2, columns: 2 },
      layers: [
        { kind: "convolution", filters: 2, kernel: 1, padding: "same", name: "first" },
        { kind: "leakyRelu", slope: 0.5 },
        { kind: "globalAveragePooling" },
        { kind: "dense", units: 1, name: "out" },
      ],
      outputs: [{ name: "out", loss: "squaredError" }],
    };
    const own: Weights = {
      "first/kernel": Float32Array.of(1, 1),
      "first/bias": Float32Array.of(0, 0),
      "out/kernel": Float32Array.of(4, -8),
      "out/bias": Float32Array.of(0),
    };
    const feeds = { input: { values: Float32Array.of(1, 2, -1, 3), shape: [1, 1, 2, 2] } };
    const direction = { out: Float32Array.of(1) };
    const plain = await (await createInputGradient(small, own)).run(feeds, direction);
    const guided = await (await createInputGradient(small, own, { isGuided: true })).run(feeds, direction);
    // Each pixel's share: (4 − 8) / 4 where positive, half of it (the slope) where negative; guided only 4 / 4.
    assert.deepEqual([...plain.gradient.values], [-1, -1, -0.5, -1]);
    assert.deepEqual([...guided.gradient.values], [1, 1, 0.5, 1]);
  });

  it("names a layer that is not there", async () => {
    await assert.rejects(
      createInputGradient(network, weights, { respectTo: "attic" }),
      /no layer called attic/,
    );
  });
});

describe("maps lie on the image", () => {
  it("in the middle of what they see: pooling shifts by half a pixel, valid convolutions leave a margin", () => {
    const multitask = multitaskNetwork({ size: 64, channels: 3, geometry: 4, heads: { a: 2 }, further: [] });
    assert.deepEqual(placeOfMap(multitask, "maps"), { step: 4, first: 1.5 });
    // Niemeyer's block 5 is a valid convolution with dilation 2: two map pixels of four image pixels are missing.
    const niemeyer = niemeyerNetwork({ size: 64, width: 0.25, classes: 5 });
    assert.deepEqual(placeOfMap(niemeyer, "maps"), { step: 4, first: 9.5 });
    assert.throws(() => placeOfMap(niemeyer, "cellar"), /no layer of maps called cellar/);
  });
});
