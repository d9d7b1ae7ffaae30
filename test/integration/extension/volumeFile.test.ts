import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { descriptionOf } from "../../../src/extension/viewer/volumeFile.js";
import { writeNifti } from "../../../src/imaging/index.js";
import { spinebook } from "../../support/cli.js";
import { syntheticVolume } from "../../support/displays.js";

test("the viewer is told of the series that was written, whatever the others are called", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-volume-"));
  try {
    await writeFile(join(folder, "1.nii"), writeNifti(syntheticVolume(40, 30, 5)));
    await writeFile(join(folder, "11.nii"), writeNifti(syntheticVolume(40, 30, 7)));
    const listed = JSON.parse(spinebook(["read", folder, "--json"]).stdout) as { series: { id: string }[] };
    assert.equal(listed.series.length, 2);
    for (const { id } of listed.series) {
      // A file's name may hold ids too.
      const out = join(folder, `${listed.series.map((one) => one.id).join(" ")}.nii.gz`);
      const run = spinebook(["read", folder, "--series", id, "--nifti", out, "--json"]);
      assert.equal(run.code, 0, run.stderr);
      assert.equal(descriptionOf(run.stdout).series, id);
      await rm(out);
    }
    const silent = spinebook(["read", folder, "--json"]).stdout;
    assert.throws(() => descriptionOf(silent), /does not say which series/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
