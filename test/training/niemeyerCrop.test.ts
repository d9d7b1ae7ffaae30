import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cropRegion, regionOfDisc } from "../../src/detection/index.js";
import { Random } from "../../src/numbers/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { renderPhantom } from "../../src/phantom/index.js";
import { augmentCrop, drawAugmentation } from "../../src/training/niemeyer/crop.js";
import { FRACTIONAL_GRADES } from "../../src/grading/index.js";
import { phantomCrops, simulatedGrade } from "../../src/training/niemeyer/samples.js";
import { drawnDiscs } from "./drawnDiscs.js";

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** A volume of one slice, 1 mm a pixel, with the value of a function of column and row. */
function picture(columns: number, rows: number, value: (column: number, row: number) => number): Volume {
  return {
    voxels: Float32Array.from({ length: columns * rows }, (_, i) =>
      value(i % columns, Math.floor(i / columns)),
    ),
    columns,
    rows,
    slices: 1,
    spacing: [1, 1, 1],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    geometry: "image",
  };
}

describe("the crop of a disc", () => {
  const disc = { centre: { column: 50, row: 50 }, angle: 0, width: 34, height: 10 };

  it("holds the disc, 30 % of either body and canal behind", () => {
    const region = regionOfDisc(disc, [1, 1, 4], [30, 20]);
    near(region.height, 10 + 0.3 * 30 + 0.3 * 20, 1e-9);
    near(region.width, 2 + 34 + 12, 1e-9);
    near(region.row, 50 + (6 - 9) / 2, 1e-9);
    near(region.column, 50 + (12 - 2) / 2, 1e-9);
    assert.deepEqual(
      regionOfDisc(disc, [1, 1, 4], [undefined, 27]),
      regionOfDisc(disc, [1, 1, 4], [27, undefined]),
    );
  });

  it("holds all of it where the disc is tilted", () => {
    const tilted = regionOfDisc({ ...disc, angle: 90 }, [0.5, 0.5, 4], [30, 30]);
    near(tilted.width, 28, 1e-9);
    near(tilted.height, 48, 1e-9);
    // Turned by 90°, behind is below.
    near(tilted.row, 50 + 5 / 0.5, 1e-9);
    const slanted = regionOfDisc({ ...disc, angle: 30 }, [1, 1, 4], [30, 30]);
    assert.ok(slanted.width < 48 + 28 && slanted.height > 28);
  });

  it("is padded to 1:1 with black and scaled to [−1, 1]", () => {
    const volume = picture(100, 100, (column) => 100 + 3 * column);
    const region = { column: 50, row: 50, width: 40, height: 20 };
    const crop = cropRegion(volume, 0, region, 40);
    assert.equal(crop.length, 1600);
    const row = (y: number): number[] => [...crop.subarray(y * 40, (y + 1) * 40)];
    assert.ok(row(0).every((value) => value === -1));
    assert.ok(row(9).every((value) => value === -1));
    assert.ok(row(30).every((value) => value === -1));
    assert.deepEqual(row(10), row(29));
    near(row(20)[0]!, -1, 1e-6);
    near(row(20)[39]!, 1, 1e-6);
    near((row(20)[10]! - row(20)[9]!) * 39, 2, 1e-4);
  });

  it("averages what a coarse pixel covers", () => {
    // Stripes of one pixel on a ramp: seen finely they go up and down, as means of two stripes each they are the ramp.
    const stripes = picture(100, 100, (column) => column + 10 * (column % 2));
    const region = { column: 50.5, row: 50, width: 40, height: 40 };
    const isRising = (size: number): boolean => {
      const row = cropRegion(stripes, 0, region, size).subarray(0, size);
      return row.every((value, i) => i === 0 || value > row[i - 1]!);
    };
    assert.equal(isRising(40), false);
    assert.equal(isRising(10), true);
  });

  it("of a phantom has its true level, and its true grade to the nearest valid one", () => {
    const truth = renderPhantom({ seed: 30021, slices: 3 }).truth.discs;
    const crops = phantomCrops({ phantoms: 1, seed: 3, raterNoise: 0, size: 64 });
    assert.equal(crops.length, truth.length);
    crops.forEach(({ crop, grade, level, patient }, i) => {
      assert.equal(level, truth[i]!.level);
      assert.equal(patient, "phantom-1");
      near(grade, truth[i]!.grades.pfirrmann.fractional, 0.2 + 1e-9);
      assert.ok(FRACTIONAL_GRADES.includes(grade));
      const [low, high] = [Math.min(...crop), Math.max(...crop)];
      assert.equal(low, -1);
      near(high, 1, 1e-6);
    });
  });
});

describe("augmentation", () => {
  const size = 32;
  const { crop } = drawnDiscs(1, size, 1)[0]!;

  it("flips every other version and turns by at most the recipe's angle", () => {
    const random = new Random(1);
    const drawn = Array.from({ length: 400 }, (_, version) => drawAugmentation(version, 20, random));
    assert.equal(drawn.filter(({ isFlipped }) => isFlipped).length, 200);
    const angles = drawn.map(({ angle }) => angle);
    assert.ok(Math.max(...angles) <= 20 && Math.min(...angles) >= -20);
    assert.ok(Math.max(...angles) > 18 && Math.min(...angles) < -18);
  });

  it("leaves a crop as it is at 0°, mirrors it flipped, and turns it a quarter at 90°", () => {
    assert.deepEqual(augmentCrop(crop, size, { isFlipped: false, angle: 0 }), crop);
    const flipped = augmentCrop(crop, size, { isFlipped: true, angle: 0 });
    assert.equal(flipped[5 * size], crop[5 * size + size - 1]);
    assert.deepEqual(augmentCrop(flipped, size, { isFlipped: true, angle: 0 }), crop);
    const quarter = augmentCrop(crop, size, { isFlipped: false, angle: 90 });
    for (const [row, column] of [
      [3, 7],
      [20, 30],
    ] as const)
      near(quarter[row * size + column]!, crop[(size - 1 - column) * size + row]!, 1e-4);
  });
});

describe("the simulated rater", () => {
  it("gives valid grades whose spread follows the noise", () => {
    const random = new Random(2);
    const error = (noise: number): number => {
      const errors = Array.from({ length: 2000 }, () => Math.abs(simulatedGrade(3, noise, random) - 3));
      return errors.reduce((sum, value) => sum + value, 0) / errors.length;
    };
    assert.equal(error(0), 0);
    assert.ok(error(0.15) > 0.05 && error(0.15) < 0.2);
    assert.ok(error(0.6) > 0.35);
  });
});
