/** The shipped networks give the same on TensorFlow.js in plain JavaScript as on onnxruntime. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { cutSignal, cutTissue, patchInput, tissueMap } from "../../../src/detection/index.js";
import type { PatchPlace } from "../../../src/detection/index.js";
import { loadCornerNetwork, loadDetector } from "../../../src/detection/networks.js";
import type { EngineName, Predictor, Tensor } from "../../../src/engine/index.js";
import { gradeVolume } from "../../../src/grading/index.js";
import { loadGraders } from "../../../src/grading/graders.js";
import { classActivation } from "../../../src/grading/hotspots/classActivation.js";
import { layerActivation } from "../../../src/grading/hotspots/gradients.js";
import type { DiscEvidence, NetworkEvidence } from "../../../src/grading/report.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const TOLERANCE = 1e-3;
const { volume } = renderPhantom({ seed: 5, slices: 5, columns: 256, rows: 256, inPlane: 1.1 });

/** Does something while `SPINEBOOK_ENGINE` asks for an engine. */
async function on<T>(engine: EngineName, work: () => Promise<T>): Promise<T> {
  const outer = process.env.SPINEBOOK_ENGINE;
  process.env.SPINEBOOK_ENGINE = engine;
  try {
    return await work();
  } finally {
    if (outer === undefined) delete process.env.SPINEBOOK_ENGINE;
    else process.env.SPINEBOOK_ENGINE = outer;
  }
}

function assertSame(found: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(found.length, expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(found[i]! - value)), 0);
  assert.ok(worst < TOLERANCE * scale, `${what} differs by ${worst} (values up to ${scale})`);
}

/** All outputs and exposed layers of a network on both engines. */
async function compare(
  load: () => Promise<Predictor>,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const run = async (): Promise<Record<string, Tensor>> => (await load()).run(feeds);
  const [expected, found] = [await on("onnxruntime", run), await on("tfjs", run)];
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, tensor] of Object.entries(expected)) {
    assert.deepEqual(found[name]!.shape, tensor.shape);
    assertSame(found[name]!.values, tensor.values, name);
  }
  return expected;
}

/** The first slice of what a network saw. */
function oneSlice({ inputs, maps }: NetworkEvidence): NetworkEvidence {
  const first = ({ values, shape }: Tensor): Tensor => ({
    values: values.slice(0, values.length / shape[0]!),
    shape: [1, ...shape.slice(1)],
  });
  return {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, first(tensor)])),
    maps: first(maps),
  };
}

describe("the shipped networks give the same on tfjs as on onnxruntime", () => {
  let disc: DiscEvidence;
  before(async () => {
    disc = (await on("onnxruntime", () => gradeVolume(volume, "models"))).evidence.at(-1)!;
  });

  it("detector, on a part of a slice", async () => {
    const window = { top: 96, bottom: 160, left: 96, right: 144 };
    const read = async (): Promise<Float32Array> =>
      (await tissueMap(await loadDetector("models"), volume, 2, window)).probabilities;
    const [expected, found] = [await on("onnxruntime", read), await on("tfjs", read)];
    assert.ok(new Set(expected.map(Math.round)).size > 1);
    assertSame(found, expected, "tissue");
  });

  it("corner network, on one patch", async () => {
    const { rows, columns, spacing } = volume;
    const values = volume.voxels.subarray(2 * rows * columns, 3 * rows * columns);
    const map = await on("onnxruntime", async () => tissueMap(await loadDetector("models"), volume, 2));
    const picture = { values, rows, columns, spacing: [spacing[0], spacing[1]] as const, map };
    const place: PatchPlace = { middle: [130, 140], angle: 0.1, kind: { back: 1, down: -1 } };
    const patch = patchInput(cutSignal(picture, place), cutTissue(picture, place));
    await compare(() => loadCornerNetwork("models"), {
      input: { values: patch, shape: [1, 3, 48, 48] },
      kind: { values: Float32Array.of(1, -1), shape: [1, 2] },
    });
  });

  for (const name of ["pfirrmann", "multitask"] as const)
    it(`${name} network, on one crop`, async () => {
      const outputs = await compare(
        async () => (await loadGraders("models"))[name].predictor,
        oneSlice(disc[name]).inputs,
      );
      assert.ok(outputs[name === "pfirrmann" ? "pfirrmann" : "herniation"]);
    });

  it("hotspots, by class activation and by gradients, on one crop", async () => {
    const aims = [{ head: "narrowing", target: 2 }];
    const find = async (): Promise<Float32Array[]> => {
      const { multitask } = await loadGraders("models");
      const { inputs } = oneSlice(disc.multitask);
      const { maps } = await multitask.predictor.run(inputs);
      const reading = { grader: multitask, evidence: { inputs, maps: maps! } };
      const found = [await classActivation(reading, aims), await layerActivation(reading, aims)];
      return found.flat().map(({ values }) => values);
    };
    const [expected, found] = [await on("onnxruntime", find), await on("tfjs", find)];
    ["class activation", "layer activation"].forEach((method, i) => {
      assert.ok(expected[i]!.some((value) => value !== 0));
      assertSame(found[i]!, expected[i]!, method);
    });
  });
});
