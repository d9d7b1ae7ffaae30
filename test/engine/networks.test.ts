import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  countParameters,
  createPredictor,
  initialWeights,
  listParameters,
  multitaskNetwork,
  niemeyerNetwork,
  placeLayers,
  sizeOf,
  unet,
} from "../../src/engine/index.js";
import type { Layer, Network } from "../../src/engine/index.js";

function network(layers: readonly Layer[], extraInputs?: Record<string, number>): Network {
  return {
    name: "test",
    input: { channels: 1, rows: 8, columns: 8 },
    extraInputs,
    layers,
    outputs: [{ name: "out", loss: "crossEntropy" }],
  };
}

/** Shapes after the layers of one kind, in order. */
function shapesOf(described: Network, kind: Layer["kind"]): string[] {
  return placeLayers(described)
    .filter(({ layer }) => layer.kind === kind)
    .map(({ shape }) => shape.join("x"));
}

describe("Niemeyer's network", () => {
  const paper = niemeyerNetwork({ size: 128, width: 1, classes: 13 });

  it("has exactly the 2,355,021 parameters of Table 1", () => {
    assert.equal(countParameters(paper), 2_355_021);
  });

  it("has the output shapes of Table 1", () => {
    assert.deepEqual(shapesOf(paper, "convolution"), [
      "32x128x128",
      "64x128x128",
      "64x128x128",
      "128x64x64",
      "128x64x64",
      "256x64x64",
      "256x64x64",
      "512x28x28",
    ]);
    assert.deepEqual(shapesOf(paper, "maxPooling"), ["64x64x64", "256x32x32"]);
    assert.deepEqual(shapesOf(paper, "globalAveragePooling"), ["512"]);
    assert.deepEqual(shapesOf(paper, "dense"), ["13"]);
  });

  it("has the parameters of Table 1 layer by layer, layer 16 with its two digits put right", () => {
    const counts = new Map<string, number>();
    for (const { name, shape } of listParameters(paper)) {
      const layer = name.slice(0, name.indexOf("/"));
      counts.set(layer, (counts.get(layer) ?? 0) + sizeOf(shape));
    }
    const table = [
      [320, 128],
      [18_496, 256, 36_928, 256],
      // Layer 16: 147,584, where the paper prints 147,854.
      [73_856, 512, 147_584, 512],
      [295_168, 1024, 590_080, 1024],
      [1_180_160, 2048],
      [6669],
    ];
    assert.deepEqual([...counts.values()], table.flat());
    // With the printed 147,854 the sum would be another than the total that the paper itself and Keras give.
    assert.equal(table.flat().reduce((sum, count) => sum + count) + 147_854 - 147_584, 2_355_291);
  });

  it("has the layers of Table 1 in their order, with their dilations, slopes and rates", () => {
    const marks = paper.layers.map((layer): string => {
      if (layer.kind === "convolution") return `c${layer.filters}/${layer.dilation ?? 1}${layer.padding[0]!}`;
      if (layer.kind === "leakyRelu") return `r${layer.slope}`;
      if (layer.kind === "dropout") return `d${layer.rate}`;
      return { batchNormalization: "b", maxPooling: "p", globalAveragePooling: "g", dense: "f" }[
        layer.kind as "dense"
      ];
    });
    const after = "r0.01 b";
    assert.equal(
      marks.join(" "),
      [
        `c32/1s ${after} d0.2`,
        `c64/2s ${after} c64/2s ${after} d0.2 p`,
        `c128/2s ${after} c128/2s ${after} d0.2`,
        `c256/3s ${after} c256/3s ${after} d0.2 p`,
        `c512/2v ${after} d0.2`,
        "g f",
      ].join(" "),
    );
  });

  it("has 5 classes for integral grades, and one linear unit for regression", async () => {
    assert.equal(countParameters(niemeyerNetwork({ size: 128, width: 1, classes: 5 })), 2_350_917);
    for (const loss of ["squaredError", "absoluteError"] as const) {
      assert.equal(countParameters(niemeyerNetwork({ size: 128, width: 1, classes: 1, loss })), 2_348_865);
      const small = niemeyerNetwork({ size: 32, width: 0.125, classes: 1, loss });
      const weights = initialWeights(small, 1);
      weights["pfirrmann/kernel"]!.fill(0);
      weights["pfirrmann/bias"]!.fill(3.5);
      const predictor = await createPredictor(small, weights);
      const { pfirrmann } = await predictor.run({
        input: { values: new Float32Array(1024).fill(1), shape: [1, 1, 32, 32] },
      });
      assert.deepEqual([...pfirrmann!.values], [3.5]);
    }
    assert.throws(
      () => niemeyerNetwork({ size: 32, width: 1, classes: 1 }),
      /1 output unit with .*crossEntropy/,
    );
    assert.throws(
      () => niemeyerNetwork({ size: 32, width: 1, classes: 5, loss: "absoluteError" }),
      /5 output units with the loss absoluteError/,
    );
  });

  it("ends in probabilities, with the maps before pooling beside them", async () => {
    const small = niemeyerNetwork({ size: 32, width: 0.25, classes: 5 });
    const predictor = await createPredictor(small, initialWeights(small, 1));
    const input = {
      values: Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i)),
      shape: [2, 1, 32, 32],
    };
    const { pfirrmann, maps } = await predictor.run({ input });
    assert.deepEqual(pfirrmann!.shape, [2, 5]);
    assert.deepEqual(maps!.shape, [2, 128, 4, 4]);
    for (const sample of [0, 1]) {
      const probabilities = pfirrmann!.values.slice(sample * 5, sample * 5 + 5);
      assert.ok(probabilities.every((p) => p > 0 && p < 1));
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p) - 1) < 1e-5);
    }
  });
});

