import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { TISSUE, TISSUES } from "../../../../../src/detection/index.js";
import {
  initialWeights,
  multitaskEncoder,
  multitaskNetwork,
  niemeyerNetwork,
} from "../../../../../src/engine/index.js";
import { CROP_CHANNELS, CROP_SIZE, frameOf } from "../../../../../src/grading/index.js";
import { samplesOfPhantom } from "../../../../../src/training/discSamples.js";
import { hasTissue, tissuePretraining, tissueTarget } from "../../../../../src/training/tissuePretraining.js";
import type { TissueSample } from "../../../../../src/training/tissuePretraining.js";

const SIZE = 16;

/** The tissue of a place of a target. */
function tissueOf(target: Float32Array, row: number, column: number): number {
  const kinds = TISSUES.map((_, kind) => target[(kind * SIZE + row) * SIZE + column]!);
  assert.equal(
    kinds.reduce((sum, value) => sum + value, 0),
    1,
  );
  return kinds.indexOf(1);
}

describe("an encoder that first learns tissues", () => {
  let folder: string;
  let samples: TissueSample[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-tissue-"));
    samples = (await samplesOfPhantom(3, 4, "models")).filter(hasTissue);
  });
  after(() => rm(folder, { recursive: true }));

  it("is shown the disc in the middle, bodies above and below, and all of it turned where the disc is", () => {
    assert.ok(samples.length > 0);
    const discs: number[] = [TISSUE.disc, TISSUE.lowestDisc];
    const bodies: number[] = [TISSUE.body, TISSUE.sacrum];
    const sample = samples.find(({ disc }) => "level" in disc && disc.level === "L3-L4")!;
    const frame = frameOf(sample.disc);
    const target = tissueTarget(sample, { frame, upsideDown: false }, SIZE);
    const turned = tissueTarget(sample, { frame, upsideDown: true }, SIZE);
    const isKind = (kinds: number[], row: number): boolean => kinds.includes(tissueOf(target, row, 6));
    assert.ok(isKind(discs, 7) || isKind(discs, 8));
    assert.ok(isKind(bodies, 3) && isKind(bodies, 12));
    for (let row = 0; row < SIZE; row++)
      for (let column = 0; column < SIZE; column++)
        assert.equal(tissueOf(turned, row, column), tissueOf(target, SIZE - 1 - row, column));
  });

  it("tells them apart better and better, and leaves the rest of the network as it was", async () => {
    const network = multitaskNetwork({
      size: CROP_SIZE,
      channels: CROP_CHANNELS,
      geometry: 3,
      heads: { grade: 2 },
      further: [],
    });
    const recipe = {
      steps: 40,
      batchSize: 4,
      learningRate: 0.01,
      seed: 5,
      checkpoint: join(folder, "encoder.ckpt"),
    };
    const losses: number[] = [];
    const log = (line: string): void => {
      const loss = /loss ([\d.]+)/.exec(line);
      if (loss !== null) losses.push(Number(loss[1]));
    };
    const weights = await tissuePretraining(network, recipe, samples, log);
    assert.ok(losses.length === 2 && losses[1]! < losses[0]!, losses.join(", "));
    const start = initialWeights(network, recipe.seed);
    assert.deepEqual(Object.keys(weights).sort(), Object.keys(start).sort());
    const changed = Object.keys(start).filter((name) => weights[name]!.some((w, i) => w !== start[name]![i]));
    const encoder = multitaskEncoder(network, TISSUES.length);
    const own = new Set(Object.keys(initialWeights(encoder, 1)));
    assert.ok(changed.length > 10 && changed.every((name) => own.has(name)));
    assert.ok(["grade/kernel", "second/kernel"].every((name) => !changed.includes(name)));
    // Gone on with from its checkpoint, there is nothing left to do.
    assert.deepEqual(await tissuePretraining(network, recipe, samples, () => undefined), weights);
  });

  it("says so where there is nothing to learn from, or no such encoder", async () => {
    const recipe = {
      steps: 1,
      batchSize: 1,
      learningRate: 0.1,
      seed: 1,
      checkpoint: join(folder, "none.ckpt"),
    };
    const network = niemeyerNetwork({ size: CROP_SIZE, width: 0.25, classes: 5, channels: 2 });
    await assert.rejects(
      tissuePretraining(network, recipe, [], () => undefined),
      /No disc has tissues/,
    );
    await assert.rejects(
      tissuePretraining(network, recipe, samples, () => undefined),
      /has no encoder/,
    );
  });
});
