import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adam, isClassification, Trainer } from "../../src/engine/index.js";
import type { Loss, Network } from "../../src/engine/index.js";

/** A network whose outputs are its three inputs: one pixel, three channels, identity weights. */
async function lossOf(
  loss: Loss,
  values: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
  weights: readonly number[],
): Promise<{ loss: number; gradient: number[] }> {
  const units = values[0]!.length;
  const network: Network = {
    name: "identity",
    input: { channels: units, rows: 1, columns: 1 },
    layers: [{ kind: "globalAveragePooling" }, { kind: "dense", units, name: "out" }],
    outputs: [{ name: "out", loss }],
  };
  const identity = Float32Array.from({ length: units * units }, (_, i) => (i % (units + 1) === 0 ? 1 : 0));
  const start = { "out/kernel": identity, "out/bias": new Float32Array(units) };
  const trainer = await Trainer.create(network, start, values.length, adam(), 1);
  const result = await trainer.gradients({
    input: Float32Array.from(values.flat()),
    targets: { out: Float32Array.from(targets.flat()) },
    weights: { out: Float32Array.from(weights) },
  });
  return { loss: result.loss, gradient: [...result.gradients["out/bias"]!] };
}

function near(actual: number, expected: number, tolerance = 1e-5): void {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);
}

/** Logarithms of probabilities, whose softmax they are again. */
const logits = (...p: number[]): number[] => p.map(Math.log);
const first = [1, 0, 0];
const last = [0, 0, 1];

describe("losses of Niemeyer's Table 2, by hand", () => {
  it("ordinal cross-entropy weighs a miss by two ranks of three twice, by one rank 1.5 or 1.25 times", async () => {
    const far = [logits(0.2, 0.2, 0.6)];
    const near1 = [logits(0.3, 0.6, 0.1)];
    const right = [logits(0.8, 0.1, 0.1)];
    const expected: [Loss, number, number][] = [
      ["crossEntropy", 1, 1],
      ["ordinalCrossEntropy", 2, 1.5],
      ["squaredOrdinalCrossEntropy", 2, 1.25],
    ];
    for (const [loss, two, one] of expected) {
      near((await lossOf(loss, far, [first], [1])).loss, -two * Math.log(0.2));
      near((await lossOf(loss, near1, [first], [1])).loss, -one * Math.log(0.3));
      near((await lossOf(loss, right, [first], [1])).loss, -Math.log(0.8));
      const { gradient } = await lossOf(loss, near1, [first], [0.5]);
      [-0.7, 0.6, 0.1].forEach((slope, k) => {
        near(gradient[k]!, 0.5 * one * slope);
      });
    }
  });

  it("soft kappa is log(1 − κ): the logarithm of weighted over expected disagreement", async () => {
    // Two samples, truth 0 and 2; predicted (.5, .5, 0) and (0, 0, 1), as near as a softmax comes.
    const tiny = 1e-9;
    const values = [logits(0.5, 0.5, tiny), logits(tiny, tiny, 1)];
    // Observed: 0.5·1 + 0 = 0.5. Expected: truth shares (½, 0, ½) against summed predictions (.5, .5, 1):
    // ½(.5·1 + 1·4) + ½(.5·4 + .5·1) = 3.5.
    near((await lossOf("softKappa", values, [first, last], [1, 1])).loss, Math.log(0.5 / 3.5), 1e-4);
    near((await lossOf("softKappa", values, [first, last], [0.5, 0.5])).loss, Math.log(0.5 / 3.5), 1e-4);
  });

  it("soft kappa of a guess that ignores the picture is log 1 = 0, and better ones are below", async () => {
    const guess = logits(0.3, 0.3, 0.4);
    near((await lossOf("softKappa", [guess, guess], [first, last], [1, 1])).loss, 0);
    const better = [logits(0.5, 0.3, 0.2), logits(0.2, 0.3, 0.5)];
    assert.ok((await lossOf("softKappa", better, [first, last], [1, 1])).loss < -0.1);
  });

  it("absolute error is the mean distance, with slopes of one and none where there is no error", async () => {
    const { loss, gradient } = await lossOf("absoluteError", [[3], [1], [2]], [[1], [1.5], [2]], [1, 1, 1]);
    near(loss, 2.5);
    assert.deepEqual(gradient, [0]);
    near((await lossOf("absoluteError", [[3], [2]], [[1], [2]], [0.5, 0.5])).gradient[0]!, 0.5);
    near((await lossOf("squaredError", [[3], [1]], [[1], [1.5]], [0.5, 0.5])).loss, 2.125);
  });

  it("says which outputs are classes", () => {
    const losses: Loss[] = [
      "crossEntropy",
      "softKappa",
      "ordinalCrossEntropy",
      "squaredError",
      "absoluteError",
    ];
    assert.deepEqual(losses.map(isClassification), [true, true, true, false, false]);
  });

  it("refuses soft kappa on maps in a sentence", async () => {
    const network: Network = {
      name: "map",
      input: { channels: 1, rows: 4, columns: 4 },
      layers: [{ kind: "convolution", filters: 3, kernel: 1, padding: "same", name: "out" }],
      outputs: [{ name: "out", loss: "softKappa" }],
    };
    await assert.rejects(Trainer.create(network, {}, 2, adam(), 1), /output out is a map/);
  });
});
