import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compareVolumes, readReference } from "../../../bench/dcm2niix/compare.js";
import { ImagingError, readSeries, toPatient, type Volume } from "../../../src/imaging/index.js";
import { sharedData } from "../../support/data.js";
import { close, codeOf } from "../../imaging/support.js";

const dicom = sharedData("dicom");
const options = { skip: dicom === undefined && "no conformance data (dicom)" };
const load = async (...path: string[]) => (await readSeries(join(dicom!, ...path)))[0]!.load();

/**
 * Fails unless `volume` has the voxels of volume `which` of a NIfTI file that dcm2niix wrote, at the same places. dcm2niix
 * writes places as RAS (x to the right, y to the front), where DICOM has LPS, and turns the rows of each slice upside down;
 * both are undone by comparing voxels that lie at the same place, whatever their indices.
 */
async function equalToReference(volume: Volume, path: string, which = 0): Promise<void> {
  const reference = readReference(await readFile(join(dicom!, path)));
  const found = compareVolumes(volume, reference, which);
  assert.ok(found, `${path}: other shape or place`);
  assert.equal(found.voxels, 0, `${path}: ${found.voxels} voxels differ by up to ${found.largest}`);
  assert.ok(found.place !== undefined && found.place <= 1e-3, `${path}: places differ by ${found.place} mm`);
}

test("Siemens mosaic in nine transfer syntaxes: every slice as dcm2niix unpacks it", options, async () => {
  for (let file = 1; file <= 9; file++) {
    const [series] = await readSeries(join(dicom!, `dcm_qa_ts/In/${file}.dcm`));
    assert.deepEqual([series!.slices, series!.rows, series!.columns, series!.problems], [35, 64, 64, []]);
    await equalToReference(await series!.load(), `dcm_qa_ts/Ref/${file}.nii`);
  }
  // In one folder they share every UID of their series; only the series number tells them apart.
  const all = await readSeries(join(dicom!, "dcm_qa_ts/In"));
  assert.deepEqual(
    all.map(({ slices }) => slices),
    Array<number>(9).fill(35),
  );
});

test("12-bit mosaics with other data in the high bits: values as dcm2niix reads them", options, async () => {
  for (const [file, reference] of [
    ["12bitUnsigned", "2"],
    ["12bitUnsigned_0x0F0F", "3"],
    ["12bitSigned_0x0F0F", "4"],
  ] as const)
    await equalToReference(await load(`dcm_qa_12bit/In/${file}.dcm`), `dcm_qa_12bit/Ref/${reference}.nii`);
});

test(
  "a mosaic whose slices run against the normal of rows and columns keeps every slice's place",
  options,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "mosaic-"));
    try {
      const bytes = await readFile(join(dicom!, "dcm_qa_ts/In/1.dcm"));
      const forward = await load("dcm_qa_ts/In/1.dcm");
      // Each number of SliceNormalVector in the CSA header gets the other sign; -0 changes nothing.
      const at = bytes.indexOf("SliceNormalVector", bytes.indexOf("SV10"));
      const turned = ["-0.00000000", "-0.10799935", "-0.99415096"];
      let item = at + 84;
      for (const value of turned) {
        const length = bytes.readUInt32LE(item + 4);
        bytes.fill(0, item + 16, item + 16 + length);
        bytes.write(value, item + 16, length, "latin1");
        item += 16 + Math.ceil(length / 4) * 4;
      }
      await writeFile(join(folder, "turned.dcm"), bytes);
      const [series] = await readSeries(join(folder, "turned.dcm"));
      const backward = await series!.load();
      // The first tile is now the uppermost slice of its stack, at the place where it was the lowest before.
      const size = 64 * 64;
      assert.deepEqual(backward.voxels.subarray(34 * size), forward.voxels.subarray(0, size));
      const [there, here] = [toPatient(backward, [0, 0, 34]), toPatient(forward, [0, 0, 0])];
      there.forEach((value, axis) => {
        close(value, here[axis]!, 1e-3);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test(
  "Siemens enhanced multi-frame: each of four times is a series with dcm2niix's voxels",
  options,
  async () => {
    const series = await readSeries(join(dicom!, "dcm_qa_enh/In"));
    assert.equal(series.length, 4);
    for (const [time, one] of series.entries()) {
      assert.deepEqual(
        one.problems.map(({ code }) => code),
        ["several-volumes"],
      );
      assert.match(one.problems[0]!.message, new RegExp(`number ${time + 1}\\.$`));
      await equalToReference(await one.load(), "dcm_qa_enh/Ref/Siemens_REST1_w_SMS_PF7-8_6.nii", time);
    }
  },
);

/** Mean of squared differences, `a` moved by `shift` pixels, without the first and last two rows. */
function squaredError(a: Float64Array, b: Float64Array, shift = 0): number {
  return mean(a.subarray(1024, -1024).map((value, i) => (value - b[i + 1024 + shift]!) ** 2));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test("NEMA WG-04: lossless codecs give the reference exactly, lossy ones nearly", options, async () => {
  for (const image of ["MR1", "MR3"]) {
    const plain = await load("nema_wg04/REF", `${image}_UNC`);
    for (const syntax of ["J2KR", "JLSL", "JPLL", "RLE"]) {
      const volume = await load("nema_wg04", syntax, `${image}_${syntax}`);
      assert.deepEqual(volume.voxels, plain.voxels, syntax);
      assert.deepEqual(volume.affine, plain.affine, syntax);
    }
    const reference = Float64Array.from(plain.voxels);
    const variance = mean(reference.map((value) => value ** 2)) - mean(reference) ** 2;
    // Near-lossless JPEG-LS bounds every error.
    const near = Float64Array.from((await load("nema_wg04/JLSN", `${image}_JLSN`)).voxels);
    const largest = largestDifference(near, reference);
    assert.ok(largest > 0 && largest <= 10, `JLSN ${image}: ${largest}`);
    // JPEG 2000 at 42:1 and 58:1 and 12-bit JPEG at 7:1 and 11:1 lose detail but must not shift or bias.
    for (const [syntax, lost, bias] of [
      ["J2KI", 0.02, 0.5],
      ["JPLY", 0.002, 1],
    ] as const) {
      const lossy = Float64Array.from((await load("nema_wg04", syntax, `${image}_${syntax}`)).voxels);
      close(mean(lossy), mean(reference), bias);
      const error = squaredError(lossy, reference);
      for (const shift of [1, -1, 512, -512])
        assert.ok(error < squaredError(lossy, reference, shift), `${syntax} ${image} fits better shifted`);
      assert.ok(error < lost * variance, `${syntax} ${image}: ${error / variance} of the variance is lost`);
    }
  }
});

test("12-bit JPEG decodes to what Debian's dcmdjpeg gives, but for rounding", options, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "dcmdjpeg-"));
  try {
    for (const image of ["MR1", "MR3"]) {
      const path = `nema_wg04/JPLY/${image}_JPLY`;
      const target = join(folder, image);
      const { error } = spawnSync("dcmdjpeg", [join(dicom!, path), target]);
      if (error) {
        context.skip("dcmdjpeg is not installed");
        return;
      }
      const [peer] = await readSeries(target);
      const theirs = Float64Array.from((await peer!.load()).voxels);
      // dcmdjpeg transforms in whole numbers, which rounds a few pixels the other way.
      assert.ok(largestDifference(Float64Array.from((await load(path)).voxels), theirs) <= 1, image);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("compressed pixel data cut in half is refused, never shown", options, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cut-"));
  try {
    for (const syntax of ["J2KR", "JLSL", "JPLL", "JPLY", "RLE"]) {
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
