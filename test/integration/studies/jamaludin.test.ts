import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadWeights, saveWeights } from "../../../src/engine/index.js";
import { phantomTruth } from "../../../src/phantom/index.js";
import * as jamaludin from "../../../src/studies/jamaludin/measured.js";
import type * as Types from "../../../src/studies/jamaludin/measured.js";

const {
  atlasPhantoms,
  examplesOf,
  FIGURE4_SCORES,
  JAMALUDIN_FIGURES,
  JAMALUDIN_SCORES,
  jamaludinTable2,
  jamaludinTable3,
  jamaludinText,
  readPhantomCohort,
  rereadPhantoms,
  scoreAgreement,
} = jamaludin;

/** Discs whose Pfirrmann grades are these pairs of reference and system, two of them a spine. */
const discs = (pairs: readonly (readonly [number, number])[], key = "pfirrmann"): Types.ComparedDisc[] =>
  pairs.map(([reference, compared], i) => ({
    spine: `spine ${Math.floor(i / 2)}`,
    level: i % 2 === 0 ? "L4-L5" : "L5-S1",
    reference: { [key]: reference, upperMarrowChange: 0, lowerMarrowChange: i % 2 },
    compared: { [key]: compared, upperMarrowChange: i % 2, lowerMarrowChange: 0 },
  }));

describe("what Jamaludin et al. publish", () => {
  it("adds up as printed", () => {
    for (const { radiologist, model } of Object.values(JAMALUDIN_FIGURES.histograms))
      for (const counts of [radiologist, model])
        assert.equal(
          counts.reduce((sum: number, count) => sum + count, 0),
          1208,
        );
    for (const { classes, distribution } of JAMALUDIN_SCORES) {
      assert.equal(classes.length, distribution.length);
      const total = distribution.reduce((sum, count) => sum + count, 0);
      assert.ok(total > 11_800 && total <= 12_018, String(total));
    }
  });
});

describe("agreement on a score", () => {
  it("is the class average, with Lin's CCC of ordinal and Cohen's kappa of binary scores", () => {
    const ordinal = scoreAgreement(
      discs([
        [1, 1],
        [2, 2],
        [2, 3],
        [5, 5],
      ]),
      "pfirrmann",
      [1, 2, 3, 4, 5],
    );
    assert.ok(Math.abs(ordinal.classAverage - (1 + 0.5 + 1) / 3) < 1e-12);
    // Means 2.5 and 2.75, variances 2.25 and 2.1875, covariance 2.125.
    assert.ok(Math.abs(ordinal.coefficient - (2 * 2.125) / (2.25 + 2.1875 + 0.0625)) < 1e-12);
    assert.ok(ordinal.interval[0] <= ordinal.coefficient && ordinal.coefficient <= ordinal.interval[1]);
    assert.deepEqual([ordinal.cases, ordinal.abnormal], [4, 3]);
    const binary = scoreAgreement(
      discs(
        [
          [0, 0],
          [0, 0],
          [1, 1],
          [0, 1],
        ],
        "spondylolisthesis",
      ),
      "spondylolisthesis",
      [0, 1],
    );
    // Observed 3/4, expected 3/4·1/2 + 1/4·1/2 = 1/2.
    assert.ok(Math.abs(binary.coefficient - 0.5) < 1e-12);
    assert.ok(Math.abs(binary.classAverage - (2 / 3 + 1) / 2) < 1e-12);
  });

  it("is undefined where the reference holds one class only", () => {
    const { classAverage, coefficient } = scoreAgreement(
      discs([
        [1, 1],
        [1, 2],
      ]),
      "pfirrmann",
      [1, 2, 3, 4, 5],
    );
    assert.ok(Number.isNaN(classAverage) && Number.isNaN(coefficient));
  });
});

