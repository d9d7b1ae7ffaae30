import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import dicomParser, { type DataSet } from "dicom-parser";
import {
  CODES,
  ImagingError,
  privateCode,
  readSeries,
  readSource,
  secondaryCapture,
  structuredReport,
  toPatient,
  UNITS,
  writeDicomSeries,
  type ReportContent,
  type ReportedDisc,
  type SourceSeries,
  type Vec3,
  type Volume,
} from "../../src/imaging/index.js";
import { element } from "../../src/imaging/dicom/writing/elements.js";
import { withElements } from "../support/dicomElements.js";
import { close, slanted } from "./support.js";

let root = "";
let source: SourceSeries;
let volume: Volume;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "report-"));
  const folder = join(root, "series");
  await writeDicomSeries(folder, slanted(Int16Array), {
    studySeed: "report",
    seriesDescription: "T2 sagittal",
    patientId: "Quixworth-77",
    repetitionTime: 3500,
    echoTime: 100,
  });
  const [series] = await readSeries(folder);
  volume = await series!.load();
  source = (await readSource(series!.sources!()))!;
});
after(() => rm(root, { recursive: true }));

/** A square between pixels 1 and 3 of a slice, in patient space. */
function square(slice: number): Vec3[] {
  return (
    [
      [1, 1],
      [3, 1],
      [3, 3],
      [1, 3],
    ] as const
  ).map(([column, row]) => toPatient(volume, [column, row, slice]));
}

function disc(level: string, outline?: readonly Vec3[]): ReportedDisc {
  return {
    level,
    ...(outline && { outline }),
    measurements: [
      { name: privateCode("height", "Mean disc height"), value: 9.123456789, unit: UNITS.millimetre },
      { name: privateCode("slip", "Slip"), value: NaN, unit: UNITS.percent },
    ],
    evaluations: [
      {
        name: privateCode("pfirrmann", "Pfirrmann grade"),
        value: privateCode("pfirrmann-3", "Pfirrmann Grade 3"),
      },
      { name: privateCode("herniation", "Disc herniation"), value: CODES.absent },
    ],
    remarks: ["The disc is cut off."],
  };
}

function content(discs: readonly ReportedDisc[], from: SourceSeries | null = source): ReportContent {
  return {
    seed: "test",
    device: { name: "Spinebook", manufacturer: "Spinebook", model: "Spinebook grading", version: "1.2.3" },
    made: new Date("2024-05-06T07:08:09Z"),
    ...(from !== null && { source: from }),
    discs,
    remarks: ["Research use only."],
    algorithm: { name: "Disc grading", version: "1.2.3" },
  };
}

/** A content item as it reads: value type, concept, what it says, and the items below it. */
interface Item {
  readonly relationship: string | undefined;
  readonly type: string;
  readonly concept: string | undefined;
  readonly value: string | undefined;
  readonly set: DataSet;
  readonly items: readonly Item[];
}

const first = (set: DataSet, tag: string): DataSet | undefined => set.elements[tag]?.items?.[0]?.dataSet;
const codeOf = (set: DataSet | undefined): string | undefined =>
  set && `${set.string("x00080100")!} ${set.string("x00080102")!}`;

function readItem(set: DataSet): Item {
  const type = set.string("x0040a040")!;
  const measured = first(set, "x0040a300");
  return {
    relationship: set.string("x0040a010"),
    type,
    concept: codeOf(first(set, "x0040a043")),
    value:
      type === "CODE"
        ? codeOf(first(set, "x0040a168"))
        : (measured?.string("x0040a30a") ?? set.string("x0040a160") ?? set.string("x0040a124")),
    set,
    items: (set.elements.x0040a730?.items ?? []).map((item) => readItem(item.dataSet!)),
  };
}

function all(item: Item): Item[] {
  return [item, ...item.items.flatMap(all)];
}

function groupsOf(bytes: Uint8Array): Item[] {
  return all(readItem(dicomParser.parseDicom(bytes))).filter(({ concept }) => concept === "125007 DCM");
}

test("a report observes by a device, names no person and refers to its images by UID", () => {
  const bytes = structuredReport(content([disc("L4-L5", square(1))]));
  const set = dicomParser.parseDicom(bytes);
  const items = all(readItem(set));
  const observer = items.filter(({ concept }) => concept === "121005 DCM");
  assert.deepEqual(
    observer.map(({ value }) => value),
    ["121007 DCM"],
  );
  assert.ok(items.every(({ type }) => type !== "PNAME"));
  assert.equal(first(set, "x0040a078")!.string("x0040a084"), "DEV");
  assert.equal(set.string("x00100010"), undefined);
  assert.equal(set.string("x00100020"), undefined);
  assert.ok(!Buffer.from(bytes).includes("Quixworth"));
  assert.equal(set.string("x0020000d"), source.studyUid);
  assert.equal(first(set, "x0040a504")!.string("x0040db00"), "1500");
  const images = items.filter(({ type, relationship }) => type === "IMAGE" && relationship === "CONTAINS");
  assert.deepEqual(
    images.map((image) => first(image.set, "x00081199")!.string("x00081155")),
    source.frames.map(({ sopInstance }) => sopInstance),
  );
});

