import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { importSpider } from "../../../src/cohort/importers/index.js";
import type { ReadingRecord } from "../../../src/cohort/records.js";
import { sharedData } from "../../support/data.js";
import { folderWith, kinds, ofKind } from "./files.js";

const spider = sharedData("spider");
const GRADINGS =
  "Patient,IVD label,Modic,UP endplate,LOW endplate,Spondylolisthesis,Disc herniation,Disc narrowing,Disc bulging,Pfirrman grade";
const OVERVIEW =
  "new_file_name,num_vertebrae,num_discs,sex,birth_date,subset,MagneticFieldStrength,Manufacturer,PixelSpacing,SeriesDescription,SpacingBetweenSlices";

/** The gradings read by other means: the file has no quotes. */
function plainRows(file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(spider!, file), "utf8").trimEnd().split(/\r?\n/);
  const names = header!.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((text, i) => [names[i] ?? String(i), text])),
  );
}

describe("SPIDER as published", { skip: spider === undefined && "the data are not here" }, () => {
  it("imports each graded disc once, with the published numbers", async () => {
    const { readings, studies } = await importSpider(spider!);
    const rows = plainRows("radiological_gradings.csv");
    assert.equal(readings.length, 1240);
    assert.equal(rows.length, 1240);
    const count = (key: string): Record<string, number> =>
      counts(readings.map(({ grades }) => String(grades[key])));
    const published = (column: string): Record<string, number> => counts(rows.map((row) => row[column]!));
    for (const [key, column] of [
      ["pfirrmann", "Pfirrman grade"],
      ["narrowingPresent", "Disc narrowing"],
      ["modic", "Modic"],
      ["herniation", "Disc herniation"],
      ["bulging", "Disc bulging"],
      ["upperEndplateDefect", "UP endplate"],
      ["lowerEndplateDefect", "LOW endplate"],
      ["spondylolisthesis", "Spondylolisthesis"],
    ] as const)
      assert.deepEqual(count(key), published(column), key);
    assert.deepEqual(count("narrowing"), { undefined: 1240 });
    assert.deepEqual(count("upperMarrowChange"), { undefined: 1240 });
    assert.equal(
      readings.filter(({ level }) => level === "L5-S1").length,
      rows.filter((row) => row["IVD label"] === "1").length,
    );
    assert.equal(studies.length, new Set(rows.map((row) => row.Patient)).size);
  });

  it("puts every reading to a series that it lists, with its picture and without spaces in the sex", async () => {
    const { readings, series, studies } = await importSpider(spider!);
    assert.equal(series.length, plainRows("overview.csv").length);
    const names = new Set(series.map((one) => one.series));
    const unplaced = readings.filter((one) => !names.has(one.series));
    assert.ok(unplaced.every((one) => one.series === "" && !names.has(`${one.study}_t2`)));
    assert.ok(series.every(({ location }) => location !== undefined && existsSync(location)));
    assert.deepEqual(series.find((one) => one.series === "110_t2_SPACE")!.spacing, [0.46875, 0.46875, 1]);
    const sexes = counts(studies.map(({ sex }) => sex ?? "unknown"));
    const expected = new Map(
      plainRows("overview.csv").map((row) => [row.new_file_name!.split("_")[0]!, row.sex!.trim()]),
    );
    assert.deepEqual(sexes, counts([...expected.values()]));
    assert.ok(studies.every((study) => !("age" in study)));
  });

  it("reports as many anomalies as a plain count finds", async () => {
    const records = await importSpider(spider!);
    const [gradings, overview] = [plainRows("radiological_gradings.csv"), plainRows("overview.csv")];
    const discs = counts(gradings.map((row) => row.Patient!));
    const differing = overview.filter(
      (row) => discs[row.new_file_name!.split("_")[0]!] !== Number(row.num_discs),
    );
    assert.deepEqual(
      ofKind(records, "disc-count").map(({ message }) => /Series (\w+)/.exec(message)![1]),
      differing.map((row) => row.new_file_name),
    );
    assert.deepEqual(
      ofKind(records, "disc-count").map(({ line }) => line),
      differing.map((row) => overview.indexOf(row) + 2),
    );
    const text = readFileSync(join(spider!, "overview.csv"), "utf8");
    const number = (code: string): number => Number(/\d+/.exec(ofKind(records, code)[0]!.message)![0]);
    assert.equal(number("padded-sex"), overview.filter((row) => row.sex!.endsWith(" ")).length);
    assert.equal(number("no-leading-zero"), text.match(/"\[\.\d/g)!.length);
    assert.equal(number("above-lumbar"), gradings.filter((row) => Number(row["IVD label"]) > 6).length);
    // Rows of T2 that are, but for the name, the row of T2 SPACE.
    const lines = new Map(
      text.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(",")), line.slice(line.indexOf(","))]),
    );
    const copies = [...lines].filter(
      ([name, rest]) => name.endsWith("_t2") && lines.get(`${name}_SPACE`) === rest,
    );
    assert.deepEqual(
      ofKind(records, "copied-row").map(({ message }) => /Series (\w+)/.exec(message)![1]),
      copies.map(([name]) => name),
    );
    assert.equal(ofKind(records, "misspelt-column").length, 1);
    assert.deepEqual(ofKind(records, "not-a-grade"), []);
  });
});

function counts(texts: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const text of texts) found[text] = (found[text] ?? 0) + 1;
  return found;
}

