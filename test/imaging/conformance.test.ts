import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ImagingError, readSeries, toPatient, type Vec3, type Volume } from "../../src/imaging/index.js";
import { sharedData } from "../support/data.js";
import { close, codeOf } from "./support.js";

const dicom = sharedData("dicom");
const options = { skip: dicom === undefined && "no conformance data (dicom)" };
const load = async (...path: string[]) => (await readSeries(join(dicom!, ...path)))[0]!.load();

/** (column, row, slice) of a place in mm, by an affine of right angles. */
function indexOf(volume: Volume, place: Vec3): Vec3 {
  const m = volume.affine;
  const offset = [place[0] - m[3]!, place[1] - m[7]!, place[2] - m[11]!] as const;
  return [0, 1, 2].map((axis) => {
    const step = [m[axis]!, m[4 + axis]!, m[8 + axis]!] as const;
    const along = offset[0] * step[0] + offset[1] * step[1] + offset[2] * step[2];
    return along / (step[0] ** 2 + step[1] ** 2 + step[2] ** 2);
  }) as unknown as Vec3;
}

test("12-bit pixels with other data in the high bits: values as dcm2niix reads them", options, async () => {
  for (const [file, reference] of [
    ["12bitUnsigned", "2"],
    ["12bitUnsigned_0x0F0F", "3"],
    ["12bitSigned_0x0F0F", "4"],
  ] as const) {
    const series = (await readSeries(join(dicom!, "dcm_qa_12bit/In", `${file}.dcm`)))[0]!;
    assert.ok(series.problems.some(({ code }) => code === "mosaic"));
    const image = await series.load();
    const expected = await load("dcm_qa_12bit/Ref", `${reference}.nii`);
    // The mosaic holds 6 x 6 tiles of 64 x 64; the last of them is empty and the NIfTI rows run upwards.
    for (let slice = 0; slice < expected.slices; slice++)
      for (let row = 0; row < 64; row++) {
        const top = (Math.floor(slice / 6) * 64 + row) * 384 + (slice % 6) * 64;
        const flipped = (slice * 64 + 63 - row) * 64;
        assert.deepEqual(
          image.voxels.subarray(top, top + 64),
          expected.voxels.subarray(flipped, flipped + 64),
          `${file} slice ${slice} row ${row}`,
        );
      }
  }
});

test("Siemens enhanced multi-frame: every voxel lies where dcm2niix puts it", options, async () => {
  const series = await readSeries(join(dicom!, "dcm_qa_enh/In"));
  assert.equal(series.length, 1);
  assert.deepEqual(
    series[0]!.problems.map(({ code }) => code),
    ["duplicate-slices"],
  );
  const volume = await series[0]!.load();
  const expected = await load("dcm_qa_enh/Ref/Siemens_REST1_w_SMS_PF7-8_6.nii");
  assert.equal(volume.voxels.length, expected.voxels.length);
  let position = 0;
  for (let s = 0; s < volume.slices; s++)
    for (let r = 0; r < volume.rows; r++)
      for (let c = 0; c < volume.columns; c++, position++) {
        const index = indexOf(expected, toPatient(volume, [c, r, s]));
        const nearest = index.map(Math.round) as unknown as Vec3;
        if (position % 97 === 0)
          index.forEach((value, axis) => {
            close(value, nearest[axis]!, 0.01);
          });
        const there =
          expected.voxels[(nearest[2] * expected.rows + nearest[1]) * expected.columns + nearest[0]];
        if (volume.voxels[position] !== there)
          assert.fail(`voxel ${c},${r},${s}: ${volume.voxels[position]!} is not ${there ?? "there"}`);
      }
});

test(
  "NEMA WG-04: lossless codecs give the reference exactly, lossy ones nearly, 12-bit JPEG a clear refusal",
  options,
  async () => {
    for (const image of ["MR1", "MR3"]) {
      const { voxels } = await load("nema_wg04/REF", `${image}_UNC`);
      for (const syntax of ["J2KR", "JLSL", "JPLL", "RLE"])
        assert.deepEqual((await load("nema_wg04", syntax, `${image}_${syntax}`)).voxels, voxels, syntax);
      const reference = Float64Array.from(voxels);
      // Near-lossless JPEG-LS bounds every error; JPEG 2000 at 42:1 and 58:1 loses detail but must not shift or bias.
      const near = Float64Array.from((await load("nema_wg04/JLSN", `${image}_JLSN`)).voxels);
      const largest = near.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i]!)), 0);
      assert.ok(largest > 0 && largest <= 10, `JLSN ${image}: ${largest}`);
      const lossy = Float64Array.from((await load("nema_wg04/J2KI", `${image}_J2KI`)).voxels);
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      close(mean(lossy), mean(reference), 0.5);
      const error = (shift: number) =>
        mean(lossy.subarray(1024, -1024).map((value, i) => (value - reference[i + 1024 + shift]!) ** 2));
      for (const shift of [1, -1, 512, -512])
        assert.ok(error(0) < error(shift), `J2KI ${image} fits better shifted`);
      const level = mean(reference);
      const variance = mean(reference.map((value) => (value - level) ** 2));
      assert.ok(error(0) < 0.02 * variance, `J2KI ${image}: ${error(0) / variance} of the variance is lost`);
      assert.equal(await codeOf(load("nema_wg04/JPLY", `${image}_JPLY`)), "unsupported-syntax");
    }
  },
);

