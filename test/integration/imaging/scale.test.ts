import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readSeries, type IndexProgress } from "../../../src/imaging/index.js";
import { sagittalVolume, withFolder, writeStudy } from "../../imaging/folders.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that live on: objects of JavaScript, and buffers outside its heap. */
function held(): { heap: number; buffers: number } {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

test("10,000 files in nested folders are indexed by their headers alone, with flat memory", async () => {
  await withFolder(async (folder) => {
    const volume = sagittalVolume(100, 32);
    for (let study = 0; study < 25; study++)
      await writeStudy(join(folder, `ward ${study % 5}`, `study ${study}`), `scale ${study}`, 4, volume);
    const before = held();
    const told: IndexProgress[] = [];
    const series = await readSeries(folder, { onProgress: (progress) => told.push(progress) });
    const after = held();
    assert.equal(series.length, 100);
    assert.ok(series.every(({ slices, problems }) => slices === 100 && problems.length === 0));
    assert.deepEqual(told.at(-1), { done: 10_000, total: 10_000, skipped: 0 });
    assert.ok(told.length > 2 && told.length < 5000, `${told.length} times told`);
    // Every file was 3 kB; what is known of each is less than its header, and no buffer lives on.
    assert.ok(after.buffers - before.buffers < 2e6, `${after.buffers - before.buffers} bytes of buffers`);
    assert.ok(after.heap - before.heap < 60e6, `${after.heap - before.heap} bytes of heap`);
    assert.deepEqual((await series[42]!.load()).voxels, volume.voxels);
  });
});

test("a file whose pixel data are longer than the memory is listed by its header", async () => {
  await withFolder(async (folder) => {
    await writeStudy(folder, "large", 1, sagittalVolume(1, 4));
    const path = join(folder, "large.dcm");
    const { readFile } = await import("node:fs/promises");
    const small = await readFile(join(folder, "series 1/series-01-0001.dcm"));
    // The last element is the pixel data; it comes to state 2 GB of 4096 x 4096 x 64 frames, which the disk holds as a hole.
    const header = Buffer.from(small.subarray(0, small.length - 32));
    header.writeUInt32LE(2 ** 31, header.length - 4);
    for (const tag of [0x10, 0x11]) {
      const at = header.indexOf(Buffer.from([0x28, 0, tag, 0, 0x55, 0x53]));
      header.writeUInt16LE(4096, at + 8);
    }
    await writeFile(path, header);
    await truncate(path, header.length + 2 ** 31);
    const before = process.memoryUsage().rss;
    const [series] = await readSeries(path);
    assert.equal(series!.rows, 4096);
    assert.ok(process.memoryUsage().rss - before < 100e6);
    await assert.rejects(series!.load(), { code: "too-large" });
  });
});
