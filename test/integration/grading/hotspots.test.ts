import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Random } from "../../../src/numbers/index.js";
import {
  channelsOfHead,
  createInputGradient,
  createPredictor,
  niemeyerNetwork,
} from "../../../src/engine/index.js";
import { initialWeights } from "../../../src/engine/index.js";
import type { Network, Tensor, Weights } from "../../../src/engine/index.js";
import { classActivation, overWholeImage } from "../../../src/grading/hotspots/classActivation.js";
import * as gradients from "../../../src/grading/hotspots/gradients.js";
import { deletionScores } from "../../../src/grading/hotspots/deletion.js";
import { occlusion } from "../../../src/grading/hotspots/occlusion.js";
import {
  heatOnCrop,
  neighboursIn,
  regionMap,
  sharesByRegion,
} from "../../../src/grading/hotspots/regions.js";
import type { Neighbours } from "../../../src/grading/hotspots/regions.js";
import { blurred } from "../../../src/grading/hotspots/smoothing.js";
import type { FindEvidence, Reading } from "../../../src/grading/hotspots/types.js";
import {
  DEFAULT_METHOD,
  findHotspots,
  gradeVolume,
  heatFacts,
  heatTexts,
  HOTSPOT_METHODS,
} from "../../../src/grading/index.js";
import type { GradeReport } from "../../../src/grading/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { smallMultitask } from "../../engine/support.js";

/** A reading of these images by a network with these weights. */
async function read(
  network: Network,
  weights: Weights,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Reading> {
  const predictor = await createPredictor(network, weights);
  const { maps } = await predictor.run(inputs);
  return { grader: { predictor, weights }, evidence: { inputs, maps: maps! } };
}

const SIZE = 32;
/** Rows and columns of the bright square, from and to, in each of two slices. */
const SQUARES = [
  { row: 8, column: 16, side: 8 },
  { row: 20, column: 4, side: 8 },
] as const;

/** Two dark slices, each with a bright square. */
function squares(): Tensor {
  const values = new Float32Array(2 * SIZE * SIZE);
  SQUARES.forEach(({ row, column, side }, s) => {
    for (let y = row; y < row + side; y++)
      values.fill(1, (s * SIZE + y) * SIZE + column, (s * SIZE + y) * SIZE + column + side);
  });
  return { values, shape: [2, 1, SIZE, SIZE] };
}

/** A network that finds what is brighter than a half: "present" is the mean of its excess. */
const brightness: Network = {
  name: "brightness",
  input: { channels: 1, rows: SIZE, columns: SIZE },
  layers: [
    { kind: "convolution", filters: 1, kernel: 1, padding: "same", name: "excess" },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "maxPooling" },
    { kind: "dropout", rate: 0.2, name: "maps" },
    { kind: "globalAveragePooling" },
    { kind: "dense", units: 2, name: "square" },
  ],
  outputs: [{ name: "square", loss: "setCrossEntropy" }],
  exposed: ["maps"],
};
const brightWeights: Weights = {
  "excess/kernel": Float32Array.of(1),
  "excess/bias": Float32Array.of(-0.5),
  "square/kernel": Float32Array.of(0, 20),
  "square/bias": Float32Array.of(0, 0),
};

describe("each method finds the square that a network of known weights answers to", () => {
  const methods: Record<string, FindEvidence> = { classActivation, occlusion, ...pick(gradients) };
  function pick({
    layerActivation,
    gradientInput,
    integratedGradients,
    smoothGradient,
    guidedBackpropagation,
  }: typeof gradients): Record<string, FindEvidence> {
    return { layerActivation, gradientInput, integratedGradients, smoothGradient, guidedBackpropagation };
  }

  it("and there is a test of every method", () => {
    assert.deepEqual(Object.keys(methods).sort(), [...HOTSPOT_METHODS].sort());
  });

  for (const [name, find] of Object.entries(methods))
    it(name, async () => {
      const reading = await read(brightness, brightWeights, { input: squares() });
      const [maps] = await find(reading, [{ head: "square", target: 1 }]);
      const { size, values } = maps!;
      const scale = SIZE / size;
      SQUARES.forEach(({ row, column, side }, s) => {
        const own = values.subarray(s * size * size, (s + 1) * size * size);
        const hottest = own.reduce((best, value, i) => (value > own[best]! ? i : best), 0);
        const [y, x] = [(Math.floor(hottest / size) + 0.5) * scale, ((hottest % size) + 0.5) * scale];
        assert.ok(own[hottest]! > 0);
        assert.ok(y > row && y < row + side && x > column && x < column + side, `${x}, ${y} in slice ${s}`);
      });
    });
});

