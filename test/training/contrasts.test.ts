/** What weightings are learned from: slices with fat suppressed, made of T1 and T2, and the regression that tells them apart. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contrastProbabilities, TISSUE } from "../../src/detection/index.js";
import type { TissueLabels } from "../../src/detection/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { Random } from "../../src/numbers/index.js";
import { suppressedSlice } from "../../src/training/contrasts/suppressed.js";
import { crossFitted, fitSoftmax } from "../../src/training/contrasts/softmax.js";

/** From front to back marrow, disc, canal, fat, each 20 columns wide. */
const [COLUMNS, ROWS] = [80, 40];
const PARTS = [TISSUE.body, TISSUE.disc, TISSUE.canal, TISSUE.background];
const slice = (signals: readonly number[]): Volume => ({
  voxels: Float32Array.from({ length: COLUMNS * ROWS }, (_, i) => signals[Math.floor((i % COLUMNS) / 20)]!),
  columns: COLUMNS,
  rows: ROWS,
  slices: 1,
  spacing: [1, 1, 4],
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
  geometry: "image",
});
const map: TissueLabels = {
  slice: 0,
  rows: ROWS,
  columns: COLUMNS,
  columnStep: 1,
  rowStep: 1,
  labels: Uint8Array.from({ length: COLUMNS * ROWS }, (_, i) => PARTS[Math.floor((i % COLUMNS) / 20)]!),
};
const [T2, T1] = [slice([100, 60, 200, 180]), slice([100, 40, 30, 160])];
const middles = ({ voxels }: Volume) => [10, 30, 50, 70].map((column) => voxels[20 * COLUMNS + column]);

describe("a T2 slice with fat suppressed", () => {
  it("loses the fat of marrow and of fat itself, by share and by what fat gives of marrow's signal", () => {
    const made = suppressedSlice(T2, T1, map, { share: 1, fatToWater: 1, uneven: 0 })!;
    assert.deepEqual(middles(made), [50, 60, 200, 0]);
    const strong = suppressedSlice(T2, T1, map, { share: 0.9, fatToWater: 4, uneven: 0 })!;
    assert.deepEqual(middles(strong), [28, 60, 200, 18]);
  });

  it("keeps more of the fat at the skin where the field is uneven", () => {
    const made = suppressedSlice(T2, T1, map, { share: 1, fatToWater: 1, uneven: 1 })!;
    const [marrow, , , fat] = middles(made);
    assert.equal(marrow, 50);
    assert.ok(fat! > 60 && fat! < 120, `${fat}`);
  });

  it("is not made where T1 shows another place, or gives no signal", () => {
    const suppression = { share: 1, fatToWater: 1, uneven: 0 };
    assert.equal(suppressedSlice(T2, { ...T1, spacing: [2, 2, 4] }, map, suppression), undefined);
    assert.equal(suppressedSlice(T2, slice([0, 0, 0, 0]), map, suppression), undefined);
  });
});

describe("softmax regression", () => {
  const random = new Random(5);
  const cases = Array.from({ length: 300 }, (_, i) => {
    const truth = i % 3;
    const centre = [
      [0, 0],
      [3, 0],
      [0, 3],
    ][truth]!;
    return { truth, inputs: centre.map((value) => value + random.normal()) };
  });

  it("finds the nearest of three clouds, as often as can be", () => {
    const model = fitSoftmax(cases, 3);
    const right = cases.filter(({ inputs, truth }) => {
      const found = contrastProbabilities(inputs, model);
      return found.indexOf(Math.max(...found)) === truth;
    }).length;
    // The nearest centre is right in 89 % of such cases.
    assert.ok(right > 0.84 * cases.length && right < 0.95 * cases.length, `${right}`);
    assert.deepEqual(fitSoftmax(cases, 3), model);
  });

  it("gives each case the probabilities of a model without its part", () => {
    const parts = cases.map((_, i) => Math.floor(i / 60));
    const found = crossFitted(cases, parts, 3);
    const without = fitSoftmax(
      cases.filter((_, i) => parts[i] !== 2),
      3,
    );
    assert.deepEqual(found[150], contrastProbabilities(cases[150]!.inputs, without));
    assert.equal(found.length, cases.length);
  });
});
