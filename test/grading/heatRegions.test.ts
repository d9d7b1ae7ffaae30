import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BodyCorners, Disc, SlicePoint, Spine } from "../../src/detection/index.js";
import { hottestPixels, randomPixels } from "../../src/grading/hotspots/deletion.js";
import {
  evenHeat,
  HEAT_REGIONS,
  heatOnCrop,
  neighboursIn,
  regionMap,
  regionsAbout,
  sharesByRegion,
} from "../../src/grading/hotspots/regions.js";
import type { Neighbours, RegionShares } from "../../src/grading/hotspots/regions.js";

const SPACING = [0.5, 1, 4] as const;
const CENTRE = { column: 200, row: 100 };
/** A disc 34 mm deep and 10 mm high between bodies 27 mm high. */
const [DEPTH, HEIGHT, BODY] = [34, 10, 27];

/** Place of millimetres backward and downward from the disc's middle, turned. */
function at(back: number, down: number, angle: number): SlicePoint {
  const [cos, sin] = [Math.cos, Math.sin].map((of) => of((angle * Math.PI) / 180)) as [number, number];
  return {
    column: CENTRE.column + (cos * back - sin * down) / SPACING[0],
    row: CENTRE.row + (sin * back + cos * down) / SPACING[1],
  };
}

function bodyOf(top: number, bottom: number, angle: number): BodyCorners {
  return {
    anteriorSuperior: at(-DEPTH / 2, top, angle),
    posteriorSuperior: at(DEPTH / 2, top, angle),
    posteriorInferior: at(DEPTH / 2, bottom, angle),
    anteriorInferior: at(-DEPTH / 2, bottom, angle),
  };
}

const neighbours = (angle = 0): Neighbours => ({
  upper: bodyOf(-HEIGHT / 2 - BODY, -HEIGHT / 2, angle),
  lower: bodyOf(HEIGHT / 2, HEIGHT / 2 + BODY, angle),
});

/** A hotspot of one slice without heat. */
const hotspotOf = (size: number, { angle = 0, margin = 0 } = {}) => ({
  frame: { ...CENTRE, angle, scale: 1 },
  slices: [3],
  size,
  margin,
  heat: new Float32Array(size * size),
});

/** Areas (mm²) of the regions in the crop's 48 mm squared, 21 mm before the disc's middle to 27 mm behind it. */
const AREAS: RegionShares = {
  endplates: 2 * 4 * DEPTH,
  disc: DEPTH * (HEIGHT - 4),
  upperBody: DEPTH * (24 - HEIGHT / 2 - 2),
  lowerBody: DEPTH * (24 - HEIGHT / 2 - 2),
  canal: 10 * 48,
  elsewhere: 4 * 48,
};

function assertAreas(shares: RegionShares | undefined): void {
  for (const region of HEAT_REGIONS)
    assert.ok(
      Math.abs(shares![region] - AREAS[region] / 48 ** 2) < 0.012,
      `${region}: ${shares![region]} for ${AREAS[region] / 48 ** 2}`,
    );
}

