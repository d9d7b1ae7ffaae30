import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { importRsna, importSpineNet, importTianchi } from "../../../src/cohort/importers/index.js";
import { fileWith, folderWith, kinds, ofKind } from "./files.js";

const CONDITIONS = [
  "spinal_canal_stenosis",
  "left_neural_foraminal_narrowing",
  "right_neural_foraminal_narrowing",
  "left_subarticular_stenosis",
  "right_subarticular_stenosis",
];
const LEVELS = ["l1_l2", "l2_l3", "l3_l4", "l4_l5", "l5_s1"];
const COLUMNS = CONDITIONS.flatMap((condition) => LEVELS.map((level) => `${condition}_${level}`));

/** A row of `train.csv`: normal but for the columns named. */
function trainRow(study: string, other: Record<string, string> = {}): string {
  return [study, ...COLUMNS.map((column) => other[column] ?? "Normal/Mild")].join(",");
}

describe("RSNA 2024", () => {
  const header = ["study_id", ...COLUMNS].join(",");
  const train = [
    header,
    trainRow("4003253", {
      left_subarticular_stenosis_l4_l5: "Severe",
      spinal_canal_stenosis_l5_s1: "Moderate",
    }),
    trainRow("4646740", { right_neural_foraminal_narrowing_l1_l2: "", spinal_canal_stenosis_l2_l3: "Awful" }),
    trainRow("../../etc"),
    trainRow("4003253"),
  ].join("\n");
  const series =
    "study_id,series_id,series_description\n4003253,702807833,Sagittal T2/STIR\n4003253,1054713880,Sagittal T1\n4646740,3201256954,Axial T2\n4646740,1,Coronal\n9,2,Axial T2\n4003253,702807833,Axial T2\n";
  const points =
    "study_id,series_id,instance_number,condition,level,x,y\n4003253,702807833,8,Spinal Canal Stenosis,L1/L2,322.8,227.9\n4003253,1054713880,4,Left Neural Foraminal Narrowing,L5/S1,1,2\n1,1,1,Spinal Canal Stenosis,L1/L2,1,2\n4003253,702807833,8,Scoliosis,L1/L2,1,2\n4003253,702807833,8,Spinal Canal Stenosis,L9/L2,1,2\n4003253,702807833,8,Spinal Canal Stenosis,L1/L2,1e999,2\n";

  it("reads severities, series and the places of labels, and reports the rest by line", async () => {
    const folder = folderWith({
      "train.csv": train,
      "train_series_descriptions.csv": series,
      "train_label_coordinates.csv": points,
      "train_images/4003253/702807833/1.dcm": "",
    });
    const records = await importRsna(folder);
    assert.equal(records.readings.length, 10);
    const gradesAt = (study: string, level: string): unknown =>
      records.readings.find((one) => one.study === study && one.level === level)!.grades;
    const normal = {
      canalStenosisSeverity: 0,
      leftForaminalNarrowing: 0,
      rightForaminalNarrowing: 0,
      leftSubarticularStenosis: 0,
      rightSubarticularStenosis: 0,
    };
    const without = (key: string): unknown =>
      Object.fromEntries(Object.entries(normal).filter(([name]) => name !== key));
    assert.deepEqual(gradesAt("4003253", "L4-L5"), { ...normal, leftSubarticularStenosis: 2 });
    assert.deepEqual(gradesAt("4003253", "L5-S1"), { ...normal, canalStenosisSeverity: 1 });
    assert.deepEqual(gradesAt("4646740", "L1-L2"), without("rightForaminalNarrowing"));
    assert.deepEqual(gradesAt("4646740", "L2-L3"), without("canalStenosisSeverity"));
    assert.ok(
      records.readings.every(
        ({ rater, reading, series: id }) => rater === "RSNA 2024" && reading === 1 && id === "",
      ),
    );
    assert.deepEqual(
      records.series.map((one) => [one.series, one.contrast, one.orientation]),
      [
        ["702807833", "T2", "sagittal"],
        ["1054713880", "T1", "sagittal"],
        ["3201256954", "T2", "axial"],
        ["1", "unknown", "unknown"],
        ["2", "T2", "axial"],
      ],
    );
    assert.equal(records.series[0]!.location, join(folder, "train_images", "4003253", "702807833"));
    assert.deepEqual(records.points, [
      {
        study: "4003253",
        series: "702807833",
        instance: "8",
        level: "L1-L2",
        feature: "canalStenosisSeverity",
        x: 322.8,
        y: 227.9,
      },
      {
        study: "4003253",
        series: "1054713880",
        instance: "4",
        level: "L5-S1",
        feature: "leftForaminalNarrowing",
        x: 1,
        y: 2,
      },
    ]);
    const blanks = ofKind(records, "blank");
    assert.equal(blanks.length, 1);
    assert.match(blanks[0]!.message, /^1 severity is blank/);
    assert.equal(blanks[0]!.isLeftOut, false);
    const at = (code: string): unknown[] => ofKind(records, code).map(({ file, line }) => [file, line]);
    assert.deepEqual(at("not-a-grade"), [["train.csv", 3]]);
    assert.deepEqual(at("bad-id"), [["train.csv", 4]]);
    assert.deepEqual(at("duplicate"), [
      ["train.csv", 5],
      ["train_series_descriptions.csv", 7],
    ]);
    assert.deepEqual(at("unknown-description"), [["train_series_descriptions.csv", 5]]);
    assert.deepEqual(at("ungraded"), [["train_series_descriptions.csv", 6]]);
    assert.deepEqual(at("unknown-series"), [["train_label_coordinates.csv", 4]]);
    assert.deepEqual(at("unknown-condition"), [["train_label_coordinates.csv", 5]]);
    assert.deepEqual(at("unknown-level"), [["train_label_coordinates.csv", 6]]);
    assert.deepEqual(at("bad-coordinate"), [["train_label_coordinates.csv", 7]]);
  });

  it("reads train.csv alone, and says which column is missing", async () => {
    const records = await importRsna(folderWith({ "train.csv": `${header}\n${trainRow("5")}\n` }));
    assert.equal(records.readings.length, 5);
    assert.equal(ofKind(records, "missing-file").length, 2);
    await assert.rejects(
      importRsna(folderWith({ "train.csv": "study_id,grade\n1,2\n" })),
      /no column such as spinal_canal_stenosis_l5_s1; its columns are: study_id, grade/,
    );
    await assert.rejects(importRsna(folderWith({})), /no file train\.csv/);
  });
});

