import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { readSeries, writeMetaImage, type Volume } from "../../src/imaging/index.js";
import { codeOf, slanted } from "./support.js";
import { loadFile, sameVolume, volumesInManyPositions } from "./volumes.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "meta-"));
});
after(() => rm(folder, { recursive: true }));

async function file(name: string, ...bytes: (Uint8Array | string)[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(bytes.map((part) => Buffer.from(part))));
  return path;
}

const volume = slanted(Int16Array);
const direction = [0, 1, 2].flatMap((axis) =>
  [0, 4, 8].map((row) => volume.affine[row + axis]! / volume.spacing[axis]!),
);
const origin = [3, 7, 11].map((at) => volume.affine[at]!);
const FIELDS = {
  ObjectType: "Image",
  NDims: "3",
  TransformMatrix: direction.join(" "),
  Offset: origin.join(" "),
  ElementSpacing: volume.spacing.join(" "),
  DimSize: "6 7 4",
  ElementType: "MET_SHORT",
  ElementDataFile: "LOCAL",
};
/** A header with other or, where undefined, fewer fields; ElementDataFile stays the last. */
function header(changes: Record<string, string | undefined> = {}): string {
  const { ElementDataFile, ...fields } = { ...FIELDS, ...changes };
  return [...Object.entries(fields), ["ElementDataFile", ElementDataFile]]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key!} = ${value!}\n`)
    .join("");
}
const little = Buffer.from(volume.voxels.buffer);
const same = async (path: string, expected: Volume = volume) => {
  sameVolume(await loadFile(path), expected, 1e-9, path);
};

test("a volume written as MetaImage reads back as it was, in every position", async () => {
  for (const one of volumesInManyPositions())
    sameVolume(
      await loadFile(await file("round.mha", writeMetaImage(one.volume))),
      one.volume,
      1e-9,
      one.name,
    );
});

test("raw, packed and text voxels in both byte orders are the same image", async () => {
  const big = Buffer.from(little).swap16();
  await same(await file("a.mha", header(), little));
  await same(await file("a.mha", header({ BinaryDataByteOrderMSB: "False" }), little));
  await same(await file("a.mha", header({ BinaryDataByteOrderMSB: "True" }), big));
  await same(await file("a.mha", header({ ElementByteOrderMSB: "True" }), big));
  for (const pack of [deflateSync, gzipSync])
    await same(
      await file("a.mha", header({ CompressedData: "True", CompressedDataSize: "1" }), pack(little)),
    );
  await same(await file("a.mha", header({ BinaryData: "False" }), [...volume.voxels].join(" \n")));
  // Programs on other systems end their lines in two characters, or write a colon.
  await same(await file("a.mha", header().replaceAll("\n", "\r\n"), little));
  await same(await file("a.mha", header().replaceAll(" = ", ": "), little));
});

test("every element type keeps its values", async () => {
  const values = [0, 1, 2, 100, 3, 127, 50, 7];
  const types = {
    MET_CHAR: Int8Array,
    MET_UCHAR: Uint8Array,
    MET_SHORT: Int16Array,
    MET_USHORT: Uint16Array,
    MET_INT: Int32Array,
    MET_UINT: Uint32Array,
    MET_LONG: Int32Array,
    MET_ULONG: Uint32Array,
    MET_FLOAT: Float32Array,
    MET_DOUBLE: Float64Array,
  };
  const whole = (array: Volume["voxels"]) => [...array];
  for (const [name, type] of Object.entries(types)) {
    const data = Buffer.from(type.from(values).buffer);
    const path = await file("type.mha", header({ ElementType: name, DimSize: "2 2 2" }), data);
    assert.deepEqual(whole((await loadFile(path)).voxels), values, name);
  }
  const wide = [-5n, 30000n, -32768n, 4n, 0n, 1n, 2n, 3n];
  const long = header({ ElementType: "MET_LONG_LONG", DimSize: "2 2 2" });
  const path = await file("long.mha", long, Buffer.from(BigInt64Array.from(wide).buffer));
  assert.deepEqual((await loadFile(path)).voxels, Int16Array.from(wide, Number));
  const unsigned = header({ ElementType: "MET_ULONG_LONG", DimSize: "2 2 2" });
  const huge = BigUint64Array.from([2n ** 40n, 1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  assert.equal((await loadFile(await file("u.mha", unsigned, Buffer.from(huge.buffer)))).voxels[0], 2 ** 40);
});

test("voxels beside the header: one file, with a skip, packed, listed, numbered", async () => {
  await file("a.raw", little);
  await same(await file("a.mhd", header({ ElementDataFile: "a.raw" })));
  await file("skip.raw", "some words", little);
  await same(await file("a.mhd", header({ ElementDataFile: "skip.raw", HeaderSize: "10" })));
  await same(await file("a.mhd", header({ ElementDataFile: "skip.raw", HeaderSize: "-1" })));
  await file("a.zraw", deflateSync(little));
  await same(await file("a.mhd", header({ ElementDataFile: "a.zraw", CompressedData: "True" })));
  await mkdir(join(folder, "slices"));
  for (let slice = 0; slice < 4; slice++) {
    const bytes = little.subarray(slice * 84, (slice + 1) * 84);
    await file(`s${slice + 1}.raw`, bytes);
    await file(`slices/${String(10 + 2 * slice).padStart(3, "0")}.raw`, bytes);
  }
  await same(await file("a.mhd", header({ ElementDataFile: "LIST" }), "s1.raw\ns2.raw\ns3.raw\r\ns4.raw"));
  await same(await file("a.mhd", header({ ElementDataFile: "LIST 2D" }), "s1.raw\ns2.raw\ns3.raw\ns4.raw\n"));
  await same(await file("a.mhd", header({ ElementDataFile: "s%d.raw" })));
  await same(await file("a.mhd", header({ ElementDataFile: "slices/%03d.raw 10 16 2" })));
  await same(await file("a.mhd", header({ ElementDataFile: "slices\\%03d.raw 10 16 2" })));
  // Without a number each file of a list has all dimensions but the last (MetaIO's ElementDataFile): here one volume each.
  const series = { NDims: "4", DimSize: "6 7 4 2", ElementSpacing: `${volume.spacing.join(" ")} 1` };
  const fields = { ...series, TransformMatrix: undefined, Offset: undefined };
  const { voxels } = await loadFile(
    await file("a.mhd", header({ ...fields, ElementDataFile: "LIST" }), "a.raw\na.raw\n"),
  );
  assert.deepEqual(voxels, volume.voxels);
  const few = await file("few.mhd", header({ ElementDataFile: "LIST" }), "s1.raw\ns2.raw\n");
  assert.equal(await codeOf(readSeries(few)), "truncated");
});

test("a header leads to no file outside its folder, and to none that is not a file", async () => {
  await file("a.raw", little);
  await mkdir(join(folder, "inner"), { recursive: true });
  const inner = async (name: string) => file("inner/a.mhd", header({ ElementDataFile: name }));
  for (const name of ["../a.raw", "sub/../../a.raw", "..\\a.raw", join(folder, "a.raw"), "C:\\a.raw"])
    assert.equal(await codeOf(readSeries(await inner(name))), "unsupported-file", name);
  assert.equal(await codeOf(readSeries(await inner("absent.raw"))), "no-files");
  await mkdir(join(folder, "inner", "folder.raw"), { recursive: true });
  assert.equal(await codeOf(readSeries(await inner("folder.raw"))), "unreadable-file");
  await symlink("/dev/zero", join(folder, "inner", "endless.raw"));
  assert.equal(await codeOf(readSeries(await inner("endless.raw"))), "unreadable-file");
});

test("of four dimensions the first volume is read and the others told; a file may hold two dimensions", async () => {
  const matrix = [0, 1, 2].flatMap((axis) => [...direction.slice(3 * axis, 3 * axis + 3), 0]);
  const four = header({
    NDims: "4",
    DimSize: "6 7 4 3",
    TransformMatrix: [...matrix, 0, 0, 0, 1].join(" "),
    Offset: [...origin, 0].join(" "),
    ElementSpacing: [...volume.spacing, 1].join(" "),
    CompressedData: "True",
  });
  const path = await file("four.mha", four, deflateSync(Buffer.concat([little, little, little])));
  assert.deepEqual(
    (await readSeries(path))[0]!.problems.map(({ code }) => code),
    ["several-volumes"],
  );
  await same(path);
  const two = header({
    NDims: "2",
    DimSize: "6 28",
    TransformMatrix: "1 0 0 1",
    Offset: "0 0",
    ElementSpacing: "0.5 0.7",
  });
  const picture = await loadFile(await file("two.mha", two, little));
  assert.deepEqual([picture.columns, picture.rows, picture.slices, picture.geometry], [6, 28, 1, "image"]);
  assert.deepEqual(picture.spacing, [0.5, 0.7, 1]);
});

test("without matrix or with one of no length the plane is unknown, and told", async () => {
  for (const changes of [
    { TransformMatrix: undefined },
    { TransformMatrix: "0 0 0 0 0 0 0 0 0" },
    { TransformMatrix: "0 1 0 0 1 0 0 0 1" },
    { Offset: "1 2" },
  ]) {
    const [series] = await readSeries(await file("no.mha", header(changes), little));
    assert.equal(series!.orientation, "unknown");
    assert.deepEqual(
      series!.problems.map(({ code }) => code),
      ["no-orientation"],
    );
  }
});

test("malformed MetaImages are refused by one sentence, at once", async () => {
  const cases: readonly (readonly [string, string, (Uint8Array | string)?])[] = [
    ["malformed", "ObjectType = Image\nDimSize = 6 7 4\n"],
    ["malformed", header({ DimSize: "6 7 -4" })],
    ["malformed", header({ DimSize: "6 7 0.5" })],
    ["malformed", header({ DimSize: undefined })],
    ["malformed", header({ DimSize: "6 7 4 0" })],
    ["malformed", header({ DimSize: "6 7 4 1e300" })],
    ["too-large", header({ DimSize: "60000 70000 4000" })],
    ["truncated", header({ DimSize: "600 700 40" })],
    ["truncated", header(), little.subarray(0, -1)],
    ["truncated", header({ CompressedData: "True" }), deflateSync(little).subarray(0, 60)],
    ["truncated", header({ CompressedData: "True", DimSize: "600 700 400" }), deflateSync(little)],
    ["malformed", header({ CompressedData: "True" }), little],
    ["malformed", header({ BinaryData: "False" }), [...volume.voxels].join(" ").replace("-470", "many")],
    ["malformed", header({ BinaryData: "False" }), [...volume.voxels].join(" ").replace("-470", "-47.5")],
    ["truncated", header({ BinaryData: "False" }), "1 2 3 4 5 ".padEnd(600, " ")],
    ["malformed", header({ BinaryData: "False" }), "1".repeat(900)],
    ["unsupported-pixels", header({ ElementType: "MET_STRING" })],
    ["unsupported-pixels", header({ ElementType: "MET_UCHAR_ARRAY" })],
    ["unsupported-pixels", header({ ElementType: undefined })],
    ["unsupported-pixels", header({ ElementNumberOfChannels: "3" })],
    ["no-spacing", header({ ElementSpacing: "0 1 1" })],
    ["no-spacing", header({ ElementSpacing: undefined })],
    ["malformed", header({ ElementDataFile: "a%s.raw" })],
    ["malformed", header({ ElementDataFile: "a%d.raw 1 1e9 1" })],
    ["malformed", header({ ElementDataFile: "a%d.raw 1 4 0" })],
  ];
  for (const [code, head, data = little] of cases) {
    assert.equal(await codeOf(file("bad.mha", head, data).then(loadFile)), code, head);
  }
});
