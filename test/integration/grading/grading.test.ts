import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  cropToSlice,
  cutOut,
  CROP_CHANNELS,
  CROP_MM,
  CROP_SIZE,
  featureOf,
  FEATURES,
  findHotspots,
  frameOf,
  gradeFrom,
  gradeUncalibrated,
  gradeVolume,
  heatOnStack,
  hottestPoint,
  normaliseCrop,
  reportJson,
  slicesOfDisc,
} from "../../../src/grading/index.js";
import type { GradeReport, Hotspot } from "../../../src/grading/index.js";
import type { Volume } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import type { PhantomTruth } from "../../../src/phantom/index.js";

const models = "models";

function flat(columns: number, rows: number, value: (column: number, row: number) => number): Volume {
  const voxels = Float32Array.from({ length: columns * rows }, (_, i) =>
    value(i % columns, Math.floor(i / columns)),
  );
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

describe("disc crops", () => {
  it("turn the disc level: a bright line along the disc's axis becomes a row", () => {
    const angle = 20;
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    const volume = flat(240, 240, (column, row) =>
      Math.abs(cos * (row - 120) - sin * (column - 120)) < 3 ? 100 : 0,
    );
    const crop = cutOut(volume, 0, frameOf({ centre: { column: 120, row: 120 }, angle }));
    const rowMean = (row: number): number =>
      crop.subarray(row * CROP_SIZE, (row + 1) * CROP_SIZE).reduce((sum, value) => sum + value, 0) /
      CROP_SIZE;
    assert.ok(rowMean(CROP_SIZE / 2) > 90 && rowMean(CROP_SIZE / 2 - 1) > 90, `${rowMean(CROP_SIZE / 2)}`);
    assert.ok(rowMean(CROP_SIZE / 2 + 6) < 5 && rowMean(CROP_SIZE / 2 - 6) < 5);
  });

  it("do not depend on scanner units", () => {
    const picture = (gain: number): Volume =>
      flat(240, 240, (column, row) => gain * (50 + ((column * 31 + row * 17) % 40)));
    const crop = (gain: number): Float32Array =>
      normaliseCrop(cutOut(picture(gain), 0, frameOf({ centre: { column: 120, row: 120 }, angle: 5 })), 10);
    const [a, b] = [crop(1), crop(37)];
    assert.equal(a.length, CROP_CHANNELS * CROP_SIZE * CROP_SIZE);
    a.forEach((value, i) => {
      assert.ok(Math.abs(value - b[i]!) < 1e-4);
    });
  });

  it("take a thin stack's slices about 4 mm apart, and stay inside", () => {
    const volume = { ...flat(8, 8, () => 0), slices: 40, spacing: [1, 1, 1] as const };
    assert.deepEqual(
      slicesOfDisc(volume, 2).map(({ slice }) => slice),
      [2, 6, 10],
    );
    assert.deepEqual(
      slicesOfDisc({ ...volume, slices: 15, spacing: [1, 1, 4] }, 7).map(({ slice }) => slice),
      [5, 6, 7, 8, 9],
    );
  });
});

describe("grades", () => {
  it("are the most probable class, with the expected grade of ordinal features", () => {
    const grade = gradeFrom(featureOf("pfirrmann"), [0, 0.1, 0.5, 0.4, 0]);
    assert.equal(grade.grade, 3);
    assert.ok(Math.abs(grade.fractional! - 3.3) < 1e-9);
    assert.equal(gradeFrom(featureOf("bulging"), [0.4, 0.6]).fractional, undefined);
    assert.throws(() => featureOf("foraminal"), /no feature/);
  });
});

describe("grading phantoms with the shipped models", () => {
  let truth: PhantomTruth;
  let report: GradeReport;
  let hotspots: Hotspot[];
  before(async () => {
    const phantom = renderPhantom({ seed: 211 });
    truth = phantom.truth;
    report = await gradeVolume(phantom.volume, models);
    hotspots = await findHotspots(report, models);
  });

  it("gives every disc every feature, with probabilities that sum to one", () => {
    for (const { grades } of report.discs)
      for (const { key, classes } of FEATURES) {
        const grade = grades[key]!;
        assert.equal(grade.probabilities.length, classes.length);
        assert.ok(Math.abs(grade.probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
        assert.ok(classes.includes(grade.grade));
      }
    assert.deepEqual(
      (JSON.parse(JSON.stringify(reportJson(report))) as GradeReport).discs.length,
      report.discs.length,
    );
  });

  it("mixes the Pfirrmann grade of a third of Niemeyer's network and two thirds of the multi-task one", async () => {
    const [mixed, own, shared] = await Promise.all(
      [undefined, 1, 0].map((ownShare) => gradeUncalibrated(report.spine, models, { ownShare })),
    );
    let apart = 0;
    mixed!.discs.forEach(({ grades }, i) => {
      const [p, q] = [own!, shared!].map(({ discs }) => discs[i]!.grades.pfirrmann!.probabilities);
      grades.pfirrmann!.probabilities.forEach((value, k) => {
        assert.ok(Math.abs(value - (p![k]! + 2 * q![k]!) / 3) < 1e-6);
        apart = Math.max(apart, Math.abs(p![k]! - q![k]!));
      });
      assert.deepEqual(grades.narrowing, own!.discs[i]!.grades.narrowing);
    });
    assert.ok(apart > 0.05, "the two networks differ, so that the mixture shows");
  });

  it("grades 95 % of discs within one Pfirrmann grade of the truth", async () => {
    let [close, total] = [0, 0];
    for (const seed of [212, 213, 214, 215]) {
      const phantom = renderPhantom({ seed });
      const graded = await gradeVolume(phantom.volume, models);
      for (const disc of phantom.truth.discs.slice(-6)) {
        total++;
        const found = graded.discs.find(({ level }) => level === disc.level);
        if (found !== undefined && Math.abs(found.grades.pfirrmann!.grade - disc.grades.pfirrmann.grade) <= 1)
          close++;
      }
    }
    assert.ok(close / total >= 0.95, `${close} of ${total}`);
    assert.ok(truth.discs.length >= 6);
  });

  it("has a hotspot for each score of each disc, inside the disc's square", () => {
    assert.equal(hotspots.length, report.discs.length * FEATURES.length);
    const { volume } = report.spine.stack;
    for (const hotspot of hotspots) {
      assert.ok(hotspot.heat.every((value) => value >= 0 && value <= 1.0001));
      const { point } = hottestPoint(hotspot, volume);
      const distance =
        Math.hypot(point.column - hotspot.frame.column, point.row - hotspot.frame.row) * volume.spacing[0];
      assert.ok(distance < CROP_MM * 0.8, `${hotspot.level} ${hotspot.feature.key}: ${distance} mm`);
    }
  });

  it("puts a hotspot back onto the slices where it belongs", () => {
    const { volume } = report.spine.stack;
    const hotspot: Hotspot = { ...hotspots[0]!, size: 4, slices: [3, 4], heat: new Float32Array(2 * 16) };
    hotspot.heat[16 + 2 * 4 + 1] = 1;
    const box = heatOnStack(hotspot, volume);
    let best = 0;
    box.values.forEach((value, i) => (value > box.values[best]! ? (best = i) : 0));
    const place = {
      column: box.origin[0] + (best % box.columns),
      row: box.origin[1] + (Math.floor(best / box.columns) % box.rows),
      slice: box.origin[2] + Math.floor(best / (box.columns * box.rows)),
    };
    const [column, row] = cropToSlice(
      hotspot.frame,
      volume.spacing,
      (1.5 / 4 - 0.5) * CROP_MM,
      (2.5 / 4 - 0.5) * CROP_MM,
    );
    assert.equal(place.slice, 4);
    assert.ok(
      Math.hypot(place.column - column, place.row - row) < 2,
      `${JSON.stringify(place)} for ${column}, ${row}`,
    );
    const hottest = hottestPoint(hotspot, volume);
    assert.equal(hottest.slice, 4);
    const apart = Math.hypot(hottest.point.column - column, hottest.point.row - row);
    assert.ok(apart < 1e-6, `${JSON.stringify(hottest.point)} for ${column}, ${row}`);
  });
});

describe("models of several folders", () => {
  it("are kept apart, and a missing one says so", async () => {
    const { volume } = renderPhantom({ seed: 220, slices: 3 });
    await gradeVolume(volume, models);
    await assert.rejects(gradeVolume(volume, "no-such-folder"), /detector\.safetensors are missing/);
  });
});
