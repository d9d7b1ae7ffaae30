import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../../src/numbers/index.js";
import {
  binTarget,
  CORNER_KINDS,
  cornerNetwork,
  cutSignal,
  detectSpine,
  PATCH_SIZE,
  PATCH_STEP,
  patchToSlice,
  placeFromBins,
  tiltOf,
  TISSUE,
} from "../../../src/detection/index.js";
import type { BodyOutline, CornerPicture } from "../../../src/detection/index.js";
import { countOperations, placeLayers } from "../../../src/engine/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import {
  circumscribedQuadrilateral,
  convexHull,
  maskCorners,
} from "../../../src/training/corners/maskCorners.js";
import { outlinesOf } from "../../../src/training/corners/samples.js";
import { disturbedPlace } from "../../../src/training/corners/train.js";

/** Pixels inside a body of rounded corners and hollow endplates, turned, with its true corners as [row, column]. */
function drawnBody(angle: number, columns: number): { pixels: number[]; corners: [number, number][] } {
  const [halfWidth, halfHeight, radius] = [32, 24, 3];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const pixels: number[] = [];
  for (let row = 0; row < 120; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column - 60, row - 60];
      const [u, v] = [cos * x + sin * y, cos * y - sin * x];
      const hollow = 2.5 * Math.max(0, 1 - (u / halfWidth) ** 2);
      const [du, dv] = [halfWidth - Math.abs(u), halfHeight - hollow - Math.abs(v)];
      const inCorner = du < radius && dv < radius;
      if (inCorner ? Math.hypot(radius - du, radius - dv) <= radius : du >= 0 && dv >= 0)
        pixels.push(row * columns + column);
    }
  const corners = CORNER_KINDS.map(({ back, down }): [number, number] => {
    const [u, v] = [back * halfWidth, down * halfHeight];
    return [60 + sin * u + cos * v, 60 + cos * u - sin * v];
  });
  return { pixels, corners };
}

describe("corners of a mask", () => {
  it("are those of the body whatever its tilt, rounded rims and hollow endplates", () => {
    for (const degrees of [-30, -12, 0, 17, 33]) {
      const { pixels, corners } = drawnBody((degrees * Math.PI) / 180, 120);
      const found = maskCorners(pixels, 120)!;
      corners.forEach(([row, column], k) => {
        const error = Math.hypot(found[k]![0] - row, found[k]![1] - column);
        assert.ok(error < 2, `${degrees} degrees, corner ${k}: ${error.toFixed(2)} pixels`);
      });
    }
  });

  it("there are none of a speck, a line or nothing", () => {
    assert.equal(maskCorners([], 50), undefined);
    assert.equal(maskCorners([1, 2, 3], 50), undefined);
    assert.deepEqual(convexHull([]), []);
  });

  it("a polygon is enclosed by the four sides that add least", () => {
    const octagon = [
      [0, 3],
      [0, 7],
      [1, 8],
      [9, 8],
      [10, 7],
      [10, 3],
      [9, 2],
      [1, 2],
    ] as const;
    const quadrilateral = circumscribedQuadrilateral(convexHull(octagon))!;
    assert.deepEqual(quadrilateral.map(([row, column]) => `${row},${column}`).sort(), [
      "0,2",
      "0,8",
      "10,2",
      "10,8",
    ]);
  });

  it("bodies that are torn, joined or cut off by the border are left out", () => {
    const [rows, columns, spacing] = [200, 120, 0.7];
    const whole = drawnBody(0.1, columns).pixels;
    const labels = new Uint8Array(rows * columns);
    for (const i of whole) labels[i] = TISSUE.body;
    assert.equal(outlinesOf(labels, { rows, columns, spacing }).length, 1);
    assert.equal(outlinesOf(labels, { rows, columns, spacing: 0.3 }).length, 0, "too small");
    const cut = labels.slice(50 * columns);
    assert.equal(outlinesOf(cut, { rows: rows - 50, columns, spacing }).length, 0, "at the border");
    const torn = labels.map((label, i) => (Math.floor(i / columns) > 60 && i % columns < 60 ? 0 : label));
    assert.equal(outlinesOf(torn, { rows, columns, spacing }).length, 0, "a quarter is missing");
  });
});

const outline: BodyOutline = [
  [30, 40],
  [65, 46],
  [61, 72],
  [27, 66],
];

