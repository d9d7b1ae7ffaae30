import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CROP_SIZE, cutOut, cutOutPartner, normaliseCrop, partnerOf } from "../../src/grading/index.js";
import { fromPatient, toPatient } from "../../src/imaging/index.js";
import type { Vec3, Volume } from "../../src/imaging/index.js";
import { renderPhantom } from "../../src/phantom/index.js";

/** Every second column and row of a volume: the same place at half the resolution. */
function halved(volume: Volume): Volume {
  const [columns, rows] = [Math.floor(volume.columns / 2), Math.floor(volume.rows / 2)];
  const voxels = new Int16Array(columns * rows * volume.slices);
  for (let s = 0; s < volume.slices; s++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        voxels[(s * rows + r) * columns + c] =
          volume.voxels[(s * volume.rows + 2 * r) * volume.columns + 2 * c]!;
  const affine = volume.affine.map((value, i) => (i < 12 && i % 4 < 2 ? 2 * value : value));
  const [x, y, z] = volume.spacing;
  return { ...volume, voxels, columns, rows, affine, spacing: [2 * x, 2 * y, z] };
}

const phantom = renderPhantom({ seed: 5, contrasts: ["T2", "T1"], slices: 5 });

describe("a T1 series beside the graded one", () => {
  it("is found by patient coordinates, whatever its matrix", () => {
    const { volume } = phantom;
    const half = halved(phantom.t1!);
    const index: Vec3 = [120, 200, 2];
    const [c, r, s] = partnerOf(volume, half)!.place(index);
    assert.deepEqual(
      [c, r, s].map((value) => Math.round(value * 1e6) / 1e6),
      [60, 100, 2],
    );
    const back = fromPatient(half, toPatient(half, [7.5, 3.25, 1]))!;
    back.forEach((value, i) => {
      assert.ok(Math.abs(value - [7.5, 3.25, 1][i]!) < 1e-9);
    });
  });

  it("is cut out at the same place", () => {
    const { volume, truth } = phantom;
    const [column, row] = truth.discs[3]!.pixel;
    const frame = { column, row, angle: 12, scale: 1 };
    const partner = partnerOf(volume, volume)!;
    assert.deepEqual(cutOutPartner(partner, 2, frame, volume.spacing), cutOut(volume, 2, frame));
  });

  it("is not used where it shows another place", () => {
    const { volume, t1 } = phantom;
    const elsewhere = { ...t1!, affine: t1!.affine.map((value, i) => (i === 11 ? value + 400 : value)) };
    assert.equal(partnerOf(volume, elsewhere), undefined);
    assert.equal(partnerOf(volume, { ...t1!, geometry: "image" }), undefined);
  });

  it("must show at least half of the graded one's middle slice", () => {
    const { volume, t1 } = phantom;
    const lowered = (share: number): Volume => {
      const by = share * volume.rows * volume.spacing[1];
      return { ...t1!, affine: t1!.affine.map((value, i) => (i === 11 ? value - by : value)) };
    };
    for (const share of [0.2, 0.4]) assert.ok(partnerOf(volume, lowered(share)), `lowered by ${share}`);
    for (const share of [0.6, 0.8])
      assert.equal(partnerOf(volume, lowered(share)), undefined, `lowered by ${share}`);
  });

  it("of two pictures without geometry must have the same field of view", () => {
    const picture = (columns: number, spacing: number): Volume => ({
      voxels: new Int16Array(columns * columns),
      columns,
      rows: columns,
      slices: 1,
      spacing: [spacing, spacing, 1],
      affine: [spacing, 0, 0, 0, 0, spacing, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      geometry: "image",
    });
    const place = partnerOf(picture(400, 0.5), picture(200, 1))!.place([101, 201, 0]);
    assert.deepEqual([...place], [50.25, 100.25, 0]);
    assert.equal(partnerOf(picture(400, 0.5), picture(400, 0.6)), undefined);
  });

  it("fills the fourth channel; without it the channel is zero", () => {
    const { volume, t1, truth } = phantom;
    const [column, row] = truth.discs[3]!.pixel;
    const frame = { column, row, angle: 0, scale: 1 };
    const values = cutOut(volume, 2, frame);
    const pixels = CROP_SIZE * CROP_SIZE;
    const alone = normaliseCrop(values, 10);
    assert.ok(alone.subarray(3 * pixels).every((value) => value === 0));
    const both = normaliseCrop(values, 10, cutOutPartner(partnerOf(volume, t1!)!, 2, frame, volume.spacing));
    assert.deepEqual(both.subarray(0, 3 * pixels), alone.subarray(0, 3 * pixels));
    // Marrow, whose level is 0, lies at the middle of the upper border.
    const marrow = both[3 * pixels + 4 * CROP_SIZE + 24]!;
    assert.ok(Math.abs(marrow) < 0.35, `marrow ${marrow}`);
    assert.ok(both.subarray(3 * pixels).some((value) => value < -0.3));
  });
});
