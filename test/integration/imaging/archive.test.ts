import assert from "node:assert/strict";
import { zipSync, type Zippable } from "fflate";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readSeries, type IndexProgress } from "../../../src/imaging/index.js";
import { element } from "../../../src/imaging/dicom/writing/elements.js";
import { sagittalVolume, withFolder, writeStudy } from "../../imaging/folders.js";
import { codeOf } from "../../imaging/support.js";

const volume = sagittalVolume(5, 8);

/** The five slices of one series by their file names. */
async function sliceFiles(folder: string): Promise<Record<string, Uint8Array>> {
  await writeStudy(folder, "archived", 1, volume);
  const inner = join(folder, "series 1");
  const names = (await readdir(inner)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(inner, name))] as const)),
  );
}

/** Changes every central directory entry and local header of an archive. */
function patched(archive: Uint8Array, change: (at: Buffer, central: boolean) => void): Buffer {
  const bytes = Buffer.from(archive);
  for (const [signature, central] of [
    ["PK\x03\x04", false],
    ["PK\x01\x02", true],
  ] as const)
    for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 4))
      change(bytes.subarray(at), central);
  return bytes;
}

test("a zip archive with nested folders, packed and stored files gives its series", async () => {
  await withFolder(async (folder) => {
    const files: Zippable = { "notes.txt": Buffer.from("no image") };
    Object.entries(await sliceFiles(folder)).forEach(([name, bytes], i) => {
      files[`PAT 1/ser${i % 2}/${name}`] = [bytes, { level: i % 2 === 0 ? 9 : 0 }];
    });
    const path = join(folder, "study.zip");
    await writeFile(path, zipSync(files));
    // What makes an archive is its bytes, not its name.
    for (const name of [path, join(folder, "export")]) {
      if (name !== path) await rename(path, name);
      const told: IndexProgress[] = [];
      const series = await readSeries(name, { onProgress: (progress) => told.push(progress) });
      assert.equal(series.length, 1);
      assert.deepEqual(series[0]!.problems, []);
      assert.deepEqual(told.at(-1), { done: 6, total: 6, skipped: 1 });
      assert.deepEqual((await series[0]!.load()).voxels, volume.voxels);
    }
  });
});

test("a packed file longer than the first read is the same series as outside the archive", async () => {
  await withFolder(async (folder) => {
    const large = sagittalVolume(2, 300);
    await writeStudy(folder, "large", 1, large);
    const bytes = await readFile(join(folder, "series 1/series-01-0001.dcm"));
    for (const level of [0, 6] as const) {
      const path = join(folder, `large-${level}.zip`);
      await writeFile(path, zipSync({ "a.dcm": [bytes, { level }] }));
      const [series] = await readSeries(path);
      assert.deepEqual((await series!.load()).voxels, large.voxels.subarray(0, 90_000));
    }
  });
});

test("names in an archive that lead out of it lead nowhere", async () => {
  await withFolder(async (folder) => {
    const [bytes] = Object.values(await sliceFiles(folder));
    const inner = join(folder, "inner");
    await mkdir(inner);
    const path = join(inner, "evil.zip");
    await writeFile(
      path,
      zipSync({ "../../escaped.dcm": bytes!, "/absolute.dcm": Buffer.from("text"), "C:\\drive.dcm": bytes! }),
    );
    const [series] = await readSeries(path);
    assert.equal(series!.slices, 1);
    await series!.load();
    assert.deepEqual(await readdir(inner), ["evil.zip"]);
    assert.ok(!(await readdir(folder)).includes("escaped.dcm"));
  });
});

test("encrypted, foreign, damaged and cut archives are refused in one sentence", async () => {
  await withFolder(async (folder) => {
    const whole = zipSync(await sliceFiles(folder));
    const path = join(folder, "bad.zip");
    const refused = async (bytes: Uint8Array): Promise<string> => {
      await writeFile(path, bytes);
      const series = readSeries(path);
      const code = await codeOf(series);
      return code === "none" ? codeOf((await series)[0]!.load()) : code;
    };
    const flag = (at: Buffer, central: boolean) => at.writeUInt16LE(1, central ? 8 : 6);
    assert.equal(await refused(patched(whole, flag)), "unsupported-file");
    await assert.rejects(readSeries(path), /is encrypted in bad\.zip; unpack the archive/);
    const method = (at: Buffer, central: boolean) => at.writeUInt16LE(14, central ? 10 : 8);
    assert.equal(await refused(patched(whole, method)), "unsupported-file");
    assert.equal(await refused(whole.subarray(0, whole.length / 2)), "malformed");
    assert.equal(await refused(Buffer.from("PK\x03\x04 and then no archive at all")), "malformed");
    const checksum = (at: Buffer, central: boolean) => central && at.writeUInt32LE(12345, 16);
    assert.equal(await refused(patched(whole, checksum)), "malformed");
    const shorter = (at: Buffer, central: boolean) =>
      central && at.writeUInt32LE(at.readUInt32LE(24) - 9, 24);
    assert.equal(await refused(patched(whole, shorter)), "malformed");
    // A member that is said to take four gigabytes in an archive of some kilobytes.
    const endless = (at: Buffer, central: boolean) => {
      if (!central) return;
      at.writeUInt32LE(0xfffffffe, 20);
      at.writeUInt32LE(0xfffffffe, 24);
    };
    const before = process.memoryUsage().rss;
    assert.match(await refused(patched(whole, endless)), /^(malformed|too-large|truncated)$/);
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });
});