test("compressed pixel data cut in half is refused, never shown", options, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cut-"));
  try {
    for (const syntax of ["J2KR", "JLSL", "JPLL", "RLE"]) {
      const bytes = await readFile(join(dicom!, "nema_wg04", syntax, `MR1_${syntax}`));
      // The one fragment follows an empty offset table; it and the file are made half as long.
      const fragment = bytes.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0]), bytes.length - 1000);
      const half = Math.floor(bytes.readUInt32LE(fragment + 4) / 4) * 2;
      bytes.writeUInt32LE(half, fragment + 4);
      const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
      const path = join(folder, syntax);
      await writeFile(path, Buffer.concat([bytes.subarray(0, fragment + 8 + half), end]));
      const [series] = await readSeries(path);
      assert.match(await codeOf(series!.load()), /^(truncated|decode-failed)$/, syntax);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("one small MR in every transfer syntax gives the same voxels and geometry", options, async () => {
  const plain = await load("pydicom_mr/MR_small.dcm");
  const enhanced = await load("pydicom_mr/emri_small.dcm");
  assert.equal(enhanced.slices, 10);
  for (const name of readdirSync(join(dicom!, "pydicom_mr"))) {
    const expected = name.startsWith("MR_small") ? plain : name.startsWith("emri") ? enhanced : undefined;
    if (expected) assert.deepEqual(await load("pydicom_mr", name), expected, name);
  }
  assert.equal(await codeOf(load("pydicom_mr/MR_truncated.dcm")), "truncated");
  // These hold no image, or begin with a stray byte.
  assert.equal(await codeOf(load("pydicom_mr/ExplVR_LitEndNoMeta.dcm")), "no-files");
  assert.equal(await codeOf(load("pydicom_mr/ExplVR_BigEndNoMeta.dcm")), "no-files");
  assert.equal(await codeOf(load("pydicom_mr/no_meta.dcm")), "unsupported-file");
});

test("decoding prints nothing on standard output and leaves console.log as it was", options, async () => {
  const lines: unknown[] = [];
  const log = console.log;
  const mine = (...parts: unknown[]) => void lines.push(parts);
  console.log = mine;
  try {
    await load("nema_wg04/J2KI/MR3_J2KI");
    assert.equal(console.log, mine);
  } finally {
    console.log = log;
  }
  assert.deepEqual(lines, []);
});

test(
  "every malformed file gives series or an ImagingError within 2 s, without much memory",
  options,
  async () => {
    const folder = join(dicom!, "malformed");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".dcm"),
    );
    assert.ok(files.length >= 120, `${files.length} files`);
    const before = process.memoryUsage().rss;
    for (const name of files) {
      const start = performance.now();
      try {
        for (const series of await readSeries(join(folder, name))) {
          const volume = await series.load();
          // A picture that cannot be placed in a patient must say so.
          assert.ok(volume.geometry === "patient" || series.problems.length > 0, name);
          assert.equal(volume.voxels.length, series.rows * series.columns * series.slices, name);
        }
      } catch (thrown) {
        if (!(thrown instanceof ImagingError)) throw thrown;
      }
      assert.ok(performance.now() - start < 2000, name);
    }
    assert.ok(process.memoryUsage().rss - before < 500e6);
  },
);

test("malformed pixel descriptions are refused by name", options, async () => {
  const expected = {
    "cat04_pixel_data/TC0285_buf_half.dcm": "truncated",
    "cat04_pixel_data/TC0291_buf_zero.dcm": "truncated",
    "cat04_pixel_data/TC0295_rows_zero.dcm": "malformed",
    "cat04_pixel_data/TC0303_bits_highbit_gt_ba.dcm": "malformed",
    "cat04_pixel_data/TC0317_bits_ba_128.dcm": "unsupported-pixels",
    "cat04_pixel_data/TC0327_mono2_spp3.dcm": "not-grayscale",
    "cat07_file_meta/TC0401_invalid_ts.dcm": "unsupported-syntax",
  };
  for (const [name, code] of Object.entries(expected))
    assert.equal(await codeOf(load("malformed", name)), code, name);
});

test("a broken file in a folder is told with the series that can be read", options, async () => {
  const folder = await mkdtemp(join(tmpdir(), "mixed-"));
  try {
    await copyFile(join(dicom!, "pydicom_mr/MR_small.dcm"), join(folder, "good"));
    await copyFile(join(dicom!, "malformed/cat04_pixel_data/TC0295_rows_zero.dcm"), join(folder, "bad"));
    const [series] = await readSeries(folder);
    assert.ok(
      series!.problems.some(({ code, message }) => code === "malformed" && message.startsWith("bad ")),
    );
    assert.equal((await series!.load()).columns, 64);
  } finally {
    await rm(folder, { recursive: true });
  }
});