describe("regions about a disc", () => {
  it("are told by the corners of the bodies", () => {
    for (const angle of [0, 25]) {
      const regionAt = regionsAbout(neighbours(angle), SPACING);
      const region = (back: number, down: number): string => {
        const { column, row } = at(back, down, angle);
        return regionAt(column, row);
      };
      assert.equal(region(0, 0), "disc");
      assert.equal(region(16, 2.9), "disc");
      assert.equal(region(0, -HEIGHT / 2 + 1.9), "endplates");
      assert.equal(region(0, HEIGHT / 2 + 1.9), "endplates");
      assert.equal(region(0, -HEIGHT / 2 - 2.1), "upperBody");
      assert.equal(region(-16, HEIGHT / 2 + BODY - 1), "lowerBody");
      assert.equal(region(18, 0), "canal");
      assert.equal(region(18, HEIGHT / 2), "canal");
      assert.equal(region(36.5, 0), "canal");
      assert.equal(region(37.5, 0), "elsewhere");
      assert.equal(region(-18, 0), "elsewhere");
      assert.equal(region(0, HEIGHT / 2 + BODY + 1), "elsewhere");
    }
  });

  it("even heat lies by their areas, whatever the disc's tilt and the map's size", () => {
    for (const angle of [0, 25])
      for (const size of [16, 64]) {
        const hotspot = hotspotOf(size, { angle });
        const regions = regionMap(hotspot, SPACING, () => neighbours(angle));
        assertAreas(sharesByRegion(heatOnCrop({ ...hotspot, heat: evenHeat(hotspot) }), regions));
      }
  });

  it("heat that is put into one of them is found there", () => {
    const hotspot = hotspotOf(64);
    const regions = regionMap(hotspot, SPACING, () => neighbours());
    const heat = Float32Array.from(regions, (region) => (region === "disc" ? 3 : region === "canal" ? 1 : 0));
    const pixels = (wanted: string): number => regions.filter((region) => region === wanted).length;
    const shares = sharesByRegion(heatOnCrop({ ...hotspot, heat }), regions)!;
    const total = 3 * pixels("disc") + pixels("canal");
    assert.ok(Math.abs(shares.disc - (3 * pixels("disc")) / total) < 1e-6);
    assert.ok(Math.abs(shares.canal - pixels("canal") / total) < 1e-6);
    assert.equal(shares.endplates + shares.upperBody + shares.lowerBody + shares.elsewhere, 0);
    assert.equal(sharesByRegion(hotspot.heat, regions), undefined);
  });

  it("a margin without maps has no even heat", () => {
    const hotspot = hotspotOf(16, { margin: 2 });
    assert.equal(
      evenHeat(hotspot).reduce((sum, value) => sum + value, 0),
      144,
    );
    const regions = regionMap(hotspot, SPACING, () => neighbours());
    const { elsewhere } = sharesByRegion(heatOnCrop({ ...hotspot, heat: evenHeat(hotspot) }), regions)!;
    assert.ok(elsewhere < 0.02, `${elsewhere} in front, which the margin covers`);
  });

  it("a body that was not found is taken from the disc's box", () => {
    const disc = {
      level: "L4-L5",
      centre: CENTRE,
      angle: 25,
      width: DEPTH,
      height: HEIGHT,
      slice: 3,
    } as Disc;
    const stack = { volume: { spacing: SPACING } } as unknown as Spine["stack"];
    const own = neighboursIn({ vertebrae: [], discs: [disc], stack }, "L4-L5", 3);
    for (const [found, expected] of [
      [own.upper, neighbours(25).upper],
      [own.lower, neighbours(25).lower],
    ] as const)
      for (const corner of Object.keys(expected) as (keyof BodyCorners)[])
        for (const axis of ["column", "row"] as const)
          assert.ok(Math.abs(found[corner][axis] - expected[corner][axis]) < 1e-9, `${corner} ${axis}`);
    assert.throws(() => neighboursIn({ vertebrae: [], discs: [disc], stack }, "L5-S1", 3), /no disc L5-S1/);
  });
});

describe("pixels to delete", () => {
  const hotspot = hotspotOf(64);
  const regions = regionMap(hotspot, SPACING, () => neighbours());

  it("are the hottest tenth, and none without heat", () => {
    const heat = Float32Array.from({ length: 4096 }, (_, i) => i);
    const mask = hottestPixels(heat);
    assert.equal(
      mask.reduce((sum, one) => sum + one, 0),
      410,
    );
    assert.equal(mask[4095 - 409], 1);
    assert.equal(mask[4095 - 410], 0);
    const little = new Float32Array(4096);
    little[7] = 1;
    assert.deepEqual(
      [...hottestPixels(little).entries()].filter(([, one]) => one === 1),
      [[7, 1]],
    );
  });

  it("have peers elsewhere in the same regions, as many in each", () => {
    const heat = Float32Array.from(regions, (region, i) => (region === "disc" ? 2 + i : i / 5000));
    const hottest = hottestPixels(heat);
    const random = randomPixels(hotspotOf(16), hottest, regions, 3);
    for (const wanted of HEAT_REGIONS) {
      const count = (mask: Uint8Array): number =>
        mask.reduce((sum, one, i) => sum + (regions[i] === wanted ? one : 0), 0);
      assert.equal(count(random), count(hottest), wanted);
    }
    assert.notDeepEqual(random, hottest);
    assert.deepEqual(randomPixels(hotspotOf(16), hottest, regions, 3), random);
  });
});