describe("the tables", () => {
  it("Table 2 counts shares and leaves out what SPIDER does not grade", () => {
    const grades = [1, 1, 1, 5].map((pfirrmann) => ({
      ...Object.fromEntries(JAMALUDIN_SCORES.map(({ key, classes }) => [key, classes[0]!])),
      pfirrmann,
    }));
    const rows = jamaludinTable2(grades, [{ pfirrmann: 2, spondylolisthesis: 0 }]);
    assert.equal(rows.length, 5 + 4 + 6 * 2);
    assert.deepEqual(
      rows.slice(0, 5).map((row) => [row["phantoms %"], row["SPIDER %"]]),
      [
        [75, 0],
        [0, 100],
        [0, 0],
        [0, 0],
        [25, 0],
      ],
    );
    const stenosis = rows.find(({ score }) => score === "Central canal stenosis")!;
    assert.equal(stenosis["SPIDER %"], "–");
    assert.ok(!("SPIDER %" in jamaludinTable2(grades)[0]!));
  });

  it("Table 3 joins the marrow changes of both endplates, as SPIDER does", () => {
    const pairs = [
      [1, 1],
      [2, 3],
    ] as const;
    const rows = jamaludinTable3({ repeated: discs(pairs), system: discs(pairs) });
    const either = rows.at(-1)!;
    assert.equal(either.score, "Marrow change, either endplate");
    assert.equal(either["system %"], 100);
    assert.equal(either["system % (paper)"], "–");
    assert.equal(rows[0]!["discs (abnormal)"], "2 (1)");
  });

  it("the text's figures are those of the cohort", () => {
    const rows = jamaludinText({
      discs: discs([
        [1, 3],
        [2, 3],
      ]),
      ...{ phantoms: 1, missed: 4, vertebrae: 8, named: 6, failures: [] },
      cornerErrors: [
        [0.5, 1, 1.5, 1],
        [0.5, 1, 1, 3],
      ],
    });
    assert.deepEqual(
      rows.map(({ phantoms }) => phantoms),
      [50, 75, 3, "1, 3", 50, 2, 4],
    );
  });
});

describe("a cohort in which no spine is seen", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-blind-"));
    for (const name of ["corners", "detector", "multitask", "pfirrmann"])
      await copyFile(join("models", `${name}.safetensors`), join(folder, `${name}.safetensors`));
    const file = join(folder, "detector.safetensors");
    const { network, weights, metadata } = await loadWeights(file);
    for (const values of Object.values(weights)) values.fill(0);
    await saveWeights(file, network, weights, metadata);
  });
  after(() => rm(folder, { recursive: true }));

  it("has all its discs missed and none of its vertebrae named", async () => {
    let unread = 0;
    const cohort = await readPhantomCohort(folder, {
      ...{ phantoms: 2, seed: 100 },
      onReading: (reading) => {
        if (reading === undefined) unread++;
      },
    });
    assert.deepEqual([cohort.failures.length, unread, cohort.discs.length], [2, 2, 0]);
    assert.deepEqual([cohort.missed, cohort.vertebrae, cohort.named], [12, 14, 0]);
  });

  it("is no excuse for another error", async () => {
    await assert.rejects(readPhantomCohort(join(folder, "nowhere"), { phantoms: 1, seed: 100 }));
    const cells = { phantoms: 1, seed: 100, onReading: () => assert.fail("the cell's own error") };
    await assert.rejects(readPhantomCohort(folder, cells), /the cell's own error/);
  });
});

describe("phantoms in the paper's stead", () => {
  it("are read twice by a radiologist who agrees with himself as the paper's does", () => {
    const repeated = rereadPhantoms({ phantoms: 300, seed: 100 });
    assert.equal(new Set(repeated.map(({ spine }) => spine)).size, 300);
    for (const { key, classes, intraRaterCoefficient } of JAMALUDIN_SCORES.slice(0, 2)) {
      const { coefficient } = scoreAgreement(repeated, key, classes);
      assert.ok(Math.abs(coefficient - intraRaterCoefficient) < 0.03, `${key}: ${coefficient}`);
    }
    assert.deepEqual(rereadPhantoms({ phantoms: 2, seed: 100 }), repeated.slice(0, 12));
  });

  it("a few show every score of Fig. 4", () => {
    const atlas = atlasPhantoms(2017);
    assert.ok(atlas.length <= 4);
    const all = atlas.flatMap((options) => phantomTruth(options).discs);
    assert.equal(FIGURE4_SCORES.length, 15);
    for (const score of FIGURE4_SCORES) assert.ok(examplesOf(all, score).length > 0, JSON.stringify(score));
  });
});
