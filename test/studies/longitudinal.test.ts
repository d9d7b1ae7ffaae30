import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { longitudinal } from "../../src/api/index.js";
import { writePhantomStudies } from "../../src/phantom/index.js";

const noise = (change: number) => ({
  ...{ cases: 10, drift: 0, standardError: change / 2.77 },
  smallestDetectableChange: change,
});

describe("change beyond the noise", () => {
  it("is more than the smallest detectable change, up or down", () => {
    const changes = longitudinal.discChanges(
      { "L3-L4": [2, 2.3], "L4-L5": [1, undefined, 2.5], "L5-S1": [3, 2.2], "L1-L2": [2, undefined] },
      { rater: noise(0.6), model: noise(0.2) },
    );
    assert.deepEqual(
      changes.map(({ level, change, isBeyondRater, isBeyondModel }) => [
        level,
        Math.round(100 * change) / 100,
        isBeyondRater,
        isBeyondModel,
      ]),
      [
        ["L3-L4", 0.3, false, true],
        ["L4-L5", 1.5, true, true],
        ["L5-S1", -0.8, true, true],
        ["L1-L2", NaN, false, false],
      ],
    );
  });

  it("has the sign of what a disc became less what it was, in the score and in a phantom's truth", () => {
    const visit = (day: number, grades: Record<string, number>) => ({
      ...{ path: "", day },
      graded: {
        discs: Object.entries(grades).map(([level, fractional]) => ({
          level,
          grades: { pfirrmann: { fractional } },
        })),
      },
      truth: {
        discs: Object.entries(grades).map(([level, pfirrmann]) => ({ level, severity: { pfirrmann } })),
      },
    });
    const visits = [
      visit(0, { "L4-L5": 2, "L5-S1": 4.25 }),
      visit(400, { "L4-L5": 5, "L5-S1": 1 }),
      visit(800, { "L4-L5": 3.5, "L5-S1": 3.75 }),
    ] as unknown as longitudinal.GradedVisit[];
    const rows = new longitudinal.DiscCourse(visits, { rater: noise(1), model: noise(1) }).table();
    const found = (level: string) => {
      const row = rows.find(({ disc }) => disc === level)!;
      return [row.change, row["true change"], row["beyond the rater's noise"]];
    };
    assert.deepEqual(found("L4-L5"), ["+1.50", "+1.50", "yes"]);
    assert.deepEqual(found("L5-S1"), ["−0.50", "−0.50", "no"]);
  });

  it("visits within the same tenth of a year have columns of their own", () => {
    const graded = { discs: [] } as unknown as longitudinal.GradedVisit["graded"];
    const visits = [0, 10, 20].map((day) => ({ path: "", day, graded }));
    const course = new longitudinal.DiscCourse(visits, { rater: noise(1), model: noise(1) });
    const names = Object.keys(course.table()[0]!).filter((name) => name.startsWith("visit"));
    assert.deepEqual(names, ["visit 1, year 0.0", "visit 2, year 0.0", "visit 3, year 0.1"]);
  });

  it("a simulated rater's noise is that of the rater", () => {
    const error = (reliability: "niemeyer-intra" | "niemeyer-inter"): number =>
      longitudinal.raterNoise({ seed: 1, persons: 100, reliability }).standardError;
    // 0.234 and 0.73 grades on the latent scale; the ends of the scale and the steps of the grades change it a little.
    assert.ok(Math.abs(error("niemeyer-intra") - 0.234) < 0.04);
    assert.ok(Math.abs(error("niemeyer-inter") - 0.73) < 0.25);
  });
});

describe("the visits of a patient", () => {
  let folder: string;
  const small = { columns: 64, rows: 64, inPlane: 4, slices: 3 } as const;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-course-"));
    for (const visit of [0, 1])
      await writePhantomStudies(join(folder, "one", `visit-${visit}`), {
        ...{ seed: 3, studies: 1, visit },
        ...small,
      });
    await writePhantomStudies(join(folder, "two"), { seed: 3, studies: 2, ...small });
    await writeFile(join(folder, "one", "notes.txt"), "nothing");
    await writeFile(join(folder, "read.csv"), "first,second\n1,1.5\n2,2\n3,2.5\n");
    await writeFile(join(folder, "bad.csv"), "first,second\n1,\n");
  });
  after(() => rm(folder, { recursive: true }));

  it("are the studies in the subfolders, by date, else by name with the days given", async () => {
    const visits = await longitudinal.findVisits(join(folder, "one"), [0, 800]);
    assert.deepEqual(
      visits.map(({ day }) => day),
      [0, 800],
    );
    assert.ok(visits[1]!.path.endsWith("visit-1"));
    assert.equal((await longitudinal.findVisits(join(folder, "one")))[0]!.day, 0);
  });

  it("other studies are refused in a sentence", async () => {
    await assert.rejects(
      longitudinal.findVisits(join(folder, "two")),
      /studies of 2 patients; a course is of one/,
    );
    await assert.rejects(longitudinal.findVisits(join(folder, "one"), [0]), /2 studies, but 1 days/);
    await assert.rejects(longitudinal.findVisits(join(folder, "two", "study-001")), /at least two studies/);
  });

  it("a reader's own repeated readings tell the noise", async () => {
    const { cases, standardError } = await longitudinal.noiseFromFile(join(folder, "read.csv"));
    assert.equal(cases, 3);
    // Differences 0.5, 0, −0.5: deviation 0.5.
    assert.ok(Math.abs(standardError - 0.5 / Math.SQRT2) < 1e-12);
    await assert.rejects(
      longitudinal.noiseFromFile(join(folder, "bad.csv")),
      /Row 1 .* no number under "second"/,
    );
  });
});
