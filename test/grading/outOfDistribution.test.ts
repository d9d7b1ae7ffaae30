import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Disc, Spine } from "../../src/detection/index.js";
import {
  appearanceDistance,
  appearanceOf,
  discFlags,
  gradeFrom,
  featureOf,
  pooledFeatures,
  seriesFlags,
  withTrust,
} from "../../src/grading/index.js";
import type { AppearanceModel, CalibrationFile, GradeReport } from "../../src/grading/index.js";
import type { Volume } from "../../src/imaging/index.js";

/** A slice with one disc: marrow above and below, canal behind (to the right). */
function picture(canal: number, marrow: number): Volume {
  const [columns, rows] = [200, 200];
  const voxels = Float32Array.from({ length: columns * rows }, (_, i) => {
    const back = ((i % columns) - 100) * 0.5;
    const down = Math.abs(Math.floor(i / columns) - 100) * 0.5;
    return back > 15 ? canal : down < 5 ? 60 : marrow;
  });
  return {
    voxels,
    columns,
    rows,
    slices: 1,
    spacing: [0.5, 0.5, 4],
    affine: [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
    geometry: "image",
  };
}

const disc: Disc = {
  level: "L4-L5",
  confidence: 0.9,
  slice: 0,
  centre: { column: 100, row: 100 },
  angle: 0,
  width: 34,
  height: 10,
};
/** Maps of one slice, two channels, all values 0: what the model below takes for usual. */
const usual = { values: new Float32Array(2 * 4), shape: [1, 2, 2, 2] };
const model: AppearanceModel = {
  mean: [0, 0],
  deviation: [1, 2],
  axes: [[1, 0]],
  variances: [4],
  residual: 0.25,
  farthest: 2,
  darkestCanal: 0.6,
};
const codes = (volume: Volume, place: Disc, maps = usual): string[] =>
  discFlags(place.level, appearanceOf(volume, place, maps, 0), model).map(({ code }) => code);

describe("the out-of-distribution check", () => {
  it("pools the maps of one slice", () => {
    const maps = { values: Float32Array.of(9, 9, 9, 9, 1, 3, 5, 7), shape: [2, 1, 2, 2] };
    assert.deepEqual(pooledFeatures(maps, 1), [4]);
  });

  it("measures Mahalanobis' distance along the axes, and by the mean variance elsewhere", () => {
    // z = (6, 1): 36 / 4 along the axis and 1 / 0.25 beside it, over 2 channels.
    assert.ok(Math.abs(appearanceDistance([6, 2], model) - Math.sqrt((9 + 4) / 2)) < 1e-12);
  });

  it("finds nothing to say of a T2 disc", () => {
    assert.deepEqual(codes(picture(200, 100), disc), []);
  });

  it("flags a dark canal, missing marrow signal, a cut-off disc, and strange maps", () => {
    assert.deepEqual(codes(picture(40, 100), disc), ["contrast"]);
    assert.deepEqual(codes(picture(200, 0), disc), ["reference-levels"]);
    assert.deepEqual(codes(picture(200, 100), { ...disc, centre: { column: 100, row: 15 } }), [
      "disc-cut-off",
    ]);
    const strange = { values: new Float32Array(2 * 4).fill(5), shape: [1, 2, 2, 2] };
    assert.deepEqual(codes(picture(200, 100), disc, strange), ["unlike-training"]);
  });

  it("flags the series where half of its discs are unlike, else names the discs", () => {
    const bad = { level: "L4-L5", flags: [{ code: "contrast", message: "" }] };
    const good = { level: "L3-L4", flags: [] };
    assert.deepEqual(seriesFlags([good, good]), []);
    assert.match(seriesFlags([bad, good])[0]!.message, /not that of T2/);
    const [single] = seriesFlags([bad, good, good]);
    assert.ok(single!.code === "disc-doubtful" && single!.message.startsWith("L4-L5: this disc"));
    const cut = { level: "L5-S1", flags: [{ code: "disc-cut-off", message: "" }] };
    assert.equal(seriesFlags([cut, cut])[0]!.code, "disc-doubtful");
    assert.deepEqual(single!.levels, ["L4-L5"]);
  });
});

describe("a reading with trust", () => {
  const volume = picture(40, 100);
  const grades = {
    pfirrmann: gradeFrom(featureOf("pfirrmann"), [0.05, 0.15, 0.7, 0.08, 0.02]),
    bulging: gradeFrom(featureOf("bulging"), [0.4, 0.6]),
  };
  const report = {
    spine: { stack: { volume } } as Spine,
    discs: [{ ...disc, grades, flags: [] }],
    evidence: [{ slices: [0], pfirrmann: { maps: usual } }],
    flags: [],
    seconds: 0,
  } as unknown as GradeReport;
  const fitted = {
    temperature: 2,
    groups: [[0], [1], [2], [3], [4]],
    thresholds: [0.5, 0.8, 0.5, 0.5, 0.5],
    cases: [9, 9, 9, 9, 9],
    calibrated: true,
  };

  it("has calibrated probabilities, sets, expected grades and flags; other features stay as they are", () => {
    const calibration = { features: { pfirrmann: fitted }, appearance: model } as unknown as CalibrationFile;
    const read = withTrust(report, { calibration });
    const { pfirrmann, bulging } = read.discs[0]!.grades;
    assert.equal(pfirrmann!.grade, 3);
    assert.ok(pfirrmann!.probabilities[2]! < 0.6 && pfirrmann!.calibrated);
    assert.deepEqual(pfirrmann!.set, [2, 3]);
    const expected = pfirrmann!.probabilities.reduce((sum, p, k) => sum + p * (k + 1), 0);
    assert.ok(Math.abs(pfirrmann!.fractional! - expected) < 1e-12);
    assert.deepEqual(
      [bulging!.probabilities, bulging!.set, bulging!.calibrated],
      [[0.4, 0.6], undefined, false],
    );
    assert.deepEqual(
      read.discs[0]!.flags.map(({ code }) => code),
      ["contrast"],
    );
    assert.deepEqual(
      read.flags.map(({ code }) => code),
      ["out-of-distribution"],
    );
  });

  it("gives the median of the probabilities that are shown, and says where grades contradict each other", () => {
    // Uncalibrated the median is 1; the temperature moves it to 2.
    const doubtful = {
      ...report,
      discs: [
        {
          ...disc,
          grades: {
            pfirrmann: gradeFrom(featureOf("pfirrmann"), [0.52, 0.28, 0.15, 0.05, 0]),
            narrowing: gradeFrom(featureOf("narrowing"), [0.1, 0.1, 0.7, 0.1]),
          },
          flags: [],
        },
      ],
    } as unknown as GradeReport;
    assert.equal(doubtful.discs[0]!.grades.pfirrmann!.grade, 1);
    const calibration = { features: { pfirrmann: fitted }, appearance: model } as unknown as CalibrationFile;
    const [read] = withTrust(doubtful, { calibration }).discs;
    const { grade, probabilities, set } = read!.grades.pfirrmann!;
    assert.ok(probabilities[0]! < 0.5);
    assert.equal(grade, 2);
    assert.ok(set!.includes(2));
    assert.deepEqual(
      read!.flags.map(({ code }) => code),
      ["contrast", "contradiction"],
    );
    const uncalibrated = withTrust(doubtful, { problem: { code: "uncalibrated", message: "" } });
    assert.deepEqual(
      uncalibrated.discs[0]!.flags.map(({ code }) => code),
      ["contradiction"],
    );
    assert.match(uncalibrated.flags.at(-1)!.message, /graded in contradiction/);
  });

  it("stays uncalibrated and says so where there is no calibration", () => {
    const problem = { code: "uncalibrated", message: "Not calibrated." };
    const read = withTrust(report, { problem });
    assert.deepEqual(read.flags, [problem]);
    assert.deepEqual(read.discs[0]!.grades.pfirrmann, grades.pfirrmann);
  });
});
