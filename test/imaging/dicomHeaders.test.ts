import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  dicomFile,
  element,
  explicitLittleEndian,
  sequence,
} from "../../src/imaging/dicom/writing/elements.js";
import { readSeries, type Series, type Volume } from "../../src/imaging/index.js";
import { sharedData } from "../support/data.js";
import {
  COLUMNS,
  encapsulated,
  pixels,
  ROWS,
  sliceElements,
  sliceFile,
  type Overrides,
} from "./dicomFiles.js";
import { codeOf } from "./support.js";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "headers-"));
});
after(() => rm(root, { recursive: true }));

async function seriesOf(...files: readonly Uint8Array[]): Promise<Series[]> {
  const folder = await mkdtemp(join(root, "case-"));
  for (const [i, bytes] of files.entries()) await writeFile(join(folder, String(i)), bytes);
  return readSeries(folder);
}

async function load(...files: readonly Uint8Array[]): Promise<Volume> {
  return (await seriesOf(...files))[0]!.load();
}

/** Bytes of the preamble and the prefix. */
const PREFIX = 132;

test("files without preamble or file meta read like whole ones", async () => {
  const whole = sliceFile(2);
  const expected = await load(whole);
  assert.deepEqual(expected.voxels, Int16Array.from(pixels(2)));
  assert.deepEqual(await load(whole.subarray(PREFIX)), expected);
  assert.deepEqual(await load(Buffer.concat(sliceElements(2))), expected);
});

const dicom = sharedData("dicom");
test(
  "implicit and big endian files without file meta read like whole ones",
  { skip: dicom === undefined && "no conformance data (dicom)" },
  async () => {
    for (const name of ["MR_small_implicit", "MR_small_bigendian", "emri_small_big_endian"]) {
      const bytes = await readFile(join(dicom!, "pydicom_mr", `${name}.dcm`));
      const end = PREFIX + 12 + bytes.readUInt32LE(PREFIX + 8);
      assert.deepEqual(await load(bytes.subarray(end)), await load(bytes), name);
    }
  },
);

