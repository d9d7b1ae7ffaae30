import assert from "node:assert/strict";
import { test } from "node:test";
import { detectSpine, type Disc } from "../../src/detection/index.js";
import { seriesWarnings } from "../../src/detection/warnings.js";
import type { Volume } from "../../src/imaging/index.js";
import { renderPhantom } from "../../src/phantom/index.js";

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

test("phantoms with fused bodies are told, the same spines without are not", async () => {
  for (const seed of [2, 3]) {
    const usual = renderPhantom({ seed, severity: "population" });
    const fused = renderPhantom({ seed, severity: "population", variant: "fused" });
    const flags = async (image: Volume) => (await detectSpine(image, "models")).flags.map(({ code }) => code);
    assert.ok(!(await flags(usual.volume)).includes("fused"));
    assert.ok((await flags(fused.volume)).includes("fused"));
  }
});
