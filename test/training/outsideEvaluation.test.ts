import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isLsma, readLsmaGradings } from "../../src/training/lsma.js";
import { pfirrmannAgreement } from "../../src/training/outsideEvaluation.js";

/** Three discs of each of 20 patients: two read rightly, the third one grade low, in every fifth patient two. */
const pairs = Array.from({ length: 60 }, (_, i) => {
  const truth = 1 + (i % 5);
  const miss = i % 3 === 2 ? (i % 15 === 14 ? 2 : 1) : 0;
  return { patient: String(Math.floor(i / 3)), truth, predicted: Math.max(1, truth - miss) };
});

describe("agreement with another reader", () => {
  const agreement = pfirrmannAgreement(pairs);

  it("counts bias and what is more than one grade off", () => {
    const differences = pairs.map(({ truth, predicted }) => predicted - truth);
    assert.equal(agreement.discs, 60);
    assert.ok(Math.abs(agreement.bias - differences.reduce((a, b) => a + b) / 60) < 1e-12);
    assert.equal(agreement.offByMoreThanOne, differences.filter((d) => d < -1).length / 60);
  });

  it("gives intervals that hold the value, wider than nothing", () => {
    for (const [name, { low, high, mass }] of Object.entries(agreement.intervals)) {
      const value = agreement[name as keyof typeof agreement.intervals];
      assert.equal(mass, 0.95);
      assert.ok(
        low < high && low <= value + 1e-9 && value - 1e-9 <= high,
        `${name}: ${low} ${value} ${high}`,
      );
    }
  });

  it("refuses no pairs", () => {
    assert.throws(() => pfirrmannAgreement([]), RangeError);
  });
});

describe("the other hospital's data", () => {
  it("are known by their files, and grades read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spinebook-lsma-"));
    assert.equal(isLsma(folder), false);
    mkdirSync(join(folder, "t2"));
    writeFileSync(join(folder, "pfirrmann.csv"), "patient,level,pfirrmann\n1,L3-L4,2\n1,L4-L5,5\n");
    assert.equal(isLsma(folder), true);
    assert.deepEqual(await readLsmaGradings(folder), [
      { patient: "1", level: "L3-L4", pfirrmann: 2 },
      { patient: "1", level: "L4-L5", pfirrmann: 5 },
    ]);
    rmSync(folder, { recursive: true });
  });
});
