import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readLsmaGradings } from "../../src/training/datasets/lsmaExcerpt.js";
import { recogniseLayout } from "../../src/training/datasets/index.js";
import { evaluateOutside, pfirrmannAgreement } from "../../src/training/evaluation/outsideEvaluation.js";

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
    await assert.rejects(recogniseLayout(folder), /no data set that is known/);
    mkdirSync(join(folder, "t2"));
    writeFileSync(join(folder, "pfirrmann.csv"), "patient,level,pfirrmann\n1,L3-L4,2\n1,L4-L5,5\n");
    assert.equal(await recogniseLayout(folder), "lsma-excerpt");
    assert.deepEqual(await readLsmaGradings(folder), [
      { patient: "1", level: "L3-L4", rater: "LSMA", grades: { pfirrmann: 2 } },
      { patient: "1", level: "L4-L5", rater: "LSMA", grades: { pfirrmann: 5 } },
    ]);
    rmSync(folder, { recursive: true });
  });

  it("are refused by file and line where they are not as published, without what stands there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spinebook-lsma-"));
    const head = "patient,level,pfirrmann\n";
    const refused: readonly (readonly [text: string, words: RegExp])[] = [
      ["", /pfirrmann\.csv has no column "patient", "level", "pfirrmann"/],
      ["id,level,grade\n1,L3-L4,2\n", /no column "patient", "pfirrmann"/],
      [`${head}1,L3-L4,2\nDoe^Jane,L4-L5,3\n`, /line 3: "patient" must be a number\.$/],
      [`${head}../1,L3-L4,2\n`, /line 2: "patient" must be a number/],
      [`${head}1,L3/4,2\n`, /line 2: "level" must be a disc/],
      ...["", "0", "6", "2.5", "two"].map(
        (grade) => [`${head}\n1,L3-L4,${grade}\n`, /line 3: "pfirrmann" must be a whole number/] as const,
      ),
      [`${head}1,L3-L4,2\n2,L3-L4,2\n1,L3-L4,3\n`, /lines 2 and 4 are about the same patient and level/],
    ];
    try {
      await assert.rejects(readLsmaGradings(folder), /holds no pfirrmann\.csv/);
      for (const [text, words] of refused) {
        writeFileSync(join(folder, "pfirrmann.csv"), text);
        await assert.rejects(
          readLsmaGradings(folder),
          (error: Error) =>
            error.name === "DataError" && words.test(error.message) && !/Doe/.test(error.message),
          text,
        );
      }
      writeFileSync(
        join(folder, "pfirrmann.csv"),
        "\uFEFFlevel; patient ;pfirrmann;note\r\nL3-L4;7;4;x\r\n;;;\r\n",
      );
      assert.deepEqual(await readLsmaGradings(folder), [
        { patient: "7", level: "L3-L4", rater: "LSMA", grades: { pfirrmann: 4 } },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("say so where none of the pictures is there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spinebook-lsma-"));
    try {
      mkdirSync(join(folder, "t2"));
      writeFileSync(join(folder, "pfirrmann.csv"), "patient,level,pfirrmann\n1,L3-L4,2\n");
      const said: string[] = [];
      await assert.rejects(
        evaluateOutside("models", folder, (line) => said.push(line)),
        /Nothing of LSMA-PQR excerpt can be taken/,
      );
      assert.match(said[0]!, /0 patients taken, 1 left out: 1 without images/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
