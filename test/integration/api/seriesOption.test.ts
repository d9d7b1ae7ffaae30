import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imaging, loadSeries, makePhantoms } from "../../../src/api/index.js";

test("a series is chosen by its id; an unknown id is told with those that are there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-series-"));
  try {
    const [first, second] = await makePhantoms(folder, { seed: 3, studies: 2 });
    const series = await imaging.readSeries(folder);
    assert.equal(series.length, 2);
    for (const study of [first!, second!]) {
      const { id } = (await imaging.readSeries(study.dicom))[0]!;
      assert.ok(series.some((one) => one.id === id));
      const chosen = await loadSeries(folder, { series: id });
      const alone = await loadSeries(study.dicom);
      assert.deepEqual(chosen.volume.voxels, alone.volume.voxels);
    }
    await assert.rejects(loadSeries(folder, { series: "absent" }), (error: Error) => {
      assert.equal(error.name, "ImagingError");
      return error.message.includes('"absent"') && series.every(({ id }) => error.message.includes(id));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
