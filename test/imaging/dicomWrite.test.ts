import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  chooseSagittal,
  loadVolume,
  readSeries,
  toPatient,
  writeDicomSeries,
  type DicomWriteOptions,
  type Vec3,
  type Volume,
} from "../../src/imaging/index.js";
import { close, codeOf, slanted } from "./support.js";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "dicom-"));
});
after(() => rm(root, { recursive: true }));

const T2: DicomWriteOptions = {
  studySeed: "test",
  seriesDescription: "T2 sagittal Jane Doe",
  patientId: "P-1",
  repetitionTime: 3500,
  echoTime: 110,
};
const T1: DicomWriteOptions = {
  ...T2,
  seriesNumber: 2,
  seriesDescription: "T1 sagittal",
  repetitionTime: 600,
  echoTime: 12,
};

/** A folder with one written series. */
async function written(name: string, volume: Volume, options = T2): Promise<string> {
  await writeDicomSeries(join(root, name), volume, options);
  return join(root, name);
}

function samePlaces(a: Volume, b: Volume): void {
  const corners: Vec3[] = [
    [0, 0, 0],
    [5, 0, 0],
    [0, 6, 0],
    [0, 0, 3],
  ];
  for (const corner of corners)
    toPatient(a, corner).forEach((value, axis) => {
      close(value, toPatient(b, corner)[axis]!, 1e-4);
    });
}

test("a written series reads back with the same voxels, places and times", async () => {
  const volume = slanted(Int16Array);
  const series = await readSeries(await written("round", volume));
  assert.equal(series.length, 1);
  const { contrast, orientation, modality, slices, description, problems } = series[0]!;
  assert.deepEqual(
    { contrast, orientation, modality, slices, problems },
    { contrast: "T2", orientation: "sagittal", modality: "MR", slices: 4, problems: [] },
  );
  // Only protocol words leave the header: descriptions are free text and may hold a name.
  assert.equal(description, "T2 sagittal");
  const back = await series[0]!.load();
  assert.ok(back.voxels instanceof Int16Array);
  // The normal of rows and columns points left here, so slices come back in the other order, at the same places.
  const plane = (v: Volume, s: number) => [...v.voxels.subarray(s * 42, (s + 1) * 42)];
  for (let s = 0; s < 4; s++) {
    const there = [0, 1, 2, 3].find(
      (k) => Math.abs(toPatient(back, [0, 0, k])[0] - toPatient(volume, [0, 0, s])[0]) < 1e-3,
    );
    assert.deepEqual(plane(back, there!), plane(volume, s));
  }
});

test("values that are not whole are kept to one part in 65535 of their range", async () => {
  // Slices run along the normal of rows and columns, to the right, so they come back in the order they were written.
  const affine = [0, 0, -4, 0, 0.6, 0, 0, 0, 0, -0.7, 0, 0, 0, 0, 0, 1];
  const voxels = Float32Array.from(slanted(Float32Array).voxels, (value) => value * Math.PI);
  const volume = { ...slanted(Float32Array), voxels, affine };
  const back = await loadVolume(await written("float", volume));
  assert.ok(back.voxels instanceof Float32Array);
  const range = Math.max(...volume.voxels) - Math.min(...volume.voxels);
  back.voxels.forEach((value, i) => {
    close(value, volume.voxels[i]!, range / 65535);
  });
  samePlaces(back, volume);
});

test("equal options write equal bytes, other seeds other UIDs", async () => {
  const volume = slanted(Int16Array);
  const bytes = async (name: string, options: DicomWriteOptions) => {
    const folder = await written(name, volume, options);
    return Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file))));
  };
  const first = await bytes("same-1", T2);
  assert.deepEqual(await bytes("same-2", T2), first);
  assert.notDeepEqual(await bytes("other", { ...T2, studySeed: "else" }), first);
});

test("slices are ordered by position, whatever their names and numbers", async () => {
  const volume = slanted(Int16Array);
  const expected = await loadVolume(await written("named", volume));
  const shuffled = await mkdtemp(join(root, "shuffled-"));
  const names = (await readdir(join(root, "named"))).sort();
  const order = [2, 0, 3, 1];
  for (const [i, name] of names.entries()) {
    const bytes = await readFile(join(root, "named", name));
    // InstanceNumber (0020,0013) IS, length 2: one digit and a space.
    const tag = bytes.indexOf(Buffer.from([0x20, 0x00, 0x13, 0x00, 0x49, 0x53, 0x02, 0x00]));
    bytes[tag + 8] = 0x31 + order[i]!;
    await writeFile(join(shuffled, `${order[i]!}`), bytes);
  }
  const actual = await loadVolume(shuffled);
  assert.deepEqual(actual.voxels, expected.voxels);
  assert.deepEqual(actual.affine, expected.affine);
});

test("T2 is chosen before T1, and a missing or doubled slice is told", async () => {
  const folder = await written("both", slanted(Int16Array), T1);
  await writeDicomSeries(folder, slanted(Int16Array), T2);
  const series = await readSeries(folder);
  assert.deepEqual(series.map(({ contrast }) => contrast).sort(), ["T1", "T2"]);
  assert.equal(chooseSagittal(series).contrast, "T2");
  const names = (await readdir(folder)).filter((name) => name.startsWith("series-01")).sort();
  await copyFile(join(folder, names[1]!), join(folder, "copy.dcm"));
  await rm(join(folder, names[2]!));
  const t2 = (await readSeries(folder)).find(({ contrast }) => contrast === "T2")!;
  assert.deepEqual(t2.problems.map(({ code }) => code).sort(), ["duplicate-slices", "missing-slices"]);
  assert.equal(t2.slices, 3);
});

test("a truncated slice is told when listing and refused when loading", async () => {
  const folder = await written("cut", slanted(Int16Array));
  const name = (await readdir(folder)).sort()[1]!;
  await truncate(join(folder, name), (await readFile(join(folder, name))).length - 20);
  const series = await readSeries(folder);
  assert.ok(series[0]!.problems.some(({ code, message }) => code === "truncated" && message.includes(name)));
  assert.equal(await codeOf(series[0]!.load()), "truncated");
  assert.equal(await codeOf(loadVolume(folder)), "truncated");
});

test("folders without a sagittal MR series are refused in one sentence", async () => {
  const empty = await mkdtemp(join(root, "empty-"));
  assert.equal(await codeOf(loadVolume(empty)), "no-files");
  assert.equal(await codeOf(loadVolume(join(root, "absent"))), "no-files");
  const axial = { ...slanted(Int16Array), affine: [0.6, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] };
  assert.equal(await codeOf(loadVolume(await written("axial", axial))), "no-sagittal");
  const single = { ...slanted(Int16Array), slices: 1, voxels: new Int16Array(42) };
  assert.equal(await codeOf(loadVolume(await written("single", single))), "too-few-slices");
  const ct = await written("ct", slanted(Int16Array));
  for (const name of await readdir(ct)) {
    const bytes = await readFile(join(ct, name));
    bytes.write("CT", bytes.indexOf(Buffer.from([0x08, 0x00, 0x60, 0x00])) + 8);
    await writeFile(join(ct, name), bytes);
  }
  assert.equal(await codeOf(loadVolume(ct)), "not-mr");
  await writeFile(join(empty, "notes.txt"), "no image");
  assert.equal(await codeOf(readSeries(join(empty, "notes.txt"))), "unsupported-file");
});
