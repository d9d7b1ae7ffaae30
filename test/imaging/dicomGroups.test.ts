import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readSeries, toPatient, type Series, type Vec3 } from "../../src/imaging/index.js";
import { element, explicitLittleEndian, sequence } from "../../src/imaging/dicom/writing/elements.js";
import { decimals, pixels, ROWS, COLUMNS, SPACING, sliceFile, type Overrides } from "./dicomFiles.js";
import { close } from "./support.js";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "groups-"));
});
after(() => rm(root, { recursive: true }));

/** The series in a folder of the given files, named so that their order says nothing. */
async function seriesOf(files: readonly Uint8Array[]): Promise<Series[]> {
  const folder = await mkdtemp(join(root, "case-"));
  for (const [i, bytes] of files.entries()) await writeFile(join(folder, String((i * 7 + 3) % 101)), bytes);
  return readSeries(folder);
}

/** Seeds of the pictures in a series, slice by slice. */
async function seeds(series: Series): Promise<number[]> {
  const { voxels } = await series.load();
  return Array.from({ length: series.slices }, (_, slice) => voxels[slice * ROWS * COLUMNS]! / 40);
}

const codes = (series: Series) => series.problems.map(({ code }) => code);
/** The seeds of every series, in their order, as text that sorts. */
async function contents(series: readonly Series[]): Promise<string[]> {
  return (await Promise.all(series.map(async (one) => (await seeds(one)).join()))).sort();
}
/** A slice with another picture than its place in the stack has. */
const pictured = (seed: number, place: number, changes: Overrides = {}) =>
  sliceFile(seed, { 0x00200032: ["DS", decimals(-SPACING[2] * place, -60, 50)], ...changes });

test("echoes, planes and stacks of one series UID become series of their own", async () => {
  const echo = (time: number): Overrides => ({ 0x00180081: ["DS", decimals(time)] });
  const series = await seriesOf([
    ...[0, 1, 2].map((place) => pictured(place, place, echo(12))),
    ...[0, 1, 2].map((place) => pictured(10 + place, place, echo(96))),
  ]);
  assert.deepEqual(await contents(series), ["0,1,2", "10,11,12"]);
  assert.deepEqual(series.flatMap(codes), []);
});

test("a localizer of three planes gives three series, each with its plane", async () => {
  const plane = (axes: readonly number[]): Overrides => ({ 0x00200037: ["DS", decimals(...axes)] });
  const series = await seriesOf([
    sliceFile(0, plane([0, 1, 0, 0, 0, -1])),
    sliceFile(1, plane([1, 0, 0, 0, 0, -1])),
    sliceFile(2, plane([1, 0, 0, 0, 1, 0])),
  ]);
  assert.deepEqual(series.map(({ orientation }) => orientation).sort(), ["axial", "coronal", "sagittal"]);
  assert.deepEqual(
    series.map(({ slices }) => slices),
    [1, 1, 1],
  );
});

/** Axial slices through a disc: tilted by `angle` degrees about the left-right axis, their stack centred at `z` mm. */
function tilted(first: number, count: number, angle: number, z: number): Uint8Array[] {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return Array.from({ length: count }, (_, i) =>
    sliceFile(first + i, {
      0x00200032: ["DS", decimals(-40, -30 - 4 * i * s, z + 4 * i * c)],
      0x00200037: ["DS", decimals(1, 0, 0, 0, c, s)],
    }),
  );
}

test("an axial series of angulated stacks is split by angle, not by rounding", async () => {
  const series = await seriesOf([...tilted(0, 4, 2, 0), ...tilted(4, 5, 4, 40), ...tilted(9, 3, -8, 80)]);
  assert.deepEqual(await contents(series), ["0,1,2,3", "4,5,6,7,8", "9,10,11"]);
  assert.deepEqual(series.flatMap(codes), []);
  // Cosines that differ in their fourth digit, on both sides of a rounding, are one plane.
  const jitter = [0.00499, 0.00501, 0.00496, 0.00504].map((s, i) =>
    sliceFile(i, { 0x00200037: ["DS", decimals(0, 1, 0, s, 0, -Math.sqrt(1 - s * s))] }),
  );
  assert.deepEqual(await contents(await seriesOf(jitter)), ["0,1,2,3"]);
});

