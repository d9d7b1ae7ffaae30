import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cornerNetwork, loadDetector } from "../../../src/detection/index.js";
import { createPredictor, initialWeights, loadWeights } from "../../../src/engine/index.js";
import { MISPLACED, misplacedCorners } from "../../../src/training/corners/misplaced.js";
import { cornerSlicesOfPhantom } from "../../../src/training/corners/samples.js";
import type { CorneredSlice } from "../../../src/training/corners/samples.js";
import { trainCornersOn } from "../../../src/training/corners/train.js";

describe("training the corners on what is misplaced", () => {
  let folder: string;
  let slices: CorneredSlice[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-corner-stages-"));
    slices = await cornerSlicesOfPhantom(0, 3, await loadDetector("models"));
  });
  after(() => rm(folder, { recursive: true }));

  it("finds most corners of a network that knows nothing, few of the shipped one", async () => {
    const corners = slices.reduce((sum, { bodies }) => sum + 4 * bodies.length, 0);
    assert.ok(slices.length === 3 && corners >= 60, `${corners} corners`);
    const untrained = await createPredictor(cornerNetwork(), initialWeights(cornerNetwork(), 1));
    const { network, weights } = await loadWeights("models/corners.safetensors");
    const shipped = await createPredictor(network, weights);
    const [many, few] = [
      await misplacedCorners(untrained, slices, 5),
      await misplacedCorners(shipped, slices, 5),
    ];
    assert.ok(many.length > 0.6 * corners, `${many.length} of ${corners}`);
    assert.ok(few.length < 0.15 * corners, `${few.length} of ${corners}`);
    for (const { slice, body, corner } of few) assert.ok(slice.bodies[body]![corner] !== undefined);
  });

  it("goes through its stages and writes the last one's weights", async () => {
    const lines: string[] = [];
    const recipe = {
      data: "",
      models: "models",
      steps: 2,
      batchSize: 4,
      learningRate: 0.001,
      seed: 1,
      phantoms: 1,
      checkpoint: join(folder, "corners.ckpt"),
      output: join(folder, "corners.safetensors"),
      hardStages: [{ steps: 1, learningRate: 0.001, seed: 2, share: 0.5 }],
    };
    const samples = { clinical: slices.slice(0, 1), synthetic: slices.slice(1), patients: 1 };
    await trainCornersOn(recipe, samples, (line) => lines.push(line));
    assert.ok(lines.some((line) => line.includes(`misplaced by more than ${MISPLACED} mm`)));
    const first = await loadWeights(join(folder, "corners.ckpt.stage-1.safetensors"));
    const last = await loadWeights(recipe.output);
    assert.ok(first.weights["inward/kernel"]!.some((w, i) => w !== last.weights["inward/kernel"]![i]));
    // Done stages are not run again.
    lines.length = 0;
    await trainCornersOn(recipe, samples, (line) => lines.push(line));
    assert.ok(lines.some((line) => line.includes("going on from step 2 of 2")));
    assert.ok(!lines.some((line) => /^step /.test(line)));
  });
});
