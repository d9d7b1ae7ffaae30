import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HEAT_REGIONS, loadHotspotShares } from "../../../src/grading/index.js";
import { dilated, pointsInside, prevalence } from "../../../src/training/evaluation/hotspotMeasures.js";
import { evaluateHotspots, measureHotspotShares, openDatasets } from "../../../src/training/index.js";
import { sharedData } from "../../support/data.js";

/** 5 x 4 voxels in two slices, 1 x 1 x 4 mm. */
const shape = { columns: 5, rows: 4, slices: 2 };
const spacing = [1, 1, 4] as const;
const voxel = (column: number, row: number, slice: number): number => (slice * 4 + row) * 5 + column;

function maskOf(...voxels: readonly number[]): Uint8Array {
  const mask = new Uint8Array(40);
  for (const i of voxels) mask[i] = 1;
  return mask;
}

describe("where heat points", () => {
  it("a mask is dilated by millimetres: 1 mm reaches four neighbours, 4 mm the next slice", () => {
    const mask = maskOf(voxel(2, 2, 0));
    assert.deepEqual(
      dilated(mask, shape, spacing, 1),
      maskOf(voxel(2, 2, 0), voxel(1, 2, 0), voxel(3, 2, 0), voxel(2, 1, 0), voxel(2, 3, 0)),
    );
    assert.equal(dilated(mask, shape, spacing, 3.9)[voxel(2, 2, 1)], 0);
    assert.equal(dilated(mask, shape, spacing, 4)[voxel(2, 2, 1)], 1);
    assert.deepEqual(dilated(mask, shape, spacing, 0), mask);
  });

  it("a mask at the border does not reach round it", () => {
    const grown = dilated(maskOf(voxel(4, 0, 0)), shape, spacing, 1);
    assert.deepEqual(grown, maskOf(voxel(4, 0, 0), voxel(3, 0, 0), voxel(4, 1, 0)));
    assert.equal(prevalence(grown), 3 / 40);
  });

  it("the pointing game asks for the hottest voxel; no heat is a miss", () => {
    const heat = new Float32Array(40);
    const target = maskOf(voxel(0, 0, 0), voxel(3, 1, 1));
    assert.equal(pointsInside(heat, target), false);
    heat[voxel(3, 1, 1)] = 0.4;
    assert.equal(pointsInside(heat, target), true);
    heat[voxel(3, 2, 1)] = 0.5;
    assert.equal(pointsInside(heat, target), false);
  });
});

describe("hotspots of the shipped models on a phantom", () => {
  it("point better than chance, and not where a network of random weights does", async () => {
    const evaluation = await evaluateHotspots(
      "models",
      { phantoms: 2, seed: 5000, methods: ["classActivation"] },
      () => undefined,
    );
    const scores = evaluation.methods.classActivation!;
    assert.ok(scores.findings >= 10, `${scores.findings} findings`);
    assert.ok(scores.pointing > 2 * scores.chance, `${scores.pointing} by chance ${scores.chance}`);
    assert.ok(scores.auprc > 2 * scores.prevalence, `${scores.auprc} of ${scores.prevalence}`);
    assert.ok(Math.abs(scores.randomised) < 0.3, `${scores.randomised}`);
    const perFeature = Object.values(scores.features).reduce((sum, { findings }) => sum + findings, 0);
    assert.equal(perFeature, scores.findings);
  });
});

const spider = sharedData("spider");

describe("hotspots of patients", () => {
  it(
    "have shares by region that are written for the weights, and read with them alone",
    {
      skip: spider === undefined ? "the SPIDER data are not at hand" : false,
    },
    async () => {
      const models = await mkdtemp(join(tmpdir(), "spinebook-models-"));
      try {
        await cp("models", models, { recursive: true });
        const [dataset] = await openDatasets(spider!, () => undefined);
        const held = dataset!.patients.filter(({ isHeld }) => isHeld).slice(0, 3);
        const shares = await measureHotspotShares(models, [{ ...dataset!, patients: held }], () => undefined);
        assert.deepEqual(await loadHotspotShares(models), shares);
        const { pfirrmann } = shares.features;
        assert.equal(pfirrmann!.patients, 3);
        assert.ok(pfirrmann!.discs >= 15, `${pfirrmann!.discs} discs`);
        const total = (key: "share" | "even"): number =>
          HEAT_REGIONS.reduce((sum, region) => {
            const own = pfirrmann!.regions[region];
            return sum + (key === "even" ? own.even : own.share.value);
          }, 0);
        assert.ok(Math.abs(total("share") - 1) < 1e-3 && Math.abs(total("even") - 1) < 1e-3);
        for (const measured of Object.values(shares.features)) assert.ok(measured.discs >= 10);
      } finally {
        await rm(models, { recursive: true });
      }
    },
  );
});
