import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Spine } from "../../src/detection/index.js";
import { findingsOfBoxes, readFindingBoxes } from "../../src/training/datasets/findingBoxes.js";

/** Two discs 30 mm apart in a slice that was turned by half before it was read: stored places are mirrored. */
const SPINE = {
  stack: {
    volume: { spacing: [0.5, 0.5, 4] },
    toOriginal: ([column, row, slice]: number[]) => [200 - column!, 300 - row!, slice!],
  },
  discs: [
    { level: "L4-L5", slice: 0, centre: { column: 100, row: 200 } },
    { level: "L5-S1", slice: 0, centre: { column: 100, row: 140 } },
  ],
} as unknown as Spine;

describe("findings that LSMA-PQR marks by place", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-boxes-"));
  });
  after(() => rm(folder, { recursive: true }));
  const write = (text: string) => writeFile(join(folder, "boxes.csv"), text);

  it("none where there is no file", async () => {
    assert.deepEqual(await readFindingBoxes(folder), []);
  });

  it("each belongs to the nearest disc of the stored picture, unless it is too far", async () => {
    await write(
      "patient,contrast,label,centreColumn,centreRow,width,height\n" +
        "7,t2,spondylolisthesis,96,104,9,9\n7,t2,stenosis,130,98,9,9\n7,t2,lumbarBulge,100,20,9,9\n7,t2,normal,100,160,9,9\n",
    );
    const boxes = await readFindingBoxes(folder);
    assert.equal(boxes.length, 4);
    assert.deepEqual(
      [...findingsOfBoxes(boxes, SPINE)],
      [
        ["L4-L5", { spondylolisthesis: 1, centralCanalStenosis: 1, bulging: 0 }],
        ["L5-S1", { spondylolisthesis: 0, centralCanalStenosis: 0, bulging: 0 }],
      ],
    );
  });

  it("a place that is no number is refused by its line", async () => {
    await write("patient,contrast,label,centreColumn,centreRow\n7,t2,stenosis,1,2\n7,t2,stenosis,,2\n");
    await assert.rejects(readFindingBoxes(folder), /boxes\.csv, line 3/);
  });
});
