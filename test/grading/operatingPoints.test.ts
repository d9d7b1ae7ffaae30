import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { atOperatingPoints, loadOperatingPoints, weightHashes } from "../../src/grading/index.js";
import type { GradeReport, OperatingPoint } from "../../src/grading/index.js";

const POINT: OperatingPoint = {
  threshold: 0.8,
  prevalence: 0.05,
  prevalenceFrom: "a test",
  discs: 100,
  patients: 20,
  positives: 5,
  called: 0.05,
  sensitivity: { value: 0.6, low: 0.3, high: 0.8 },
  precision: { value: 0.6, low: 0.3, high: 0.8 },
  kappa: { value: 0.5, low: 0.2, high: 0.7 },
};

it("a finding is called from its threshold on, which stands beside it", () => {
  const grade = (present: number) => ({
    grade: 1,
    probabilities: [1 - present, present],
    calibrated: false,
    trainedOn: "both",
  });
  const disc = {
    level: "L4-L5",
    grades: { spondylolisthesis: grade(0.7), herniation: grade(0.7) },
    flags: [],
  };
  const report = { discs: [disc], flags: [] } as unknown as GradeReport;
  const [read] = atOperatingPoints(report, { spondylolisthesis: POINT }).discs;
  assert.deepEqual(
    [read!.grades.spondylolisthesis!.grade, read!.grades.spondylolisthesis!.threshold],
    [0, 0.8],
  );
  assert.deepEqual([read!.grades.herniation!.grade, read!.grades.herniation!.threshold], [1, undefined]);
});

it("a series says where nothing was fitted, and findings are called from one half on", () => {
  const report = { discs: [], flags: [] } as unknown as GradeReport;
  const codes = (points: Record<string, OperatingPoint>): string[] =>
    atOperatingPoints(report, points).flags.map(({ code }) => code);
  assert.deepEqual([codes({}), codes({ spondylolisthesis: POINT })], [["no-operating-points"], []]);
});

it("points of other weights are not taken", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-points-"));
  const other = await mkdtemp(join(tmpdir(), "spinebook-points-"));
  try {
    for (const [place, weights] of [
      [folder, "a"],
      [other, "b"],
    ] as const) {
      await writeFile(join(place, "multitask.safetensors"), weights);
      const hash = (await weightHashes(folder))["multitask.safetensors"];
      const file = { version: 1, weights: hash, features: { spondylolisthesis: POINT } };
      await writeFile(join(place, "operating-points.json"), JSON.stringify(file));
    }
    assert.equal((await loadOperatingPoints(folder)).spondylolisthesis!.threshold, 0.8);
    assert.deepEqual(await loadOperatingPoints(other), {});
    const damaged = join(other, "damaged");
    await mkdir(damaged);
    await writeFile(join(damaged, "operating-points.json"), '{"version":1}');
    await assert.rejects(loadOperatingPoints(damaged), /operating-points\.json is not as it should be/);
  } finally {
    for (const place of [folder, other]) await rm(place, { recursive: true });
  }
});
