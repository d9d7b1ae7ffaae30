import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readSeries, writeNrrd, type Volume } from "../../src/imaging/index.js";
import { codeOf, slanted } from "./support.js";
import { loadFile, sameVolume, volumesInManyPositions } from "./volumes.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "nrrd-"));
});
after(() => rm(folder, { recursive: true }));

async function file(name: string, ...bytes: (Uint8Array | string)[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(bytes.map((part) => Buffer.from(part))));
  return path;
}

const volume = slanted(Int16Array);
const little = Buffer.from(volume.voxels.buffer);
/** A column of the affine in a space of the given signs. */
const vector = (at: number, [x, y, z]: readonly [number, number, number] = [1, 1, 1]) =>
  `(${x * volume.affine[at]!},${y * volume.affine[4 + at]!},${z * volume.affine[8 + at]!})`;
const directions = `${vector(0)} ${vector(1)} ${vector(2)}`;
const FIELDS: Record<string, string | undefined> = {
  type: "short",
  dimension: "3",
  space: "left-posterior-superior",
  sizes: "6 7 4",
  "space directions": directions,
  kinds: "domain domain domain",
  endian: "little",
  encoding: "raw",
  "space origin": vector(3),
};
/** A header with other or, where undefined, fewer fields. */
function header(changes: Record<string, string | undefined> = {}, end = "\n"): string {
  const lines = Object.entries({ ...FIELDS, ...changes }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}\n`],
  );
  return `NRRD0004\n# comment: kept out\nname:=value\n${lines.join("")}${end}`;
}
const same = async (path: string, expected: Volume = volume) => {
  sameVolume(await loadFile(path), expected, 1e-9, path);
};

test("a volume written as NRRD reads back as it was, in every position", async () => {
  for (const one of volumesInManyPositions())
    sameVolume(await loadFile(await file("round.nrrd", writeNrrd(one.volume))), one.volume, 1e-9, one.name);
});

test("spaces named by the patient's sides are turned to LPS; others have no plane", async () => {
  for (const [names, signs] of [
    [
      ["left-posterior-superior", "LPS", "lps"],
      [1, 1, 1],
    ],
    [
      ["right-anterior-superior", "RAS"],
      [-1, -1, 1],
    ],
    [
      ["left-anterior-superior", "LAS"],
      [1, -1, 1],
    ],
  ] as const)
    for (const space of names)
      await same(
        await file(
          "space.nrrd",
          header({
            space,
            "space directions": `${vector(0, signs)} ${vector(1, signs)} ${vector(2, signs)}`,
            "space origin": vector(3, signs),
          }),
          little,
        ),
      );
  for (const changes of [
    { space: "scanner-xyz" },
    { space: undefined, "space dimension": "3" },
    { "space origin": undefined },
    { "space directions": undefined, spacings: volume.spacing.join(" ") },
  ]) {
    const [series] = await readSeries(await file("space.nrrd", header(changes), little));
    assert.deepEqual([series!.orientation, series!.geometry], ["unknown", "image"]);
    assert.deepEqual(
      series!.problems.map(({ code }) => code),
      ["no-orientation"],
    );
    series!.spacing.forEach((value, axis) => {
      assert.ok(Math.abs(value - volume.spacing[axis]!) < 1e-9);
    });
  }
  const micrometres = header({
    "space units": '"um" "um" "um"',
    "space directions": [0, 1, 2]
      .map((axis) => `(${[0, 4, 8].map((row) => 1000 * volume.affine[row + axis]!).join(",")})`)
      .join(" "),
    "space origin": `(${[3, 7, 11].map((at) => 1000 * volume.affine[at]!).join(",")})`,
  });
  await same(await file("um.nrrd", micrometres, little));
});

test("raw, gzip, text and hexadecimal voxels in both byte orders are the same image", async () => {
  const big = Buffer.from(little).swap16();
  const hex = little.toString("hex").replace(/.{40}/g, "$&\n");
  const text = [...volume.voxels].join(" ");
  for (const [encoding, endian, data] of [
    ["raw", "little", little],
    ["raw", "big", big],
    ["raw", undefined, little],
    ["gzip", "little", gzipSync(little)],
    ["gz", "big", gzipSync(big)],
    ["ascii", undefined, text],
    ["text", "big", text.replaceAll(" ", ",\n")],
    ["txt", undefined, text],
    ["hex", "little", hex],
    ["hex", "big", big.toString("hex").toUpperCase()],
  ] as const)
    await same(await file("a.nrrd", header({ encoding, endian }), data));
  await same(await file("a.nrrd", header().replaceAll("\n", "\r\n"), little));
  const float = slanted(Float32Array);
  await same(
    await file("f.nrrd", header({ type: "float", encoding: "text" }), [...float.voxels].join("\n")),
    float,
  );
});