test("an encrypted file beside others is told with the series", async () => {
  await withFolder(async (folder) => {
    let seen = 0;
    const last = (at: Buffer, central: boolean) => central && ++seen === 5 && at.writeUInt16LE(1, 8);
    const path = join(folder, "mixed.zip");
    await writeFile(path, patched(zipSync(await sliceFiles(folder)), last));
    const [series] = await readSeries(path);
    assert.equal(series!.slices, 4);
    assert.ok(series!.problems.some(({ message }) => message.startsWith("series-01-0005.dcm is encrypted")));
  });
});

test("a bomb is refused before it is unpacked", async () => {
  await withFolder(async (folder) => {
    const [slice] = Object.values(await sliceFiles(folder));
    // DICOM that never reaches its pixel data: an element of 200 MB of zeros.
    const header = slice!.subarray(0, slice!.length - 140);
    const bomb = Buffer.concat([header, element(0x70010010, "UN", Buffer.alloc(200e6))]);
    const path = join(folder, "bomb.zip");
    const packed = zipSync({ "bomb.dcm": bomb }, { level: 6 });
    await writeFile(path, packed);
    const before = process.memoryUsage().rss;
    assert.equal(await codeOf(readSeries(path)), "too-large");
    assert.ok(process.memoryUsage().rss - before < 50e6);
    // One that states a small size is found out where that size is passed.
    const liar = patched(packed, (at, central) => central && at.writeUInt32LE(1e6, 24));
    await writeFile(path, liar);
    assert.equal(await codeOf(readSeries(path)), "malformed");
    assert.ok(process.memoryUsage().rss - before < 50e6);
  });
});

/** A DICOMDIR that names files by their ids. */
function directory(ids: readonly string[]): Buffer {
  const item = (elements: Uint8Array[]) => {
    const value = Buffer.concat(elements);
    const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    header.writeUInt32LE(value.length, 4);
    return Buffer.concat([header, value]);
  };
  const record = (type: string, id?: string) =>
    item([element(0x00041430, "CS", type), ...(id === undefined ? [] : [element(0x00041500, "CS", id)])]);
  const records = Buffer.concat([
    record("PATIENT"),
    record("STUDY"),
    record("SR DOCUMENT", "REPORT"),
    ...ids.map((id) => record("IMAGE", id)),
  ]);
  return Buffer.concat([
    new Uint8Array(128),
    Buffer.from("DICM"),
    element(0x00020002, "UI", "1.2.840.10008.1.3.10"),
    element(0x00020010, "UI", "1.2.840.10008.1.2.1"),
    element(0x00041220, "SQ", records),
  ]);
}

test("a DICOMDIR reads what it names, whatever the case of names, and tells what is missing", async () => {
  await withFolder(async (folder) => {
    const files = Object.values(await sliceFiles(folder));
    await rm(join(folder, "series 1"), { recursive: true });
    await mkdir(join(folder, "dicom/pat1"), { recursive: true });
    for (const [i, bytes] of files.entries()) await writeFile(join(folder, `dicom/pat1/im${i}`), bytes);
    await writeFile(join(folder, "secret.dcm"), files[0]!);
    const path = join(folder, "dicom/DICOMDIR");
    const ids = (names: readonly string[]) => names.map((name) => `PAT1\\${name}`);

    await writeFile(path, directory(ids(["IM0", "IM1", "IM2", "IM3", "IM4"])));
    const [whole] = await readSeries(path);
    assert.deepEqual([whole!.slices, whole!.problems], [5, []]);
    assert.deepEqual((await whole!.load()).voxels, volume.voxels);

    await writeFile(path, directory([...ids(["IM0", "IM1", "IM9"]), "..\\SECRET.DCM", "/etc/passwd"]));
    const [part] = await readSeries(path);
    assert.equal(part!.slices, 2);
    assert.deepEqual(
      part!.problems.map(({ message }) => message),
      [
        "The DICOMDIR names 3 images, such as IM9, that are not beside it; copy the whole medium, folders included.",
      ],
    );
    await writeFile(path, directory(ids(["IM9"])));
    assert.equal(await codeOf(readSeries(path)), "no-files");
    // In a folder a DICOMDIR is a file without an image.
    const told: IndexProgress[] = [];
    await readSeries(join(folder, "dicom"), { onProgress: (progress) => told.push(progress) });
    assert.deepEqual(told.at(-1), { done: 6, total: 6, skipped: 1 });
  });
});
