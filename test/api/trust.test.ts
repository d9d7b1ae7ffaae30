import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { figureBundle, gradesBundle, reliabilityFigure } from "../../src/figures/index.js";
import { Calibration, reliability } from "../../src/api/trust.js";
import type { CalibrationFile, TrustMeasures } from "../../src/grading/index.js";
import { GRADES_MIME, PLOTLY_MIME } from "../../src/protocol/index.js";
import { legendLines } from "../../src/renderers/grades/model.js";
import { syntheticGrades } from "../support/displays.js";

describe("reliability diagrams", () => {
  const outcomes = [0, 0, 0, 1, 1, 1];
  const probabilities = [0.1, 0.15, 0.3, 0.35, 0.8, 0.9];

  it("show how often it was so for each probability", async () => {
    const { input } = reliability(outcomes, probabilities, { bins: 5 });
    assert.deepEqual(
      input.curves[0]!.points.map(({ count, frequency }) => [count, frequency]),
      [
        [2, 0],
        [2, 0.5],
        [1, 1],
        [1, 1],
      ],
    );
    const bundle = await figureBundle(reliabilityFigure(input));
    const plot = bundle[PLOTLY_MIME] as { data: { y: unknown }[] };
    assert.deepEqual(plot.data[1]!.y, [0, 0.5, 1, 1]);
    assert.ok(decode(Buffer.from(bundle["image/png"] as string, "base64")).width > 100);
    assert.match(String(bundle["text/plain"]), /ECE 0\.\d+[\s\S]*was so/);
  });

  it("refuse what is no probability", () => {
    const curve = (frequency: number) => [{ name: "a", points: [{ count: 1, confidence: 0.5, frequency }] }];
    assert.throws(
      () => reliabilityFigure({ curves: curve(NaN), title: "", subtitle: "" }),
      /numbers from 0 to 1/,
    );
    assert.throws(() => reliabilityFigure({ curves: [], title: "", subtitle: "" }), /curves/);
  });
});

describe("the calibration of the models", () => {
  const measures = (ece: number): TrustMeasures => ({
    nll: 0.5,
    ece,
    eceOfChance: 0.05,
    eceOfChance95: 0.08,
    coverage: [0.9, null],
    setSize: [1.5, null],
    bins: [{ low: 0, high: 0.1, count: 3, confidence: 0.05, frequency: 0 }],
  });
  const file = {
    level: 0.9,
    patients: 30,
    discs: 180,
    features: {
      bulging: {
        temperature: 1.5,
        groups: [[0], [1]],
        thresholds: [0.6, null],
        cases: [100, 8],
        calibrated: false,
        trust: { before: measures(0.2), after: measures(0.1) },
      },
    },
    uncalibrated: { centralCanalStenosis: "no clinical labels" },
    detection: [],
  } as unknown as CalibrationFile;

  it("has a row for each feature, and says of which there is none", () => {
    const rows = new Calibration(file).table();
    const row = (name: string) => rows.find(({ feature }) => feature === name)!;
    assert.equal(row("Bulging").ECE, "0.200 → 0.100");
    assert.equal(row("Bulging").calibrated, "no: error beyond chance");
    assert.equal(row("Bulging")["coverage by class"], "0.90 – → 0.90 –");
    assert.equal(row("Central canal stenosis").calibrated, "no: no clinical labels");
    assert.match(new Calibration(file).toText(), /180 discs of 30 validation patients/);
  });

  it("has a reliability diagram of each feature fitted", () => {
    const { input } = new Calibration(file).reliability("bulging");
    assert.deepEqual(
      input.curves.map(({ name }) => name),
      ["before", "after"],
    );
    assert.throws(() => new Calibration(file).reliability("modic"), /there is one of bulging/);
  });
});

describe("sets and flags in the grades", () => {
  it("stand behind the grade, with a legend, and notes of the disc", () => {
    const plain = syntheticGrades(false);
    assert.ok(!legendLines(plain).some((line) => line.includes("excluded")));
    const [first, ...others] = plain.discs;
    const [cell, ...cells] = first!.grades;
    const flags = [{ code: "contrast", message: "L1-L2: the canal is dark." }];
    const payload = {
      ...plain,
      discs: [{ ...first!, grades: [{ ...cell!, set: "2–3" }, ...cells], flags }, ...others],
    };
    assert.ok(legendLines(payload).some((line) => line.includes("cannot be excluded")));
    const bundle = gradesBundle(payload);
    assert.match(String(bundle["text/plain"]), /2–3\)[\s\S]*Note: L1-L2: the canal is dark/);
    assert.deepEqual(bundle[GRADES_MIME], payload);
  });
});
