import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PATHOLOGY_FEATURES, PHANTOM_TISSUE, renderPhantom } from "../../src/phantom/index.js";
import type { PathologyFeature, Phantom } from "../../src/phantom/index.js";

const grid = { columns: 256, rows: 288, slices: 9, inPlane: 1.05, sliceSpacing: 4 };
const phantoms = Array.from({ length: 12 }, (_, seed) => renderPhantom({ ...grid, seed: 400 + seed }));

/** Mean column and row of voxels. */
function middleOf({ volume }: Phantom, voxels: Int32Array): [number, number] {
  let [column, row] = [0, 0];
  for (const i of voxels) {
    column += i % volume.columns;
    row += Math.floor(i / volume.columns) % volume.rows;
  }
  return [column / voxels.length, row / voxels.length];
}

/** Share of a mask's voxels in these tissues, and in voxels beside them (borders are shared). */
function shareIn(phantom: Phantom, voxels: Int32Array, tissues: readonly number[]): number {
  return voxels.filter((i) => tissues.includes(phantom.tissue[i]!)).length / voxels.length;
}

function masksOf(feature: PathologyFeature) {
  return phantoms.flatMap((phantom) =>
    phantom.pathology
      .filter((mask) => mask.feature === feature)
      .map((mask) => ({
        phantom,
        ...mask,
        disc: phantom.truth.discs.find(({ level }) => level === mask.level),
      })),
  );
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe("masks of findings", () => {
  it("are there for each finding that the truth tells of, and for no other", () => {
    for (const { truth, pathology } of phantoms)
      // Higher ones may reach beyond the picture.
      for (const { level, grades } of truth.discs.slice(-6))
        for (const feature of PATHOLOGY_FEATURES) {
          const isPresent = grades[feature].grade > (feature === "narrowing" ? 1 : 0);
          const isDrawn = pathology.some((mask) => mask.feature === feature && mask.level === level);
          assert.equal(isDrawn, isPresent, `${feature} at ${level}`);
        }
    for (const feature of PATHOLOGY_FEATURES)
      assert.ok(masksOf(feature).length > 2, `only ${masksOf(feature).length} masks of ${feature}`);
  });

  it("lie beside their own disc, upper ones above it and lower ones below", () => {
    let [beside, all] = [0, 0];
    for (const feature of PATHOLOGY_FEATURES)
      for (const { phantom, voxels, disc } of masksOf(feature)) {
        if (disc === undefined) continue;
        const [column, row] = middleOf(phantom, voxels);
        const [x, y] = [(column - disc.pixel[0]) * 1.05, (row - disc.pixel[1]) * 1.05];
        all++;
        if (Math.hypot(x, y) < 30) beside++;
        const turned =
          -Math.sin((disc.angle * Math.PI) / 180) * x + Math.cos((disc.angle * Math.PI) / 180) * y;
        if (feature.startsWith("upper")) assert.ok(turned < 0, `${feature} ${disc.level}: ${turned} mm`);
        if (feature.startsWith("lower")) assert.ok(turned > 0, `${feature} ${disc.level}: ${turned} mm`);
      }
    assert.equal(beside, all);
  });

  it("lie in the tissue they belong to", () => {
    const { body, disc, sacrum, canal, background } = PHANTOM_TISSUE;
    const homes: [PathologyFeature, number[]][] = [
      ["upperMarrowChange", [body]],
      ["lowerMarrowChange", [body, sacrum]],
      ["narrowing", [disc, body, sacrum]],
      ["centralCanalStenosis", [canal, background, disc, PHANTOM_TISSUE.posterior]],
    ];
    for (const [feature, tissues] of homes)
      for (const { phantom, voxels, level } of masksOf(feature))
        assert.ok(
          shareIn(phantom, voxels, tissues) > 0.85,
          `${feature} ${level}: ${shareIn(phantom, voxels, tissues).toFixed(2)}`,
        );
    for (const { phantom, voxels } of masksOf("centralCanalStenosis"))
      assert.ok(shareIn(phantom, voxels, [canal]) > 0.12);
    // A node is not bone, though it lies within the body's outline; disc material beyond the bodies is disc.
    for (const feature of ["upperEndplateDefect", "lowerEndplateDefect"] as const)
      assert.ok(
        median(masksOf(feature).map(({ phantom, voxels }) => shareIn(phantom, voxels, [body, sacrum]))) < 0.3,
      );
    for (const feature of ["bulging", "herniation"] as const)
      assert.ok(
        median(masksOf(feature).map(({ phantom, voxels }) => shareIn(phantom, voxels, [disc]))) > 0.5,
      );
  });

  it("show in the picture: nodes are darker than the marrow about them", () => {
    const darker = (["upperEndplateDefect", "lowerEndplateDefect"] as const)
      .flatMap(masksOf)
      .map(({ phantom, voxels }) => {
        const { volume, tissue } = phantom;
        const inside = median(Array.from(voxels, (i) => volume.voxels[i]!));
        const slice = Math.floor(voxels[0]! / (volume.rows * volume.columns));
        const start = slice * volume.rows * volume.columns;
        const marrow: number[] = [];
        for (let i = start; i < start + volume.rows * volume.columns; i++)
          if (tissue[i] === PHANTOM_TISSUE.body) marrow.push(volume.voxels[i]!);
        return inside < 0.7 * median(marrow);
      });
    assert.ok(
      darker.filter(Boolean).length / darker.length > 0.9,
      `${darker.filter(Boolean).length} of ${darker.length}`,
    );
  });

  it("hold voxels of the volume, each once, in ascending order", () => {
    for (const { pathology, volume } of phantoms)
      for (const { voxels } of pathology) {
        assert.ok(voxels[0]! >= 0 && voxels[voxels.length - 1]! < volume.voxels.length);
        assert.ok(voxels.every((voxel, i) => i === 0 || voxel > voxels[i - 1]!));
      }
  });
});
