import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { crc32 } from "../../src/imaging/folder/crc.js";
import { readPng, readSeries } from "../../src/imaging/index.js";
import { sliceFile } from "./dicomFiles.js";
import { withFolder } from "./folders.js";
import { codeOf } from "./support.js";

/** A PNG of the given chunks. */
function pngOf(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function headerOf(width: number, height: number, depth: number, interlaced: boolean): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, 0, 0, 0, interlaced ? 1 : 0], 8);
  return header;
}

test("an interlaced PNG is the same picture", () => {
  const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const; // prettier-ignore
  for (const [width, height] of [
    [13, 11],
    [1, 1],
    [3, 2],
    [8, 8],
  ] as const)
    for (const depth of [8, 16] as const) {
      const value = (x: number, y: number) => (7 * x + 29 * y) % 251;
      const rows: number[] = [];
      for (const [x0, y0, dx, dy] of passes)
        for (let y = y0; y < height; y += dy) {
          if (x0 >= width) continue;
          rows.push(0);
          for (let x = x0; x < width; x += dx) rows.push(...(depth === 8 ? [value(x, y)] : [1, value(x, y)]));
        }
      const png = pngOf([["IHDR", headerOf(width, height, depth, true)], ["IDAT", deflateSync(Uint8Array.from(rows))], ["IEND", Buffer.alloc(0)]]); // prettier-ignore
      const read = readPng(png, 1).voxels;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          assert.equal(
            read[x + width * y],
            value(x, y) + (depth === 16 ? 256 : 0),
            `${width} x ${height}, ${depth} bit, ${x} ${y}`,
          );
    }
});

test("a PNG whose pixels or texts unpack to more than its header declares takes no memory for them", async () => {
  const [header, end] = [["IHDR", headerOf(64, 64, 8, false)] as const, ["IEND", Buffer.alloc(0)] as const];
  const zeros = deflateSync(new Uint8Array(100e6));
  assert.throws(
    () => readPng(pngOf([header, ["IDAT", zeros], end]), 1),
    /more pixels than its header declares/,
  );
  const pixels = deflateSync(new Uint8Array(64 * 65));
  for (const type of ["iCCP", "zTXt"]) {
    const packed = Buffer.concat([Buffer.from("name\0\0", "latin1"), zeros]);
    const before = process.memoryUsage().rss;
    assert.equal(readPng(pngOf([header, [type, packed], ["IDAT", pixels], end]), 1).voxels.length, 4096);
    assert.ok(process.memoryUsage().rss - before < 60e6, type);
  }
  await withFolder(async (folder) => {
    await writeFile(join(folder, "bomb.dcm.gz"), gzipSync(new Uint8Array(100e6)));
    assert.equal(await codeOf(readSeries(join(folder, "bomb.dcm.gz"))), "unsupported-file");
    const bomb = gzipSync(Buffer.concat([sliceFile(1), new Uint8Array(100e6)]));
    await writeFile(join(folder, "bomb.dcm.gz"), bomb);
    assert.equal(await codeOf(readSeries(join(folder, "bomb.dcm.gz"))), "too-large");
    const lying = Buffer.from(bomb);
    lying.writeUInt32LE(1000, lying.length - 4);
    await writeFile(join(folder, "lying.dcm.gz"), lying);
    assert.equal(await codeOf(readSeries(join(folder, "lying.dcm.gz"))), "malformed");
    assert.ok((await readFile(join(folder, "bomb.dcm.gz"))).length < 200e3);
  });
});