test("an outline in the plane of an image lies there by its pixels, counted from the corner of the first", () => {
  const [group] = groupsOf(structuredReport(content([disc("L4-L5", square(2))])));
  const region = group!.items.find(({ concept }) => concept === "111030 DCM")!;
  assert.equal(region.type, "SCOORD");
  const points = Array.from({ length: 10 }, (_, i) => region.set.float("x00700022", i)!);
  [1.5, 1.5, 3.5, 1.5, 3.5, 3.5, 1.5, 3.5, 1.5, 1.5].forEach((value, i) => {
    close(points[i]!, value, 1e-3);
  });
  const [image] = region.items;
  assert.equal(image!.relationship, "SELECTED FROM");
  const frame = source.frames.find(
    ({ sopInstance }) => sopInstance === first(image!.set, "x00081199")!.string("x00081155"),
  )!;
  toPatient(volume, [0, 0, 2]).forEach((value, axis) => {
    close(frame.position![axis]!, value, 1e-3);
  });
  assert.equal(first(group!.set, "x0040a504")!.string("x0040db00"), "1410");
});

test("an outline between images lies in patient space, and a disc without one has none", () => {
  const oblique = square(1.5);
  const [there, none] = groupsOf(structuredReport(content([disc("L4-L5", oblique), disc("L5-S1")])));
  const region = there!.items.find(({ concept }) => concept === "111030 DCM")!;
  assert.equal(region.type, "SCOORD3D");
  assert.equal(region.set.string("x30060024"), source.frameOfReferenceUid);
  oblique.flat().forEach((value, i) => {
    close(region.set.float("x00700022", i)!, value, 1e-3);
  });
  assert.equal(first(none!.set, "x0040a504")!.string("x0040db00"), "1501");
  assert.ok(none!.items.every(({ concept }) => concept !== "111030 DCM"));
});

test("each disc from T7 to S1 has its own code of CID 7604 Intervertebral Disc (PS3.16; pydicom's table)", () => {
  const codes = {
    "T7-T8": "28693002",
    "T8-T9": "9188009",
    "T9-T10": "113209001",
    "T10-T11": "34959001",
    "T11-T12": "1537001",
    "T12-L1": "76206002",
    "L1-L2": "80064006",
    "L2-L3": "67459009",
    "L3-L4": "62551000",
    "L4-L5": "84020006",
    "L5-S1": "715056000",
  };
  const discs = Object.keys(codes).map((level) => disc(level));
  const sites = groupsOf(structuredReport(content(discs, null))).map(
    ({ items }) => items.find(({ concept }) => concept === "363698007 SCT")!.value,
  );
  assert.deepEqual(
    sites,
    Object.values(codes).map((code) => `${code} SCT`),
  );
});

test("discs have SNOMED CT codes, measures their units, and what is not a number is left out", () => {
  const [lumbar, other] = groupsOf(structuredReport(content([disc("L4-L5"), disc("L6-S1")], null)));
  const valueOf = (group: Item, concept: string) => group.items.find((item) => item.concept === concept);
  assert.equal(valueOf(lumbar!, "363698007 SCT")!.value, "84020006 SCT");
  assert.equal(valueOf(other!, "363698007 SCT")!.value, "disc-L6-S1 99SPINEBOOK");
  const height = valueOf(lumbar!, "height 99SPINEBOOK")!;
  assert.equal(height.value, "9.12346");
  const measured = first(height.set, "x0040a300")!;
  assert.equal(measured.double("x0040a161"), 9.123456789);
  assert.equal(codeOf(first(measured, "x004008ea")), "mm UCUM");
  assert.equal(valueOf(lumbar!, "slip 99SPINEBOOK"), undefined);
  assert.equal(valueOf(lumbar!, "pfirrmann 99SPINEBOOK")!.value, "pfirrmann-3 99SPINEBOOK");
  assert.equal(valueOf(lumbar!, "herniation 99SPINEBOOK")!.value, "2667000 SCT");
});

test("equal content gives equal bytes, another seed another report of the same study", () => {
  const report = content([disc("L4-L5", square(1))]);
  assert.deepEqual(structuredReport(report), structuredReport(report));
  const [one, two] = [report, { ...report, seed: "else" }].map((each) =>
    dicomParser.parseDicom(structuredReport(each)),
  );
  assert.notEqual(one!.string("x00080018"), two!.string("x00080018"));
  assert.equal(one!.string("x0020000d"), two!.string("x0020000d"));
});

