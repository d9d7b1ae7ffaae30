/** The one rule of what may be said of a grade in a weighting, and what it makes of a report. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { combineContrast } from "../../src/detection/index.js";
import type { SeriesContrast, Spine } from "../../src/detection/index.js";
import {
  FEATURES,
  gradeFrom,
  inStanding,
  isWithheld,
  loadContrastAgreement,
  standingOf,
  tableGrade,
  withStandings,
} from "../../src/grading/index.js";
import type { ContrastAgreement, ContrastFigure, GradedDisc, GradeReport } from "../../src/grading/index.js";

const figure = (reached: number, reference: number, fewer = 40): ContrastFigure => ({
  measure: "linear kappa",
  reached,
  reference,
  discs: 80,
  fewer,
});
const agreement: ContrastAgreement = {
  version: 1,
  weights: {},
  contrasts: {
    T2FS: {
      pictures: "made slices",
      features: {
        pfirrmann: figure(0.69, 0.74),
        narrowing: figure(0.68, 0.74),
        herniation: figure(0.9, 0.9, 9),
      },
    },
  },
};
const of = (contrast: SeriesContrast["contrast"], contradiction = false) => ({ contrast, contradiction });

describe("the rule of what is given, marked and withheld", () => {
  it("gives everything in T2, and nothing bare in any other weighting", () => {
    for (const { key } of FEATURES) {
      assert.deepEqual(standingOf(key, of("T2"), undefined), { standing: "given" });
      for (const contrast of ["T1", "T2FS", "STIR", "PD", "unknown"] as const)
        for (const measured of [agreement, undefined]) {
          const { standing, because } = standingOf(key, of(contrast), measured);
          assert.notEqual(standing, "given", `${key} in ${contrast}`);
          assert.ok(because !== undefined && because.length > 10);
        }
    }
  });

  it("marks what holds within .05 of T2 and withholds what does not, was not measured, or on too few discs", () => {
    const standing = (key: string, contrast: SeriesContrast["contrast"] = "T2FS") =>
      standingOf(key, of(contrast), agreement);
    assert.equal(standing("pfirrmann").standing, "marked");
    assert.match(standing("pfirrmann").because!, /made slices only \(linear kappa 0\.69, in T2 .* 0\.74\)/);
    assert.equal(standing("pfirrmann", "STIR").standing, "marked");
    assert.equal(standing("narrowing").standing, "withheld");
    assert.match(standing("narrowing").because!, /does not hold in T2 with fat suppression/);
    for (const key of ["herniation", "modic"]) {
      assert.equal(standing(key).standing, "withheld");
      assert.match(standing(key).because!, /not validated/);
    }
    assert.equal(standing("pfirrmann", "PD").standing, "withheld");
    assert.equal(standingOf("pfirrmann", of("T2FS"), undefined).standing, "withheld");
  });

  it("marks where the weighting is not known, or header and picture contradict each other", () => {
    assert.equal(standingOf("pfirrmann", of("unknown"), agreement).standing, "marked");
    assert.equal(standingOf("pfirrmann", of("T2", true), agreement).standing, "marked");
    assert.equal(standingOf("pfirrmann", of("T1", true), agreement).standing, "withheld");
  });
});

/** A report of one disc: Pfirrmann 1 beside narrowing 4, which contradict each other. */
function report(contrast: SeriesContrast["contrast"]): GradeReport {
  const grades = Object.fromEntries(
    FEATURES.map((feature) => {
      const worst = feature.key === "narrowing" ? feature.classes.length - 1 : 0;
      const probabilities = feature.classes.map((_, k) => Number(k === worst));
      return [feature.key, { ...gradeFrom(feature, probabilities), set: [1, 2], calibrated: true }];
    }),
  );
  const contradiction = { code: "contradiction", message: "L4-L5: Pfirrmann 1 beside narrowing 4" };
  const cutOff = { code: "disc-cut-off", message: "L4-L5" };
  const disc = { level: "L4-L5", grades, flags: [cutOff, contradiction] } as unknown as GradedDisc;
  const known = { ...combineContrast(contrast, "unsure"), header: contrast, picture: "unsure" };
  const spine = { contrast: known } as unknown as Spine;
  return { spine, discs: [disc], evidence: [], flags: [], withT1: false, seconds: 0 };
}

