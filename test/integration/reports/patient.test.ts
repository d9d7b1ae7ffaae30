import assert from "node:assert/strict";
import { decode } from "fast-png";
import { before, describe, it } from "node:test";
import { grade } from "../../../src/analysis/grade.js";
import type { GradedSpine } from "../../../src/analysis/grade.js";
import { jupyterDisplay } from "../../../src/figures/index.js";
import type { Displayable } from "../../../src/figures/index.js";
import { changesOf } from "../../../src/reports/patient/change.js";
import { patientReport } from "../../../src/reports/patient/index.js";
import type { PatientReport } from "../../../src/reports/patient/index.js";
import { numberingWords } from "../../../src/reports/patient/numbering.js";
import { findingName, gradeWords, isFinding, signed } from "../../../src/reports/patient/patientTables.js";
import { Scan } from "../../../src/analysis/scan.js";
import { FEATURES, featureOf } from "../../../src/grading/index.js";
import type { FeatureGrade, GradedDisc } from "../../../src/grading/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const htmlOf = async (part: Displayable): Promise<string> =>
  String((await part[jupyterDisplay]())["text/html"]);
const textOf = async (part: Displayable): Promise<string> =>
  String((await part[jupyterDisplay]())["text/plain"]);

const given = (value: number, more: Partial<FeatureGrade> = {}): FeatureGrade => ({
  grade: value,
  probabilities: [],
  calibrated: false,
  trainedOn: "both",
  ...more,
});

describe("grades in few signs", () => {
  it("tell the grade, its score, and what cannot be excluded", () => {
    const pfirrmann = featureOf("pfirrmann");
    assert.equal(gradeWords(pfirrmann, given(3, { fractional: 2.94, set: [2, 3] })), "3 (2.9; 2–3)");
    assert.equal(gradeWords(pfirrmann, given(3, { fractional: 2.94, set: [3] })), "3 (2.9)");
    assert.equal(gradeWords(featureOf("bulging"), given(1, { set: [0, 1] })), "yes ?");
    assert.equal(gradeWords(featureOf("bulging"), given(0, { set: [0] })), "–");
    assert.equal(
      gradeWords(featureOf("centralCanalStenosis"), given(1, { trainedOn: "synthetic" })),
      "yes *",
    );
  });

  it("are findings from the second class on, of Pfirrmann from grade 3 on", () => {
    assert.deepEqual(
      [2, 3].map((value) => isFinding(featureOf("pfirrmann"), given(value))),
      [false, true],
    );
    assert.deepEqual(
      [1, 2].map((value) => isFinding(featureOf("narrowing"), given(value))),
      [false, true],
    );
    assert.deepEqual(
      [0, 1].map((value) => isFinding(featureOf("modic"), given(value))),
      [false, true],
    );
  });

  it("have a true minus, and no minus before zero", () => {
    assert.deepEqual([signed(-1.26), signed(-0.04), signed(2)], ["−1.3", "0.0", "2.0"]);
  });
});

describe("the numbering in words", () => {
  it("tells the posterior and the runner-up, or that the sacrum is not seen", () => {
    const numbering = {
      sacrumInView: true,
      posterior: 0.93,
      runnerUp: { lumbosacral: "L4-L5", probability: 0.06 },
      margin: 0.87,
      lumbarVertebrae: [0.02, 0.96, 0.02],
      transitional: 0.03,
      alternatives: [
        {
          form: "six lumbar",
          lumbarVertebrae: 6,
          lumbosacral: "L6-S1",
          names: { "L5-S1": "L6-S1" },
          probability: 0.06,
        },
      ],
    } as const;
    assert.match(
      numberingWords(numbering),
      /with 93 %; next best: there are six lumbar vertebrae, 6 %: then the disc called L5-S1 is L6-S1.*four 2 %, five 96 %/,
    );
    assert.match(numberingWords({ ...numbering, sacrumInView: false }), /not in view/);
  });
});