/** Tianchi's document of one image with these tags. */
function tianchi(tags: readonly Record<string, string>[], studyUid = "1.2.840.1.99"): string {
  const point = tags.map((tag, i) => ({ coord: [100 + i, 200], tag, zIndex: 5 }));
  return JSON.stringify([
    {
      studyUid,
      version: "v0.1",
      data: [
        {
          seriesUid: "1.2.840.2",
          instanceUid: "1.2.840.3",
          annotation: [{ annotator: 54, data: { point } }],
        },
      ],
    },
  ]);
}

describe("Tianchi", () => {
  it("maps disc codes to bulging and herniation, and reports codes without a home", async () => {
    const records = await importTianchi(
      fileWith(
        tianchi([
          { identification: "L5-S1", disc: "v1" },
          { identification: "L4-L5", disc: "v2" },
          { identification: "L3-L4", disc: "v3" },
          { identification: "L2-L3", disc: "v2,v4" },
          { identification: "L1-L2", disc: "v5" },
          { identification: "T12-L1", disc: "v2,v5" },
          { identification: "L5", vertebra: "v2" },
          { identification: "L4", vertebra: "v1" },
          { identification: "L3", vertebra: "v1" },
          { identification: "T11-T12", disc: "v1,v3" },
          { identification: "L5-S1", disc: "v2" },
          { identification: "L9-S1", disc: "v2" },
          { identification: "T10-T11", disc: "v7" },
        ]),
        "train.json",
      ),
    );
    assert.deepEqual(
      records.readings.map(({ level, grades }) => [level, grades]),
      [
        ["L5-S1", { bulging: 0, herniation: 0 }],
        ["L4-L5", { bulging: 1, herniation: 0 }],
        ["L3-L4", { herniation: 1 }],
        ["L2-L3", { bulging: 1, herniation: 1 }],
        ["T12-L1", { bulging: 1, herniation: 0 }],
      ],
    );
    const homeless = ofKind(records, "code-without-home").map(({ message }) => message);
    assert.equal(homeless.length, 3);
    assert.match(homeless[0]!, /^2 discs have a Schmorl node/);
    assert.match(homeless[1]!, /^2 vertebrae are normal/);
    assert.match(homeless[2]!, /^1 vertebra is degenerated/);
    assert.match(ofKind(records, "contradiction")[0]!.message, /T11-T12.*study 1, image 1, point 10/);
    for (const code of ["duplicate", "unknown-level", "unknown-code", "no-grades"])
      assert.equal(ofKind(records, code).length, 1, code);
    assert.equal(records.points.length, 12);
    assert.deepEqual([records.points[6]!.level, records.points[6]!.x], ["L5", 106]);
  });

  it("keeps no UID, and makes the same id of the same UID", async () => {
    const one = await importTianchi(fileWith(tianchi([{ identification: "L5-S1", disc: "v1" }])));
    const again = await importTianchi(fileWith(tianchi([{ identification: "L4-L5", disc: "v2" }])));
    const other = await importTianchi(
      fileWith(tianchi([{ identification: "L4-L5", disc: "v2" }], "1.2.840.1.98")),
    );
    assert.ok(!JSON.stringify(one).includes("1.2.840"));
    assert.equal(one.studies[0]!.study, again.studies[0]!.study);
    assert.notEqual(one.studies[0]!.study, other.studies[0]!.study);
    assert.equal(one.readings[0]!.series, one.series[0]!.series);
  });

  it("says what is wrong with other files", async () => {
    await assert.rejects(importTianchi(fileWith("patient,level\n", "x.json")), /x\.json is not JSON/);
    await assert.rejects(importTianchi(fileWith('{"a":1}', "x.json")), /no list of studies/);
    const records = await importTianchi(
      fileWith(
        JSON.stringify([
          1,
          { studyUid: 5 },
          { studyUid: "1.2", data: [{ annotation: "x" }, { annotation: [{}] }] },
        ]),
        "x.json",
      ),
    );
    assert.deepEqual(records.readings, []);
    assert.deepEqual(kinds(records), ["bad-entry", "bad-id"]);
  });
});

