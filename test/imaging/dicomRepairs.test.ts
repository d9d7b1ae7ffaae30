import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { element } from "../../src/imaging/dicom/writing/elements.js";
import { readSeries, type ImagingCode, type Series, type Vec3 } from "../../src/imaging/index.js";
import { decimals, pixels, sliceFile, type Overrides } from "./dicomFiles.js";
import { unknownSequence } from "./dicomEncodings.js";
import { withFolder } from "./folders.js";
import { close } from "./support.js";

/** The series of files by name, read as one folder. */
async function seriesOf(files: Readonly<Record<string, Uint8Array>>): Promise<Series[]> {
  let series: Series[] = [];
  await withFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    series = await readSeries(folder);
    // Voxels are read while the files are there.
    for (const one of series) loaded.set(one, (await one.load()).voxels);
  });
  return series;
}

const loaded = new WeakMap<Series, Int16Array | Float32Array>();
const SEEDS = [0, 1, 2, 3, 4];

function stack(changes: (seed: number) => Overrides): Record<string, Uint8Array> {
  return Object.fromEntries(SEEDS.map((seed) => [`${seed}.dcm`, sliceFile(seed, changes(seed))]));
}

const messages = (series: Series) => series.problems.map(({ message }) => message).join("\n");
const codes = (series: Series): ImagingCode[] => series.problems.map(({ code }) => code);

/** Fails unless the series is the plain stack, of all seeds, in space and in its voxels. */
async function isPlain(series: readonly Series[], name: string): Promise<Series> {
  const [plain] = await seriesOf(stack(() => ({})));
  assert.equal(series.length, 1, name);
  const [one] = series;
  for (const key of ["orientation", "rows", "columns", "slices", "modality"] as const)
    assert.equal(one![key], plain![key], `${name}: ${key}`);
  one!.spacing.forEach((value, axis) => {
    close(value, plain!.spacing[axis]!, 1e-6);
  });
  assert.deepEqual(loaded.get(one!), loaded.get(plain!), name);
  return one!;
}

const comma = (text: string) => text.replaceAll(".", ",");

test("a decimal comma is read as a point in every number, and told by element", async () => {
  const series = await isPlain(
    await seriesOf(
      stack((seed) => ({
        0x00200032: ["DS", comma(decimals(-4 * seed, -60.25, 50.5))],
        0x00280030: ["DS", "2,0\\1,5"],
      })),
    ),
    "spacing and position",
  );
  assert.match(messages(series), /decimal comma in PixelSpacing \(0028,0030\).*The same holds for 4 more/);
  assert.match(messages(series), /decimal comma in ImagePositionPatient \(0020,0032\)/);
  const [scaled] = await seriesOf(stack(() => ({ 0x00281053: ["DS", "2,5"], 0x00281052: ["DS", "-0,5"] })));
  assert.equal(loaded.get(scaled!)![7], 2.5 * pixels(0)[7]! - 0.5);
  assert.match(messages(scaled!), /decimal comma in RescaleSlope \(0028,1053\)/);
  assert.match(messages(scaled!), /decimal comma in RescaleIntercept \(0028,1052\)/);
  const [listed] = await seriesOf(stack(() => ({ 0x00280030: ["DS", "2.0,1.5"] })));
  assert.deepEqual(listed!.spacing.slice(0, 2), [1.5, 2]);
  assert.match(messages(listed!), /commas between the values of PixelSpacing/);
  const [both] = await seriesOf(stack(() => ({ 0x00280030: ["DS", "2,0, 1,5"] })));
  assert.deepEqual(both!.spacing.slice(0, 2), [1.5, 2]);
  assert.match(messages(both!), /commas between the values of PixelSpacing/);
});

test("a number that is none is told, and no other is made of it", async () => {
  for (const wrong of ["abc", "1,000.5", "1.5.2", "0x10", "Infinity", "2 5"]) {
    const [series] = await seriesOf(stack(() => ({ 0x00281053: ["DS", wrong] })));
    assert.match(messages(series!), /RescaleSlope \(0028,1053\) that is no number/, wrong);
    assert.equal(loaded.get(series!)![3], pixels(0)[3]);
    const [spaced] = await seriesOf(stack(() => ({ 0x00280030: ["DS", `${wrong}\\1`] })));
    assert.deepEqual(codes(spaced!), ["no-spacing"], wrong);
  }
});

