import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poolSlices, slicesOfDisc } from "../../src/grading/index.js";
import type { Volume } from "../../src/imaging/index.js";

const volume = (slices: number, step: number): Volume =>
  ({ slices, spacing: [0.6, 0.6, step] }) as unknown as Volume;

describe("the slices of a disc", () => {
  it("are the middle one and up to two on either side, about 4 mm apart", () => {
    assert.deepEqual(
      slicesOfDisc(volume(15, 4.4), 7).map(({ slice }) => slice),
      [5, 6, 7, 8, 9],
    );
    assert.deepEqual(
      slicesOfDisc(volume(64, 1), 30).map(({ slice }) => slice),
      [22, 26, 30, 34, 38],
    );
    assert.deepEqual(slicesOfDisc(volume(1, 1), 0), [{ slice: 0, weight: 2 }]);
    assert.deepEqual(
      slicesOfDisc(volume(15, 4.4), 0).map(({ slice }) => slice),
      [0, 1, 2],
    );
  });

  it("beyond the second are read where asked for, and do not count in the grade", () => {
    const nine = slicesOfDisc(volume(15, 4.4), 7, 4);
    assert.deepEqual(
      nine.map(({ slice }) => slice),
      [3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
    assert.deepEqual(
      nine.map(({ weight }) => weight),
      [0, 0, 0.5, 1, 2, 1, 0.5, 0, 0],
    );
    const shown = nine.map((_, i) => (i === 2 ? 0.9 : i === 0 ? 1 : 0.1));
    const pooled = (from: number, to: number): number[] =>
      poolSlices(
        "upperEndplateDefect",
        {
          values: Float32Array.from(shown.slice(from, to).flatMap((p) => [1 - p, p])),
          shape: [to - from, 2],
        },
        nine.slice(from, to).map(({ weight }) => weight),
      );
    assert.deepEqual(pooled(0, 9), pooled(2, 7));
  });
});

describe("probabilities of a disc", () => {
  it("are the weighted mean of those of its slices", () => {
    const probabilities = { values: Float32Array.of(0.2, 0.8, 0.5, 0.5), shape: [2, 2] };
    const pooled = poolSlices("spondylolisthesis", probabilities, [2, 1]);
    assert.ok(Math.abs(pooled[0]! - 0.3) < 1e-6 && Math.abs(pooled[1]! - 0.7) < 1e-6);
    assert.deepEqual(
      poolSlices("pfirrmann", { values: Float32Array.of(0.25, 0.75), shape: [1, 2] }, [2]),
      [0.25, 0.75],
    );
  });

  it("of a finding with a place of its own attend to the slices that show it", () => {
    // Of five slices one shows a node.
    const values = Float32Array.of(0.9, 0.1, 0.9, 0.1, 0.1, 0.9, 0.9, 0.1, 0.9, 0.1);
    const weights = [0.5, 1, 2, 1, 0.5];
    const attended = poolSlices("upperEndplateDefect", { values, shape: [5, 2] }, weights)[1]!;
    const mean = poolSlices("spondylolisthesis", { values, shape: [5, 2] }, weights)[1]!;
    assert.ok(attended > 0.7 && mean < 0.5, `${attended}, ${mean}`);
    const alone = { values: values.subarray(0, 2), shape: [1, 2] };
    assert.ok(Math.abs(poolSlices("herniation", alone, [2])[1]! - 0.1) < 1e-6);
  });
});
