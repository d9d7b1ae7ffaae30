import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { detectSpine, discVolume } from "../../src/detection/index.js";
import type { Spine } from "../../src/detection/index.js";
import { renderPhantom } from "../../src/phantom/index.js";

describe("disc volumes by the papers' definitions", () => {
  let spine: Spine;
  before(async () => {
    spine = await detectSpine(renderPhantom({ seed: 77, severity: "healthy" }).volume, "models");
  });

  /** Mean of a part of a slice: rows and columns as shares of its sides. */
  const mean = (
    { values, rows, columns }: ReturnType<typeof discVolume>,
    slice: number,
    [top, bottom]: readonly [number, number],
    [left, right]: readonly [number, number],
  ): number => {
    let [sum, count] = [0, 0];
    for (let y = Math.floor(top * rows); y < bottom * rows; y++)
      for (let x = Math.floor(left * columns); x < right * columns; x++) {
        sum += values[(slice * rows + y) * columns + x]!;
        count++;
      }
    return sum / count;
  };

  it("Jamaludin's has nine slices of 112 x 224 pixels about the disc, signal over that of the bodies", () => {
    const volume = discVolume(spine, "L4-L5", "jamaludin");
    assert.deepEqual([volume.slices, volume.rows, volume.columns], [9, 112, 224]);
    assert.equal(volume.values.length, 9 * 112 * 224);
    assert.ok(volume.values.every((value) => value >= 0 && value <= 1));
    const disc = spine.discs.find(({ level }) => level === "L4-L5")!;
    // Twice the disc's width over 320 pixels.
    assert.ok(Math.abs(volume.spacing[0] * 160 - disc.width) < 6, String(volume.spacing));
    assert.equal(volume.spacing[2], 4);
    // In the middle slice the nucleus of a healthy disc, beside its cleft, is brighter than the marrow at the upper and lower border, whose level is 0.25.
    const nucleus = mean(volume, 4, [0.38, 0.44], [0.4, 0.6]);
    const marrow = (mean(volume, 4, [0, 0.12], [0.4, 0.6]) + mean(volume, 4, [0.88, 1], [0.4, 0.6])) / 2;
    assert.ok(Math.abs(marrow - 0.25) < 0.08, `marrow ${marrow}`);
    assert.ok(nucleus > 1.1 * marrow, `nucleus ${nucleus}, marrow ${marrow}`);
  });

  it("Niemeyer's is one slice of 128 x 128 pixels from −1 to 1", () => {
    const volume = discVolume(spine, "L3-L4", "niemeyer");
    assert.deepEqual([volume.slices, volume.rows, volume.columns], [1, 128, 128]);
    assert.ok(Math.abs(Math.min(...volume.values) + 1) < 1e-6);
    assert.ok(Math.abs(Math.max(...volume.values) - 1) < 1e-6);
  });

  it("names the discs there are where the level is unknown", () => {
    assert.throws(() => discVolume(spine, "C1-C2", "niemeyer"), /no disc C1-C2; this spine has .*L5-S1/);
  });
});
