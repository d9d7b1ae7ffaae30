import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, relative } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import {
  encodePng,
  leftOutWords,
  listStudies,
  localPath,
  readSeries,
  writeMetaImage,
  writeNifti,
  writeNrrd,
  type LeftOutCount,
} from "../../src/imaging/index.js";
import { sliceFile } from "./dicomFiles.js";
import { sagittalVolume, withFolder } from "./folders.js";
import { asOrdinaryUser } from "../support/ordinaryUser.js";
import { codeOf } from "./support.js";

const SEEDS = [0, 1, 2, 3];
const files = () => SEEDS.map((seed) => [`${seed}.dcm`, Buffer.from(sliceFile(seed))] as const);

async function write(
  folder: string,
  entries: readonly (readonly [string, Uint8Array | string])[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of entries) await writeFile(join(folder, name), content);
}

const zipOf = (entries: readonly (readonly [string, Uint8Array])[]) => zipSync(Object.fromEntries(entries));

const volume = sagittalVolume(4, 8);

test("content decides what a file is, whatever its name", async () => {
  await withFolder(async (folder) => {
    const contents: readonly (readonly [string, Uint8Array, number])[] = [
      ["dicom", sliceFile(1), 1],
      ["packed dicom", gzipSync(sliceFile(1)), 1],
      ["nifti", writeNifti(volume), 4],
      ["packed nifti", gzipSync(writeNifti(volume)), 4],
      ["metaimage", writeMetaImage(volume), 4],
      ["packed metaimage", gzipSync(writeMetaImage(volume)), 4],
      ["nrrd", writeNrrd(volume), 4],
      ["zip", zipOf(files()), 4],
    ];
    for (const [kind, content, slices] of contents)
      for (const ending of [
        ".img",
        ".dcm",
        ".nii",
        ".hdr",
        ".mha",
        ".nrrd",
        ".png",
        ".gz",
        ".ima",
        ".zip",
        ".txt",
        "",
      ]) {
        const path = join(folder, `file${ending}`);
        await writeFile(path, content);
        const series = await readSeries(path);
        assert.deepEqual(
          series.map((one) => one.slices),
          [slices],
          `${kind} named ${ending}`,
        );
        assert.ok((await series[0]!.load()).voxels.length > 0, `${kind} named ${ending}`);
        await rm(path);
      }
    // The voxels of a pair may begin with anything.
    const single = writeNifti(volume);
    const header = Buffer.from(single.subarray(0, 348));
    header.write("ni1\0", 344, "latin1");
    header.writeFloatLE(0, 108);
    const voxels = Buffer.from(single.subarray(352));
    voxels.write("PK\x03\x04", 0, "latin1");
    await write(folder, [
      ["pair.hdr", header],
      ["pair.img", voxels],
    ]);
    assert.equal((await readSeries(join(folder, "pair.img")))[0]!.slices, 4);
  });
});

test("a picture or document that is not read is refused by what it is and what to do", async () => {
  await withFolder(async (folder) => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ["a.gif", "GIF87a\x01\0", /picture of another kind.*--spacing/],
      ["a.tif", "II*\0\x08\0\0\0", /TIFF picture/],
      ["b.tiff", "MM\0*\0\0\0\x08", /TIFF picture/],
      ["a.gif", "GIF89a\x01\0", /picture of another kind/],
      ["a.jp2", "\0\0\0\x0cjP  \r\n", /picture of another kind/],
      ["a.pdf", "%PDF-1.7\n", /PDF document/],
      ["a.7z", "7z\xbc\xaf\x27\x1c", /pack it again as a plain \.zip/],
      ["a.dcm", "", /is empty/],
    ];
    for (const [name, content, message] of cases) {
      await writeFile(join(folder, name), Buffer.from(content, "latin1"));
      await assert.rejects(readSeries(join(folder, name)), message, name);
      assert.equal(await codeOf(readSeries(join(folder, name))), "unsupported-file", name);
    }
  });
});