/** What is read from a written file, with these elements in it. */
async function sourceWith(name: string, elements: Readonly<Record<number, Uint8Array>>) {
  const [one] = source.frames;
  assert.ok(one);
  const path = join(root, `${name}.dcm`);
  const folder = join(root, "series");
  await writeFile(path, withElements(await readFile(join(folder, (await readdir(folder))[0]!)), elements));
  return readSource([{ path, frame: 0, read: () => readFile(path) }]);
}

test("only pseudonyms of our own are copied, whatever the flag of removed identity says", async () => {
  const flagged = (id: string) =>
    sourceWith("flagged", {
      0x00100010: element(0x00100010, "PN", "Quixworth^Zelda"),
      0x00100020: element(0x00100020, "LO", id),
      0x00120062: element(0x00120062, "CS", "YES"),
    });
  const hospital = (await flagged("MRN77123456"))!;
  assert.equal(hospital.pseudonym, undefined);
  for (const bytes of [
    structuredReport(content([], hospital)),
    secondaryCapture(PICTURE, content([], hospital)),
  ])
    assert.ok(!Buffer.from(bytes).includes("MRN77123456") && !Buffer.from(bytes).includes("Quixworth"));
  const copy = (await flagged("SB-0123456789ab"))!;
  assert.equal(copy.pseudonym, "SB-0123456789ab");
  const set = dicomParser.parseDicom(structuredReport(content([], copy)));
  assert.equal(set.string("x00100020"), "SB-0123456789ab");
});

test("a name that stands where a UID should is not copied", async () => {
  assert.equal(await sourceWith("study", { 0x0020000d: element(0x0020000d, "UI", "Quixworth") }), undefined);
  const frame = await sourceWith("frame", { 0x00200052: element(0x00200052, "UI", "Quixworth") });
  assert.equal(frame!.frameOfReferenceUid, undefined);
});

const PICTURE = {
  pixels: Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => i * 5),
  columns: 5,
  rows: 3,
};

test("a capture holds its pixels and refers to every image it shows", () => {
  const set = dicomParser.parseDicom(secondaryCapture(PICTURE, content([])));
  const pixels = set.elements.x7fe00010!;
  assert.deepEqual(
    [...set.byteArray.subarray(pixels.dataOffset, pixels.dataOffset + 45)],
    [...PICTURE.pixels],
  );
  assert.equal(set.string("x00280004"), "RGB");
  assert.equal(set.string("x00280301"), "NO");
  assert.deepEqual(
    set.elements.x00082112!.items!.map((item) => item.dataSet!.string("x00081155")),
    source.frames.map(({ sopInstance }) => sopInstance),
  );
  assert.throws(() => secondaryCapture({ ...PICTURE, rows: 4 }, content([])), ImagingError);
  assert.throws(() => secondaryCapture({ ...PICTURE, rows: 0 }, content([])), ImagingError);
});

/** What a program of Debian's says of a file; skips the test where it is not installed. */
function judged(t: TestContext, program: string, args: readonly string[]): string | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error) {
    t.skip(`${program} is not installed`);
    return undefined;
  }
  if (program !== "dciodvfy") assert.equal(status, 0, stderr);
  return `${stdout}\n${stderr}`;
}

/** A report with every kind of region, and a capture. */
async function documents(): Promise<{ report: string; capture: string }> {
  const discs = [disc("L3-L4", square(1)), disc("L4-L5", square(1.5)), disc("L6-S1")];
  const [report, capture] = [join(root, "report.dcm"), join(root, "capture.dcm")];
  await writeFile(report, structuredReport(content(discs)));
  await writeFile(capture, secondaryCapture(PICTURE, content([])));
  return { report, capture };
}

test("dsr2xml of dcmtk reads the report", async (t) => {
  const { report } = await documents();
  const xml = judged(t, "dsr2xml", [report]);
  if (xml === undefined) return;
  assert.match(xml, /<report type="Comprehensive 3D SR">/);
  assert.equal(xml.match(/<meaning>Measurement Group<\/meaning>/g)!.length, 3);
  assert.doesNotMatch(xml, /^[EW]: (?!The VR checker)/m);
});

test("dcmdump of dcmtk reads both documents without an error", async (t) => {
  const { report, capture } = await documents();
  for (const file of [report, capture]) {
    const dump = judged(t, "dcmdump", [file]);
    if (dump === undefined) return;
    assert.doesNotMatch(dump, /^[EF]: /m);
  }
});

test("dciodvfy of dicom3tools finds no error in either document", async (t) => {
  const { report, capture } = await documents();
  for (const file of [report, capture]) {
    const verdict = judged(t, "dciodvfy", [file]);
    if (verdict === undefined) return;
    assert.match(verdict, /Comprehensive3DSR|SCImage/);
    assert.doesNotMatch(verdict, /^Error/m);
  }
});
