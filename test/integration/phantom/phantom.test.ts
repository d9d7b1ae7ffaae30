import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readSeries } from "../../../src/imaging/index.js";
import { PHANTOM_TISSUE, renderPhantom, writePhantomStudies } from "../../../src/phantom/index.js";
import type { Phantom } from "../../../src/phantom/index.js";

const small = { columns: 224, rows: 224, slices: 7, inPlane: 1.25, sliceSpacing: 4 };

/** Tissue at a place of a slice, rounded to the nearest pixel. */
function tissueAt({ tissue, volume }: Phantom, column: number, row: number, slice: number): number {
  return tissue[(slice * volume.rows + Math.round(row)) * volume.columns + Math.round(column)]!;
}

describe("phantom", () => {
  it("is the same for the same seed and another for another", () => {
    const [a, b, c] = [
      renderPhantom({ ...small, seed: 4 }),
      renderPhantom({ ...small, seed: 4 }),
      renderPhantom({ ...small, seed: 5 }),
    ];
    assert.deepEqual(a.volume.voxels, b.volume.voxels);
    assert.deepEqual(a.truth, b.truth);
    assert.notDeepEqual(a.volume.voxels, c.volume.voxels);
  });

  it("has all lumbar levels in order, each below the one before", () => {
    for (let seed = 0; seed < 8; seed++) {
      const { truth } = renderPhantom({ ...small, seed });
      assert.deepEqual(
        truth.discs.slice(-6).map(({ level }) => level),
        ["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"],
        `seed ${seed}`,
      );
      truth.discs.reduce((above, below) => (assert.ok(below.pixel[1] > above.pixel[1]), below));
    }
  });

  it("puts true discs into disc tissue and true corners on the border of bodies", () => {
    let [inside, discs, onBorder, corners] = [0, 0, 0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const phantom = renderPhantom({ seed, slices: 5, severity: "healthy" });
      for (const { pixel, slice } of phantom.truth.discs) {
        discs++;
        if (tissueAt(phantom, ...pixel, slice) === PHANTOM_TISSUE.disc) inside++;
      }
      for (const vertebra of phantom.truth.vertebrae.filter(({ level }) => level !== "S1")) {
        const { anteriorSuperior, posteriorInferior } = vertebra.corners;
        const middle = [
          (anteriorSuperior.pixel[0] + posteriorInferior.pixel[0]) / 2,
          (anteriorSuperior.pixel[1] + posteriorInferior.pixel[1]) / 2,
        ] as const;
        for (const { pixel, slice } of Object.values(vertebra.corners)) {
          corners++;
          // 2.5 mm toward the middle is bone, 2.5 mm away from it is not.
          const step =
            2.5 / phantom.volume.spacing[0] / Math.hypot(pixel[0] - middle[0], pixel[1] - middle[1]);
          const at = (share: number): number =>
            tissueAt(
              phantom,
              pixel[0] + share * step * (middle[0] - pixel[0]),
              pixel[1] + share * step * (middle[1] - pixel[1]),
              slice,
            );
          if (at(1) === PHANTOM_TISSUE.body && at(-1) !== PHANTOM_TISSUE.body) onBorder++;
        }
      }
    }
    assert.equal(inside, discs);
    assert.ok(onBorder / corners > 0.95, `${onBorder} of ${corners} corners`);
  });

  it("shows a nucleus that gets darker with the Pfirrmann grade, beside marrow", () => {
    const ratios: number[][] = [[], [], [], [], []];
    for (let seed = 20; seed < 50; seed++) {
      const { volume, truth, tissue } = renderPhantom({ ...small, seed });
      for (const { pixel, slice, grades } of truth.discs) {
        const size = volume.rows * volume.columns;
        const at = Math.round(pixel[1]) * volume.columns + Math.round(pixel[0]) + slice * size;
        const bone: number[] = [];
        for (let row = -14; row <= 14; row++) {
          const i = at + row * volume.columns;
          if (tissue[i] === PHANTOM_TISSUE.body) bone.push(volume.voxels[i]!);
        }
        if (bone.length > 6)
          ratios[grades.pfirrmann.grade - 1]!.push(
            volume.voxels[at]! / bone.sort((a, b) => a - b)[Math.floor(bone.length / 2)]!,
          );
      }
    }
    const medians = ratios.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
    for (let grade = 1; grade < 4; grade++)
      assert.ok(
        medians[grade]! < medians[grade - 1]!,
        `medians ${medians.map((m) => m.toFixed(2)).join(" ")}`,
      );
  });

  it("written as a study reads back with the same shape, truth beside", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spinebook-phantom-"));
    try {
      const [study] = await writePhantomStudies(folder, { seed: 3, studies: 1 });
      assert.ok(existsSync(join(study!, "truth.json")));
      const [series, ...others] = await readSeries(join(study!, "dicom"));
      const { volume } = renderPhantom({ seed: 3000 });
      assert.equal(others.length, 0);
      const read = await series!.load();
      assert.deepEqual([read.columns, read.rows, read.slices], [volume.columns, volume.rows, volume.slices]);
      assert.deepEqual(read.voxels, volume.voxels);
      read.affine.forEach((value, i) => {
        assert.ok(Math.abs(value - volume.affine[i]!) < 1e-3, `affine ${read.affine.join(" ")}`);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
