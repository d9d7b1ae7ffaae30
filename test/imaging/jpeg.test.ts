import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encodePng, listStudies, readSeries } from "../../src/imaging/index.js";
import { encodeWith } from "../support/codecEncoder.js";
import { codeOf } from "./support.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "jpeg-"));
});
after(() => rm(folder, { recursive: true }));

/** A ramp, which JPEG keeps within a few grey values. */
const [columns, rows] = [48, 32];
const samples = Uint8Array.from({ length: rows * columns }, (_, i) => 40 + 3 * (i % columns));

for (const progressive of [false, true])
  test(`a ${progressive ? "progressive" : "baseline"} JPEG is read as a picture of one slice`, async () => {
    const bytes = await encodeWith("jpeg", { samples, rows, columns }, (encoder) =>
      encoder.setProgressive?.(progressive),
    );
    const path = join(folder, "slice.jpg");
    await writeFile(path, bytes);
    const [series] = await readSeries(path, { spacing: 0.7 });
    assert.deepEqual(
      [series!.columns, series!.rows, series!.slices, series!.orientation, series!.spacing[0]],
      [columns, rows, 1, "sagittal", 0.7],
    );
    const { voxels, geometry, scale } = await series!.load();
    assert.deepEqual([geometry, scale], ["image", undefined]);
    assert.ok(voxels.every((value, i) => Math.abs(value - samples[i]!) <= 6));
    // A name that says something else changes nothing.
    await writeFile(join(folder, "slice.png"), bytes);
    assert.equal((await readSeries(join(folder, "slice.png"), { spacing: 0.7 }))[0]!.columns, columns);
  });

test("a JPEG that cannot be read says why, and nothing is filled in", async () => {
  const whole = await encodeWith("jpeg", { samples, rows, columns });
  const path = join(folder, "bad.jpg");
  await writeFile(path, whole);
  assert.equal(await codeOf(readSeries(path)), "no-spacing");
  await writeFile(path, whole.subarray(0, whole.length - 20));
  const [cut] = await readSeries(path, { spacing: 1 });
  await assert.rejects(cut!.load(), /JPEG picture without an end/);
  await writeFile(path, Buffer.concat([whole.subarray(0, 30), Buffer.alloc(10)]));
  assert.equal(await codeOf(readSeries(path, { spacing: 1 })), "malformed");
});

test("a picture without spacing may be read to be estimated, and says so", async () => {
  const path = join(folder, "slice.png");
  await writeFile(path, encodePng(samples, columns, rows));
  const [series] = await readSeries(path, { spacing: "auto" });
  assert.deepEqual(
    series!.problems.map(({ code }) => code),
    ["spacing-estimated"],
  );
  assert.equal((await series!.load()).scale, "unknown");
});

test("pictures are studies of a folder only where that is asked for", async () => {
  assert.equal((await listStudies(folder)).length, 0);
  const found = await listStudies(folder, { pictures: true });
  assert.equal(found.length, 3);
  assert.ok(found.every(({ paths }) => paths.length === 1));
});
