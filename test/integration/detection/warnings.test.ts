import assert from "node:assert/strict";
import { test } from "node:test";
import { detectSpine, type Disc, type Vertebra } from "../../../src/detection/index.js";
import { seriesWarnings } from "../../../src/detection/warnings.js";
import type { Vec3, Volume } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const volume = {
  voxels: new Int16Array(300 * 500).fill(100),
  columns: 300,
  rows: 500,
  slices: 1,
  spacing: [0.7, 0.7, 4],
} as unknown as Volume;

const LEVELS = ["T11-T12", "T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
const discs = (heights: readonly number[]): Disc[] =>
  heights.map((height, i) => ({
    level: LEVELS[i]!,
    confidence: 0.95,
    slice: 0,
    centre: { column: 150, row: 50 + 55 * i },
    angle: 0,
    width: 34,
    height,
  }));
const codes = (heights: readonly number[]) =>
  seriesWarnings(volume, discs(heights), []).map(({ code }) => code);

test("a lumbar disc that is hardly there is told, one that is only narrowed or lies above the lumbar spine is not", () => {
  assert.deepEqual(codes([6, 7, 9, 10, 3, 12, 11]), ["fused"]);
  assert.deepEqual(codes([6, 7, 9, 10, 6, 12, 11]), []);
  assert.deepEqual(codes([2, 3, 9, 10, 10, 12, 11]), []);
  // A spine of low discs throughout has no bridge.
  assert.deepEqual(codes([4, 4, 4.5, 5, 4, 4.6, 4.2]), []);
});

test("a disc is hardly there below 5 mm and below 45 % of its spine's median, not by one of them alone", () => {
  // The lumbar median is 10 mm, then 13 mm.
  assert.deepEqual(codes([6, 7, 9, 10, 4.4, 12, 11]), ["fused"]);
  assert.deepEqual(codes([6, 7, 9, 10, 4.6, 12, 11]), []);
  assert.deepEqual(codes([6, 7, 12, 13, 4.9, 15, 14]), ["fused"]);
  assert.deepEqual(codes([6, 7, 12, 13, 5.1, 15, 14]), []);
});

test("pixels above 1.3 mm and a mean confidence below 0.8 are told", () => {
  const told = (spacing: Vec3, confidences: readonly number[]) => {
    const found = discs([6, 7, 9, 10, 10, 12, 11]).map((disc, i) => ({
      ...disc,
      confidence: confidences[i % confidences.length]!,
    }));
    return seriesWarnings({ ...volume, spacing }, found, []).map(({ code }) => code);
  };
  assert.deepEqual(told([1.3, 1.3, 4], [0.81]), []);
  assert.deepEqual(told([1.31, 0.7, 4], [0.81]), ["resolution"]);
  assert.deepEqual(told([0.7, 1.31, 4], [0.81]), ["resolution"]);
  assert.deepEqual(told([0.7, 0.7, 4], [0.79]), ["poor-contrast"]);
  // It is the mean that counts: four of 0.95 and three of 0.5 are 0.757, five and two 0.821.
  assert.deepEqual(told([0.7, 0.7, 4], [0.95, 0.5, 0.95, 0.5, 0.95, 0.5, 0.95]), ["poor-contrast"]);
  assert.deepEqual(told([0.7, 0.7, 4], [0.95, 0.5, 0.95, 0.95, 0.95, 0.5, 0.95]), []);
});

test("no signal over 14 mm between two bodies is told as a void, a shorter stretch is not", () => {
  const vertebrae = ["L2", "L3", "L4"].map((level, i) => ({
    level,
    slice: 0,
    centre: { column: 150, row: 100 + 50 * i },
  })) as unknown as Vertebra[];
  const told = (mm: number) => {
    const voxels = new Int16Array(300 * 500).fill(100);
    // Rows are 0.7 mm apart; the void begins 5 mm below the middle of L3.
    for (let row = 158; row < 158 + mm / 0.7; row++) voxels.fill(5, row * 300, (row + 1) * 300);
    const found = seriesWarnings({ ...volume, voxels }, discs([9, 9]), vertebrae);
    return found.map(({ message }) => /between (\w+) and (\w+)/.exec(message)!.slice(1).join(" "));
  };
  assert.deepEqual(told(17), ["L3 L4"]);
  assert.deepEqual(told(11), []);
});

test("phantoms with fused bodies are told, the same spines without are not", async () => {
  for (const seed of [2, 3]) {
    const usual = renderPhantom({ seed, severity: "population" });
    const fused = renderPhantom({ seed, severity: "population", variant: "fused" });
    const flags = async (image: Volume) => (await detectSpine(image, "models")).flags.map(({ code }) => code);
    assert.ok(!(await flags(usual.volume)).includes("fused"));
    assert.ok((await flags(fused.volume)).includes("fused"));
  }
});
