import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { worsened } from "../../src/phantom/course.js";
import { gradesOf, severityOf, type DiscCondition } from "../../src/phantom/labels.js";
import { phantomTruth, renderPhantom } from "../../src/phantom/index.js";

/** A healthy disc. */
function healthyDisc(): DiscCondition {
  return {
    ...{ degeneration: 1, heightFactor: 1, slip: 0, canalFactor: 1, modic: 0, bulge: 0, herniation: 0 },
    ...{ nodes: [undefined, undefined], marrow: [0, 0] },
  };
}

const small = { columns: 160, rows: 160, inPlane: 2, slices: 3 } as const;

describe("one person over time", () => {
  const first = phantomTruth({ seed: 41, severity: "healthy" });
  const later = phantomTruth({ seed: 41, severity: "healthy", progress: { "L4-L5": 2.5 }, visit: 1 });

  it("changes only the discs that are told to, which lose height and bulge more", () => {
    assert.deepEqual(
      later.discs.map(({ level }) => level),
      first.discs.map(({ level }) => level),
    );
    for (const [i, before] of first.discs.entries()) {
      const after = later.discs[i]!;
      const gain = after.severity.pfirrmann - before.severity.pfirrmann;
      if (before.level !== "L4-L5") {
        assert.deepEqual(after.severity, before.severity);
        assert.ok(
          Math.abs(after.height - before.height) < 1e-9 && Math.abs(after.width - before.width) < 1e-9,
        );
        continue;
      }
      assert.ok(Math.abs(gain - Math.min(2.5, 5 - before.severity.pfirrmann)) < 1e-9);
      assert.ok(after.height < before.height);
      assert.ok(after.measures.bulge > before.measures.bulge);
      assert.equal(after.measures.slip, before.measures.slip);
    }
  });

  it("stops at grade 5", () => {
    const worst = phantomTruth({ seed: 41, severity: "healthy", progress: { "L4-L5": 4 } });
    const disc = worst.discs.find(({ level }) => level === "L4-L5")!;
    assert.ok(disc.grades.pfirrmann.fractional <= 5 && disc.grades.pfirrmann.grade === 5);
    assert.ok(disc.grades.narrowing.grade >= 3, "a collapsed disc is narrow");
  });

  it("loses height as discs of its new grade have, in one step or several, and bulges 0.5 mm more a grade", () => {
    const disc = { ...healthyDisc(), degeneration: 2, heightFactor: 0.97, bulge: 1 };
    // Heights between the grades of the table (0.97 up to 3.5, 0.78 at 4, 0.7 at 4.5, 0.42 at 5) lie on a line.
    for (const [grades, height] of [
      [1.5, 0.97],
      [1.75, 0.875],
      [2, 0.78],
      [2.25, 0.74],
      [2.5, 0.7],
      [2.75, 0.56],
      [4, 0.42],
    ] as const) {
      // prettier-ignore
      const after = worsened(disc, grades);
      assert.ok(Math.abs(after.heightFactor - height) < 1e-9, `${grades}: ${after.heightFactor}`);
      assert.ok(Math.abs(after.bulge - 1 - 0.5 * Math.min(grades, 3)) < 1e-9);
      const slowly = worsened(worsened(disc, grades / 3), (2 * grades) / 3);
      assert.ok(Math.abs(slowly.heightFactor - height) < 1e-9 && slowly.bulge === after.bulge);
    }
  });

  it("is graded as its latent severity says: narrowing changes where the severity passes half a grade", () => {
    const steps: number[] = [];
    let last = 1;
    for (let percent = 120; percent >= 10; percent--) {
      const disc = { ...healthyDisc(), heightFactor: percent / 100 + 0.001 };
      const { grade } = gradesOf(disc).narrowing;
      assert.equal(grade, Math.round(severityOf(disc).narrowing), `height ${percent} %`);
      if (grade !== last) steps.push(percent);
      last = grade;
    }
    // The first heights (in whole %, and a little more) that are not above 85, 70 and 42 %.
    assert.deepEqual(steps, [84, 69, 41]);
  });

  it("a visit has its own noise and place, and the same anatomy", () => {
    const moved = phantomTruth({ seed: 41, severity: "healthy", visit: 2 });
    const shifts = moved.discs.map(({ pixel }, i) => [
      pixel[0] - first.discs[i]!.pixel[0],
      pixel[1] - first.discs[i]!.pixel[1],
    ]);
    assert.ok(Math.hypot(...shifts[0]!) > 0);
    for (const [x, y] of shifts)
      assert.ok(Math.abs(x! - shifts[0]![0]!) < 1e-6 && Math.abs(y! - shifts[0]![1]!) < 1e-6);
    const voxels = (visit: number): Int16Array =>
      renderPhantom({ seed: 41, ...small, visit }).volume.voxels as Int16Array;
    assert.deepEqual(voxels(0), renderPhantom({ seed: 41, ...small }).volume.voxels);
    assert.notDeepEqual(voxels(1), voxels(0));
    assert.notDeepEqual(voxels(1), voxels(2));
    assert.deepEqual(voxels(2), voxels(2));
  });

  it("what cannot be is refused in a sentence", () => {
    const make = (options: object) => () => phantomTruth({ seed: 1, ...options });
    assert.throws(make({ progress: { "L4-L5": -1 } }), /0 to 4 Pfirrmann grades, not by -1 \(L4-L5\)/);
    assert.throws(make({ progress: { "L9-S1": 1 } }), /no disc L9-S1 to degenerate; it has .*L5-S1/);
    assert.throws(make({ visit: -1 }), /counted 0, 1, 2/);
  });
});