test("PixelSpacing of one value holds both ways; zero bytes end a value", async () => {
  for (const [text, what] of [
    ["2", /only one value/],
    ["2\\", /only one value/],
    ["2\0\\2", /zero bytes/],
    ["2.0\0\0\\2\0\0", /zero bytes/],
    ["2\\2\0\0", undefined],
  ] as const) {
    const [series] = await seriesOf(stack(() => ({ 0x00280030: ["DS", text] })));
    assert.deepEqual(series!.spacing.slice(0, 2), [2, 2], JSON.stringify(text));
    if (what === undefined) assert.deepEqual(series!.problems, []);
    else assert.match(messages(series!), what);
  }
});

test("direction vectors of another length are made unit vectors, in every slice alike", async () => {
  for (const [along, down] of [
    [0.95, 0.95],
    [1.08, 0.9],
    [2, 0.5],
  ] as const) {
    const series = await isPlain(
      await seriesOf(stack(() => ({ 0x00200037: ["DS", decimals(0, along, 0, 0, 0, -down)] }))),
      `${along} ${down}`,
    );
    assert.match(messages(series), /ImageOrientationPatient \(0020,0037\) that are not 1 long/);
    close(Math.hypot(series.affine[0]!, series.affine[4]!, series.affine[8]!), 1.5, 1e-9);
  }
  for (const wrong of [
    [0, 0, 0, 0, 0, -1],
    [0, 1, 0, 0, 0.5, -1],
  ]) {
    const [series] = await seriesOf(stack(() => ({ 0x00200037: ["DS", decimals(...wrong)] })));
    assert.equal(series!.orientation, "unknown");
    assert.ok(codes(series!).includes("no-orientation"));
  }
});

test("another word for MR is MR, and told; other kinds stay what they are", async () => {
  for (const word of ["MRI", "mr", "Mri", "NMR", "M R"]) {
    const series = await isPlain(await seriesOf(stack(() => ({ 0x00080060: ["CS", word] }))), word);
    assert.match(messages(series), /Modality \(0008,0060\) that is no defined term/);
  }
  for (const word of ["CT", "OT", "PT", "us"]) {
    const [series] = await seriesOf(stack(() => ({ 0x00080060: ["CS", word] })));
    assert.deepEqual([series!.modality, codes(series!)], [word, ["not-mr"]]);
  }
  const [unknown] = await seriesOf(stack(() => ({ 0x00080016: undefined, 0x00080060: ["CS", "ABC"] })));
  assert.deepEqual(codes(unknown!), ["not-mr"]);
});

test("images of one SOPInstanceUID at several places are several images, and copies still go", async () => {
  const shared: Overrides = { 0x00080018: ["UI", "1.2.3.4"] };
  const series = await isPlain(await seriesOf(stack(() => shared)), "shared");
  assert.match(messages(series), /5 images share a SOPInstanceUID/);
  await isPlain(await seriesOf(stack(() => ({ ...shared, 0x00200013: ["IS", "1"] }))), "and one number");
  const twice = { ...stack(() => shared), "copy.dcm": sliceFile(2, shared) };
  const read = await isPlain(await seriesOf(twice), "with a copy");
  assert.ok(codes(read).includes("duplicate-slices"));
});

test("images of one SOPInstanceUID without place and number are not called copies", async () => {
  const bare: Overrides = { 0x00080018: ["UI", "1.2"], 0x00200032: undefined, 0x00200013: undefined };
  const [series] = await seriesOf(stack(() => bare));
  assert.equal(series!.slices, 5);
});

