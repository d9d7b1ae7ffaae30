import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import dicomParser, { type DataSet } from "dicom-parser";
import { dicomReport, dicomSheet, grade, loadSeries, type GradedSpine } from "../../../src/api/index.js";
import { encodePng, writeDicomSeries } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const MADE = new Date("2024-05-06T07:08:09Z");

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-report-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const itemsOf = (set: DataSet): DataSet[] =>
  (set.elements.x0040a730?.items ?? []).map((item) => item.dataSet!);
const first = (set: DataSet, tag: string): DataSet | undefined => set.elements[tag]?.items?.[0]?.dataSet;
const meaning = (set: DataSet, tag: string): string | undefined => first(set, tag)?.string("x00080104");

/** Measurement groups of a report by their tracking identifier, each as concept -> what it says. */
function groupsOf(report: Uint8Array): Map<string, Map<string, string>> {
  const measurements = itemsOf(dicomParser.parseDicom(report)).find(
    (set) => meaning(set, "x0040a043") === "Imaging Measurements",
  )!;
  const groups = itemsOf(measurements).map((group) => {
    const said = itemsOf(group).map((set): [string, string] => [
      meaning(set, "x0040a043")!,
      meaning(set, "x0040a168") ??
        String(first(set, "x0040a300")?.double("x0040a161") ?? "") +
          (set.string("x0040a160") ?? set.string("x0040a040")!),
    ]);
    return new Map(said);
  });
  return new Map(groups.map((group) => [group.get("Tracking Identifier")!, group]));
}

/** The units (UCUM) of a report's numbers by what was measured, and how often each concept stands in the first group. */
function unitsOf(report: Uint8Array): { units: Map<string, string>; counts: Map<string, number> } {
  const measurements = itemsOf(dicomParser.parseDicom(report)).find(
    (set) => meaning(set, "x0040a043") === "Imaging Measurements",
  )!;
  const [units, counts] = [new Map<string, string>(), new Map<string, number>()];
  for (const set of itemsOf(itemsOf(measurements)[0]!)) {
    const code = first(set, "x0040a043")!.string("x00080100")!;
    counts.set(code, (counts.get(code) ?? 0) + 1);
    const unit = first(set, "x0040a300") && first(first(set, "x0040a300")!, "x004008ea");
    if (unit) units.set(meaning(set, "x0040a043")!, unit.string("x00080100")!);
  }
  return { units, counts };
}

const SIDES = [
  "Upper endplate defect",
  "Lower endplate defect",
  "Upper marrow change",
  "Lower marrow change",
];

function agrees(graded: GradedSpine, report: Uint8Array, regions: readonly (string | undefined)[]): void {
  const groups = groupsOf(report);
  assert.deepEqual(
    [...groups.keys()],
    graded.discs.map(({ level }) => `${level} disc`),
  );
  for (const { level, grades, measures } of graded.discs) {
    const group = groups.get(`${level} disc`)!;
    assert.equal(group.get("Finding Site"), `${level.replace("-", "/")} disc`);
    assert.ok(regions.includes(group.get("Image Region")), group.get("Image Region"));
    assert.equal(group.get("Pfirrmann grade"), `Pfirrmann Grade ${grades.pfirrmann!.grade}`);
    assert.equal(group.get("Disc herniation"), grades.herniation!.grade === 1 ? "Present" : "Absent");
    for (const [i, key] of (
      ["upperEndplateDefect", "lowerEndplateDefect", "upperMarrowChange", "lowerMarrowChange"] as const
    ).entries())
      assert.equal(group.get(SIDES[i]!), grades[key]!.grade === 1 ? "Present" : "Absent", SIDES[i]);
    assert.equal(group.get("Mean disc height"), `${measures.height}NUM`);
    const chance = grades.pfirrmann!.probabilities[2]!;
    assert.equal(group.get("Probability of Pfirrmann grade 3"), `${chance}NUM`);
  }
}

test("the structured report of a DICOM study says what the grades say, in the images' own pixels", async () => {
  await inFolder(async (folder) => {
    const { volume } = renderPhantom({ seed: 4 });
    await writeDicomSeries(folder, volume, {
      studySeed: "phantom",
      seriesDescription: "T2 sagittal phantom",
      patientId: "phantom",
      isSynthetic: true,
      repetitionTime: 3500,
      echoTime: 105,
    });
    const graded = await grade(await loadSeries(folder));
    assert.ok(graded.discs.length >= 5);
    const report = await dicomReport(graded, MADE);
    // A disc that reaches over the picture's edge lies in no image, but in patient space.
    agrees(graded, report, ["SCOORD", "SCOORD3D"]);
    const { units, counts } = unitsOf(report);
    const wanted = {
      "Mean disc height": "mm",
      "Disc height between the corners, in front": "mm",
      "Disc height between the corners, behind": "mm",
      "Disc width, front to back": "mm",
      "Disc tilt": "deg",
      "Slip of the upper body over the lower endplate": "%",
      "Sagittal canal diameter": "mm",
      "Sagittal extent of the canal's bright content": "mm",
      "Disc area behind the vertebral bodies": "mm2",
      "Probability of Pfirrmann grade 3": "1",
    };
    for (const [name, unit] of Object.entries(wanted)) assert.equal(units.get(name), unit, name);
    for (const [code, count] of counts) assert.ok(count === 1 || code === "121106", `${code} stands once`);
    const inView = [...groupsOf(report).values()].filter((group) => group.get("Image Region") === "SCOORD");
    assert.ok(inView.length >= 5, "discs lie in images");
    const sheet = dicomParser.parseDicom(await dicomSheet(graded, MADE));
    const set = dicomParser.parseDicom(report);
    assert.equal(sheet.string("x0020000d"), set.string("x0020000d"), "both join the images' study");
    assert.equal(sheet.elements.x00082112!.items!.length, volume.slices);
    assert.equal(set.string("x00100020"), "phantom", "a study without a person keeps its id");
    assert.equal(
      sheet.uint16("x00280010")! * sheet.uint16("x00280011")! * 3,
      sheet.elements.x7fe00010!.length - (sheet.elements.x7fe00010!.length % 2),
    );
  });
});

test("the report of a picture has no regions and refers to nothing", async () => {
  await inFolder(async (folder) => {
    const { volume } = renderPhantom({ seed: 4 });
    const middle = Math.floor(volume.slices / 2);
    const plane = volume.voxels.subarray(
      middle * volume.rows * volume.columns,
      (middle + 1) * volume.rows * volume.columns,
    );
    const most = Float32Array.from(plane).reduce((a, b) => Math.max(a, b), 1);
    const path = join(folder, "slice.png");
    const grey = Uint8Array.from(plane, (value) => Math.max(0, Math.round((255 * value) / most)));
    await writeFile(path, encodePng(grey, volume.columns, volume.rows));
    const graded = await grade(await loadSeries(path, { spacing: volume.spacing[0] }));
    const report = await dicomReport(graded, MADE);
    agrees(graded, report, [undefined]);
    const set = dicomParser.parseDicom(report);
    assert.equal(set.elements.x0040a375, undefined);
    assert.match(set.string("x0020000d")!, /^2\.25\./);
  });
});