const SPINENET =
  "Pfirrmann,Narrowing,CentralCanalStenosis,Spondylolisthesis,UpperEndplateDefect,LowerEndplateDefect,UpperMarrow,LowerMarrow,ForaminalStenosisLeft,ForaminalStenosisRight,Herniation";

describe("SpineNet", () => {
  it("reads an index of levels and eleven columns, and makes one study of the file", async () => {
    const path = fileWith(
      `,${SPINENET}\nT12-L1,1,1,1,0,0,0,0,0,0,0,0\nL4-L5,4,3,3,1,1,0,1,0,1,0,1\nL5-S1,5,4,4,0,0,1,0,1,0,1,0\n`,
      "mustermann.csv",
    );
    const records = await importSpineNet(path);
    assert.deepEqual(records.readings.map(({ level, grades }) => [level, grades])[1], [
      "L4-L5",
      {
        pfirrmann: 4,
        narrowing: 3,
        canalStenosisSeverity: 1,
        spondylolisthesis: 1,
        upperEndplateDefect: 1,
        lowerEndplateDefect: 0,
        upperMarrowChange: 1,
        lowerMarrowChange: 0,
        leftForaminalNarrowing: 1,
        rightForaminalNarrowing: 0,
        herniation: 1,
      },
    ]);
    assert.deepEqual(
      records.readings.map(({ grades }) => grades.canalStenosisSeverity),
      [0, 1, 2],
    );
    assert.match(records.studies[0]!.study, /^spinenet-[0-9a-f]{12}$/);
    assert.deepEqual(kinds(records), ["binary-severity", "study-unnamed"]);
    assert.ok(
      records.readings.every(({ model }) => model === "SpineNet"),
      "a network is no person",
    );
    assert.deepEqual((await importSpineNet(path)).studies, records.studies);
  });

  it("leaves out implausible numbers, and whole columns that are counted from 0", async () => {
    const records = await importSpineNet(
      fileWith(
        `study_id,level,${SPINENET},patient_name\n7,L4-L5,0,2,9,2,0,0,0,0,2,0,0,Ada Byron\n7,L5-S1,4,3,1,0,0,0,0,0,0,0,0,Ada Byron\n7,L6-S1,1,1,1,0,0,0,0,0,0,0,0,x\nByron^Ada,L5-S1,1,1,1,0,0,0,0,0,0,0,0,x\n`,
      ),
    );
    assert.match(ofKind(records, "counted-from-zero")[0]!.message, /^Pfirrmann holds 0 and never 5/);
    assert.deepEqual(
      records.readings.map(({ study, grades }) => [study, grades.pfirrmann, grades.narrowing]),
      [
        ["7", undefined, 2],
        ["7", undefined, 3],
      ],
    );
    assert.deepEqual(
      ofKind(records, "not-a-grade").map(({ line }) => line),
      [2, 2, 2],
    );
    assert.deepEqual(
      ofKind(records, "unknown-level").map(({ line }) => line),
      [4],
    );
    assert.deepEqual(
      ofKind(records, "name-as-id").map(({ line }) => line),
      [5],
    );
    assert.equal(ofKind(records, "identity-column").length, 1);
    assert.doesNotMatch(JSON.stringify(records), /Ada|Byron/);
  });

  it("says what is wrong with other tables", async () => {
    await assert.rejects(
      importSpineNet(fileWith("a,b\n1,2\n")),
      /no column of SpineNet's, such as Pfirrmann; its columns are: a, b/,
    );
    await assert.rejects(
      importSpineNet(fileWith(`${SPINENET}\n1,1,1,0,0,0,0,0,0,0,0\n`)),
      /no column of levels/,
    );
  });
});