test("a folder without DICOM is searched for archives, packed files and single images", async () => {
  await withFolder(async (folder) => {
    const cases: readonly (readonly [
      string,
      readonly (readonly [string, Uint8Array | string])[],
      readonly number[],
    ])[] = [
      [
        "zip",
        [
          ["Studie Müller.zip", zipOf(files())],
          ["notes.txt", "text"],
        ],
        [4],
      ],
      [
        "two zips",
        [
          ["a.zip", zipOf(files().slice(0, 2))],
          ["b.zip", zipOf(files().slice(2))],
        ],
        [4],
      ],
      ["packed", files().map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]), [4]],
      [
        "zip of packed",
        [["a.zip", zipOf(files().map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))]],
        [4],
      ],
      ["zip of nifti", [["a.zip", zipOf([["x/volume.nii", Buffer.from(writeNifti(volume))]])]], [4]],
      ["nifti", [["volume.nii", writeNifti(volume)]], [4]],
      [
        "two volumes",
        [
          ["volume.nii.gz", gzipSync(writeNifti(volume))],
          ["b.nrrd", writeNrrd(volume)],
        ],
        [4, 4],
      ],
      [
        "mixed",
        [
          ...files().slice(0, 2),
          ...files()
            .slice(2)
            .map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)] as const),
        ],
        [4],
      ],
    ];
    for (const [name, entries, slices] of cases) {
      const inside = join(folder, name);
      await write(inside, entries);
      const series = await readSeries(inside);
      assert.deepEqual(
        series.map((one) => one.slices),
        slices,
        name,
      );
      assert.equal(new Set(series.map(({ id }) => id)).size, series.length, name);
      for (const one of series) assert.ok((await one.load()).voxels.length > 0, name);
    }
  });
});

test("what lies beside DICOM images is not read as one of them, and told by kind", async () => {
  await withFolder(async (folder) => {
    await write(folder, [
      ...files(),
      ["mask.nii", writeNifti(volume)],
      ["copy.zip", zipOf(files())],
      ["notes.txt", "text"],
    ]);
    let counts: readonly LeftOutCount[] = [];
    const series = await readSeries(folder, { onLeftOut: (told) => (counts = told) });
    assert.deepEqual(
      series.map(({ slices }) => slices),
      [4],
    );
    assert.match(
      series[0]!.problems.map(({ message }) => message).join(),
      /1 NIfTI file, 1 zip archive|1 zip archive, 1 NIfTI file/,
    );
    assert.deepEqual(counts.map(({ kind, count }) => `${count} ${kind}`).sort(), [
      "1 nifti",
      "1 other",
      "1 zip",
    ]);
    assert.equal(
      leftOutWords([
        { kind: "png", count: 2 },
        { kind: "pdf", count: 1 },
      ]),
      "2 PNG pictures, 1 PDF document",
    );
  });
});

test("many single images of one folder are a data set, of which one is to be named", async () => {
  await withFolder(async (folder) => {
    const bytes = writeNifti(volume);
    await write(
      folder,
      Array.from({ length: 21 }, (_, i) => [`${i}.nii`, bytes] as const),
    );
    await assert.rejects(readSeries(folder), /holds no DICOM images but 21 NIfTI files; name one of them/);
  });
});

test("a study is found among any number of other files, and so is a second one in its folder", async () => {
  await withFolder(async (folder) => {
    const before = Array.from({ length: 30 }, (_, i) => [`a${i}`, "no image"] as const);
    const after = Array.from({ length: 30 }, (_, i) => [`z${i}.xml`, "<a/>"] as const);
    const second = sliceFile(9, { 0x0020000d: ["UI", "9.9"], 0x0020000e: ["UI", "9.9.9"] });
    await write(join(folder, "one"), [
      ...before,
      ...after,
      ["m0.dcm", sliceFile(0)],
      ["m1.dcm", second],
      ["m2.dcm", sliceFile(2)],
    ]);
    await write(join(folder, "pictures"), [
      ["a.png", encodePng(new Uint8Array(16), 4, 4)],
      ["b.jpg", Buffer.from([0xff, 0xd8, 0xff])],
    ]);
    let counts: readonly LeftOutCount[] = [];
    const studies = await listStudies(folder, { onLeftOut: (told) => (counts = told) });
    assert.equal(studies.length, 2);
    assert.deepEqual(Object.fromEntries(counts.map(({ kind, count }) => [kind, count])), {
      other: 60,
      png: 1,
      jpeg: 1,
    });
  });
});

