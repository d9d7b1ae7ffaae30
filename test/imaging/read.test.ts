import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readSeries, type IndexProgress } from "../../src/imaging/index.js";
import { element } from "../../src/imaging/dicom/writing/elements.js";
import { sharedData } from "../support/data.js";
import { sagittalVolume, withFolder, writeStudy } from "./folders.js";
import { codeOf } from "./support.js";

const dicom = sharedData("dicom");
const options = { skip: dicom === undefined && "no conformance data (dicom)" };
const volume = sagittalVolume(5, 8);
const noLinks = { skip: process.platform === "win32" && "links and pipes need rights on Windows" };

/** An explicit little endian file with a private element of `bytes` bytes before its pixel data. */
function withLongHeader(file: Buffer, bytes: number): Buffer {
  const at = file.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f]));
  const long = element(0x70010010, "UN", Buffer.alloc(bytes, 7));
  return Buffer.concat([file.subarray(0, at), long, file.subarray(at)]);
}

test("files that hold no image are counted and left out, nested as they lie", async () => {
  await withFolder(async (folder) => {
    await writeStudy(join(folder, "a/b/c"), "nested", 2, volume);
    await writeFile(join(folder, "a/readme.txt"), "Please read the images with a viewer.");
    await writeFile(join(folder, "a/b/empty"), "");
    const told: IndexProgress[] = [];
    const series = await readSeries(folder, { onProgress: (progress) => told.push(progress) });
    assert.equal(series.length, 2);
    assert.deepEqual(
      series.map(({ problems }) => problems),
      [[], []],
    );
    assert.deepEqual(told.at(-1), { done: 12, total: 12, skipped: 2 });
    for (const one of series) assert.deepEqual((await one.load()).voxels, volume.voxels);
  });
});

test("pixel data are read when a series is loaded, not before", async () => {
  await withFolder(async (folder) => {
    await writeStudy(folder, "late", 1, volume);
    const [series] = await readSeries(folder);
    const path = join(folder, "series 1", (await readdir(join(folder, "series 1")))[2]!);
    const bytes = await readFile(path);
    bytes.writeInt16LE(1234, bytes.length - 2);
    await writeFile(path, bytes);
    assert.equal((await series!.load()).voxels[3 * 64 - 1], 1234);
    await rm(path);
    assert.equal(await codeOf(series!.load()), "no-files");
  });
});

test("an abort stops the indexing with its own reason", async () => {
  await withFolder(async (folder) => {
    await writeStudy(folder, "stopped", 1, sagittalVolume(60, 4));
    const controller = new AbortController();
    let done = 0;
    const onIdentity = () => {
      if (++done === 5) controller.abort(new Error("enough"));
    };
    await assert.rejects(readSeries(folder, { signal: controller.signal, onIdentity }), /^Error: enough$/);
    assert.ok(done < 30, `${done} files were read`);
  });
});

test(
  "links are followed once, never round in a circle; pipes and dangling links are left out",
  noLinks,
  async () => {
    await withFolder(async (folder) => {
      const [study, elsewhere] = [join(folder, "study"), join(folder, "elsewhere")];
      await writeStudy(study, "linked", 1, volume);
      await writeStudy(elsewhere, "other", 1, volume);
      await symlink("..", join(study, "series 1/up"));
      await symlink("/", join(study, "root"));
      await symlink("nowhere", join(study, "dangling"));
      await symlink("self", join(study, "self"));
      await symlink(join(elsewhere, "series 1"), join(study, "linked folder"));
      await symlink(join(elsewhere, "series 1/series-01-0001.dcm"), join(study, "again"));
      await symlink(join(study, "series 1/series-01-0001.dcm"), join(study, "first"));
      assert.equal(spawnSync("mkfifo", [join(study, "pipe")]).status, 0);
      const series = await readSeries(study);
      assert.deepEqual(
        series.map(({ slices, problems }) => [slices, problems]),
        [
          [5, []],
          [5, []],
        ],
      );
      assert.equal(await codeOf(readSeries(join(study, "pipe"))), "unsupported-file");
    });
  },
);

test("a folder that may not be read is told with the series beside it", noLinks, async () => {
  await withFolder(async (folder) => {
    await writeStudy(join(folder, "open"), "rights", 1, volume);
    const locked = join(folder, "locked");
    await mkdir(locked);
    await chmod(folder, 0o755);
    await chmod(locked, 0);
    // The administrator may read everything, so that rights mean something only to somebody else.
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!(65534);
    try {
      const [series] = await readSeries(folder);
      assert.deepEqual(series!.problems, [
        { code: "unreadable-file", message: "locked cannot be read (EACCES); check its permissions." },
      ]);
      assert.equal(await codeOf(readSeries(locked)), "unreadable-file");
    } finally {
      if (isRoot) process.seteuid!(0);
      await chmod(locked, 0o755);
    }
  });
});

test(
  "headers longer than the first read give the same series, for native and for compressed data",
  options,
  async () => {
    await withFolder(async (folder) => {
      for (const name of ["pydicom_mr/MR_small.dcm", "pydicom_mr/emri_small.dcm", "nema_wg04/RLE/MR3_RLE"]) {
        const source = join(dicom!, name);
        const [expected] = await readSeries(source);
        for (const bytes of [70_000, 300_000, 2_000_000]) {
          const path = join(folder, "long.dcm");
          await writeFile(path, withLongHeader(await readFile(source), bytes));
          const [series] = await readSeries(path);
          assert.deepEqual(
            { ...series, id: "", load: 0, sources: 0, subject: 0, problems: [] },
            { ...expected, id: "", load: 0, sources: 0, subject: 0, problems: [] },
            name,
          );
          assert.deepEqual(
            series!.problems.map(({ code }) => code),
            expected!.problems.map(({ code }) => code),
          );
          assert.deepEqual(
            (await series!.load()).voxels,
            (await expected!.load()).voxels,
            `${name} ${bytes}`,
          );
        }
      }
    });
  },
);

test(
  "pixel data that end early behind a long header are told when listing and refused when loading",
  options,
  async () => {
    await withFolder(async (folder) => {
      for (const name of ["pydicom_mr/MR_small.dcm", "nema_wg04/RLE/MR3_RLE", "nema_wg04/J2KR/MR1_J2KR"]) {
        const path = join(folder, "cut.dcm");
        const whole = withLongHeader(await readFile(join(dicom!, name)), 70_000);
        await writeFile(path, whole.subarray(0, whole.length - 3000));
        const [series] = await readSeries(path);
        assert.deepEqual(
          series!.problems.map(({ code }) => code),
          ["truncated"],
          name,
        );
        assert.equal(await codeOf(series!.load()), "truncated", name);
      }
    });
  },
);

test("a folder without an image says how many files were looked at", async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "notes.txt"), "nothing here");
    await assert.rejects(readSeries(folder), /holds no DICOM images \(files without one: 1\)/);
    await copyFile(join(folder, "notes.txt"), join(folder, "more.txt"));
    assert.equal(await codeOf(readSeries(join(folder, "more.txt"))), "unsupported-file");
  });
});
