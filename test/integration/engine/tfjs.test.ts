import assert from "node:assert/strict";
import { describe, it } from "node:test";
import util from "node:util";
import { Random } from "../../../src/numbers/index.js";
import {
  adam,
  createPredictor,
  createTfjsPredictor,
  initialWeights,
  listDropoutMasks,
  listParameters,
  loadTfjs,
  multitaskNetwork,
  niemeyerNetwork,
  sizeOf,
  tfjsGradients,
  Trainer,
  unet,
} from "../../../src/engine/index.js";
import type { Network, Tensor, Weights } from "../../../src/engine/index.js";
import { findTfjs } from "../../../src/engine/tfjs/load.js";
import { randomBatch, randomValues, smallNetworks } from "../../engine/support.js";

const batchSize = 3;

/** The small networks, and one of each that the product uses. */
const networks: Readonly<Record<string, Network>> = {
  ...smallNetworks,
  "Niemeyer's network": niemeyerNetwork({ size: 32, width: 0.125, classes: 5 }),
  "multitask network": multitaskNetwork({
    size: 16,
    channels: 2,
    geometry: 3,
    heads: { disc: 5, canal: 3 },
    further: ["canal"],
  }),
  "U-net": unet({
    name: "unet",
    rows: 16,
    columns: 8,
    channels: 1,
    filters: [4, 6, 8],
    classes: 3,
    loss: "crossEntropy",
  }),
};

/** Weights whose biases and normalisations do something; variances stay positive. */
function livelyWeights(network: Network): Weights {
  const random = new Random(11);
  const weights = initialWeights(network, 5);
  for (const { name, role } of listParameters(network))
    if (role !== "kernel")
      weights[name] = weights[name]!.map((v) =>
        role === "variance" ? random.between(0.5, 2) : v + 0.3 * random.normal(),
      );
  return weights;
}

function randomFeeds(network: Network, random: Random): Record<string, Tensor> {
  const { channels, rows, columns } = network.input;
  const make = (shape: number[]): Tensor => ({ values: randomValues(random, sizeOf(shape)), shape });
  return {
    input: make([batchSize, channels, rows, columns]),
    ...Object.fromEntries(
      Object.entries(network.extraInputs ?? {}).map(([name, n]) => [name, make([batchSize, n])]),
    ),
  };
}

function maximumDifference(a: Tensor, b: Tensor): number {
  assert.deepEqual(a.shape, b.shape);
  return a.values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b.values[i]!)), 0);
}

function norm(values: Iterable<number>): number {
  return Math.hypot(...values);
}

describe("inference on tfjs agrees with onnxruntime", () => {
  for (const [title, network] of Object.entries(networks))
    it(title, async () => {
      const exposing: Network = { exposed: [network.layers[0]!.name ?? "convolution1"], ...network };
      const weights = livelyWeights(exposing);
      const feeds = randomFeeds(exposing, new Random(3));
      const expected = await (await createPredictor(exposing, weights)).run(feeds);
      const found = await (await createTfjsPredictor(exposing, weights, { backend: "cpu" })).run(feeds);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
      for (const [name, tensor] of Object.entries(expected)) {
        assert.ok(norm(tensor.values) > 0);
        const difference = maximumDifference(found[name]!, tensor);
        assert.ok(difference < 1e-4, `${name} differs by ${difference}`);
      }
    });
});

describe("gradients on tfjs agree with the ONNX training graph", () => {
  for (const [title, network] of Object.entries(networks))
    it(title, async () => {
      const weights = livelyWeights(network);
      const batch = randomBatch(network, new Random(7), batchSize);
      const trainer = await Trainer.create(network, weights, batchSize, adam(), 3);
      const expected = await trainer.gradients(batch);
      // The masks that a trainer of the same seed draws.
      const random = new Random(3);
      const masks = Object.fromEntries(
        listDropoutMasks(network).map(({ name, shape, rate }) => [
          name,
          Float32Array.from({ length: batchSize * sizeOf(shape) }, () =>
            random.chance(rate) ? 0 : 1 / (1 - rate),
          ),
        ]),
      );
      const found = await tfjsGradients(network, weights, batch, masks, { backend: "cpu" });
      assert.ok(Math.abs(found.loss - expected.loss) < 1e-4 * Math.abs(expected.loss));
      const largest = Math.max(...Object.values(expected.gradients).map(norm));
      for (const kind of ["gradients", "statistics"] as const) {
        assert.deepEqual(Object.keys(found[kind]).sort(), Object.keys(expected[kind]).sort());
        for (const [name, values] of Object.entries(expected[kind])) {
          const difference = norm(values.map((value, i) => value - found[kind][name]![i]!));
          // Biases before batch normalisation have no effect: their gradients are rounding errors.
          const scale = Math.max(norm(values), 1e-4 * largest);
          assert.ok(difference < 1e-2 * scale, `${kind} ${name}: ${difference} of ${scale}`);
        }
      }
    });
});

describe("the predictor on tfjs", () => {
  const network = smallNetworks["max pooling"]!;

  it("keeps its weights when training changes the arrays in place, and leaves no tensors behind", async () => {
    const { tf } = await loadTfjs("cpu");
    const weights = livelyWeights(network);
    const feeds = randomFeeds(network, new Random(3));
    const predictor = await createTfjsPredictor(network, weights, { backend: "cpu" });
    const before = await predictor.run(feeds);
    const tensors = tf.memory().numTensors;
    for (const values of Object.values(weights)) values.fill(0);
    const after = await predictor.run(feeds);
    assert.equal(maximumDifference(after.out!, before.out!), 0);
    await tfjsGradients(network, livelyWeights(network), randomBatch(network, new Random(1), 2), {});
    assert.equal(tf.memory().numTensors, tensors);
  });

  it("says which input and which weights are missing", async () => {
    const weights = livelyWeights(network);
    const predictor = await createTfjsPredictor(network, weights, { backend: "cpu" });
    await assert.rejects(predictor.run({}), /small was not fed with "input"/);
    delete weights["out/bias"];
    await assert.rejects(createTfjsPredictor(network, weights), /no tensor called out\/bias/);
  });
});

describe("loading tfjs", () => {
  it("falls back to the CPU backend when the native package does not load", async () => {
    const { tf, backend } = await findTfjs("auto", () => Promise.reject(new Error("no native part")));
    assert.equal(backend, "cpu");
    assert.equal(tf.getBackend(), "cpu");
  });

  it("uses the native package when it loads, with the functions that Node 23 dropped put back", async () => {
    const utilities = util as unknown as Record<string, unknown>;
    const originals = { isArray: utilities.isArray, isNullOrUndefined: utilities.isNullOrUndefined };
    delete utilities.isArray;
    delete utilities.isNullOrUndefined;
    try {
      const native = { ready: () => Promise.resolve(), getBackend: () => "tensorflow" };
      const { tf, backend } = await findTfjs("auto", (specifier) => {
        assert.equal(specifier, "@tensorflow/tfjs-node-gpu");
        assert.equal((utilities.isArray as (value: unknown) => boolean)([]), true);
        assert.equal((utilities.isNullOrUndefined as (value: unknown) => boolean)(0), false);
        return Promise.resolve({ default: native });
      });
      assert.equal(tf, native);
      assert.equal(backend, "tensorflow");
    } finally {
      Object.assign(utilities, originals);
    }
  });
});