test("every type by each of its names keeps its values", async () => {
  const values = [0, 1, 2, 100, 3, 127, 50, 7];
  const types = [
    [Int8Array, "signed char", "int8", "int8_t"],
    [Uint8Array, "uchar", "unsigned char", "uint8", "uint8_t"],
    [Int16Array, "short", "short int", "signed short", "signed short int", "int16", "int16_t"],
    [Uint16Array, "ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"],
    [Int32Array, "int", "signed int", "int32", "int32_t"],
    [Uint32Array, "uint", "unsigned int", "uint32", "uint32_t"],
    [Float32Array, "float"],
    [Float64Array, "double"],
  ] as const;
  for (const [type, ...names] of types)
    for (const name of names) {
      const path = await file(
        "t.nrrd",
        header({ type: name, sizes: "2 2 2" }),
        Buffer.from(type.from(values).buffer),
      );
      assert.deepEqual([...(await loadFile(path)).voxels], values, name);
    }
  const long = Buffer.from(BigInt64Array.from(values.map((value) => -BigInt(value))).buffer);
  for (const type of ["longlong", "long long", "signed long long int", "int64", "int64_t"])
    assert.deepEqual(
      (await loadFile(await file("t.nrrd", header({ type, sizes: "2 2 2" }), long))).voxels,
      Int16Array.from(values, (value) => -value),
    );
  const unsigned = Buffer.from(BigUint64Array.from(values, BigInt).buffer).swap64();
  for (const type of ["ulonglong", "unsigned long long", "uint64"])
    assert.deepEqual(
      [
        ...(await loadFile(await file("t.nrrd", header({ type, sizes: "2 2 2", endian: "big" }), unsigned)))
          .voxels,
      ],
      values,
    );
});

test("voxels beside the header: one file, skips, listed, numbered", async () => {
  await file("a.raw", little);
  await same(await file("a.nhdr", header({ "data file": "a.raw" })));
  await same(await file("a.nhdr", header({ "data file": "./a.raw" }, "")));
  await same(await file("a.nhdr", header({ datafile: "a.raw" }, "")));
  await file("skip.raw", "one line\nanother\n12345", little);
  await same(await file("a.nhdr", header({ "data file": "skip.raw", "line skip": "2", "byte skip": "5" })));
  await same(await file("a.nhdr", header({ "data file": "skip.raw", "byte skip": "-1" })));
  // Lines are left out before unpacking, bytes after it.
  await file("skip.raw.gz", "one line\n", gzipSync(Buffer.concat([Buffer.from("12345"), little])));
  await same(
    await file(
      "a.nhdr",
      header({ "data file": "skip.raw.gz", encoding: "gzip", "line skip": "1", "byte skip": "5" }),
    ),
  );
  for (let slice = 0; slice < 4; slice++)
    await file(`s${String(3 - slice).padStart(2, "0")}.raw`, little.subarray(slice * 84, (slice + 1) * 84));
  await same(await file("a.nhdr", header({}, "data file: LIST\ns03.raw\ns02.raw\ns01.raw\ns00.raw\n")));
  await same(await file("a.nhdr", header({}, "data file: LIST 2\ns03.raw\ns02.raw\ns01.raw\ns00.raw")));
  const upwards = slanted(Int16Array);
  for (let slice = 0; slice < 4; slice++)
    upwards.voxels.set(volume.voxels.subarray(slice * 42, (slice + 1) * 42), (3 - slice) * 42);
  await same(await file("a.nhdr", header({ "data file": "s%02d.raw 0 3 1" })), upwards);
  await same(await file("a.nhdr", header({ "data file": "s%02d.raw 0 3 1 2" })), upwards);
  for (const [name, code] of [
    ["absent.raw", "no-files"],
    ["../a.raw", "unsupported-file"],
    ["/etc/hostname", "unsupported-file"],
  ] as const)
    assert.equal(await codeOf(readSeries(await file("a.nhdr", header({ "data file": name })))), code);
});