test("parallel stacks beside each other and far apart are told apart", async () => {
  const beside = [0, 1, 2].map((i) =>
    sliceFile(10 + i, { 0x00200032: ["DS", decimals(-4 * i - 2, -30, 80)] }),
  );
  assert.deepEqual(await contents(await seriesOf([...[0, 1, 2].map((i) => sliceFile(i)), ...beside])), [
    "0,1,2",
    "10,11,12",
  ]);
  const apart = await seriesOf([0, 1, 2, 12, 13, 14].map((i) => sliceFile(i)));
  assert.deepEqual(await contents(apart), ["0,1,2", "12,13,14"]);
});

test("volumes repeated over time are all listed, in order of time", async () => {
  // Numbered slice by slice: the three times of a slice follow each other.
  const files = [0, 1, 2, 3].flatMap((place) =>
    [0, 1, 2].map((time) =>
      pictured(place + 4 * time, place, { 0x00200013: ["IS", String(3 * place + time + 1)] }),
    ),
  );
  const series = await seriesOf(files);
  assert.deepEqual(await contents(series), ["0,1,2,3", "4,5,6,7", "8,9,10,11"]);
  assert.equal(new Set(series.map(({ id }) => id)).size, 3);
  for (const one of series) assert.deepEqual(codes(one), ["several-volumes"]);
  const first = series.find(({ problems }) => problems[0]!.message.includes("number 1"));
  assert.deepEqual(await seeds(first!), [0, 1, 2, 3]);
});

test("magnitude and phase at every time are four volumes, whatever the order of numbers", async () => {
  const files: Uint8Array[] = [];
  for (const [t, time] of ["1", "2"].entries())
    for (const [k, kind] of ["M", "P"].entries())
      for (const place of [0, 1, 2])
        files.push(
          pictured(place + 3 * k + 6 * t, place, {
            0x00080008: ["CS", `ORIGINAL\\PRIMARY\\${kind}`],
            0x00200100: ["IS", time],
            0x00200013: ["IS", String(40 - 7 * place - k + 2 * t)],
          }),
        );
  assert.deepEqual(await contents(await seriesOf(files)), ["0,1,2", "3,4,5", "6,7,8", "9,10,11"]);
});

test("an unfinished last repeat is a series of its own, and a stray second picture as well", async () => {
  const again = (seed: number, place: number) =>
    pictured(seed, place, { 0x00200013: ["IS", String(seed + 1)] });
  const files = [...[0, 1, 2, 3].map((place) => again(place, place)), again(10, 0), again(11, 1)];
  assert.deepEqual(await contents(await seriesOf(files)), ["0,1,2,3", "10,11"]);
});

test("copies of an image are left out and told", async () => {
  const series = await seriesOf([0, 1, 2, 1].map((seed) => sliceFile(seed)));
  assert.equal(series.length, 1);
  assert.deepEqual(await seeds(series[0]!), [0, 1, 2]);
  assert.deepEqual(codes(series[0]!), ["duplicate-slices"]);
  assert.match(series[0]!.problems[0]!.message, /^1 image is a copy/);
});

test("a missing slice, uneven spacing and shear are told by name", async () => {
  const missing = await seriesOf([0, 1, 2, 4, 5].map((seed) => sliceFile(seed)));
  assert.deepEqual(missing.map(codes), [["missing-slices"]]);
  assert.match(missing[0]!.problems[0]!.message, /^1 of 6 slices, 4\.00 mm apart, is missing/);
  const uneven = await seriesOf([0, 1, 2.4, 3, 4.3].map((place, seed) => pictured(seed, place)));
  assert.deepEqual(uneven.map(codes), [["uneven-slices"]]);
  const shear = 15;
  const sheared = await seriesOf(
    [0, 1, 2, 3, 4].map((i) =>
      sliceFile(i, {
        0x00200032: ["DS", decimals(-4 * i, -60, 50 + 4 * i * Math.tan((shear * Math.PI) / 180))],
      }),
    ),
  );
  assert.deepEqual(sheared.map(codes), [["sheared-slices"]]);
  assert.match(sheared[0]!.problems[0]!.message, /a shear of 15\.0 degrees/);
  // The affine follows the shear, so every slice still lies where its header says.
  const volume = await sheared[0]!.load();
  const place = toPatient(volume, [0, 0, 3]);
  [-12, -60, 50 + 12 * Math.tan((shear * Math.PI) / 180)].forEach((value, axis) => {
    close(place[axis]!, value, 1e-3);
  });
});