const onlyLinux = { skip: process.platform !== "linux" && "names are bytes on Linux only" };
test(
  "names that are not UTF-8 are read, and counted where no study can be named by them",
  onlyLinux,
  async () => {
    await withFolder(async (folder) => {
      const odd = (text: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(text, "latin1")]);
      for (const [name, bytes] of files()) await writeFile(odd(`Müller ${name}`), bytes);
      const [series] = await readSeries(folder);
      assert.equal(series!.slices, 4);
      assert.equal((await series!.load()).slices, 4);
      assert.equal((await listStudies(folder)).length, 1);
      // Bytes in which no search would find the patient's name are not shown.
      await writeFile(odd("Müller.dcm"), sliceFile(5, { 0x00280030: undefined, 0x0020000e: ["UI", "7.7"] }));
      const told = (await readSeries(folder)).flatMap(({ problems }) =>
        problems.map(({ message }) => message),
      );
      assert.match(told.join(), /^\(name not in UTF-8\)\.dcm has no valid PixelSpacing/);
      await rm(odd("Müller.dcm"));
      // A folder that no text leads to is read from above, and cannot be named as a study of its own.
      await mkdir(odd("Größe"));
      for (const name of await readdir(folder, { encoding: "buffer" }))
        if (name.toString("latin1").startsWith("M"))
          await rename(odd(name.toString("latin1")), odd(`Größe/${name.toString("latin1")}`));
      assert.equal((await readSeries(folder))[0]!.slices, 4);
      let counts: readonly LeftOutCount[] = [];
      assert.deepEqual(await listStudies(folder, { onLeftOut: (told) => (counts = told) }), []);
      assert.deepEqual(counts, [{ kind: "name", count: 1 }]);
      await writeFile(odd("é.nii"), writeNifti(volume));
      await listStudies(folder, { onLeftOut: (told) => (counts = told) });
      assert.deepEqual(counts, [{ kind: "name", count: 2 }]);
    });
  },
);

const denied = { skip: process.platform === "win32" };
test("folders and files that may not be read are counted", denied, () =>
  asOrdinaryUser(() =>
    withFolder(async (folder) => {
      await write(join(folder, "closed"), files());
      await write(join(folder, "open"), [...files(), ["secret", "x"]]);
      await chmod(join(folder, "closed"), 0);
      await chmod(join(folder, "open", "secret"), 0);
      let counts: readonly LeftOutCount[] = [];
      assert.equal((await listStudies(folder, { onLeftOut: (told) => (counts = told) })).length, 1);
      assert.deepEqual(counts.map(({ kind }) => kind).sort(), ["unreadable-file", "unreadable-folder"]);
      await chmod(join(folder, "closed"), 0o700);
    }),
  ),
);

test("a path may begin with the home folder or be a file: address", async () => {
  await withFolder(async (folder) => {
    await write(join(folder, "a study"), files());
    const path = join(folder, "a study");
    assert.equal((await readSeries(pathToFileURL(path).href))[0]!.slices, 4);
    assert.equal((await listStudies(pathToFileURL(folder).href)).length, 1);
    assert.equal((await readSeries(`~/${relative(homedir(), path)}`))[0]!.slices, 4);
    assert.equal(localPath("~"), homedir());
    for (const plain of ["~name/x", "a/~/b", "study", "/x/file:y"]) assert.equal(localPath(plain), plain);
    assert.equal(await codeOf(readSeries("file://elsewhere/study")), "no-files");
    assert.equal(basename(localPath(pathToFileURL(path).href)), "a study");
  });
});
