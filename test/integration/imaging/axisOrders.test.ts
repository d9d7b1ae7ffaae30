import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  readSeries,
  toSagittal,
  writeMetaImage,
  writeNifti,
  writeNrrd,
  type Affine,
  type Vec3,
  type Volume,
} from "../../../src/imaging/index.js";
import { withFolder } from "../../imaging/folders.js";
import { close } from "../../imaging/support.js";

const ORDERS: readonly Vec3[] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // prettier-ignore
const FLIPS: readonly (readonly boolean[])[] = Array.from({ length: 8 }, (_, bits) =>
  [1, 2, 4].map((bit) => (bits & bit) !== 0),
);
const WRITERS = { nii: writeNifti, mha: writeMetaImage, nrrd: writeNrrd };

/** A stack in the directions given by columns (LPS mm per column, row, slice), of distinct voxels. */
function stackOf(sizes: Vec3, steps: readonly Vec3[], origin: Vec3): Volume {
  const affine: Affine = [0, 1, 2].flatMap((row) => [...steps.map((step) => step[row]!), origin[row]!]).concat([0, 0, 0, 1]); // prettier-ignore
  const [columns, rows, slices] = sizes;
  return {
    voxels: Int16Array.from({ length: columns * rows * slices }, (_, i) => (i * 7919) % 30011),
    ...{ columns, rows, slices, affine },
    spacing: steps.map((step) => Math.hypot(...step)) as unknown as Vec3,
    geometry: "patient",
  };
}

/** The same voxels at the same places with axes in another order, some of them backwards. */
function stored(volume: Volume, order: Vec3, flipped: readonly boolean[]): Volume {
  const sizes = [volume.columns, volume.rows, volume.slices];
  const [columns, rows, slices] = order.map((axis) => sizes[axis]!) as [number, number, number];
  const column = (axis: number) => [0, 4, 8].map((row) => volume.affine[row + axis]!);
  const steps = order.map((axis, i) => column(axis).map((value) => (flipped[i] ? -value : value)));
  const first = [0, 0, 0];
  order.forEach((axis, i) => {
    first[axis] = flipped[i] ? sizes[axis]! - 1 : 0;
  });
  const origin = [0, 1, 2].map((row) =>
    first.reduce((sum, index, axis) => sum + index * column(axis)[row]!, column(3)[row]!),
  );
  const voxels = new Int16Array(volume.voxels.length);
  for (let s = 0; s < slices; s++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const at = [0, 0, 0];
        [c, r, s].forEach((index, i) => {
          at[order[i]!] = flipped[i] ? sizes[order[i]!]! - 1 - index : index;
        });
        voxels[c + columns * (r + rows * s)] =
          volume.voxels[at[0]! + sizes[0]! * (at[1]! + sizes[1]! * at[2]!)]!;
      }
  const affine = [0, 1, 2].flatMap((row) => [...steps.map((step) => step[row]!), origin[row]!]).concat([0, 0, 0, 1]); // prettier-ignore
  const spacing = order.map((axis) => volume.spacing[axis]!) as unknown as Vec3;
  return { voxels, columns, rows, slices, affine, spacing, geometry: "patient" };
}

/** Every stack as each format stores it in each of the 48 orders, with what is read of it. */
async function inEveryOrder(
  volume: Volume,
  work: (read: Volume, series: { orientation: string; slices: number }, name: string) => void,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const order of ORDERS)
      for (const flips of FLIPS)
        for (const [ending, write] of Object.entries(WRITERS)) {
          const path = join(folder, `volume.${ending}`);
          await writeFile(path, write(stored(volume, order, flips)));
          const [series] = await readSeries(path);
          work(await series!.load(), series!, `${ending} ${order.join("")} ${flips.map(Number).join("")}`);
        }
  });
}

