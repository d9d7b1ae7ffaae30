import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readPng,
  encodePng,
  toPatient,
  toSagittal,
  type Vec3,
  type Volume,
} from "../../src/imaging/index.js";
import { close, slanted } from "./support.js";

function at(volume: Volume, [c, r, s]: Vec3): number {
  return volume.voxels[(s * volume.rows + r) * volume.columns + c]!;
}

/** Every display voxel must be the same value at the same place as the original one it names. */
function checkSame(original: Volume): Volume {
  const { volume, toOriginal } = toSagittal(original);
  assert.equal(volume.voxels.length, original.voxels.length);
  for (let s = 0; s < volume.slices; s++)
    for (let r = 0; r < volume.rows; r += 3)
      for (let c = 0; c < volume.columns; c += 2) {
        const source = toOriginal([c, r, s]);
        assert.equal(at(volume, [c, r, s]), at(original, source));
        toPatient(volume, [c, r, s]).forEach((value, axis) => {
          close(value, toPatient(original, source)[axis]!, 1e-9);
        });
      }
  return volume;
}

/** Whether columns run to posterior, rows to the feet and slices to the left. */
function isUpright(volume: Volume): boolean {
  const m = volume.affine;
  return m[4]! > 0 && m[9]! < 0 && m[2]! > 0;
}

test("slices from left to right are turned round; rows and columns stay", () => {
  const turned = checkSame(slanted(Int16Array));
  assert.ok(isUpright(turned));
  assert.deepEqual([turned.columns, turned.rows, turned.slices], [6, 7, 4]);
});

test("a stack stored with rows and columns exchanged and upside down comes out upright", () => {
  // Columns run to the head, rows to anterior, slices to the left.
  const affine = [0, 0, 4, -8, 0, -0.7, 0, 30, 0.6, 0, 0, -50, 0, 0, 0, 1];
  const turned = checkSame({ ...slanted(Float32Array), affine });
  assert.ok(isUpright(turned));
  assert.deepEqual([turned.columns, turned.rows, turned.slices], [7, 6, 4]);
  assert.deepEqual(turned.spacing, [0.7, 0.6, 4]);
});

test("an upright stack and a picture are left as they are", () => {
  const upright = checkSame(slanted(Int16Array));
  assert.equal(toSagittal(upright).volume, upright);
  const picture = readPng(encodePng(new Uint8Array(6), 3, 2), 1);
  assert.equal(toSagittal(picture).volume, picture);
  assert.deepEqual(toSagittal(picture).toOriginal([1, 1, 0]), [1, 1, 0]);
});

test("an isotropic axial stack is cut sagittally; a thick one is refused", () => {
  const [columns, rows, slices] = [20, 18, 24];
  const voxels = new Int16Array(columns * rows * slices).map((_, i) => i % 30011);
  const axial = (mm: number): Volume => ({
    voxels,
    columns,
    rows,
    slices,
    spacing: [1, 1, mm],
    affine: [1, 0, 0, -10, 0, 1, 0, -9, 0, 0, mm, 5, 0, 0, 0, 1],
    geometry: "patient",
  });
  const turned = checkSame(axial(1));
  assert.ok(isUpright(turned));
  assert.deepEqual([turned.columns, turned.rows, turned.slices], [18, 24, 20]);
  assert.throws(() => toSagittal(axial(4)), { code: "no-sagittal" });
});