test("without a SeriesInstanceUID images are put together by all else that they share", async () => {
  for (const uid of [undefined, ["UI", ""] as const]) {
    const series = await isPlain(await seriesOf(stack(() => ({ 0x0020000e: uid }))), "no series");
    assert.match(messages(series), /no SeriesInstanceUID \(0020,000E\)/);
  }
  const bare: Overrides = {
    0x0020000e: undefined,
    0x0020000d: undefined,
    0x00200011: undefined,
    0x00080018: undefined,
  };
  await isPlain(await seriesOf(stack(() => bare)), "nothing");
  // Two series of one study, told apart by number or by description.
  for (const [tag, vr, other] of [
    [0x00200011, "IS", "9"],
    [0x0008103e, "LO", "T1 SAG"],
  ] as const) {
    const [first, second] = [
      stack(() => ({ 0x0020000e: undefined })),
      stack(() => ({ 0x0020000e: undefined, [tag]: [vr, other] })),
    ];
    const both = {
      ...first,
      ...Object.fromEntries(Object.entries(second).map(([name, file]) => [`b${name}`, file])),
    };
    const series = await seriesOf(both);
    assert.deepEqual(
      series.map(({ slices }) => slices),
      [5, 5],
    );
  }
  // Two patients' folders that say nothing stay two.
  const folders = Object.fromEntries(
    ["a", "b"].flatMap((folder) =>
      Object.entries(stack(() => bare)).map(([name, file]) => [`${folder}/${name}`, file]),
    ),
  );
  assert.deepEqual(
    (await seriesOf(folders)).map(({ slices }) => slices),
    [5, 5],
  );
});

test("a SeriesInstanceUID of its own in each image does not tear a stack apart", async () => {
  const own = (seed: number): Overrides => ({
    0x0020000e: ["UI", `1.2.3.4.5.${seed}`],
    0x00200052: ["UI", "1.9"],
  });
  const series = await isPlain(await seriesOf(stack(own)), "torn");
  assert.match(messages(series), /5 images each have a SeriesInstanceUID/);
  await isPlain(
    await seriesOf(stack((seed) => ({ ...own(seed), 0x00200052: undefined }))),
    "without a frame of reference",
  );
  await isPlain(
    await seriesOf(stack((seed) => ({ ...own(seed), 0x00200011: undefined }))),
    "without a number",
  );
  // Single images that are no stack stay as they are: of other frames, numbers, planes, or of one place.
  const apart: Readonly<Record<string, (seed: number) => Overrides>> = {
    frames: (seed) => ({ ...own(seed), 0x00200052: ["UI", `1.9.${seed}`] }),
    numbers: (seed) => ({ ...own(seed), 0x00200011: ["IS", String(seed)] }),
    "one place": (seed) => ({ ...own(seed), 0x00200032: ["DS", decimals(0, 0, 0)] }),
    planes: (seed) => ({
      ...own(seed),
      0x00200037: ["DS", seed % 2 === 0 ? decimals(0, 1, 0, 0, 0, -1) : decimals(1, 0, 0, 0, 1, 0)],
    }),
  };
  for (const [name, changes] of Object.entries(apart))
    assert.equal((await seriesOf(stack(changes))).length, 5, name);
});

/** Orientations of stacks whose slices cross an axis of the patient, either way, and one that leans. */
const PLANES: readonly (readonly [name: string, axes: readonly number[], step: Vec3])[] = [
  ["sagittal", [0, 1, 0, 0, 0, -1], [1, 0, 0]],
  ["sagittal, mirrored", [0, -1, 0, 0, 0, -1], [1, 0, 0]],
  ["coronal", [1, 0, 0, 0, 0, -1], [0, 1, 0]],
  ["axial", [1, 0, 0, 0, 1, 0], [0, 0, 1]],
];

