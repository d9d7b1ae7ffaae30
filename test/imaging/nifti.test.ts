import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { loadVolume, readSeries, toPatient, writeNifti } from "../../src/imaging/index.js";
import { rescale, type Samples } from "../../src/imaging/formats/voxels.js";
import { close, codeOf, slanted } from "./support.js";
import { loadFile, sameVolume, volumesInManyPositions } from "./volumes.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "nifti-"));
});
after(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** A changed copy of the NIfTI of a small volume. */
function changed(edit: (view: DataView) => void, type: typeof Int16Array | typeof Float32Array = Int16Array) {
  const bytes = writeNifti(slanted(type));
  edit(new DataView(bytes.buffer));
  return bytes;
}

/** The first header and voxels of version 1 as version 2, in either byte order (nifti2.h). */
function asVersion2(bytes: Uint8Array, little: boolean): Uint8Array {
  const from = new DataView(bytes.buffer, bytes.byteOffset);
  const result = new Uint8Array(544 + bytes.length - 352);
  const to = new DataView(result.buffer);
  to.setInt32(0, 540, little);
  result.set(Buffer.from("n+2\0\r\n\x1a\n", "latin1"), 4);
  to.setInt16(12, from.getInt16(70, true), little);
  for (let i = 0; i < 8; i++) {
    to.setBigInt64(16 + 8 * i, BigInt(from.getInt16(40 + 2 * i, true)), little);
    to.setFloat64(104 + 8 * i, from.getFloat32(76 + 4 * i, true), little);
  }
  to.setBigInt64(168, 544n, little);
  to.setFloat64(176, from.getFloat32(112, true), little);
  to.setInt32(344, from.getInt16(252, true), little);
  to.setInt32(348, from.getInt16(254, true), little);
  for (let i = 0; i < 6; i++) to.setFloat64(352 + 8 * i, from.getFloat32(256 + 4 * i, true), little);
  for (let i = 0; i < 12; i++) to.setFloat64(400 + 8 * i, from.getFloat32(280 + 4 * i, true), little);
  to.setInt32(500, 2, little);
  result.set(bytes.subarray(352), 544);
  if (!little) Buffer.from(result.buffer, 544).swap16();
  return result;
}

test("a volume written as NIfTI reads back as it was, in every position", async () => {
  for (const { name, volume } of volumesInManyPositions())
    sameVolume(await loadFile(await file("round.nii", writeNifti(volume))), volume, 1e-4, name);
});

test("the qform that is written says the same as the sform", async () => {
  for (const { name, volume } of volumesInManyPositions()) {
    if (volume.geometry === "image") continue;
    const bytes = writeNifti(volume);
    const view = new DataView(bytes.buffer);
    assert.deepEqual([view.getInt16(252, true), view.getInt16(254, true)], [1, 1], name);
    view.setInt16(254, 0, true);
    const [series] = await readSeries(await file("qform.nii", bytes));
    sameVolume(await series!.load(), volume, 1e-3, name);
  }
});

test("NIfTI stores RAS: the written sform has x and y of LPS negated", () => {
  const volume = slanted(Int16Array);
  const bytes = writeNifti(volume);
  const view = new DataView(bytes.buffer);
  [3, 7, 11].forEach((at, axis) => {
    close(view.getFloat32(280 + 4 * at, true), (axis < 2 ? -1 : 1) * volume.affine[at]!, 1e-4);
  });
});

test("a qfac of 0 is 1, one of −1 turns the slices (nifti1.h, method 2)", async () => {
  const step = async (qfac: number) => {
    const bytes = changed((view) => {
      view.setInt16(254, 0, true);
      view.setInt16(252, 1, true);
      view.setFloat32(76, qfac, true);
      // No rotation.
      for (const at of [256, 260, 264]) view.setFloat32(at, 0, true);
    });
    const { affine, spacing } = await loadFile(await file("qfac.nii", bytes));
    return affine[10]! / spacing[2];
  };
  for (const [qfac, sign] of [[1, 1], [0, 1], [-1, -1]] as const) close(await step(qfac), sign, 1e-6); // prettier-ignore
});

test("rescaled voxels are Int16 as long as all of them fit, and are not wrapped where they do not", () => {
  const kept = (samples: Samples, intercept: number) => {
    const voxels = rescale(samples, 1, intercept);
    return [voxels.constructor.name, ...voxels];
  };
  assert.deepEqual(kept(Uint16Array.of(0, 32767), 0), ["Int16Array", 0, 32767]);
  assert.deepEqual(kept(Uint16Array.of(0, 32768), 0), ["Float32Array", 0, 32768]);
  assert.deepEqual(kept(Uint16Array.of(0, 33791), -1024), ["Int16Array", -1024, 32767]);
  assert.deepEqual(kept(Uint16Array.of(0, 33792), -1024), ["Float32Array", -1024, 32768]);
  assert.deepEqual(kept(Int32Array.of(-32768, 5), 0), ["Int16Array", -32768, 5]);
  assert.deepEqual(kept(Int32Array.of(-32769, 5), 0), ["Float32Array", -32769, 5]);
  assert.deepEqual(kept(Int16Array.of(-32000, 5), -769), ["Float32Array", -32769, -764]);
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

test("version 2 reads as version 1, little and big endian, packed or not", async () => {
  const volume = slanted(Int16Array);
  for (const little of [true, false])
    for (const pack of [(x: Uint8Array) => x, gzipSync])
      sameVolume(
        await loadVolume(await file("two.nii", pack(asVersion2(writeNifti(volume), little)))),
        volume,
        1e-4,
        `${little ? "little" : "big"} endian`,
      );
});

test("a pair of header and voxels is read from either name, packed or not", async () => {
  const volume = slanted(Int16Array);
  const bytes = changed((view) => {
    view.setUint8(345, 0x69); // ni1
    view.setFloat32(108, 0, true);
  });
  for (const [pack, ending] of [
    [(x: Uint8Array) => x, ""],
    [gzipSync, ".gz"],
  ] as const) {
    const pair = await mkdtemp(join(folder, "pair-"));
    const [header, image] = [join(pair, `a.hdr${ending}`), join(pair, `a.img${ending}`)];
    await writeFile(header, pack(bytes.subarray(0, 348)));
    assert.equal(await codeOf(readSeries(header)), "no-files");
    await writeFile(image, pack(bytes.subarray(352)));
    for (const path of [header, image]) sameVolume(await loadVolume(path), volume, 1e-4, path);
    await writeFile(image, pack(bytes.subarray(352, 600)));
    assert.equal(await codeOf(loadVolume(header)), "truncated");
    await rm(header);
    assert.equal(await codeOf(readSeries(image)), "no-files");
  }
});

test("the sform is taken before the qform, a template's only where there is no other, and a difference is told", async () => {
  const volume = slanted(Int16Array);
  const places = async (edit: (view: DataView) => void) => {
    const [series] = await readSeries(await file("forms.nii", changed(edit)));
    const codes = series!.problems.map(({ code }) => code);
    return { first: toPatient(await series!.load(), [0, 0, 0]), codes };
  };
  const move = (view: DataView) => {
    view.setFloat32(268, view.getFloat32(268, true) + 10, true); // qoffset_x, in RAS
  };
  const [x, y, z] = toPatient(volume, [0, 0, 0]);
  const near = (actual: readonly number[], expected: readonly number[]) => {
    actual.forEach((value, axis) => {
      close(value, expected[axis]!, 1e-4);
    });
  };
  const same = await places(() => undefined);
  near(same.first, [x, y, z]);
  assert.deepEqual(same.codes, []);
  const differing = await places(move);
  near(differing.first, [x, y, z]);
  assert.deepEqual(differing.codes, ["two-orientations"]);
  const template = await places((view) => {
    move(view);
    view.setInt16(254, 4, true); // MNI
  });
  near(template.first, [x - 10, y, z]);
  const only = await places((view) => {
    view.setInt16(254, 4, true);
    view.setInt16(252, 0, true);
  });
  near(only.first, [x, y, z]);
  const neither = await places((view) => {
    view.setInt32(252, 0, true);
  });
  near(neither.first, [0, 0, 0]);
  assert.deepEqual(neither.codes, ["no-orientation"]);
  // Three numbers that are longer than a rotation has them place nothing.
  const broken = await places((view) => {
    view.setInt16(254, 0, true);
    view.setFloat32(256, 2, true);
  });
  assert.deepEqual(broken.codes, ["no-orientation"]);
});

test("units of length: metres and micrometres become millimetres", async () => {
  const volume = slanted(Int16Array);
  for (const [code, factor] of [
    [1, 0.001],
    [3, 1000],
    [0, 1],
  ] as const) {
    const scaled = { ...volume, affine: volume.affine.map((v, i) => (i < 12 ? v * factor : v)) };
    const bytes = writeNifti({ ...scaled, spacing: volume.spacing.map((v) => v * factor) as never });
    bytes[123] = code;
    sameVolume(await loadVolume(await file("unit.nii", bytes)), volume, 1e-4, `unit ${code}`);
  }
});

test("of several volumes the first is read, packed or not, and their number told", async () => {
  const volume = slanted(Int16Array);
  const bytes = changed((view) => {
    view.setInt16(40, 4, true);
    view.setInt16(48, 3, true);
  });
  const data = bytes.subarray(352);
  const whole = Buffer.concat([bytes, data.map((value) => value ^ 1), data.map((value) => value ^ 3)]);
  for (const pack of [(x: Uint8Array) => x, gzipSync]) {
    const [series] = await readSeries(await file("four.nii", pack(whole)));
    assert.match(series!.problems[0]!.message, /holds 3 volumes; the first/);
    sameVolume(await series!.load(), volume, 1e-4, "4D");
  }
});

test("a sheared image is told", async () => {
  const volume = slanted(Int16Array);
  const leaning = { ...volume, affine: volume.affine.map((value, i) => (i === 10 ? value + 0.7 : value)) };
  const [series] = await readSeries(await file("shear.nii", writeNifti(leaning)));
  assert.deepEqual(
    series!.problems.map(({ code }) => code),
    ["sheared-slices"],
  );
  // A quaternion cannot say it, so that it is left out.
  assert.equal(new DataView(writeNifti(leaning).buffer).getInt16(252, true), 0);
  sameVolume(await series!.load(), { ...leaning, spacing: [0.6, 0.7, Math.hypot(4, 0.7)] }, 1e-4, "sheared");
});

test("what is no image of grey values is refused by name", async () => {
  for (const [code, word] of [
    [128, "RGB"],
    [2304, "RGBA"],
    [32, "complex"],
    [1792, "complex"],
    [1536, "128-bit"],
    [1, "bits"],
    [999, "999"],
  ] as const) {
    const path = await file("type.nii", changed((view) => { view.setInt16(70, code, true); })); // prettier-ignore
    assert.equal(await codeOf(readSeries(path)), "unsupported-pixels");
    await assert.rejects(readSeries(path), { message: new RegExp(word) });
  }
});

test("a scale that takes values beyond 32-bit floats is refused, a value that is none stays 0", async () => {
  for (const [slope, intercept] of [
    [-1.3e36, 0],
    [3e38, 3e38],
    [1, 3.4e38],
  ] as const) {
    const path = await file("scaled.nii", changed((view) => { view.setFloat32(112, slope, true); view.setFloat32(116, intercept, true); })); // prettier-ignore
    const load = loadVolume(path);
    if (slope === 1) assert.ok((await load).voxels.every((value) => Number.isFinite(value)));
    else assert.equal(await codeOf(load), "malformed");
  }
});

test("malformed headers are refused by one sentence, at once and without the memory that they ask for", async () => {
  const cases: readonly (readonly [string, (view: DataView) => void])[] = [
    ["malformed", (view) => { view.setInt32(0, 7, true); }],
    ["unsupported-file", (view) => { view.setUint8(344, 0); }],
    ["malformed", (view) => { view.setInt16(40, 0, true); }],
    ["malformed", (view) => { view.setInt16(40, 9, true); }],
    ["malformed", (view) => { view.setInt16(44, -3, true); }],
    ["malformed", (view) => { view.setFloat32(108, -8, true); }],
    ["malformed", (view) => { view.setFloat32(108, Infinity, true); }],
    ["truncated", (view) => { view.setFloat32(108, 1e9, true); }],
    ["truncated", (view) => { view.setInt16(42, 32000, true); }],
    ["too-large", (view) => { for (const at of [42, 44, 46]) view.setInt16(at, 30000, true); }],
    ["no-spacing", (view) => { view.setInt32(252, 0, true); view.setFloat32(80, 0, true); }],
  ]; // prettier-ignore
  const before = process.memoryUsage().rss;
  for (const [i, [code, edit]] of cases.entries())
    for (const pack of [(x: Uint8Array) => x, gzipSync]) {
      assert.equal(await codeOf(loadVolume(await file("bad.nii", pack(changed(edit))))), code, `case ${i}`);
    }
  const whole = gzipSync(writeNifti(slanted(Int16Array)));
  for (let length = 0; length < whole.length - 8; length += 23)
    assert.match(
      await codeOf(loadVolume(await file("cut.nii.gz", whole.subarray(0, length)))),
      /^(truncated|malformed)$/,
    );
  // 40 kB that would unpack to 40 MB are never unpacked for a header of 300 voxels.
  const bomb = gzipSync(Buffer.concat([writeNifti(slanted(Int16Array)), new Uint8Array(40e6)]));
  assert.equal((await loadVolume(await file("bomb.nii.gz", bomb))).voxels.length, 168);
  assert.ok(process.memoryUsage().rss - before < 200e6);
});
