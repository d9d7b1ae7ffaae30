import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  adam,
  createPredictor,
  initialWeights,
  niemeyerNetwork,
  restricted,
  Trainer,
} from "../../src/engine/index.js";
import type { Weights } from "../../src/engine/index.js";
import {
  addReaderHeads,
  isFixed,
  readerHead,
  removeReaderHeads,
  withReaderHeads,
} from "../../src/training/readerHeads.js";

const BASE = niemeyerNetwork({ size: 20, width: 0.0625, classes: 5, channels: 1 });
const READERS = ["A", "B"];
const NETWORK = withReaderHeads(BASE, READERS);

async function outputsOf(weights: Weights, values: Float32Array): Promise<Record<string, number[]>> {
  const predictor = await createPredictor(NETWORK, weights);
  const outputs = await predictor.run({ input: { values, shape: [1, 1, 20, 20] } });
  return Object.fromEntries(
    [BASE.outputs[0]!.name, ...READERS.map(readerHead)].map((name) => [name, [...outputs[name]!.values]]),
  );
}

describe("heads of further readers", () => {
  const start = addReaderHeads(initialWeights(BASE, 3), BASE, READERS);
  const values = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));

  it("shift nothing before anything is learned, and are gone without a trace", async () => {
    const outputs = await outputsOf(start, values);
    for (const reader of READERS) assert.deepEqual(outputs[readerHead(reader)], outputs.pfirrmann);
    assert.deepEqual(removeReaderHeads(start, READERS), initialWeights(BASE, 3));
  });

  it("learn a reader's shift, and the network what both readers tell", async () => {
    const optimizer = restricted(adam(), (name) => !isFixed(name, READERS));
    const trainer = await Trainer.create(NETWORK, structuredClone(start), 1, optimizer, 1);
    const grade = (k: number) => Float32Array.from({ length: 5 }, (_, i) => (i === k ? 1 : 0));
    const weights = { [readerHead("A")]: Float32Array.of(1), [readerHead("B")]: Float32Array.of(1) };
    const targets = {
      pfirrmann: new Float32Array(5).fill(0.2),
      [readerHead("A")]: grade(1),
      [readerHead("B")]: grade(2),
    };
    for (let step = 0; step < 60; step++)
      await trainer.step(
        { input: values, targets, weights: { pfirrmann: Float32Array.of(0), ...weights } },
        0.05,
      );
    const kernel = `${readerHead("A")}/kernel`;
    assert.deepEqual(trainer.weights[kernel], start[kernel]);
    assert.notDeepEqual(trainer.weights["pfirrmann/kernel"], start["pfirrmann/kernel"]);
    const lean = (reader: string): number => {
      const shifts = trainer.weights[`${readerHead(reader)}/bias`]!;
      return shifts[1]! - shifts[2]!;
    };
    assert.ok(lean("A") > 0.5 && lean("B") < -0.5, `${lean("A")}, ${lean("B")}`);
  });
});
