import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { errorSheetPng } from "../../src/api/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { largestErrors } from "../../src/training/index.js";
import type { PatientReadings } from "../../src/training/index.js";

/** Readings of one patient whose discs have the given published and expected grades; signal grows from left to right. */
function readings(grades: readonly (readonly [published: number, fractional: number])[]): PatientReadings {
  const volume: Volume = {
    voxels: Int16Array.from({ length: 100 * 100 }, (_, i) => i % 100),
    columns: 100,
    rows: 100,
    slices: 1,
    spacing: [1, 1, 1],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    geometry: "image",
  };
  const pairs = grades.map(([published, fractional], i) => ({
    grading: {
      ...{ patient: "7", level: `L${i + 1}-L${i + 2}`, rater: "SPIDER" },
      grades: { pfirrmann: published },
    },
    disc: {
      slice: 0,
      centre: { column: 50, row: 50 },
      angle: 0,
      height: 10,
      grades: { pfirrmann: { grade: Math.round(fractional), fractional } },
    },
    volume,
  }));
  return { patients: ["7"], pairs, failures: [] } as unknown as PatientReadings;
}

describe("the discs that are graded furthest from the published grade", () => {
  it("come worst first, with their picture", () => {
    const cases = largestErrors(
      readings([
        [3, 3.2],
        [1, 3.4],
        [5, 4.1],
      ]),
      2,
    );
    assert.deepEqual(
      cases.map(({ level, published, given }) => [level, published, given]),
      [
        ["L2-L3", 1, 3],
        ["L3-L4", 5, 4],
      ],
    );
    const { pixels } = cases[0]!;
    const side = Math.sqrt(pixels.length);
    assert.ok(Number.isInteger(side));
    const middle = Math.floor(side / 2) * side;
    assert.ok(pixels[middle + 5]! < pixels[middle + side - 6]!, "signal grows to the right");
  });

  it("make a sheet", async () => {
    const png = await errorSheetPng(largestErrors(readings([[1, 3.4]]), 5));
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from("PNG")]);
    assert.ok(png.length > 1000);
  });
});