describe("SPIDER's anomalies one by one", () => {
  it("takes each grade from its own column, wherever the columns stand", async () => {
    const header = GRADINGS.split(",");
    const given: Readonly<Record<string, readonly [column: string, value: number]>> = {
      pfirrmann: ["Pfirrman grade", 4],
      narrowingPresent: ["Disc narrowing", 1],
      spondylolisthesis: ["Spondylolisthesis", 1],
      upperEndplateDefect: ["UP endplate", 1],
      lowerEndplateDefect: ["LOW endplate", 1],
      herniation: ["Disc herniation", 1],
      bulging: ["Disc bulging", 1],
      modic: ["Modic", 3],
    };
    for (const columns of [header, [...header].reverse()])
      for (const [key, [column, value]] of Object.entries(given)) {
        // One finding at a time: what is told of any other column is in the wrong place.
        const row: Readonly<Record<string, number>> = {
          Patient: 7,
          "IVD label": 2,
          "Pfirrman grade": 1,
          [column]: value,
        };
        const line = columns.map((name) => row[name] ?? 0).join(",");
        const folder = folderWith({
          "radiological_gradings.csv": `${columns.join(",")}\n${line}\n`,
          "overview.csv": `${OVERVIEW}\n`,
        });
        const { readings } = await importSpider(folder);
        const wanted = Object.fromEntries(
          Object.keys(given).map((other) => [other, other === "pfirrmann" ? 1 : 0]),
        );
        assert.deepEqual(readings[0]!.grades, { ...wanted, [key]: value }, column);
      }
  });

  it("leaves out discs below L5-S1, and what is no grade, by line", async () => {
    const folder = folderWith({
      "radiological_gradings.csv": `${GRADINGS}\n107,0,0,0,0,0,0,0,0,1\n107,1,0,0,0,0,0,1,0,3\n107,1,0,0,0,0,0,1,0,4\n107,2,5,0,0,0,0,0,,9\nMax,2,0,0,0,0,0,0,0,1\n107,12,0,0,0,0,0,0,0,1\n`,
      "overview.csv": `${OVERVIEW}\n107_t2,7,7,F ,49.0,training,1.5,SIEMENS,"[.46875, .5]",t2,3.3\n107_t1,7,2,M,,training,1.5,,"[1, 1]",t1,0\n8_dixon,7,7,F,,,,,,,\n9_t2,7,x,D,,,,,,STIR SAG,\n`,
      "midslices/107_t2.png": "picture",
    });
    const records = await importSpider(folder);
    assert.deepEqual(
      records.readings.map(({ level, grades }): [string, ReadingRecord["grades"]] => [level, grades]),
      [
        [
          "L5-S1",
          {
            pfirrmann: 3,
            narrowingPresent: 1,
            spondylolisthesis: 0,
            upperEndplateDefect: 0,
            lowerEndplateDefect: 0,
            herniation: 0,
            bulging: 0,
            modic: 0,
          },
        ],
        [
          "L4-L5",
          {
            narrowingPresent: 0,
            spondylolisthesis: 0,
            upperEndplateDefect: 0,
            lowerEndplateDefect: 0,
            herniation: 0,
          },
        ],
      ],
    );
    const lines = (code: string): unknown[] => ofKind(records, code).map(({ line }) => line);
    assert.deepEqual(lines("unknown-level"), [2, 7]);
    assert.deepEqual(lines("duplicate"), [4]);
    assert.deepEqual(lines("not-a-grade"), [5, 5]);
    assert.deepEqual(lines("no-grade"), [5]);
    assert.deepEqual(lines("bad-id"), [6]);
    assert.deepEqual(lines("disc-count"), [2, 3]);
    assert.deepEqual(lines("two-sexes"), [3]);
    assert.deepEqual(lines("unknown-series"), [4]);
    assert.deepEqual(lines("unknown-sex"), [5]);
    assert.deepEqual(lines("no-spacing"), [3, 5]);
    assert.deepEqual(lines("other-contrast"), [5]);
    assert.deepEqual(records.studies, [
      { study: "9", patient: "9", dataset: "SPIDER" },
      { study: "107", patient: "107", dataset: "SPIDER", sex: "F" },
    ]);
    assert.deepEqual(records.series[0], {
      series: "107_t2",
      study: "107",
      contrast: "T2",
      orientation: "sagittal",
      spacing: [0.5, 0.46875, 3.3],
      fieldStrength: 1.5,
      manufacturer: "SIEMENS",
      location: join(folder, "midslices", "107_t2.png"),
    });
    assert.ok(!JSON.stringify(records).includes("Max"));
    assert.ok(!JSON.stringify(records).includes("49"));
  });

  it("finds the images where the publisher packs them", async () => {
    const folder = folderWith({
      "radiological_gradings.csv": `${GRADINGS}\n107,1,0,0,0,0,0,1,0,3\n`,
      "overview.csv": `${OVERVIEW}\n107_t2,7,7,F ,,training,1.5,SIEMENS,"[.5, .5]",t2,3.3\n`,
      "images/107_t2.mha": "image",
    });
    const { series } = await importSpider(folder);
    assert.equal(series[0]!.location, join(folder, "images", "107_t2.mha"));
  });

  it("imports gradings alone, and says that the overview is missing", async () => {
    const folder = folderWith({ "radiological_gradings.csv": `${GRADINGS}\n1,1,0,0,0,0,0,1,1,3\n` });
    const records = await importSpider(folder);
    assert.deepEqual(
      records.readings.map(({ series }) => series),
      [""],
    );
    assert.deepEqual(kinds(records), ["missing-file", "misspelt-column"]);
  });

  it("says what is wrong with a folder that is not SPIDER's", async () => {
    await assert.rejects(importSpider(folderWith({})), /no file radiological_gradings\.csv/);
    await assert.rejects(
      importSpider(folderWith({ "radiological_gradings.csv": "a,b\n1,2\n" })),
      /no column "Patient"; its columns are: a, b\./,
    );
  });
});
