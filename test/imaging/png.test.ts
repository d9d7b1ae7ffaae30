import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encode } from "fast-png";
import {
  encodePng,
  ImagingError,
  loadVolume,
  readPng,
  readSeries,
  toPatient,
} from "../../src/imaging/index.js";
import { codeOf } from "./support.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "png-"));
});
after(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

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
  for (const spacing of ["abc", 0, -1, NaN, null]) {
    const told = typeof spacing === "string" ? '"abc"' : String(spacing);
    const message = `The spacing given for p.png, ${told}, is neither a number of mm above 0 nor "auto".`;
    await assert.rejects(readSeries(join(folder, "p.png"), { spacing: spacing as never }), { message });
  }
  assert.throws(() => readPng(png.subarray(0, 300), 1), ImagingError);
  assert.throws(() => readPng(Buffer.from("not a picture"), 1), ImagingError);
  const huge = png.slice();
  new DataView(huge.buffer).setUint32(16, 300_000_000);
  assert.throws(() => readPng(huge, 1), { code: "too-large" });
});
