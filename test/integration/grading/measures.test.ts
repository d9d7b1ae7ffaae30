import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Vertebra } from "../../../src/detection/index.js";
import { detectSpine } from "../../../src/detection/index.js";
import {
  decideClass,
  discSpace,
  featureOf,
  measureDiscs,
  relativeHeights,
  spaceHeights,
} from "../../../src/grading/index.js";
import type { Volume } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const volume = { spacing: [0.5, 0.8, 4] } as unknown as Volume;

/** A body 32 mm long whose upper left corner lies at (back, down) in mm, level. */
function body(level: string, back: number, down: number): Vertebra {
  const at = (x: number, y: number) => ({ column: (back + x) / 0.5, row: (down + y) / 0.8 });
  const corners = {
    anteriorSuperior: at(0, 0),
    posteriorSuperior: at(32, 0),
    posteriorInferior: at(32, 25),
    anteriorInferior: at(0, 25),
  };
  const slices = [{ slice: 5, corners, certainty: 1 }];
  return { level, confidence: 1, slice: 5, centre: at(16, 12), corners, slices };
}

/** The same body turned about its upper left corner; degrees, positive when the back goes down. */
function turned(vertebra: Vertebra, degrees: number): Vertebra {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const origin = vertebra.corners.anteriorSuperior;
  const corners = Object.fromEntries(
    Object.entries(vertebra.corners).map(([name, { column, row }]) => {
      const [x, y] = [(column - origin.column) * 0.5, (row - origin.row) * 0.8];
      return [
        name,
        { column: origin.column + (cos * x - sin * y) / 0.5, row: origin.row + (sin * x + cos * y) / 0.8 },
      ];
    }),
  ) as unknown as Vertebra["corners"];
  return { ...vertebra, corners, slices: [{ slice: 5, corners, certainty: 1 }] };
}

describe("the space between two bodies", () => {
  const near = (value: number | undefined, wanted: number, within = 1e-9): void => {
    assert.ok(value !== undefined && Math.abs(value - wanted) < within, `${value} is not ${wanted}`);
  };

  it("has the heights between the endplates' corners and the slip over the lower endplate, forward positive", () => {
    const straight = discSpace(body("L4", 20, 10), body("L5", 20, 45), volume, 5);
    near(straight?.slip, 0);
    near(straight?.anteriorHeight, 10);
    near(straight?.posteriorHeight, 10);
    near(straight?.depth, 32);
    near(discSpace(body("L4", 12, 10), body("L5", 20, 45), volume, 5)?.slip, 25);
    assert.ok(discSpace(body("L4", 24, 10), body("L5", 20, 45), volume, 5)!.slip < 0);
  });

  it("does not take a wedge-shaped disc for a slip", () => {
    // The lower endplate falls to the front by 20 degrees; its middle lies 10 mm below the upper one's, straight across the disc.
    const [tilt, half] = [Math.PI / 9, Math.PI / 18];
    const middle = [36 + 10 * Math.sin(half), 35 + 10 * Math.cos(half)] as const;
    const lower = body("L5", middle[0] - 16 * Math.cos(tilt), middle[1] + 16 * Math.sin(tilt));
    const wedge = discSpace(body("L4", 20, 10), turned(lower, -20), volume, 5)!;
    assert.ok(wedge.anteriorHeight - wedge.posteriorHeight > 8);
    near(wedge.slip, 0, 1e-6);
  });

  it("is unknown where a body is missing or has no extent", () => {
    assert.equal(discSpace(undefined, body("L5", 20, 45), volume, 5), undefined);
    const flat = body("L4", 20, 10);
    const point = { column: 1, row: 1 };
    const corners = { ...flat.corners, anteriorInferior: point, posteriorInferior: point };
    assert.equal(discSpace({ ...flat, corners, slices: [] }, body("L5", 20, 45), volume, 5), undefined);
  });
});

describe("heights between corners", () => {
  const space = { anteriorHeight: 9, posteriorHeight: 7, slip: 0, depth: 34 };

  it("are the outline's, less what outlines are higher than corners are apart, where a body is missing", () => {
    const cut = { height: 7, space: undefined };
    const [first, second] = spaceHeights([cut, { height: 9.5, space }]);
    assert.deepEqual(first, { anterior: 5.5, posterior: 5.5 });
    assert.deepEqual(second, { anterior: 9, posterior: 7 });
    assert.deepEqual(spaceHeights([cut]), [{ anterior: 7, posterior: 7 }]);
    assert.deepEqual(
      spaceHeights([
        { height: 1, space: undefined },
        { height: 9.5, space },
      ])[0],
      {
        anterior: 0,
        posterior: 0,
      },
    );
  });
});