test("without ImagePositionPatient slices lie by SliceLocation, in the order that positions give, and it is told", async () => {
  for (const [name, axes, step] of PLANES) {
    const along: Overrides = { 0x00200037: ["DS", decimals(...axes)] };
    const at = (seed: number) => [7, 3, -1, 11, -5][seed]!;
    const placed = (seed: number): Overrides => ({
      ...along,
      0x00200032: ["DS", decimals(...step.map((part) => part * at(seed)))],
      0x00201041: ["DS", decimals(at(seed))],
    });
    const [expected] = await seriesOf(stack(placed));
    const [series] = await seriesOf(stack((seed) => ({ ...placed(seed), 0x00200032: undefined })));
    assert.deepEqual(loaded.get(series!), loaded.get(expected!), name);
    assert.deepEqual(
      [series!.orientation, series!.spacing, series!.affine],
      [expected!.orientation, expected!.spacing, expected!.affine],
      name,
    );
    assert.match(messages(series!), /5 images, such as .*SliceLocation \(0020,1041\)/);
    const [some] = await seriesOf(
      stack((seed) => (seed === 3 ? { ...placed(seed), 0x00200032: undefined } : placed(seed))),
    );
    assert.deepEqual(
      [loaded.get(some!), some!.affine],
      [loaded.get(expected!), expected!.affine],
      `${name}, one missing`,
    );
    assert.match(messages(some!), /has no valid ImagePositionPatient/);
  }
});

test("without SliceLocation slices lie by InstanceNumber and the header's spacing, and it is told", async () => {
  const bare: Overrides = { 0x00200032: undefined, 0x00180088: ["DS", "4.4"] };
  const [series] = await seriesOf(stack(() => bare));
  assert.deepEqual([series!.orientation, series!.slices], ["sagittal", 5]);
  close(series!.spacing[2], 4.4, 1e-9);
  assert.match(messages(series!), /InstanceNumber \(0020,0013\), 4\.4 mm apart/);
  assert.deepEqual(loaded.get(series!)!.slice(0, 3), Int16Array.from(pixels(0).slice(0, 3)));
  // A location that is 0 everywhere says nothing; without a spacing or numbers nothing helps.
  const [zero] = await seriesOf(stack(() => ({ ...bare, 0x00201041: ["DS", "0"] })));
  close(zero!.spacing[2], 4.4, 1e-9);
  for (const lacking of [
    { ...bare, 0x00180088: undefined },
    { ...bare, 0x00200013: ["IS", "1"] as const },
  ]) {
    const [unplaced] = await seriesOf(stack(() => lacking));
    assert.deepEqual([unplaced!.orientation, codes(unplaced!)], ["unknown", ["no-position"]]);
  }
});

test("a private scale that differs from slice to slice is told, one for all is not", async () => {
  const scaled = (scale: (seed: number) => number) =>
    seriesOf(
      stack((seed) => ({
        0x00281053: ["DS", "2"],
        0x20050010: ["LO", "Philips MR Imaging DD 001"],
        0x2005100e: ["FL", scale(seed)],
      })),
    );
  const [alike] = await scaled(() => 0.031);
  assert.deepEqual(alike!.problems, []);
  assert.equal(loaded.get(alike!)![3], 2 * pixels(0)[3]!);
  const [apart] = await scaled((seed) => 0.03 * (1 + seed));
  assert.match(messages(apart!), /private scale slope \(2005,100E\) that differs/);
});

test("private groups of the makers do not keep a stack from being read", async () => {
  const item = element(0x00281053, "DS", "3");
  const nested = (tag: number) =>
    unknownSequence(
      tag,
      [Buffer.concat([item, unknownSequence(0x20051402, [item], true, true)])],
      true,
      false,
    );
  const makers: readonly Overrides[] = [
    { 0x00190010: ["LO", "SIEMENS MR HEADER"], 0x00191008: ["UN", Buffer.from("IMAGE NUM 4 ")], 0x002110fe: nested(0x002110fe) },
    { 0x20010010: ["LO", "Philips Imaging DD 001"], 0x2001105f: nested(0x2001105f), 0x2005140f: nested(0x2005140f) },
    { 0x00430010: ["LO", "GEMS_PARM_01"], 0x00431039: ["IS", "1000000050\\8\\0\\0"], 0x004310a0: ["OV", new Uint8Array(16)] },
    { 0x700d0010: ["LO", "TOSHIBA_MEC_MR3"], 0x700d1000: ["UN", new Uint8Array(32).fill(254)], 0x70511010: ["SV", new Uint8Array(8)] },
  ]; // prettier-ignore
  for (const maker of makers) {
    const series = await isPlain(await seriesOf(stack(() => maker)), Object.keys(maker).join());
    assert.deepEqual(series.problems, []);
  }
});
