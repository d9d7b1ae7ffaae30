import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { spinebook } from "../support/cli.js";

interface Graded {
  readonly discs: readonly {
    level: string;
    centre: number[];
    grades: Record<string, { grade: number; probabilities: number[] }>;
  }[];
}

describe("spinebook phantom, detect, grade, read", () => {
  let folder: string;
  const studies = 4;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-e2e-"));
    const { code, stderr } = spinebook(["phantom", folder, "--seed", "77", "--studies", String(studies)]);
    assert.equal(code, 0, stderr);
  });
  after(() => rm(folder, { recursive: true }));

  it("finds every disc of a phantom study with its true level, and grades within one Pfirrmann grade for 95 %", async () => {
    let [named, close, total] = [0, 0, 0];
    for (let i = 1; i <= studies; i++) {
      const study = join(folder, `study-00${i}`);
      const truth = JSON.parse(await readFile(join(study, "truth.json"), "utf8")) as Graded;
      const { code, stdout, stderr } = spinebook(["grade", join(study, "dicom"), "--json"]);
      assert.equal(code, 0, stderr);
      const graded = JSON.parse(stdout) as Graded;
      for (const disc of truth.discs.filter(({ level }) => /^(T12-L1|L\d-\w+)$/.test(level))) {
        total++;
        const found = graded.discs.find(({ level }) => level === disc.level);
        if (
          found === undefined ||
          Math.hypot(...found.centre.slice(1).map((value, k) => value - disc.centre[k + 1]!)) > 8
        )
          continue;
        named++;
        if (Math.abs(found.grades.pfirrmann!.grade - disc.grades.pfirrmann!.grade) <= 1) close++;
      }
    }
    assert.equal(total, 6 * studies);
    assert.equal(named, total);
    assert.ok(close / total >= 0.95, `${close} of ${total} within one grade`);
  });

  it("writes NIfTI that grades the same", () => {
    const nifti = join(folder, "study.nii.gz");
    const dicom = join(folder, "study-001", "dicom");
    assert.equal(spinebook(["read", dicom, "--nifti", nifti]).code, 0);
    const grades = (path: string): unknown =>
      (JSON.parse(spinebook(["grade", path, "--json"]).stdout) as Graded).discs.map(
        ({ level, grades: g }) => [level, g.pfirrmann!.grade],
      );
    assert.deepEqual(grades(nifti), grades(dicom));
  });

  it("prints one JSON document on stdout and nothing else", () => {
    const { stdout } = spinebook(["detect", join(folder, "study-001"), "--json"]);
    const parsed = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(parsed).sort(), [
      "contrast",
      "discs",
      "flags",
      "numbering",
      "place",
      "seconds",
      "series",
      "vertebrae",
    ]);
  });
});
