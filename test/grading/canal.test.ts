import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TISSUE } from "../../src/detection/index.js";
import { narrowestCanal, narrowestSac } from "../../src/grading/canal.js";
import type { Sampled } from "../../src/grading/canal.js";

/** A canal of 14 mm behind a disc, whose sac (signal 1, CSF) is `sac` mm wide at the disc and 12 mm elsewhere. */
function canalPoints(sac: number, ligament = 0.1): Sampled[] {
  const points: Sampled[] = [];
  for (let down = -27; down <= 27; down++)
    for (let back = -27; back <= 42; back++) {
      const width = Math.abs(down) <= 5 ? sac : 12;
      const isCanal = back >= 18 && back < 32;
      points.push({
        back,
        down,
        signal: isCanal && back >= 19 && back < 19 + width ? 1 : ligament,
        tissue: isCanal ? TISSUE.canal : TISSUE.background,
      });
    }
  return points;
}

describe("the canal behind a disc", () => {
  it("is as wide as the tissue map says, the sac as its bright content", () => {
    assert.equal(narrowestCanal(canalPoints(5), 10), 14);
    assert.deepEqual(narrowestSac(canalPoints(5), 10, 1), { sac: 5, sacToBodies: 5 / 12 });
    assert.deepEqual(narrowestSac(canalPoints(12), 10, 1), { sac: 12, sacToBodies: 1 });
  });

  it("is compared with the sac from 6 to 14 mm beyond the disc's edges, beside the bodies", () => {
    // Edges at 5 mm: the stretch is 11 to 19 mm from the disc's middle, with 9 mm in 3 rows and 12 mm in 4 on either side.
    const beside = (down: number): number => {
      const away = Math.abs(down);
      return away <= 5 ? 5 : away <= 11 ? 6 : away <= 14 ? 9 : away < 19 ? 12 : 2;
    };
    const points = canalPoints(5).map((point) => ({
      ...point,
      signal: point.back >= 19 && point.back < 19 + beside(point.down) ? 1 : 0.1,
    }));
    assert.deepEqual(narrowestSac(points, 10, 1), { sac: 5, sacToBodies: 5 / 12 });
  });

  it("is averaged over 3 mm, so that a single row of noise does not narrow it", () => {
    const points = canalPoints(12).map((point) => (point.down === 0 ? { ...point, signal: 0 } : point));
    assert.ok(Math.abs(narrowestSac(points, 10, 1).sac - 8) < 1e-9);
    const torn = canalPoints(12).map((point) =>
      point.down === 0 ? { ...point, tissue: TISSUE.background } : point,
    );
    assert.ok(Math.abs(narrowestCanal(torn, 10) - 28 / 3) < 1e-9);
  });

  it("spans dark roots and a dark cord between bright rims", () => {
    const points = canalPoints(10).map((point) =>
      point.back > 21 && point.back < 26 ? { ...point, signal: 0.1 } : point,
    );
    assert.equal(narrowestSac(points, 10, 1).sac, 10);
  });

  it("is 0 where there is none, and a number", () => {
    const none = canalPoints(5).map((point) => ({ ...point, tissue: TISSUE.body }));
    assert.equal(narrowestCanal(none, 10), 0);
    assert.deepEqual(narrowestSac(none, 10, 1), { sac: 0, sacToBodies: 0 });
    assert.deepEqual(narrowestSac([], 10, 1), { sac: 0, sacToBodies: 0 });
  });
});