test("a wrong or missing SOP class does not matter", async () => {
  const expected = await load(sliceFile(2));
  for (const sopClass of ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4.1", ""])
    assert.deepEqual(await load(sliceFile(2, { 0x00080016: ["UI", sopClass] })), expected, sopClass);
  assert.deepEqual(await load(sliceFile(2, { 0x00080016: undefined })), expected);
});

const stored = (values: readonly number[], bits: number, high: number, signed: boolean): Overrides => ({
  0x00280101: ["US", bits],
  0x00280102: ["US", high],
  0x00280103: ["US", Number(signed)],
  0x7fe00010: ["OW", explicitLittleEndian(Uint16Array.from(values))],
});
const repeat = (values: readonly number[]) =>
  Array.from({ length: ROWS * COLUMNS }, (_, i) => values[i % values.length]!);

test("bits outside of the stored ones are dropped, at either end; signs are extended", async () => {
  const voxels = async (changes: Overrides) => [...(await load(sliceFile(0, changes))).voxels.subarray(0, 3)];
  const garbage = repeat([0xf001, 0x5fff, 0xa800]);
  assert.deepEqual(await voxels(stored(garbage, 12, 11, false)), [1, 0xfff, 0x800]);
  assert.deepEqual(await voxels(stored(garbage, 12, 11, true)), [1, -1, -2048]);
  const raised = repeat([0x001f, 0xfff3, 0x8005]);
  assert.deepEqual(await voxels(stored(raised, 12, 15, false)), [1, 0xfff, 0x800]);
  assert.deepEqual(await voxels(stored(raised, 12, 15, true)), [1, -1, -2048]);
  assert.deepEqual(await voxels(stored(repeat([0, 65535, 32768]), 16, 15, true)), [0, -1, -32768]);
  assert.deepEqual(await voxels(stored(repeat([0, 65535, 32768]), 16, 15, false)), [0, 65535, 32768]);
});

test("inverted gray values are turned, signed and not", async () => {
  const inverted: Overrides = { 0x00280004: ["CS", "MONOCHROME1"] };
  const voxels = async (changes: Overrides) => [
    ...(await load(sliceFile(0, { ...inverted, ...changes }))).voxels.subarray(0, 3),
  ];
  assert.deepEqual(await voxels(stored(repeat([0, 1, 4095]), 12, 11, false)), [4095, 4094, 0]);
  assert.deepEqual(await voxels(stored(repeat([0, 1, 0xfff]), 12, 11, true)), [-1, -2, 0]);
});

/** A real-world value mapping of all stored values (PS3.3 section C.7.6.16.2.11). */
const mapping = (slope: number, intercept: number): Uint8Array =>
  sequence(0x00409096, [
    [
      element(0x00409211, "US", 65535),
      element(0x00409216, "US", 0),
      element(0x00409224, "FD", intercept),
      element(0x00409225, "FD", slope),
    ],
  ]);

test("values are rescaled, else mapped to real-world values; a slope of 0 is none", async () => {
  const scaled = async (changes: Overrides) => [...(await load(sliceFile(1, changes))).voxels.subarray(0, 2)];
  const rescale = (slope: string, intercept: string): Overrides => ({
    0x00281052: ["DS", intercept],
    0x00281053: ["DS", slope],
  });
  assert.deepEqual(await scaled(rescale("0.5", "-20")), [0, 0.5]);
  assert.deepEqual(await scaled({ 0x00409096: mapping(0.25, 2) }), [12, 12.25]);
  assert.deepEqual(await scaled({ ...rescale("2", "0"), 0x00409096: mapping(0.25, 2) }), [80, 82]);
  assert.deepEqual(await scaled(rescale("0", "0")), [40, 41]);
  const whole = await load(sliceFile(1, rescale("1", "-1024")));
  assert.ok(whole.voxels instanceof Int16Array);
  assert.equal(whole.voxels[0], 40 - 1024);
});

test("a mosaic without its private elements stays one picture and says so", async () => {
  const [series] = await seriesOf(sliceFile(0, { 0x00080008: ["CS", "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC"] }));
  assert.deepEqual(
    series!.problems.map(({ code }) => code),
    ["mosaic"],
  );
  assert.deepEqual([series!.slices, series!.rows, series!.columns], [1, ROWS, COLUMNS]);
});

test("values that a table maps are told to be as stored", async () => {
  const table = sequence(0x00283000, [[element(0x00283002, "US", [1, 0, 16])]]);
  const [series] = await seriesOf(sliceFile(0, { 0x00283000: table }));
  assert.deepEqual(
    series!.problems.map(({ code }) => code),
    ["unsupported-pixels"],
  );
});

/** One RLE frame of 16-bit samples: high bytes, then low ones, each row a run of literals (PS3.5 annex G). */
function rle(samples: Uint16Array): Uint8Array {
  const segment = (shift: number) =>
    Buffer.concat(
      Array.from({ length: ROWS }, (_, row) => {
        const line = samples.subarray(row * COLUMNS, (row + 1) * COLUMNS);
        return Buffer.from([COLUMNS - 1, ...Array.from(line, (value) => (value >> shift) & 255)]);
      }),
    );
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(64 + segment(8).length, 8);
  return Buffer.concat([header, segment(8), segment(0)]);
}

/** A slice as the RSNA 2024 lumbar spine data has them: RLE, 12 bit, said to be enhanced, most of its header blank. */
function blankSlice(seed: number, first: readonly number[], axes: readonly number[]): Uint8Array {
  const elements = sliceElements(seed, {
    0x00080008: undefined,
    0x00080016: undefined,
    0x00080018: ["UI", `1002894806.866293114.${seed + 1}`],
    0x00080060: undefined,
    0x0020000d: ["UI", "1002894806.1"],
    0x0020000e: ["UI", "1002894806.866293114"],
    0x00200011: undefined,
    0x00200032: ["DS", first.join("\\")],
    0x00200037: ["DS", axes.map((value) => value.toFixed(6)).join("\\")],
    0x00280101: ["US", 12],
    0x00280102: ["US", 11],
    0x7fe00010: encapsulated(rle(pixels(seed))),
  });
  return dicomFile(
    {
      sopClass: "1.2.840.10008.5.1.4.1.1.4.1",
      sopInstance: `1002894806.866293114.${seed + 1}`,
      transferSyntax: "1.2.840.10008.1.2.5",
    },
    elements,
  );
}

test("RSNA 2024: RLE, 12 bit, blank headers, an axial series of several angulated stacks", async () => {
  const sagittal = [0, 1, 2, 3].map((i) => blankSlice(i, [-4 * i, -60, 50], [0, 1, 0, 0, 0, -1]));
  const [series] = await seriesOf(...sagittal);
  assert.deepEqual(
    { ...series, id: "", load: 0, sources: 0, subject: 0, study: "", affine: 0 },
    {
      ...{
        id: "",
        load: 0,
        sources: 0,
        subject: 0,
        study: "",
        affine: 0,
        description: "",
        modality: "",
        contrast: "unknown",
      },
      ...{
        orientation: "sagittal",
        rows: ROWS,
        columns: COLUMNS,
        slices: 4,
        geometry: "patient",
        problems: [],
      },
      spacing: [1.5, 2, 4],
    },
  );
  const { voxels } = await series!.load();
  assert.deepEqual(
    [...voxels],
    [0, 1, 2, 3].flatMap((seed) => [...pixels(seed)]),
  );
  const axial = [-12, -4, 3, 9, 17].flatMap((angle, stack) =>
    [0, 1, 2].map((i) => {
      const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
      return blankSlice(3 * stack + i, [-40, -30 - 4 * i * s, 35 * stack + 4 * i * c], [1, 0, 0, 0, c, s]);
    }),
  );
  const stacks = await seriesOf(...axial);
  assert.deepEqual(
    stacks.map(({ slices, orientation, problems }) => [slices, orientation, problems.length]),
    [...Array.from({ length: 5 }, () => [3, "axial", 0])],
  );
});

test("RLE whose segments are cut short is refused", async () => {
  const bytes = encapsulated(rle(pixels(1)).subarray(0, 90));
  const file = sliceFile(1, { 0x7fe00010: bytes }, "1.2.840.10008.1.2.5");
  assert.equal(await codeOf(load(file)), "decode-failed");
});
