/** The weighting by a header: times, options, type and words. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { guessContrast, type Timing } from "../../src/imaging/dicom/describe.js";
import { readSeries, type Contrast } from "../../src/imaging/index.js";
import { sliceFile, type Overrides } from "./dicomFiles.js";

const T2 = { echoTime: 100, repetitionTime: 3500, scanningSequence: "SE", description: "t2_tse_sag" };

test("a T2 whose fat is suppressed is told by options, type and words", () => {
  const cases: readonly (readonly [Partial<Timing>, Contrast])[] = [
    [{}, "T2"],
    [{ scanOptions: "PFP\\FS" }, "T2FS"],
    [{ scanOptions: "SFS " }, "T2FS"],
    [{ scanOptions: "PFP\\FC_SLICE_AX_GEMS" }, "T2"],
    [{ suppression: "FAT" }, "T2FS"],
    [{ suppression: "NONE" }, "T2"],
    [{ description: "T2W SPAIR sag" }, "T2FS"],
    [{ description: "t2_tse_fs_sag" }, "T2FS"],
    [{ description: "Sag T2 FatSat" }, "T2FS"],
    [{ description: "Sag T2 fat-sat" }, "T2FS"],
    [{ description: "sag t2 no fs" }, "T2"],
    [{ description: "t2_tse_offset" }, "T2"],
    [{ description: "t2_tse_dixon_sag_W" }, "T2FS"],
    [{ description: "t2_tse_dixon_sag_in" }, "T2"],
    [{ description: "t2_tse_dixon_sag_F" }, "unknown"],
    [{ imageType: "ORIGINAL\\PRIMARY\\DIXON\\WATER" }, "T2FS"],
    [{ imageType: "ORIGINAL\\PRIMARY\\DIXON\\FAT" }, "unknown"],
    [{ description: "t2_stir_sag" }, "STIR"],
    [{ inversionTime: 160, scanningSequence: "SE\\IR" }, "STIR"],
    // T1 and PD keep their name: they are no T2 with or without fat.
    [{ echoTime: 10, repetitionTime: 500, scanOptions: "FS" }, "T1"],
    [{ echoTime: 30, repetitionTime: 2500, scanOptions: "FS", description: "" }, "PD"],
  ];
  for (const [changes, contrast] of cases)
    assert.equal(guessContrast({ ...T2, ...changes }), contrast, JSON.stringify(changes));
});

test("a file's scan options reach the series", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weighting-"));
  const contrastOf = async (overrides: Overrides) => {
    await writeFile(join(folder, "a.dcm"), sliceFile(1, overrides));
    return (await readSeries(folder))[0]!.contrast;
  };
  const times: Overrides = { 0x00180081: ["DS", "100"], 0x00180080: ["DS", "3500"] };
  try {
    assert.equal(await contrastOf(times), "T2");
    assert.equal(await contrastOf({ ...times, 0x00180022: ["CS", "PFP\\FS"] }), "T2FS");
  } finally {
    await rm(folder, { recursive: true });
  }
});
