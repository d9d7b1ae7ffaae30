/** Discs as fat suppression would have shown them, made for training, and how often they are drawn. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { detectSpine } from "../../../src/detection/index.js";
import type { Spine } from "../../../src/detection/index.js";
import { FEATURES } from "../../../src/grading/index.js";
import type { Volume } from "../../../src/imaging/index.js";
import { median } from "../../../src/numbers/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { discBatches } from "../../../src/training/discBatches.js";
import { withSuppressed } from "../../../src/training/samples/suppressed.js";
import { samplesOf } from "../../../src/training/samples/index.js";
import type { DiscSample } from "../../../src/training/samples/index.js";

const MODELS = "models";
/** Mean voxel in the middle of a disc's lower body. */
function meanBelow({ volume, slice, disc }: DiscSample): number {
  const { rows, columns, spacing, voxels } = volume;
  const row = Math.round(disc.centre.row + 18 / spacing[1]);
  const column = Math.round(disc.centre.column);
  let sum = 0;
  for (let down = -3; down <= 3; down++)
    for (let right = -3; right <= 3; right++)
      sum += voxels[(slice * rows + row + down) * columns + column + right]!;
  return sum / 49;
}

describe("samples in fat suppression", () => {
  let [spine, t1, samples]: [Spine, Volume, DiscSample[]] = [] as never;
  before(async () => {
    const phantom = renderPhantom({ seed: 77, slices: 3, contrasts: ["T2", "T1"] });
    t1 = phantom.t1!;
    spine = await detectSpine(phantom.volume, MODELS);
    const labelsOf = () => ({ labels: { pfirrmann: [2] }, doubt: {} });
    samples = samplesOf({ spine, labelsOf, offsets: [-1, 0, 1], source: "clinical", t1 });
  });

  it("stand beside the discs of the middle slice, at their place, with their labels", async () => {
    const made = await withSuppressed(samples, spine, t1, MODELS, 0);
    assert.equal(made.length, samples.length);
    const beside = made.filter(({ suppressed }) => suppressed !== undefined);
    const inMiddle = samples.filter(({ slice }) => slice === spine.midSlice);
    assert.ok(beside.length >= inMiddle.length - 1 && beside.length > 3, `${beside.length}`);
    for (const { slice, disc, labels, suppressed } of beside) {
      assert.equal(slice, spine.midSlice);
      assert.equal(suppressed!.volume.slices, 1);
      assert.deepEqual(suppressed!.labels, labels);
      const [x, y] = spine.stack.volume.spacing;
      const { column, row } = suppressed!.disc.centre;
      assert.ok(Math.hypot((column - disc.centre.column) * x, (row - disc.centre.row) * y) < 8);
    }
  });

  it("have their marrow restored, as a reading of a suppressed series has", async () => {
    const made = await withSuppressed(samples, spine, t1, MODELS, 5);
    const beside = made.filter(({ suppressed }) => suppressed !== undefined);
    assert.ok(beside.length > 0);
    const ratios = beside.map((sample) => meanBelow(sample.suppressed!) / meanBelow(sample));
    const middle = median(ratios);
    assert.ok(middle > 0.6 && middle < 1.6, `${middle}`);
  });

  it("are not made where T1 shows another place", async () => {
    const affine = t1.affine.map((value, i) => (i % 4 === 3 ? value + 300 : value));
    const made = await withSuppressed(samples, spine, { ...t1, affine }, MODELS, 0);
    assert.deepEqual(made, samples);
  });

  it("are drawn as often as a recipe says", () => {
    const [first] = samples;
    const dark = {
      ...first!,
      volume: { ...first!.volume, voxels: first!.volume.voxels.map((v) => v / 2 + 300) },
    };
    const pool = Array.from({ length: 8 }, () => ({
      ...first!,
      partner: undefined,
      suppressed: { ...dark, labels: { pfirrmann: [4] } },
    }));
    const shares = [0, 0.5, 1].map((suppressedShare) => {
      const next = discBatches(
        { kind: "pfirrmann", batchSize: 40, seed: 3 },
        2,
        FEATURES.filter(({ key }) => key === "pfirrmann"),
        () => true,
        { clinical: pool, synthetic: [], phantomShare: 0, suppressedShare },
      );
      // The label that only the suppressed ones have, less what goes to its neighbours.
      const { targets } = next(0);
      return (
        Array.from({ length: 40 }, (_, b) => targets.pfirrmann![b * 5 + 4]!).filter((p) => p > 0.5).length /
        40
      );
    });
    assert.equal(shares[0], 0);
    assert.ok(shares[1]! > 0.25 && shares[1]! < 0.75, `${shares[1]}`);
    assert.equal(shares[2], 1);
  });
});
