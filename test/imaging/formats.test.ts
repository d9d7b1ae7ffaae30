import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import {
  encodePng,
  ImagingError,
  loadVolume,
  readPng,
  readSeries,
  toPatient,
  writeNifti,
  type Vec3,
  type Volume,
} from "../../src/imaging/index.js";
import { close, codeOf, slanted } from "./support.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "imaging-"));
});
after(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const CORNERS: Vec3[] = [
  [0, 0, 0],
  [5, 0, 0],
  [0, 6, 0],
  [0, 0, 3],
  [2.5, 1.5, 0.5],
];

function samePlaces(a: Volume, b: Volume): void {
  for (const corner of CORNERS)
    toPatient(a, corner).forEach((value, axis) => {
      close(value, toPatient(b, corner)[axis]!, 1e-4);
    });
}

test("NIfTI round trip keeps voxels, spacing and LPS places, packed or not", async () => {
  const volume = slanted(Int16Array);
  for (const [name, pack] of [
    ["a.nii", (x: Uint8Array) => x],
    ["a.nii.gz", gzipSync],
  ] as const) {
    const series = await readSeries(await file(name, pack(writeNifti(volume))));
    assert.equal(series[0]!.orientation, "sagittal");
    const back = await series[0]!.load();
    assert.deepEqual(back.voxels, volume.voxels);
    assert.equal(back.geometry, "patient");
    back.spacing.forEach((value, axis) => {
      close(value, volume.spacing[axis]!, 1e-5);
    });
    samePlaces(back, volume);
  }
  const float = slanted(Float32Array);
  assert.deepEqual((await loadVolume(await file("f.nii", writeNifti(float)))).voxels, float.voxels);
});

test("NIfTI stores RAS: the written sform has x and y of LPS negated", () => {
  const volume = slanted(Int16Array);
  const bytes = writeNifti(volume);
  const view = new DataView(bytes.buffer);
  [3, 7, 11].forEach((at, axis) => {
    close(view.getFloat32(280 + 4 * at, true), (axis < 2 ? -1 : 1) * volume.affine[at]!, 1e-4);
  });
});

test("NIfTI big endian with qform and scale reads like its little endian twin", async () => {
  const bytes = new Uint8Array(352 + 2 * 24);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348);
  [3, 2, 3, 4, 1, 1, 1, 1].forEach((size, i) => {
    view.setInt16(40 + 2 * i, size);
  });
  view.setInt16(70, 4);
  [-1, 2, 3, 4].forEach((size, i) => {
    view.setFloat32(76 + 4 * i, size);
  });
  view.setFloat32(108, 352);
  view.setFloat32(112, 0.5);
  view.setFloat32(116, -1);
  view.setInt16(252, 1);
  // Quaternion of no rotation, qfac -1: the third axis is turned round.
  [10, 20, 30].forEach((offset, i) => {
    view.setFloat32(268 + 4 * i, offset);
  });
  bytes.set(Buffer.from("n+1"), 344);
  for (let i = 0; i < 24; i++) view.setInt16(352 + 2 * i, i - 12);
  const [series] = await readSeries(await file("big.nii", bytes));
  assert.equal(series!.orientation, "axial");
  const volume = await series!.load();
  assert.deepEqual(
    [...volume.voxels],
    Array.from({ length: 24 }, (_, i) => (i - 12) * 0.5 - 1),
  );
  assert.deepEqual(toPatient(volume, [1, 1, 1]), [-12, -23, 26]);
});

test("NIfTI that ends early, lies about its size or has no spacing is refused in one sentence", async () => {
  const bytes = writeNifti(slanted(Int16Array));
  assert.equal(await codeOf(readSeries(await file("short.nii", bytes.subarray(0, 400)))), "truncated");
  assert.equal(
    await codeOf(readSeries(await file("short.nii.gz", gzipSync(bytes).subarray(0, 200)))),
    "truncated",
  );
  const huge = bytes.slice();
  for (const at of [42, 44, 46]) new DataView(huge.buffer).setInt16(at, 32767, true);
  assert.equal(await codeOf(readSeries(await file("huge.nii", huge))), "too-large");
  assert.equal(await codeOf(readSeries(await file("text.nii", Buffer.from("hello")))), "truncated");
});