/** A picture whose signal at a place is its distance (mm) from (back 40, down 50). */
const cone: CornerPicture = (() => {
  const [rows, columns] = [200, 150];
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    Math.hypot((i % columns) * 0.6 - 40, Math.floor(i / columns) * 0.8 - 50),
  );
  const map = {
    rows: 1,
    columns: 1,
    rowStep: rows,
    columnStep: columns,
    probabilities: new Float32Array(7).fill(1 / 7),
  };
  return { values, rows, columns, spacing: [0.6, 0.8], map };
})();

describe("patches about corners", () => {
  it("are mirrored so that the body lies towards growing u and v, and measure mm", () => {
    CORNER_KINDS.forEach((kind, k) => {
      const place = { middle: outline[k]!, angle: tiltOf(outline), kind };
      const [back, down] = patchToSlice(place, 10, 8);
      const middle = [0, 1].map(
        (axis) => outline.reduce((sum, corner) => sum + corner[axis as 0 | 1], 0) / 4,
      );
      const before = Math.hypot(outline[k]![0] - middle[0]!, outline[k]![1] - middle[1]!);
      assert.ok(Math.hypot(back - middle[0]!, down - middle[1]!) < before - 8);
      assert.ok(
        Math.abs(Math.hypot(back - outline[k]![0], down - outline[k]![1]) - Math.hypot(10, 8)) < 1e-9,
      );
    });
  });

  it("sample the slice at the right place, with pixels that are not square", () => {
    const place = { middle: [44, 53] as const, angle: 0.4, kind: CORNER_KINDS[2]! };
    const signal = cutSignal(cone, place);
    for (const [x, y] of [
      [0, 0],
      [47, 3],
      [20, 40],
    ] as const) {
      const offset = (i: number): number => (i - (PATCH_SIZE - 1) / 2) * PATCH_STEP;
      const [back, down] = patchToSlice(place, offset(x), offset(y));
      assert.ok(Math.abs(signal[y * PATCH_SIZE + x]! - Math.hypot(back - 40, down - 50)) < 0.2);
    }
  });

  it("training places tell where in the patch the corner is", () => {
    const slice = { picture: cone, neighbour: undefined, bodies: [outline] };
    for (let seed = 0; seed < 20; seed++) {
      const { place, u, v } = disturbedPlace(slice, new Random(seed));
      const [back, down] = patchToSlice(place, u, v);
      const nearest = Math.min(...outline.map((corner) => Math.hypot(corner[0] - back, corner[1] - down)));
      assert.ok(nearest < 1e-9);
      const chosen = disturbedPlace(slice, new Random(seed), { body: 0, corner: 2 });
      const [x, y] = patchToSlice(chosen.place, chosen.u, chosen.v);
      assert.ok(Math.hypot(x - outline[2][0], y - outline[2][1]) < 1e-9, "the corner that was asked for");
    }
  });

  it("bins give back the place that they were made for, and how sure it is", () => {
    for (const mm of [-7.3, -0.2, 0, 4.75]) {
      const { mm: found, certainty } = placeFromBins(binTarget(mm));
      assert.ok(Math.abs(found - mm) < 0.02 && certainty > 0.98, `${mm}: ${found}, ${certainty}`);
    }
    const two = binTarget(-5).map((value, i) => 0.6 * value + 0.4 * binTarget(6)[i]!);
    const { mm, certainty } = placeFromBins(two);
    assert.ok(Math.abs(mm + 5) < 0.05 && Math.abs(certainty - 0.6) < 0.02, "not between two peaks");
  });
});

describe("corner network", () => {
  it("reads the whole patch and is small", () => {
    const network = cornerNetwork();
    const last = placeLayers(network).find(({ layer }) => layer.kind === "globalAveragePooling")!;
    assert.deepEqual(last.inputShape, [96, 1, 1]);
    assert.ok(countOperations(network) < 25e6);
  });
});

describe("corners that the network is not sure of", () => {
  it("are found from elsewhere where changed marrow beside a dark disc caught them", async () => {
    const { volume, truth } = renderPhantom({ seed: 9121 });
    const [width, height] = volume.spacing;
    const slice = 8;
    const names = ["anteriorSuperior", "posteriorSuperior", "posteriorInferior", "anteriorInferior"] as const;
    const { vertebrae } = await detectSpine(volume, "models");
    const found = vertebrae.find(({ level }) => level === "T10")!.slices.find((one) => one.slice === slice)!;
    const { sections } = truth.vertebrae.find(({ level }) => level === "T10")!;
    const drawn = sections.find((one) => one.slice === slice)!.corners;
    for (const name of names) {
      const { column, row } = found.corners[name];
      const error = Math.hypot((column - drawn[name][0]) * width, (row - drawn[name][1]) * height);
      assert.ok(error < 2, `${name}: ${error.toFixed(1)} mm`);
    }
  });
});
