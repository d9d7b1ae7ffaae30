import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jamaludin } from "../../src/api/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import type { Spine } from "../../src/detection/index.js";
import type { Hotspot } from "../../src/grading/index.js";

const disc = {
  ...{ level: "L4-L5", confidence: 1, slice: 6, angle: 20, width: 36, height: 10 },
  centre: { column: 100, row: 90 },
};
const spine = {
  discs: [disc],
  vertebrae: [],
  stack: {
    volume: {
      ...{ columns: 200, rows: 180, slices: 13, voxels: new Int16Array(200 * 180 * 13) },
      spacing: [0.7, 0.7, 4],
      affine: [0, 0, -4, 0, 0.7, 0, 0, 0, 0, -0.7, 0, 0, 0, 0, 0, 1],
      geometry: "patient",
    },
  },
} as unknown as Spine;

describe("a hotspot on Jamaludin's disc volume", () => {
  it("lies where its heat lies in the stack, slice by slice", () => {
    const size = 24;
    const heat = new Float32Array(3 * size * size);
    // The crop's middle lies 3 mm behind the disc's; its pixels are 2 mm. In the last of the slices 5, 6 and 7.
    heat[(2 * size + size / 2) * size + size / 2] = 1;
    const hotspot = {
      level: "L4-L5",
      place: placeOf(spine.stack.volume),
      frame: { ...disc.centre, angle: disc.angle, scale: 1 },
      ...{ slices: [5, 6, 7], size, heat },
    } as unknown as Hotspot;
    const found = jamaludin.heatOnDisc(spine, hotspot);
    const [rows, columns] = [112, 224];
    assert.equal(found.length, 9 * rows * columns);
    const hottest = found.indexOf(found.reduce((a, b) => Math.max(a, b)));
    // Slice 7 of the stack is one step of 4 mm beyond the volume's middle slice.
    assert.equal(Math.floor(hottest / (rows * columns)), 5);
    const [row, column] = [Math.floor((hottest % (rows * columns)) / columns), hottest % columns];
    // A pixel of the volume is 72 / 320 mm wide and 36 / 192 mm high; the spot's pixel ends 1 mm from the crop's middle.
    assert.ok(Math.abs((column + 0.5 - columns / 2) * (72 / 320) - 4) < 1, String(column));
    assert.ok(Math.abs((row + 0.5 - rows / 2) * (36 / 192) - 1) < 1, String(row));
    assert.ok(
      found.subarray(0, 4 * rows * columns).every((value) => value === 0),
      "nothing two slices before",
    );
  });
});

describe("the size of the reproduction", () => {
  it("is small, full, or as many phantoms as asked for", () => {
    assert.ok(jamaludin.sizeOf("small").phantoms < jamaludin.sizeOf("full").phantoms);
    assert.equal(jamaludin.sizeOf("small", 3).phantoms, 3);
    assert.throws(() => jamaludin.sizeOf("huge"), /no size "huge"; known are small, full/);
  });
});
