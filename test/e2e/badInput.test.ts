import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { writeDicomSeries, writeNifti } from "../../src/imaging/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { renderPhantom } from "../../src/phantom/index.js";
import { spinebook } from "../support/cli.js";

let folder: string;

/** A DICOM series on disk that is wrong in one way. */
async function series(
  name: string,
  volume: Volume,
  options: Partial<Parameters<typeof writeDicomSeries>[2]> = {},
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeDicomSeries(path, volume, {
    studySeed: name,
    seriesDescription: "T2",
    patientId: "NOBODY",
    repetitionTime: 3500,
    echoTime: 105,
    ...options,
  });
  return path;
}

/** The command must end with a non-zero code and one clear sentence or two, no stack, no path of the machine, nothing on stdout. */
function refuses(args: readonly string[], words: RegExp, env: Record<string, string> = {}): void {
  const { code, stdout, stderr } = spinebook(args, { env });
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, words);
  assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace");
  assert.ok(stderr.trim().split("\n").length === 1, stderr);
  assert.doesNotMatch(stderr, /NOBODY/, "patient identity");
}

describe("bad input gets one clear sentence and a non-zero exit", () => {
  const { volume } = renderPhantom({ seed: 9, slices: 7, columns: 192, rows: 192, inPlane: 1.4 });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-bad-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("an empty folder", async () => {
    await mkdir(join(folder, "empty"));
    refuses(["grade", join(folder, "empty"), "--json"], /empty|no .*(DICOM|image|files)/i);
  });

  it("a path that is not there", () => {
    refuses(["grade", join(folder, "nowhere")], /nowhere/);
  });

  it("no sagittal series: axial only", async () => {
    const { columns, rows, slices, voxels, spacing } = volume;
    const affine = [spacing[0], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, 6, 0, 0, 0, 0, 1];
    refuses(
      [
        "grade",
        await series("axial", {
          voxels,
          columns,
          rows,
          slices,
          affine,
          spacing: [spacing[0], spacing[1], 6],
          geometry: "patient",
        }),
      ],
      /sagittal/i,
    );
  });

  it("CT", async () => {
    refuses(["grade", await series("ct", volume, { modality: "CT" })], /CT/);
  });

  it("a truncated file", async () => {
    const path = await series("cut", volume);
    for (const name of await readdir(path)) {
      const bytes = await readFile(join(path, name));
      await writeFile(join(path, name), bytes.subarray(0, bytes.length / 2));
    }
    refuses(["grade", path], /truncated|cut|short|end/i);
  });

  it("a truncated NIfTI and a file that is no image", async () => {
    const bytes = writeNifti(volume);
    await writeFile(join(folder, "half.nii"), bytes.subarray(0, bytes.length / 2));
    refuses(["grade", join(folder, "half.nii")], /half\.nii/);
    await writeFile(join(folder, "text.nii.gz"), "this is no image");
    refuses(["grade", join(folder, "text.nii.gz")], /text\.nii\.gz/);
  });

  it("a PNG without spacing", async () => {
    await writeFile(
      join(folder, "slice.png"),
      Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
        "base64",
      ),
    );
    refuses(["grade", join(folder, "slice.png")], /--spacing/);
  });

  it("missing and damaged weights", async () => {
    const path = await series("good", volume);
    refuses(["grade", path], /weights/, { SPINEBOOK_MODELS: join(folder, "no-models") });
    await mkdir(join(folder, "damaged"));
    for (const name of ["detector", "corners"])
      await writeFile(join(folder, "damaged", `${name}.safetensors`), "garbage garbage garbage");
    refuses(["grade", path], /damaged/, { SPINEBOOK_MODELS: join(folder, "damaged") });
  });

  it("wrong arguments end with 2 and say where help is", () => {
    for (const args of [
      ["grade"],
      ["grade", "a", "b"],
      ["grade", "x.png", "--spacing", "wide"],
      ["grade", "x", "--frobnicate"],
      ["phantom", folder],
      ["nonsense"],
    ]) {
      const { code, stderr, stdout } = spinebook(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /help/);
    }
  });
});