test("axes that are not in space: the first image, wherever the axis stands; a voxel's parts are refused", async () => {
  const count = volume.voxels.length;
  // Three images whose later ones hold other values: one after another, or side by side at each voxel.
  const apart = Int16Array.from(
    { length: 3 * count },
    (_, i) => volume.voxels[i % count]! + Math.floor(i / count),
  );
  const mixed = Int16Array.from({ length: 3 * count }, (_, i) => volume.voxels[Math.floor(i / 3)]! + (i % 3));
  const between = Int16Array.from({ length: 3 * count }, (_, i) => {
    const row = Math.floor(i / 6);
    return volume.voxels[Math.floor(row / 3) * 6 + (i % 6)]! + (row % 3);
  });
  const three = directions.split(" ");
  for (const [at, data] of [
    [3, apart],
    [0, mixed],
    [1, between],
  ] as const) {
    const insert = (list: readonly string[], word: string) => list.toSpliced(at, 0, word).join(" ");
    const changes = {
      dimension: "4",
      sizes: insert(["6", "7", "4"], "3"),
      "space directions": insert(three, "none"),
      kinds: insert(["domain", "domain", "domain"], "list"),
    };
    for (const [encoding, pack] of [
      ["raw", (x: Buffer) => x],
      ["gzip", gzipSync],
    ] as const) {
      const path = await file("four.nrrd", header({ ...changes, encoding }), pack(Buffer.from(data.buffer)));
      assert.match((await readSeries(path))[0]!.problems[0]!.message, /holds 3 volumes/);
      await same(path);
    }
    for (const kind of ["vector", "RGB-color", "3-vector", "complex"]) {
      const kinds = insert(["domain", "domain", "domain"], kind);
      const path = await file("parts.nrrd", header({ ...changes, kinds }), Buffer.from(data.buffer));
      assert.equal(await codeOf(readSeries(path)), "unsupported-pixels", kind);
    }
  }
  const picture = header({
    dimension: "2",
    sizes: "6 28",
    spacings: "0.5 0.7",
    "space directions": undefined,
    kinds: undefined,
  });
  const flat = await loadFile(await file("flat.nrrd", picture, little));
  assert.deepEqual(
    [flat.columns, flat.rows, flat.slices, flat.spacing, flat.geometry],
    [6, 28, 1, [0.5, 0.7, 1], "image"],
  );
});

test("malformed NRRDs are refused by one sentence, at once", async () => {
  const cases: readonly (readonly [string, string, (Uint8Array | string)?])[] = [
    ["malformed", header().replace("NRRD0004", "NRRX0004")],
    ["malformed", header({}, ""), ""],
    ["malformed", header({ sizes: "6 7 -4" })],
    ["malformed", header({ sizes: "6 7 many" })],
    ["malformed", header({ sizes: "168" })],
    ["malformed", header({ sizes: undefined })],
    ["malformed", header({ sizes: Array(17).fill("1").join(" ") })],
    ["too-large", header({ sizes: "60000 70000 4000" })],
    ["truncated", header({ sizes: "600 700 40" })],
    ["truncated", header(), little.subarray(0, -1)],
    ["truncated", header({ encoding: "gzip" }), gzipSync(little).subarray(0, 60)],
    ["truncated", header({ encoding: "gzip", sizes: "600 700 400" }), gzipSync(little)],
    ["malformed", header({ encoding: "gzip" }), little],
    ["truncated", header({ encoding: "hex" }), little.toString("hex").slice(2)],
    ["malformed", header({ encoding: "hex" }), little.toString("hex").replace(/^../, "zz")],
    ["truncated", header({ encoding: "text" }), "1 2 3 ".padEnd(400)],
    ["malformed", header({ encoding: "text" }), "1 2 x ".repeat(100)],
    ["malformed", header({ "byte skip": "-2" })],
    ["truncated", header({ "byte skip": "100" })],
    ["truncated", header({ "line skip": "100000" })],
    ["unsupported-pixels", header({ encoding: "bzip2" })],
    ["unsupported-pixels", header({ encoding: "zstd" })],
    ["unsupported-pixels", header({ type: "block" })],
    ["unsupported-pixels", header({ type: undefined })],
    ["no-spacing", header({ "space directions": undefined })],
    ["no-spacing", header({ "space directions": undefined, spacings: "1 0 1" })],
    ["malformed", header({ "space directions": "none none (0,0,1)" })],
  ];
  for (const [code, head, data = little] of cases) {
    assert.equal(await codeOf(file("bad.nrrd", head, data).then(loadFile)), code, head);
  }
});