describe("change between two examinations", () => {
  const disc = (level: string, set: readonly number[] | undefined, value: number): GradedDisc =>
    ({
      level,
      grades: Object.fromEntries(
        FEATURES.map(({ key, classes }) => [
          key,
          key === "pfirrmann" ? given(value, set === undefined ? {} : { set }) : given(classes[0]!),
        ]),
      ),
    }) as unknown as GradedDisc;

  it("is called so only where the sets have no grade in common", () => {
    const apart = (a: readonly number[] | undefined, b: readonly number[] | undefined) =>
      changesOf([disc("L4-L5", a, 2)], [disc("L4-L5", b, 4)]).map((change) => change.apart);
    assert.deepEqual(apart([1, 2], [3, 4]), [["Pfirrmann"]]);
    assert.deepEqual(apart([2, 3], [3, 4]), [[]]);
    assert.deepEqual(apart([2], undefined), [[]]);
  });

  it("is looked for in discs that both show", () => {
    const changes = changesOf([disc("L3-L4", [2], 2)], [disc("L4-L5", [2], 2), disc("L3-L4", [2], 2)]);
    assert.deepEqual(
      changes.map(({ level }) => level),
      ["L3-L4"],
    );
  });
});

describe("a finding in words", () => {
  it("is its name, with its grade where there are several", () => {
    const words = FEATURES.map((feature) =>
      findingName(feature, { grade: feature.classes.at(-1)! } as unknown as FeatureGrade),
    );
    assert.deepEqual(words.slice(0, 3), ["Pfirrmann 5", "Narrowing severe", "Spondylolisthesis"]);
    assert.equal(words.at(-1), "Modic type 3");
  });
});

describe("a patient's report", () => {
  let graded: GradedSpine;
  let report: PatientReport;
  before(async () => {
    const { volume } = renderPhantom({ seed: 11 });
    graded = await grade(
      new Scan("T2 sagittal <phantom>", volume, [{ code: "malformed", message: "A & B." }]),
    );
    report = await patientReport(graded);
  });

  it("puts warnings on top, those of reading included", async () => {
    const html = await htmlOf(report.warnings());
    assert.ok(html.includes("A &amp; B."));
    const text = await textOf(report.warnings());
    const own = graded.flags.filter(({ code }) => code !== "disc-doubtful");
    for (const { message } of [...own, ...graded.discs.flatMap(({ flags }) => flags)])
      assert.ok(text.includes(message), message);
  });

  it("leaves out the warning that only points to those of discs, which stand there themselves", async () => {
    const doubtful = graded.flags.filter(({ code }) => code === "disc-doubtful");
    assert.equal(doubtful.length, 1);
    assert.ok(!(await textOf(report.warnings())).includes(doubtful[0]!.message));
  });

  it("tells what was read, and no markup of the title gets through", async () => {
    const html = await htmlOf(report.overview());
    assert.ok(html.includes("T2 sagittal &lt;phantom&gt;") && !html.includes("<phantom>"));
    const { columns, rows, slices } = graded.report.spine.stack.volume;
    assert.ok(html.includes(`${columns} × ${rows}, ${slices} slices`));
    const picture = /src="data:image\/png;base64,([^"]+)"/.exec(html)![1]!;
    const { width, height } = decode(Buffer.from(picture, "base64"));
    assert.ok(height > width && height > 400, `${width} × ${height}`);
  });

  it("has a row for every feature and measure, and a cell for every disc", async () => {
    const html = await htmlOf(report.discs());
    for (const { name } of FEATURES) assert.ok(html.includes(`<th scope="row">${name}</th>`), name);
    const rows = html.match(/<tr><th scope="row">.*?<\/tr>/g)!;
    for (const row of rows) assert.equal(row.match(/<td/g)!.length, graded.discs.length);
    assert.ok((await textOf(report.discs())).includes(graded.discs[0]!.measures.height.toFixed(1)));
  });

  it("shows a picture of the evidence for each finding", async () => {
    const findings = graded.discs.flatMap(({ grades }) =>
      FEATURES.filter((feature) => isFinding(feature, grades[feature.key]!)),
    );
    const html = await htmlOf(report.evidence());
    assert.ok(findings.length > 0);
    assert.equal((html.match(/<figure>/g) ?? []).length, Math.min(21, findings.length));
  });

  it("finds no change in one study twice, and says where there is nothing to compare with", async () => {
    assert.match(await textOf(report.change()), /No earlier examination/);
    const twice = await patientReport(graded, { previous: graded });
    const rows = (await textOf(twice.change())).split("\n").filter((line) => /^[LT]\d/.test(line));
    assert.equal(rows.length, graded.discs.length);
    for (const row of rows) assert.match(row, /none$/);
  });

  it("gives the model card's figures beside every feature", async () => {
    const text = await textOf(report.trust());
    assert.match(text, /Pfirrmann +accuracy \d+\.\d %, linear κ 0\.\d\d/);
    assert.match(text, /Central canal stenosis +not measured on patients/);
    assert.ok((await htmlOf(report)).includes("Look at these first"));
  });
});