describe("evidence", () => {
  it("by class activation is what Grad-CAM finds at the same maps", async () => {
    const network = smallMultitask;
    const random = new Random(2);
    const inputs = {
      input: {
        values: Float32Array.from({ length: 2 * 2 * 256 }, () => random.normal()),
        shape: [2, 2, 16, 16],
      },
      geometry: { values: Float32Array.from({ length: 6 }, () => random.normal()), shape: [2, 3] },
    };
    const reading = await read(network, initialWeights(network, 3), inputs);
    for (const [aim, layer, direction] of [
      [{ head: "a", target: 1 }, "maps", [-1, 1]],
      [{ head: "b", target: 2 }, "shared", [-1 / 3, -1 / 3, 1, -1 / 3]],
    ] as const) {
      const [map] = await classActivation(reading, [aim]);
      const model = await createInputGradient(network, reading.grader.weights, { respectTo: layer });
      const { values, gradient } = await model.run(inputs, {
        [aim.head]: Float32Array.from([...direction, ...direction]),
      });
      const pixels = 16;
      const maps = values.shape[1]!;
      assert.equal(maps, channelsOfHead(network, aim.head));
      for (let s = 0; s < 2; s++)
        for (let p = 0; p < pixels; p++) {
          let expected = 0;
          for (let c = 0; c < maps; c++) {
            const i = (s * maps + c) * pixels;
            // Grad-CAM's weight of a channel is the mean of its gradient.
            expected += gradient.values[i]! * pixels * values.values[i + p]!;
          }
          assert.ok(Math.abs(map!.values[s * pixels + p]! - expected) < 1e-4);
        }
    }
    assert.throws(() => channelsOfHead(network, "c"), /no head called c/);
  });

  it("by integrated gradients sums to what the image adds to the score of the blurred one", async () => {
    const middle = new Float32Array(SIZE * SIZE);
    for (let y = 12; y < 20; y++) middle.fill(1, y * SIZE + 12, y * SIZE + 20);
    const image = { values: middle, shape: [1, 1, SIZE, SIZE] };
    const reading = await read(brightness, brightWeights, { input: image });
    const [maps] = await gradients.integratedGradients(reading, [{ head: "square", target: 1 }]);
    const model = await createInputGradient(brightness, brightWeights);
    const scoreOf = async (input: Tensor): Promise<number> =>
      (await model.run({ input }, { square: Float32Array.of(-1, 1) })).score[0]!;
    const difference = (await scoreOf(image)) - (await scoreOf(gradients.withoutFindings(image)));
    const total = maps!.values.reduce((sum, value) => sum + value, 0);
    assert.ok(difference > 0.1);
    assert.ok(Math.abs(total - difference) < 0.15 * difference, `${total} for ${difference}`);
  });

  it("of a network with a valid convolution leaves out the margin that no map covers", () => {
    const network = niemeyerNetwork({ size: 64, width: 0.25, classes: 5 });
    const values = new Float32Array(12 * 12).fill(1);
    const laid = overWholeImage(network, "maps", { size: 12, values });
    assert.equal(laid.size, 16);
    assert.equal(laid.values[2 * 16 + 2], 1);
    assert.equal(laid.values[13 * 16 + 13], 1);
    assert.equal(
      laid.values.reduce((sum, value) => sum + value, 0),
      144,
    );
  });

  it("is blurred without a loss at the border: a flat picture stays flat, a point spreads evenly", () => {
    assert.ok(blurred(new Float32Array(2 * 81).fill(3), 9, 2).every((value) => Math.abs(value - 3) < 1e-5));
    const point = new Float32Array(2 * 81);
    point[81 + 40] = 1;
    const spread = blurred(point, 9, 0.8);
    assert.ok(spread.subarray(0, 81).every((value) => value === 0));
    assert.ok(spread[81 + 40]! > spread[81 + 41]!);
    for (const i of [39, 41, 31, 49]) assert.ok(Math.abs(spread[81 + i]! - spread[81 + 41]!) < 1e-6);
    assert.ok(Math.abs(spread.reduce((sum, value) => sum + value, 0) - 1) < 1e-4);
  });
});

describe("the deletion test", () => {
  it("takes from a score what the deleted pixels made of it, slice by slice", async () => {
    const size = 64;
    const network: Network = { ...brightness, input: { channels: 1, rows: size, columns: size } };
    const values = new Float32Array(2 * size * size);
    const square = new Uint8Array(values.length);
    const elsewhere = new Uint8Array(values.length);
    const upperHalf = new Uint8Array(values.length);
    for (let s = 0; s < 2; s++)
      for (let y = 24; y < 32; y++)
        for (let x = 24; x < 32; x++) {
          const i = (s * size + y) * size + x;
          values[i] = 1;
          square[i] = 1;
          elsewhere[i + 20] = 1;
          if (y < 28) upperHalf[i] = 1;
        }
    const reading = await read(network, brightWeights, { input: { values, shape: [2, 1, size, size] } });
    const [scores, again] = await deletionScores(
      reading,
      [
        { head: "square", target: 1 },
        { head: "square", target: 0 },
      ],
      [[square, elsewhere, upperHalf], [square]],
    );
    const effect = scores!.whole - scores!.blurred;
    const taken = scores!.without.map((score) => (scores!.whole - score) / effect);
    assert.ok(effect > 0.1, `${effect}`);
    assert.ok(Math.abs(taken[0]! - 1) < 0.05, `${taken[0]} of the score by the square`);
    assert.ok(Math.abs(taken[1]!) < 0.02, `${taken[1]} by pixels that make nothing`);
    assert.ok(Math.abs(taken[2]! - 0.5) < 0.05, `${taken[2]} by half of the square`);
    // Of two classes the one's score is the other's turned round.
    assert.ok(Math.abs(again!.whole + scores!.whole) < 1e-4);
    assert.ok(Math.abs(again!.without[0]! + scores!.without[0]!) < 1e-4);
  });
});

