import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf } from "../../src/detection/index.js";

test("levels as people write them", () => {
  const spellings: Record<string, string[]> = {
    "L4-L5": ["L4-L5", "L4/L5", "L4-5", "l4_l5", "L4L5", "L45", " l4 – l5 ", "IVD 2", "ivd2", "L4/5"],
    "L5-S1": ["L5/S1", "L5-S1", "l5_s1", "L5S1", "L5-S", "IVD 1", "L5-1"],
    "T12-L1": ["T12-L1", "Th12/L1", "TH12-L1", "D12-L1", "T12/1", "IVD 6"],
    "L1-L2": ["L1/L2", "L1-2", "L12"],
    "T11-T12": ["T11/T12", "Th11-12", "D11-D12", "IVD 7"],
  };
  for (const [level, texts] of Object.entries(spellings))
    for (const text of texts) assert.equal(levelOf(text), level, text);
});

test("what is no level stays unknown: transitional, skipped, upside down, a vertebra, a number, another disc", () => {
  for (const text of [
    "",
    "L5-L6",
    "L6-S1",
    "L3-L5",
    "L5-L4",
    "L4",
    "4",
    "IVD 0",
    "IVD 99",
    "disc-1",
    "C5-C6",
    "S1-S2",
    "=L4-L5",
  ])
    assert.equal(levelOf(text), undefined, text);
});