describe("the other networks", () => {
  it("give every head of the multitask network its classes, and the geometry to all of them", () => {
    const heads = { disc: 5, canal: 4 };
    const described = multitaskNetwork({ size: 64, channels: 3, geometry: 6, heads, further: ["canal"] });
    assert.deepEqual(shapesOf(described, "dense"), ["24", "5", "4"]);
    const kernels = listParameters(described).filter(({ name }) => /^(disc|canal)\/kernel$/.test(name));
    assert.deepEqual(
      kernels.map(({ shape }) => shape),
      [
        // Maps of the encoder and the measures; then also the second layer's maps and the measured units.
        [5, 96 + 6],
        [4, 96 + 48 + 6 + 24],
      ],
    );
  });

  it("bring the U-net back to the resolution of its input", () => {
    const described = unet({
      name: "tissues",
      rows: 64,
      columns: 32,
      channels: 1,
      filters: [8, 16, 32],
      classes: 4,
      loss: "crossEntropy",
    });
    assert.deepEqual(placeLayers(described).at(-1)!.shape, [4, 64, 32]);
    assert.deepEqual(shapesOf(described, "concatenation"), ["48x32x16", "24x64x32"]);
  });
});

describe("descriptions that do not fit together are refused", () => {
  const convolution: Layer = { kind: "convolution", filters: 2, kernel: 3, padding: "same", name: "a" };
  const wrong: Record<string, [Network, RegExp]> = {
    "an unknown name": [network([{ ...convolution, from: "nobody" }]), /Layer a of test reads "nobody"/],
    "a layer that comes later": [
      network([{ kind: "addition", with: "a" }, convolution]),
      /reads "a", which no earlier layer is called/,
    ],
    "the same name twice": [network([convolution, convolution]), /Two layers of test are called a/],
    "a layer called as the input": [network([{ ...convolution, name: "input" }]), /called input/],
    "a sum of different shapes": [
      network([convolution, { kind: "addition", with: "input" }]),
      /2x8x8 and 1x8x8 cannot be added/,
    ],
    "a concatenation of different sizes": [
      network([convolution, { kind: "maxPooling" }, { kind: "concatenation", with: "a" }]),
      /2x4x4 and 2x8x8 cannot be concatenated/,
    ],
    "a map with a vector": [
      network([convolution, { kind: "concatenation", with: "geometry" }], { geometry: 3 }),
      /2x8x8 and 3 cannot be concatenated/,
    ],
  };
  for (const [title, [described, message]] of Object.entries(wrong))
    it(title, () => {
      assert.throws(() => placeLayers(described), message);
    });

  it("an output that no layer gives, and weights of another network", async () => {
    const described = network([{ kind: "globalAveragePooling" }, { kind: "dense", units: 2, name: "head" }]);
    await assert.rejects(
      createPredictor(described, initialWeights(described, 1)),
      /The network has no layer called out/,
    );
    const named = { ...described, outputs: [{ name: "head", loss: "crossEntropy" as const }] };
    await assert.rejects(createPredictor(named, {}), /no tensor called head\/kernel/);
  });
});
