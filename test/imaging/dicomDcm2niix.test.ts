import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compareFolder, hasDcm2niix } from "../../bench/dcm2niix/folder.js";
import { decimals, sliceFile, type Overrides } from "./dicomFiles.js";

const options = { skip: !hasDcm2niix() && "dcm2niix is not installed" };

/** Writes the files to a folder and fails unless dcm2niix makes `count` volumes of them, each equal to a series. */
async function expectEqual(count: number, files: readonly Uint8Array[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "peer-"));
  try {
    for (const [i, bytes] of files.entries()) await writeFile(join(folder, `${i}.dcm`), bytes);
    const { volumes, extra } = await compareFolder(folder);
    assert.deepEqual(
      volumes.filter(({ isEqual }) => !isEqual),
      [],
    );
    assert.deepEqual([volumes.length, extra.length], [count, 0]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const at = (...place: readonly number[]): Overrides => ({ 0x00200032: ["DS", decimals(...place)] });
const along = (...axes: readonly number[]): Overrides => ({ 0x00200037: ["DS", decimals(...axes)] });

test("a stack in the order of its normal, in the other order, rescaled and signed", options, async () => {
  const places = [0, 1, 2, 3];
  await expectEqual(
    1,
    places.map((i) => sliceFile(i)),
  );
  await expectEqual(
    1,
    places.map((i) => sliceFile(i, at(4 * i, -60, 50))),
  );
  const rescale: Overrides = { 0x00281052: ["DS", "-5"], 0x00281053: ["DS", "0.25"] };
  await expectEqual(
    1,
    places.map((i) => sliceFile(i, rescale)),
  );
  await expectEqual(
    1,
    places.map((i) => sliceFile(i, { 0x00280103: ["US", 1] })),
  );
});

test("a stack turned about two axes", options, async () => {
  const [c, s, cb, sb] = [Math.cos(0.3), Math.sin(0.3), Math.cos(0.2), Math.sin(0.2)];
  const [row, column] = [
    [-s, c, 0],
    [sb * c, sb * s, -cb],
  ] as const;
  const normal = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ] as const;
  await expectEqual(
    1,
    [0, 1, 2, 3].map((i) =>
      sliceFile(i, {
        ...at(10 + 4 * i * normal[0], -60 + 4 * i * normal[1], 50 + 4 * i * normal[2]),
        ...along(...row, ...column),
      }),
    ),
  );
});

test(
  "echoes, repeats, localizers and angulated stacks fall apart as dcm2niix has them",
  options,
  async () => {
    const places = [0, 1, 2];
    await expectEqual(
      2,
      [10, 80].flatMap((echo, e) =>
        places.map((i) =>
          sliceFile(i + 3 * e, {
            ...at(-4 * i, -60, 50),
            0x00180081: ["DS", String(echo)],
            0x00180086: ["IS", String(e + 1)],
          }),
        ),
      ),
    );
    await expectEqual(
      3,
      [1, 2, 3].flatMap((time) =>
        places.map((i) =>
          sliceFile(i + 3 * time, { ...at(-4 * i, -60, 50), 0x00200012: ["IS", String(time)] }),
        ),
      ),
    );
    const planes = [along(0, 1, 0, 0, 0, -1), along(1, 0, 0, 0, 0, -1), along(1, 0, 0, 0, 1, 0)];
    await expectEqual(
      3,
      planes.map((plane, i) => sliceFile(i, plane)),
    );
    const stack = (first: number, angle: number, z: number) => {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      return places.map((i) =>
        sliceFile(first + i, { ...at(-40, -30 - 4 * i * s, z + 4 * i * c), ...along(1, 0, 0, 0, c, s) }),
      );
    };
    await expectEqual(2, [...stack(0, 0.05, 0), ...stack(3, -0.1, 40)]);
  },
);
