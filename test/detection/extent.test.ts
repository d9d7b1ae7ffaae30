import assert from "node:assert/strict";
import { test } from "node:test";
import { detectSpine, numberingSigns } from "../../src/detection/index.js";
import { extentProblem } from "../../src/detection/extent.js";
import type { Vec3, Volume } from "../../src/imaging/index.js";

const picture = (spacing: Vec3): Volume => ({
  voxels: new Int16Array(384 * 384).fill(100),
  columns: 384,
  rows: 384,
  slices: 1,
  spacing,
  affine: [spacing[0], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, spacing[2], 0, 0, 0, 0, 1] as never,
  geometry: "image",
});

test("a spacing at which a picture is larger than a person or holds no spine is refused before anything is resampled", async () => {
  const wrong: readonly Vec3[] = [
    [6.875, 6.875, 1],
    [0.6875, 6.875, 1],
    [1e300, 1e300, 1],
    [0.006875, 0.006875, 1],
    [5e-324, 5e-324, 1],
  ];
  for (const spacing of wrong) {
    const refused = { name: "DetectionError", code: "spacing", message: /check the pixel spacing\.$/ };
    await assert.rejects(detectSpine(picture(spacing), "nowhere"), refused, String(spacing));
    await assert.rejects(numberingSigns(picture(spacing), "nowhere"), refused, String(spacing));
  }
  assert.equal(
    extentProblem(picture([6.875, 6.875, 1])),
    "At 6.875 mm a pixel the picture would be 2640 x 2640 mm, and no picture of a spine is that large: check the pixel spacing.",
  );
});

test("pictures from half of a short spine's size to a whole spine's are looked at", () => {
  for (const spacing of [0.1, 0.35, 0.7, 2.5])
    assert.equal(extentProblem(picture([spacing, spacing, 1])), undefined, String(spacing));
});