describe("relative heights", () => {
  it("compare with the level's usual height, the spine's size and its best kept discs", () => {
    const usual = [11.5, 12.5, 11.5].map((height, levelIndex) => ({ height, depth: 34, levelIndex }));
    for (const { toUsual, toBest } of relativeHeights(usual)) {
      assert.ok(Math.abs(toUsual - 1) < 1e-9 && Math.abs(toBest - 1) < 1e-9);
    }
    const small = usual.map((disc) => ({ ...disc, height: disc.height / 2, depth: 17 }));
    assert.ok(relativeHeights(small).every(({ toUsual }) => Math.abs(toUsual - 1) < 1e-9));
    const narrowed = relativeHeights([...usual, { height: 5.25, depth: 34, levelIndex: 3 }]);
    assert.ok(Math.abs(narrowed[3]!.toBest - 0.5) < 1e-9);
  });

  it("are numbers for a single disc, one without extent, and none", () => {
    assert.deepEqual(relativeHeights([]), []);
    const [only] = relativeHeights([{ height: -1, depth: 34, levelIndex: 9 }]);
    assert.deepEqual(only, { toUsual: 0, toBest: 0 });
  });
});

describe("measures of phantoms", () => {
  it("follow what was drawn: height, slip, and signal that falls with the grade", async () => {
    const pairs: { measured: number; true: number }[] = [];
    const signal = new Map<number, number[]>();
    for (const seed of [301, 302, 303]) {
      const { volume: scan, truth } = renderPhantom({ seed });
      const spine = await detectSpine(scan, "models");
      const measures = measureDiscs(spine);
      spine.discs.forEach((disc, i) => {
        const own = truth.discs.find(({ level }) => level === disc.level);
        if (own === undefined) return;
        const m = measures[i]!;
        assert.ok(Object.values(m).flat().every(Number.isFinite));
        pairs.push({ measured: m.slip, true: (100 * own.measures.slip) / own.width });
        const grade = own.grades.pfirrmann.grade;
        signal.set(grade, [...(signal.get(grade) ?? []), m.nucleusToCsf]);
      });
    }
    const slipped = pairs.filter((pair) => pair.true > 8);
    const straight = pairs.filter((pair) => pair.true < 2);
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    assert.ok(straight.length > 8);
    assert.ok(Math.abs(mean(straight.map(({ measured }) => measured))) < 4);
    for (const { measured } of slipped) assert.ok(measured > 5, `a slip measured as ${measured} %`);
    const healthy = [...(signal.get(1) ?? []), ...(signal.get(2) ?? [])];
    const dark = [...(signal.get(4) ?? []), ...(signal.get(5) ?? [])];
    assert.ok(healthy.length > 2 && dark.length > 2 && mean(healthy) > 1.5 * mean(dark));
  });
});

describe("the canal", () => {
  it("is measured smaller where it was drawn narrow", async () => {
    const [narrow, usual]: [number[], number[]] = [[], []];
    for (const seed of [7006, 7007, 7011]) {
      const { volume: scan, truth } = renderPhantom({ seed });
      const spine = await detectSpine(scan, "models");
      const measures = measureDiscs(spine);
      spine.discs.forEach(({ level }, i) => {
        const own = truth.discs.find((disc) => disc.level === level);
        if (own !== undefined)
          (own.grades.centralCanalStenosis.grade === 1 ? narrow : usual).push(measures[i]!.canal);
      });
    }
    const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    assert.ok(narrow.length >= 3 && usual.length >= 6, `${narrow.length} narrow, ${usual.length} usual`);
    assert.ok(median(usual) > 11 && median(usual) < 18, `usual ${median(usual)}`);
    assert.ok(median(narrow) < 0.9 * median(usual), `narrow ${median(narrow)}, usual ${median(usual)}`);
  });
});

describe("the grade that probabilities stand for", () => {
  it("is the median of an ordinal feature and the most probable class of others", () => {
    assert.equal(decideClass(featureOf("pfirrmann"), [0.35, 0.1, 0.1, 0.15, 0.3]), 2);
    assert.equal(decideClass(featureOf("pfirrmann"), [0, 0, 0, 0, 1]), 4);
    assert.equal(decideClass(featureOf("modic"), [0.3, 0.1, 0.35, 0.25]), 2);
    assert.equal(
      decideClass(featureOf("pfirrmann"), [0.1, 0.1, 0.1, 0.1, 0.09]),
      4,
      "sums that rounding left low",
    );
  });
});