test("PNG of 8 and 16 bits keeps its values; colour is averaged", async () => {
  const gray = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
  const volume = readPng(encodePng(gray, 4, 3), 0.5);
  assert.deepEqual([...volume.voxels], [...gray]);
  assert.deepEqual([volume.columns, volume.rows, volume.slices, volume.geometry], [4, 3, 1, "image"]);
  assert.deepEqual(toPatient(volume, [2, 1, 0]), [1, 0.5, 0]);
  const deep = Uint16Array.from({ length: 6 }, (_, i) => i * 12000);
  assert.deepEqual(
    [...readPng(encode({ width: 3, height: 2, data: deep, depth: 16, channels: 1 }), 1).voxels],
    [...deep],
  );
  const rgba = Uint8Array.of(10, 20, 60, 255, 0, 0, 3, 255);
  assert.deepEqual([...readPng(encodePng(rgba, 2, 1), 1).voxels], [30, 1]);
  const chosen = await loadVolume(await file("slice.png", encodePng(gray, 4, 3)), { spacing: 0.7 });
  assert.deepEqual(chosen.spacing, [0.7, 0.7, 1]);
});

test("PNG without spacing, damaged or not a PNG is refused", async () => {
  const png = encodePng(
    new Uint8Array(64 * 64).map((_, i) => (i * 7919) % 251),
    64,
    64,
  );
  assert.equal(await codeOf(readSeries(await file("p.png", png))), "no-spacing");
  assert.throws(() => readPng(png.subarray(0, 300), 1), ImagingError);
  assert.throws(() => readPng(Buffer.from("not a picture"), 1), ImagingError);
  const huge = png.slice();
  new DataView(huge.buffer).setUint32(16, 300_000_000);
  assert.throws(() => readPng(huge, 1), { code: "too-large" });
});

test("MetaImage raw and packed, little and big endian", async () => {
  const volume = slanted(Int16Array);
  const direction = [0, 1, 2].flatMap((axis) =>
    [0, 4, 8].map((row) => volume.affine[row + axis]! / volume.spacing[axis]!),
  );
  const origin = [3, 7, 11].map((at) => volume.affine[at]!);
  const header = (extra: string) =>
    Buffer.from(
      `ObjectType = Image\nNDims = 3\n${extra}TransformMatrix = ${direction.join(" ")}\nOffset = ${origin.join(" ")}\n` +
        `ElementSpacing = ${volume.spacing.join(" ")}\nDimSize = 6 7 4\nElementType = MET_SHORT\nElementDataFile = LOCAL\n`,
    );
  const little = Buffer.from(volume.voxels.buffer);
  const files = [
    Buffer.concat([header("BinaryDataByteOrderMSB = False\n"), little]),
    Buffer.concat([header("BinaryDataByteOrderMSB = True\n"), Buffer.from(little).swap16()]),
    Buffer.concat([header("CompressedData = True\n"), deflateSync(little)]),
  ];
  for (const bytes of files) {
    const back = await loadVolume(await file("a.mha", bytes));
    assert.deepEqual(back.voxels, volume.voxels);
    samePlaces(back, volume);
  }
  assert.equal(await codeOf(readSeries(await file("short.mha", files[0]!.subarray(0, -5)))), "truncated");
});

test("NRRD raw and gzip in RAS and LPS", async () => {
  const volume = slanted(Int16Array);
  for (const [space, sign] of [
    ["left-posterior-superior", 1],
    ["right-anterior-superior", -1],
  ] as const) {
    const vector = (at: number) =>
      `(${sign * volume.affine[at]!},${sign * volume.affine[4 + at]!},${volume.affine[8 + at]!})`;
    for (const encoding of ["raw", "gzip"]) {
      const header = `NRRD0004\n# comment\ntype: short\ndimension: 3\nspace: ${space}\nsizes: 6 7 4\nspace directions: ${vector(0)} ${vector(1)} ${vector(2)}\nkinds: domain domain domain\nendian: little\nencoding: ${encoding}\nspace origin: ${vector(3)}\n\n`;
      const data = Buffer.from(volume.voxels.buffer);
      const back = await loadVolume(
        await file(
          "a.nrrd",
          Buffer.concat([Buffer.from(header), encoding === "raw" ? data : gzipSync(data)]),
        ),
      );
      assert.deepEqual(back.voxels, volume.voxels);
      samePlaces(back, volume);
    }
  }
});