describe("a report in its weighting", () => {
  it("stays as it is in T2", () => {
    const given = report("T2");
    assert.equal(withStandings(given, agreement), given);
  });

  it("tells nothing of what is withheld, and no T2 calibration of what is marked", () => {
    const { discs, flags } = withStandings(report("STIR"), agreement);
    const { pfirrmann, narrowing } = discs[0]!.grades;
    assert.equal(pfirrmann!.grade, 1);
    assert.deepEqual(
      [pfirrmann!.standing, pfirrmann!.set, pfirrmann!.calibrated],
      ["marked", undefined, false],
    );
    const json = JSON.parse(JSON.stringify(narrowing)) as Record<string, unknown>;
    assert.deepEqual(json, {
      grade: null,
      probabilities: [],
      calibrated: false,
      trainedOn: narrowing!.trainedOn,
      standing: "withheld",
      because: narrowing!.because,
    });
    // The contradiction's sentence would tell the grade that is withheld.
    assert.deepEqual(
      discs[0]!.flags.map(({ code }) => code),
      ["disc-cut-off"],
    );
    const flag = flags.at(-1)!;
    assert.equal(flag.code, "grades-not-validated");
    assert.match(flag.message, /Pfirrmann: marked\. Narrowing, .*: withheld\./);
  });

  it("tells whose convention a grade follows only where it is told", () => {
    const codesIn = (contrast: "T1" | "STIR"): string[] => {
      const given = report(contrast);
      const flags = [...given.flags, { code: "reader", message: "" }];
      return withStandings({ ...given, flags }, agreement).flags.map(({ code }) => code);
    };
    // Of STIR the Pfirrmann grade is marked, of T1 nothing was measured.
    assert.deepEqual([codesIn("STIR").includes("reader"), codesIn("T1").includes("reader")], [true, false]);
  });

  it("keeps contradictions between grades that are only marked", () => {
    const { discs, flags } = withStandings(report("unknown"), undefined);
    assert.deepEqual(
      discs[0]!.flags.map(({ code }) => code),
      ["disc-cut-off", "contradiction"],
    );
    assert.match(flags.at(-1)!.message, /All grades: marked\./);
  });

  it("has words for each standing", () => {
    const { discs } = withStandings(report("STIR"), agreement);
    const { pfirrmann, narrowing } = discs[0]!.grades;
    assert.deepEqual([tableGrade(pfirrmann!), tableGrade(narrowing!)], ["1 (marked)", "withheld"]);
    assert.deepEqual([isWithheld(pfirrmann!), isWithheld(narrowing!)], [false, true]);
    assert.equal(tableGrade(report("T2").discs[0]!.grades.narrowing!), 4);
    assert.equal(inStanding("3 (2.8)", {}), "3 (2.8)");
  });
});

it("figures that belong to other weights, or to none, validate nothing; damaged ones are told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agreement-"));
  try {
    assert.equal(await loadContrastAgreement(join(folder, "absent")), undefined);
    await writeFile(join(folder, "multitask.safetensors"), "a");
    await writeFile(join(folder, "pfirrmann.safetensors"), "b");
    const path = join(folder, "contrast-agreement.json");
    await writeFile(path, JSON.stringify({ ...agreement, version: 2 }));
    await assert.rejects(
      loadContrastAgreement(folder),
      /contrast-agreement\.json is not as it should be \(.*version/,
    );
    await writeFile(path, JSON.stringify(agreement));
    assert.equal(await loadContrastAgreement(folder), undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
});
