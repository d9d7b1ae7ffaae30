import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import { adam, initialWeights, listParameters, Trainer } from "../../src/engine/index.js";
import type { Network } from "../../src/engine/index.js";
import { randomBatch, smallNetworks } from "./support.js";

const batchSize = 3;

/** Largest relative error, over all parameters, between the graph's directional derivatives and central differences. */
async function gradientError(network: Network): Promise<number> {
  const random = new Random(7);
  const weights = initialWeights(network, 5);
  for (const { name, role } of listParameters(network))
    if (role !== "kernel") weights[name] = weights[name]!.map((v) => v + 0.3 * random.normal());
  const batch = randomBatch(network, random, batchSize);
  // Dropout masks must be the same for each evaluation: with dropout, a fresh trainer with the same seed for each.
  const create = (): Promise<Trainer> => Trainer.create(network, weights, batchSize, adam(), 3);
  const shared = await create();
  const hasDropout = network.layers.some(({ kind }) => kind === "dropout");
  const lossAt = async (): Promise<number> =>
    (await (hasDropout ? await create() : shared).gradients(batch)).loss;
  const { gradients } = await (await create()).gradients(batch);
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
      else
        assert.ok(
          Math.abs(above - below) / (2 * step) < 1e-3,
          `${name}: gradient ${norm} but the loss changes`,
        );
    }
  }
  return worst;
}

describe("gradients of the training graph agree with finite differences", () => {
  for (const [name, network] of Object.entries(smallNetworks))
    it(name, async () => {
      const error = await gradientError(network);
      assert.ok(error < 1e-2, `relative error ${error}`);
    });
});
