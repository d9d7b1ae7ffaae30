/** Phantoms in each weighting: told apart, and at every place where grades are shown nothing bare that was not validated. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dicomReport, grade, hotspots, loadSeries, type GradedSpine } from "../../../src/api/index.js";
import { csvOf, gradeLines } from "../../../src/cli/commands/gradeText.js";
import { gradesText } from "../../../src/figures/gradesTable.js";
import { detectSpine } from "../../../src/detection/index.js";
import { FEATURES, isWithheld } from "../../../src/grading/index.js";
import { writeDicomSeries, type Contrast, type Volume } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { gradedSheetSvg } from "../../../src/reports/gradedSheet.js";
import { gradeRows } from "../../../src/reports/patient/patientTables.js";

const SEEDS = [81001, 81002] as const;
const T2_TIMES = { repetitionTime: 3500, echoTime: 105 } as const;
const T1_TIMES = { repetitionTime: 550, echoTime: 12 } as const;
const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe("the weighting of phantoms by the picture alone", () => {
  const kinds: readonly (readonly [Contrast, (seed: number) => Volume])[] = [
    ["T2", (seed) => renderPhantom({ seed, slices: 1 }).volume],
    ["T1", (seed) => renderPhantom({ seed, slices: 1, contrasts: ["T1", "T2"] }).t1!],
    ["T2FS", (seed) => renderPhantom({ seed, slices: 1, fatSuppression: 0.9 }).volume],
  ];
  for (const [contrast, render] of kinds)
    it(`is ${contrast}`, async () => {
      for (const seed of SEEDS) {
        const { contrast: told } = await detectSpine(render(seed), "models");
        assert.deepEqual([told.contrast, told.knownBy], [contrast, "picture"], `${seed}`);
        const sum = Object.values(told.probabilities!).reduce((total, p) => total + p, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9);
      }
    });
});

async function gradedAs(volume: Volume, times: typeof T2_TIMES | typeof T1_TIMES): Promise<GradedSpine> {
  const folder = await mkdtemp(join(tmpdir(), "contrasts-"));
  folders.push(folder);
  await writeDicomSeries(folder, volume, {
    studySeed: "p",
    patientId: "p",
    seriesDescription: "sag",
    isSynthetic: true,
    ...times,
  });
  return grade(await loadSeries(folder));
}

/** Every place where a grade is shown, by its name, as text. */
async function placesOf(graded: GradedSpine): Promise<Record<string, string>> {
  const payload = graded.payload(graded.slices([]));
  return {
    csv: csvOf(graded.table()),
    json: JSON.stringify(graded),
    command: gradeLines(graded).join("\n"),
    table: gradesText(payload),
    notes: payload.slices!.outlines.map(({ note }) => note).join("\n"),
    report: gradeRows(graded.discs)
      .map(([name, cells]) => [name, ...cells.map(({ words }) => words)].join("\t"))
      .join("\n"),
    sheet: gradedSheetSvg(graded),
    sr: Buffer.from(await dicomReport(graded)).toString("latin1"),
    hotspots: JSON.stringify((await hotspots(graded, { features: ["pfirrmann"] })).table()),
  };
}

describe("grades that are not validated in a weighting", () => {
  const graded: Record<string, GradedSpine> = {};
  before(async () => {
    const seed = SEEDS[0];
    const { volume, t1 } = renderPhantom({ seed, slices: 3, contrasts: ["T1", "T2"] });
    graded["T2"] = await gradedAs(volume, T2_TIMES);
    graded["T1"] = await gradedAs(t1!, T1_TIMES);
    // Its header says T2 and nothing of fat: the picture tells.
    const suppressed = renderPhantom({ seed, slices: 3, fatSuppression: 0.9 }).volume;
    graded["T2FS"] = await gradedAs(suppressed, T2_TIMES);
  });

  it("T2 is given everywhere as it always was", async () => {
    const places = await placesOf(graded["T2"]!);
    for (const [place, text] of Object.entries(places))
      if (place !== "sheet" && place !== "sr") assert.doesNotMatch(text, /marked|withheld/, place);
    assert.equal(graded["T2"]!.report.spine.contrast.knownBy, "both");
  });

  for (const contrast of ["T1", "T2FS"] as const)
    it(`${contrast}: no place shows a bare grade, and a withheld one is nowhere told`, async () => {
      const one = graded[contrast]!;
      assert.equal(one.report.spine.contrast.contrast, contrast);
      const codes = one.flags.map(({ code }) => code);
      assert.ok(codes.includes("grades-not-validated"), codes.join());
      const places = await placesOf(one);
      for (const row of one.table())
        for (const { key } of FEATURES) assert.match(String(row[key]), /^(?:\d \(marked\)|withheld)$/);
      for (const { grades } of one.discs)
        for (const { key } of FEATURES) {
          const { standing, because, probabilities, grade: value, set } = grades[key]!;
          assert.ok(standing !== undefined && because !== undefined, key);
          assert.equal(set, undefined);
          assert.equal(Number.isNaN(value), standing === "withheld");
          assert.equal(probabilities.length === 0, standing === "withheld");
        }
      const rows = places["report"]!.split("\n").map((line) => line.split("\t"));
      FEATURES.forEach(({ key, name }, i) => {
        const withheld = isWithheld(one.discs[0]!.grades[key]!);
        for (const words of rows[i]!.slice(1)) assert.match(words, withheld ? /^withheld$/ : /\(marked\)$/);
        assert.match(places["sr"]!, new RegExp(`${name} is ${withheld ? "withheld" : "marked"}: `));
      });
      const isWithheldGrade = isWithheld(one.discs[0]!.grades["pfirrmann"]!);
      assert.match(
        places["command"]!,
        isWithheldGrade ? /Pfirrmann withheld/ : /Pfirrmann \d \(.*\) \(marked\)/,
      );
      assert.match(places["notes"]!, isWithheldGrade ? /^withheld$/m : /^P\d \(marked\)$/m);
      assert.match(places["sheet"]!, isWithheldGrade ? />withheld</ : />\d \(marked\)</);
      if (isWithheldGrade) assert.equal(places["hotspots"], "[]");
      else assert.match(places["hotspots"]!, /"grade":"\d \(marked\)"/);
      const text = places["table"]!.split("\n")
        .slice(2, 2 + one.discs.length)
        .join("\n");
      assert.match(text, /withheld|\(marked\)/);
      assert.doesNotMatch(text, /(?:^|\s)\d(?!\d| \(marked\)|\.)(?=\s|$)/m);
    });
});