interface EnhancedFrame {
  readonly seed: number;
  readonly place: Vec3;
  readonly axes: readonly number[];
  readonly echo: number;
  readonly stack: string;
  readonly time?: number;
  readonly slope?: number;
}

/** An enhanced multi-frame MR file of the given frames. */
function enhanced(frames: readonly EnhancedFrame[], changes: Overrides = {}): Uint8Array {
  const group = (tag: number, ...elements: Uint8Array[]) => sequence(tag, [elements]);
  const shared = sequence(0x52009229, [
    [
      group(
        0x00289110,
        element(0x00180050, "DS", "4"),
        element(0x00280030, "DS", decimals(SPACING[0], SPACING[1])),
      ),
    ],
  ]);
  const perFrame = sequence(
    0x52009230,
    frames.map(({ place, axes, echo, stack, time, slope }) => [
      group(0x00189114, element(0x00189082, "FD", echo)),
      group(
        0x00209111,
        element(0x00209056, "SH", stack),
        ...(time === undefined ? [] : [element(0x00209128, "UL", time)]),
      ),
      group(0x00209113, element(0x00200032, "DS", decimals(...place))),
      group(0x00209116, element(0x00200037, "DS", decimals(...axes))),
      ...(slope === undefined
        ? []
        : [group(0x00289145, element(0x00281052, "DS", "0"), element(0x00281053, "DS", decimals(slope)))]),
    ]),
  );
  return sliceFile(0, {
    0x00080016: ["UI", "1.2.840.10008.5.1.4.1.1.4.1"],
    0x00200032: undefined,
    0x00200037: undefined,
    0x00280030: undefined,
    0x00280008: ["IS", String(frames.length)],
    0x52009229: shared,
    0x52009230: perFrame,
    0x7fe00010: ["OW", Buffer.concat(frames.map(({ seed }) => explicitLittleEndian(pixels(seed))))],
    ...changes,
  });
}

const SAGITTAL = [0, 1, 0, 0, 0, -1];
const AXIAL = [1, 0, 0, 0, 1, 0];

test("an enhanced file of stacks, echoes, times and planes in mixed order is taken apart", async () => {
  const frames: EnhancedFrame[] = [];
  for (const i of [2, 0, 1]) {
    for (const [e, echo] of [20, 80].entries())
      frames.push({ seed: i + 3 * e, place: [-4 * i, -60, 50], axes: SAGITTAL, echo, stack: "1" });
    for (const time of [2, 1])
      frames.push({
        seed: 3 + 3 * time + i,
        place: [-40, -40, 5 * i],
        axes: AXIAL,
        echo: 20,
        stack: "2",
        time,
      });
    // The same plane as stack 2 and right above it, but another stack.
    frames.push({ seed: 12 + i, place: [-40, -40, 15 + 5 * i], axes: AXIAL, echo: 20, stack: "3" });
  }
  const series = await seriesOf([enhanced(frames)]);
  assert.deepEqual(await contents(series), ["0,1,2", "12,13,14", "3,4,5", "6,7,8", "9,10,11"].sort());
  assert.deepEqual(series.flatMap(codes), ["several-volumes", "several-volumes"]);
  const times = series.filter((one) => codes(one).includes("several-volumes"));
  for (const one of times) {
    const isFirst = one.problems[0]!.message.includes("number 1");
    assert.deepEqual(await seeds(one), isFirst ? [6, 7, 8] : [9, 10, 11]);
  }
});

test("every frame of an enhanced file is scaled by its own slope", async () => {
  const frame = (seed: number, slope: number) =>
    ({
      seed,
      place: [-4 * seed, -60, 50] as const,
      axes: SAGITTAL,
      echo: 20,
      stack: "1",
      slope,
    }) satisfies EnhancedFrame;
  const [series] = await seriesOf([enhanced([frame(1, 0.5), frame(2, 3), frame(3, 1)])]);
  assert.deepEqual(await seeds(series!), [0.5, 6, 3]);
});

test("an enhanced file cut after its second frame lists two slices and says so", async () => {
  const bytes = enhanced(
    [0, 1, 2].map((seed) => ({ seed, place: [-4 * seed, -60, 50], axes: SAGITTAL, echo: 20, stack: "1" })),
  );
  const [series] = await seriesOf([bytes.subarray(0, -10)]);
  assert.equal(series!.slices, 2);
  assert.ok(codes(series!).includes("truncated"));
});
