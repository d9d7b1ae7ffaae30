import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Vertebra } from "../../src/detection/index.js";
import { detectSpine } from "../../src/detection/index.js";
import { decideClass, featureOf, measureDiscs, slipPercent } from "../../src/grading/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { renderPhantom } from "../../src/phantom/index.js";

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

describe("slip", () => {
  it("is the step of the back walls over the length of the lower endplate, forward positive", () => {
    assert.ok(Math.abs(slipPercent(body("L4", 20, 10), body("L5", 20, 45), volume)) < 1e-9);
    assert.ok(Math.abs(slipPercent(body("L4", 12, 10), body("L5", 20, 45), volume) - 25) < 1e-9);
    assert.ok(slipPercent(body("L4", 24, 10), body("L5", 20, 45), volume) < 0);
  });

  it("is 0 where a body is missing", () => {
    assert.equal(slipPercent(undefined, body("L5", 20, 45), volume), 0);
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