test("a sagittal stack is one in each of the 48 orders of axes that NIfTI, MetaImage and NRRD may keep", async () => {
  const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
  const stacks: readonly (readonly [string, Volume])[] = [
    ["straight", stackOf([6, 7, 4], [[0, 0.6, 0], [0, 0, -0.7], [4, 0, 0]], [-8, -60, 100])],
    ["leaning", stackOf([6, 7, 4], [[-0.6 * s, 0.6 * c, 0], [0, 0, -0.6], [4 * c, 4 * s, 0]], [-8, -60, 100])],
    ["of nearly equal spacings", stackOf([40, 50, 5], [[0, 2.84, 0], [0, 0, -2.84], [3.71, 0, 0]], [-8, -60, 100])],
    ["of equal spacings", stackOf([40, 50, 5], [[0, 1, 0], [0, 0, -1], [1, 0, 0]], [-8, -60, 100])],
    ["of one slice", stackOf([6, 7, 1], [[0, 0.6, 0], [0, 0, -0.7], [0.3, 0, 0]], [-8, -60, 100])],
    ["of cubes", stackOf([18, 20, 17], [[0, 1, 0], [0, 0, -1], [1, 0, 0]], [-8, -60, 100])],
  ]; // prettier-ignore
  for (const [kind, volume] of stacks) {
    const upright = toSagittal(volume).volume;
    await inEveryOrder(volume, (read, series, name) => {
      if (kind !== "of cubes")
        assert.deepEqual([series.orientation, series.slices], ["sagittal", volume.slices], `${kind} ${name}`);
      const turned = toSagittal(read).volume;
      assert.deepEqual(turned.voxels, upright.voxels, `${kind} ${name}`);
      turned.affine.forEach((value, i) => {
        close(value, upright.affine[i]!, 1e-4);
      });
      assert.deepEqual(
        [turned.columns, turned.rows, turned.slices],
        [upright.columns, upright.rows, upright.slices],
      );
    });
  }
});

test("axial and coronal stacks stay what they are in each order", async () => {
  const others: readonly (readonly [string, Volume])[] = [
    ["axial", stackOf([7, 6, 4], [[0.6, 0, 0], [0, 0.7, 0], [0, 0, 5]], [1, 2, 3])],
    ["coronal", stackOf([7, 6, 4], [[0.6, 0, 0], [0, 0, -0.7], [0, 5, 0]], [1, 2, 3])],
  ]; // prettier-ignore
  for (const [plane, volume] of others)
    await inEveryOrder(volume, (read, series, name) => {
      assert.deepEqual([series.orientation, series.slices], [plane, 4], name);
      assert.equal(read.voxels.length, volume.voxels.length);
      assert.throws(() => toSagittal(read), /do not run from side to side/, name);
    });
});

test("one slice without a step to the next is written along its normal, columns x rows (PS3.3 section C.7.6.2.1.1)", async () => {
  // Columns run backward and rows to the feet, so that the normal points to the right (−x in LPS).
  const volume = { ...stackOf([6, 7, 1], [[0, 0.6, 0], [0, 0, -0.7], [0, 0, 0]], [8, -60, 100]), spacing: [0.6, 0.7, 4] as const }; // prettier-ignore
  await withFolder(async (folder) => {
    for (const [ending, write] of Object.entries(WRITERS)) {
      const path = join(folder, `one.${ending}`);
      await writeFile(path, write(volume));
      const [series] = await readSeries(path);
      const read = await series!.load();
      [0, 0, -4, 8, 0.6, 0, 0, -60, 0, -0.7, 0, 100, 0, 0, 0, 1].forEach((value, i) => {
        close(read.affine[i]!, value, 1e-4);
      });
      assert.deepEqual(read.voxels, volume.voxels, ending);
    }
  });
});

test("a volume that is turned in memory keeps its way back to the order it was given in", () => {
  const volume = stackOf([6, 7, 4], [[0, 0.6, 0], [0, 0, -0.7], [4, 0, 0]], [-8, -60, 100]); // prettier-ignore
  const given = stored(volume, [2, 0, 1], [true, false, true]);
  const { volume: turned, toOriginal } = toSagittal(given);
  for (const index of [
    [0, 0, 0],
    [5, 6, 3],
    [2, 4, 1],
  ] as const) {
    const [c, r, s] = toOriginal(index);
    const there = given.voxels[c + given.columns * (r + given.rows * s)];
    assert.equal(there, turned.voxels[index[0] + turned.columns * (index[1] + turned.rows * index[2])]);
  }
});
