import assert from "node:assert/strict";
import { describe, it } from "node:test";
import util from "node:util";
import { Random } from "../../../src/numbers/index.js";
import {
  adam,
  createInputGradient,
  createPredictor,
  EngineError,
  initialWeights,
  listDropoutMasks,
  listParameters,
  multitaskNetwork,
  niemeyerNetwork,
  placeLayers,
  sizeOf,
  Trainer,
  unet,
} from "../../../src/engine/index.js";
import type { Network, Tensor, Weights } from "../../../src/engine/index.js";
import { tfjsGradients } from "../../../src/engine/tfjs/gradients.js";
import { createTfjsInputGradient } from "../../../src/engine/tfjs/inputGradient.js";
import { findTfjs, loadTfjs } from "../../../src/engine/tfjs/load.js";
import { createTfjsPredictor } from "../../../src/engine/tfjs/predictor.js";
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

describe("gradients of scores on tfjs agree with those on onnxruntime", () => {
  for (const [title, network] of Object.entries(networks))
    it(title, async () => {
      const weights = livelyWeights(network);
      const feeds = randomFeeds(network, new Random(3));
      const placed = placeLayers(network);
      const random = new Random(9);
      const directions = Object.fromEntries(
        network.outputs.map(({ name }) => [
          name,
          randomValues(random, batchSize * sizeOf(placed.find((layer) => layer.name === name)!.shape)),
        ]),
      );
      // Two samples at a time, so that the last batch is not full.
      const middle = placed[Math.floor(placed.length / 3)]!.name;
      for (const options of [{}, { isGuided: true }, { respectTo: middle }]) {
        const given = { ...options, batch: 2 };
        const one = await createInputGradient(network, weights, given, "onnxruntime");
        const other = await createTfjsInputGradient(network, weights, given, { backend: "cpu" });
        const expected = await one.run(feeds, directions);
        const found = await other.run(feeds, directions);
        const largest = expected.gradient.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(largest > 0);
        const difference = maximumDifference(found.gradient, expected.gradient);
        assert.ok(
          difference < 1e-4 * Math.max(1, largest),
          `gradients differ by ${difference} of ${largest}`,
        );
        assert.ok(maximumDifference(found.values, expected.values) < 1e-4);
        expected.score.forEach((score, i) => {
          assert.ok(Math.abs(found.score[i]! - score) < 1e-3 * Math.max(1, Math.abs(score)));
        });
      }
    });

  it("gives a gradient to all values that share a window's maximum", async () => {
    const network: Network = {
      name: "ties",
      input: { channels: 1, rows: 4, columns: 4 },
      layers: [{ kind: "maxPooling", name: "out" }],
      outputs: [{ name: "out", loss: "squaredError" }],
    };
    const feeds = { input: { values: new Float32Array(16).fill(-1), shape: [1, 1, 4, 4] } };
    const direction = { out: Float32Array.of(1, 2, 3, 4) };
    const one = await createInputGradient(network, {}, {}, "onnxruntime");
    const other = await createTfjsInputGradient(network, {}, {}, { backend: "cpu" });
    assert.deepEqual(await other.run(feeds, direction), await one.run(feeds, direction));
  });

  it("says which layer is missing, and where no output depends on one", async () => {
    const network = smallNetworks["max pooling"]!;
    const weights = livelyWeights(network);
    await assert.rejects(
      createTfjsInputGradient(network, weights, { respectTo: "attic" }),
      /no layer called attic/,
    );
  });
});

describe("training on tfjs", () => {
  it("makes the steps that it makes on onnxruntime", async () => {
    const network = smallNetworks["max pooling"]!;
    const batch = randomBatch(network, new Random(7), batchSize);
    const weights = [livelyWeights(network), livelyWeights(network)] as const;
    const one = await Trainer.create(network, weights[0], batchSize, adam(), 3, "onnxruntime");
    const other = await Trainer.create(network, weights[1], batchSize, adam(), 3, "tfjs");
    for (let step = 0; step < 3; step++) {
      const [expected, found] = [await one.step(batch, 1e-2), await other.step(batch, 1e-2)];
      assert.ok(Math.abs(found - expected) < 1e-3 * Math.abs(expected), `${found} for ${expected}`);
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
  /** What a machine has installed; a package that throws lacks its native part. */
  const installed =
    (packages: Readonly<Record<string, () => unknown>>) =>
    (specifier: string): Promise<unknown> =>
      Promise.resolve().then(() => packages[specifier.replace("@tensorflow/", "")]?.());
  const native = (isUsingGpuDevice: boolean): object => ({
    ready: () => Promise.resolve(),
    getBackend: () => "tensorflow",
    backend: () => ({ isUsingGpuDevice }),
    getGradient: () => ({}),
    version_core: "4.22.0",
  });
  const broken = (): never => {
    throw new Error("no native part");
  };
  const plain = {
    "tfjs-core": () => import("@tensorflow/tfjs-core"),
    "tfjs-backend-cpu": () => import("@tensorflow/tfjs-backend-cpu"),
  };

  it("falls back to plain JavaScript, and says which package is installed but does not load", async () => {
    const { tf, backend, name, problem } = await findTfjs(
      "auto",
      installed({ ...plain, "tfjs-node": broken }),
    );
    assert.deepEqual([tf.getBackend(), backend, name], ["cpu", "cpu", "tfjs"]);
    assert.match(problem ?? "", /@tensorflow\/tfjs-node is installed, but .*npm rebuild/);
    assert.equal((await findTfjs("auto", installed(plain))).problem, undefined);
  });

  it("says in one sentence how tfjs is installed where none is", async () => {
    await assert.rejects(
      findTfjs("auto", installed({})),
      (error) =>
        error instanceof EngineError &&
        /not installed .*`npm install @tensorflow\/tfjs-node`/.test(error.message),
    );
  });

  it("prefers the package for graphics cards, then the native one, with what Node 23 dropped put back", async () => {
    const utilities = util as unknown as Record<string, unknown>;
    const originals = { isArray: utilities.isArray, isNullOrUndefined: utilities.isNullOrUndefined };
    delete utilities.isArray;
    delete utilities.isNullOrUndefined;
    try {
      const onCard = (): object => {
        assert.equal((utilities.isArray as (value: unknown) => boolean)([]), true);
        assert.equal((utilities.isNullOrUndefined as (value: unknown) => boolean)(0), false);
        return { default: native(true) };
      };
      const onProcessor = (): object => ({ default: native(false) });
      const packages = { ...plain, "tfjs-node": onProcessor };
      const first = await findTfjs("auto", installed({ ...packages, "tfjs-node-gpu": onCard }));
      assert.deepEqual([first.name, first.device, first.backend], ["tfjs-node-gpu", "gpu", "tensorflow"]);
      const second = await findTfjs("auto", installed({ ...packages, "tfjs-node-gpu": broken }));
      assert.deepEqual([second.name, second.device], ["tfjs-node", "cpu"]);
      assert.match(second.problem ?? "", /tfjs-node-gpu is installed/);
    } finally {
      Object.assign(utilities, originals);
    }
  });
});