describe("hotspots of a graded phantom", () => {
  const phantom = renderPhantom({ seed: 211, slices: 9 });
  let report: GradeReport;
  before(async () => {
    report = await gradeVolume(phantom.volume, "models");
  });

  it("lie in the regions of the true corners as in those of the corners found", async () => {
    const { spine } = report;
    const hotspots = await findHotspots(report, "models", { features: ["pfirrmann", "lowerEndplateDefect"] });
    let compared = 0;
    for (const hotspot of hotspots) {
      const [above, below] = hotspot.level.split("-");
      const trueIn = (slice: number): Neighbours => {
        const [upper, lower] = [above, below].map((level) => {
          const { corners } = phantom.truth.vertebrae.find((one) => one.level === level)!;
          const points = Object.entries(corners).map(([name, { pixel }]) => [
            name,
            { column: pixel[0], row: pixel[1] },
          ]);
          return Object.fromEntries(points) as Neighbours["upper"];
        });
        return upper === undefined || lower === undefined
          ? neighboursIn(spine, hotspot.level, slice)
          : { upper, lower };
      };
      if (!phantom.truth.vertebrae.some(({ level }) => level === above)) continue;
      const heat = heatOnCrop(hotspot);
      const { spacing } = spine.stack.volume;
      const found = sharesByRegion(
        heat,
        regionMap(hotspot, spacing, (slice) => neighboursIn(spine, hotspot.level, slice)),
      );
      const truth = sharesByRegion(heat, regionMap(hotspot, spacing, trueIn));
      if (found === undefined || truth === undefined) continue;
      compared++;
      for (const [region, share] of Object.entries(truth))
        assert.ok(
          Math.abs(share - found[region as keyof typeof found]) < 0.1,
          `${hotspot.level} ${hotspot.feature.key} ${region}: ${share} by truth, ${found[region as keyof typeof found]} found`,
        );
    }
    assert.ok(compared > 5, `${compared} compared`);
  });

  it("have shares that sum to one, a part of the score, and words for both", async () => {
    const hotspots = await findHotspots(report, "models", { features: ["pfirrmann", "bulging"] });
    const facts = await heatFacts(report, "models", hotspots);
    const texts = await heatTexts(report, "models", hotspots);
    assert.equal(facts.length, hotspots.length);
    for (const [h, own] of facts.entries()) {
      if (own === undefined) continue;
      for (const shares of [own.shares, own.even]) {
        const sum = Object.values(shares).reduce((total, share) => total + share, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
      }
      assert.ok(own.explained === undefined || Number.isFinite(own.explained));
      assert.match(
        texts[h]!.line,
        /^Of the heat: disc \d+, endplates \d+, bodies \d+, canal \d+, elsewhere \d+ %; /,
      );
      assert.match(texts[h]!.note, /^Even heat, the same everywhere: disc /);
    }
  });

  it("say their method, cover the wanted discs and features, and differ from method to method", async () => {
    const level = report.discs.at(-1)!.level;
    const options = { levels: [level], features: ["pfirrmann", "herniation"] };
    const heats = new Set<string>();
    for (const method of ["classActivation", "layerActivation", "guidedBackpropagation"] as const) {
      const hotspots = await findHotspots(report, "models", { ...options, method });
      assert.deepEqual(
        hotspots.map((hotspot) => [hotspot.level, hotspot.feature.key, hotspot.method]),
        options.features.map((feature) => [level, feature, method]),
      );
      for (const { heat, grade, feature } of hotspots) {
        const target = feature.key === "herniation" ? 1 : feature.classes.indexOf(grade.grade);
        const strongest = heat.reduce((most, value) => Math.max(most, value), 0);
        assert.ok(strongest === 0 || Math.abs(strongest - grade.probabilities[target]!) < 1e-5);
        heats.add([...heat].join());
      }
    }
    assert.equal(heats.size, 6);
  });

  it("are found by the measured default unless another method is asked for", async () => {
    for (const { method } of await findHotspots(report, "models")) assert.equal(method, DEFAULT_METHOD);
    assert.notEqual(DEFAULT_METHOD, "guidedBackpropagation");
  });

  it("name a method or feature that there is not", async () => {
    await assert.rejects(
      findHotspots(report, "models", { method: "divination" as "occlusion" }),
      /no method "divination"/,
    );
    await assert.rejects(findHotspots(report, "models", { features: ["mood"] }), /no feature "mood"/);
  });
});
