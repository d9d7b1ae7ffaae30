import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { element, inTagOrder, sequence } from "../../../src/imaging/dicom/writing/elements.js";
import { readSeries, type Series } from "../../../src/imaging/index.js";
import { encapsulated, pixels, sliceElements, sliceFile, type Overrides } from "../../imaging/dicomFiles.js";
import {
  bigEndian,
  implicitly,
  SYNTAXES,
  unknownSequence,
  written,
  type Writing,
} from "../../imaging/dicomEncodings.js";
import { withFolder } from "../../imaging/folders.js";
import { codeOf } from "../../imaging/support.js";

const WRITINGS: readonly Writing[] = ["explicit", "implicit", "big"];

async function seriesOf(
  files: readonly Uint8Array[],
  work: (series: Series[]) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [i, bytes] of files.entries()) await writeFile(join(folder, `${i}.dcm`), bytes);
    await work(await readSeries(folder));
  });
}

/** Fails unless the file is read as the plain slice of `seed`; gives the messages of its problems. */
async function readsAsPlain(bytes: Uint8Array, seed: number, name: string): Promise<string[]> {
  let told: string[] = [];
  await seriesOf([bytes], async (series) => {
    assert.equal(series.length, 1, name);
    const { voxels, rows, columns } = await series[0]!.load();
    assert.deepEqual(voxels, Int16Array.from(pixels(seed)), name);
    assert.deepEqual([series[0]!.orientation, rows, columns], ["sagittal", 6, 5], name);
    told = series[0]!.problems.map(({ message }) => message);
  });
  return told;
}

/** Preamble and prefix, with a file meta group that states a syntax, or none, or without the group. */
function beginning(stated: string | undefined, withMeta: boolean): Uint8Array {
  const prefix = [new Uint8Array(128), Buffer.from("DICM")];
  if (!withMeta) return Buffer.concat(prefix);
  const group = [
    element(0x00020001, "OB", Uint8Array.of(0, 1)),
    element(0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.4"),
    ...(stated === undefined ? [] : [element(0x00020010, "UI", stated)]),
  ];
  const length = group.reduce((sum, { length: bytes }) => sum + bytes, 0);
  return Buffer.concat([...prefix, element(0x00020000, "UL", length), ...group]);
}

test("a data set is read as it is written, whatever its file meta group says or leaves out", async () => {
  for (const writing of WRITINGS) {
    const data = written(sliceElements(2), writing);
    for (const stated of WRITINGS) {
      const name = `${writing} called ${stated}`;
      const told = await readsAsPlain(Buffer.concat([beginning(SYNTAXES[stated], true), data]), 2, name);
      if (writing === stated) assert.deepEqual(told, [], name);
      else assert.match(told.join(), /TransferSyntaxUID \(0002,0010\).* it is read as that/, name);
    }
    const told = await readsAsPlain(Buffer.concat([beginning(undefined, true), data]), 2, writing);
    assert.match(told.join(), /does not state a TransferSyntaxUID \(0002,0010\)/);
    await readsAsPlain(Buffer.concat([beginning(undefined, false), data]), 2, `${writing} without meta`);
    await readsAsPlain(Buffer.concat([data]), 2, `${writing} alone`);
  }
});

test("a header longer than the first read is told as it is written too", async () => {
  const long = element(0x00091010, "OB", new Uint8Array(90_000).fill(65));
  const elements = inTagOrder([...sliceElements(3), element(0x00090010, "LO", "MAKER"), long]);
  for (const writing of WRITINGS) {
    const data = written(elements, writing);
    await readsAsPlain(Buffer.concat([beginning(SYNTAXES.explicit, true), data]), 3, writing);
    await readsAsPlain(Buffer.concat([beginning(undefined, false), data]), 3, writing);
  }
});

test("elements of eight-byte VRs, of VRs to come and with wrong lengths stand before Rows", async () => {
  const raw = (vr: string, ...rest: readonly Uint8Array[]) =>
    Buffer.concat([Buffer.from([0x09, 0, 0x10, 0x10]), Buffer.from(vr), ...rest]);
  const long = (length: number) => Buffer.from([0, 0, length, 0, 0, 0]);
  const value = Uint8Array.from({ length: 16 }, (_, i) => 200 - i);
  const cases: Readonly<Record<string, Uint8Array>> = {
    OV: raw("OV", long(16), value),
    SV: raw("SV", long(16), value),
    UV: raw("UV", long(16), value),
    OL: raw("OL", long(16), value),
    UC: raw("UC", long(16), value),
    "a VR to come": raw("ZZ", long(16), value),
    "UN with a short length": raw("UN", Buffer.from([16, 0]), value),
    "no VR": implicitly(element(0x00091010, "OB", value)),
    "a VR of question marks": raw("??", Buffer.from([16, 0]), value),
  };
  for (const [name, odd] of Object.entries(cases)) {
    const elements = inTagOrder([...sliceElements(4), element(0x00090010, "LO", "MAKER"), odd]);
    const file = Buffer.concat([beginning(SYNTAXES.explicit, true), ...elements]);
    const told = await readsAsPlain(file, 4, name);
    assert.equal(told.length, name === "no VR" ? 1 : 0, `${name}: ${told.join()}`);
    const nested = inTagOrder([
      ...sliceElements(4),
      sequence(0x00081140, [[odd, element(0x00100010, "PN", "")]]),
    ]);
    await readsAsPlain(Buffer.concat([beginning(SYNTAXES.explicit, true), ...nested]), 4, `${name}, nested`);
  }
});

test("an unknown VR with a short length is read as that, whatever stands where other lengths lead", async () => {
  // Read as an implicit length, the question marks lead into the bytes that follow, which look like a higher tag.
  const odd = Buffer.concat([Buffer.from([0x09, 0, 0x10, 0x10]), Buffer.from("??\0\0")]);
  const misleading = element(0x00091011, "OB", Buffer.alloc(20_000, 0x7d));
  const elements = inTagOrder([...sliceElements(4), element(0x00090010, "LO", "MAKER"), odd, misleading]);
  const file = Buffer.concat([beginning(SYNTAXES.explicit, true), ...elements]);
  assert.deepEqual(await readsAsPlain(file, 4, "unknown"), []);
});

test("Rows and other elements without a VR are read among others that state theirs, and told", async () => {
  const elements = sliceElements(5).map((one, i) => (i % 3 === 1 && i > 3 ? implicitly(one) : one));
  const told = await readsAsPlain(
    Buffer.concat([beginning(SYNTAXES.explicit, true), ...elements]),
    5,
    "mixed",
  );
  assert.match(told.join(), /without a value representation/);
});

test("sequences of unknown VR are read: items explicit or implicit, of known length or not", async () => {
  const [slope, intercept] = [element(0x00281053, "DS", "2"), element(0x00281052, "DS", "-1 ")];
  const items = { explicit: [intercept, slope], implicit: [implicitly(intercept), implicitly(slope)] };
  for (const [name, list] of Object.entries(items))
    for (const openSequence of [true, false])
      for (const openItems of [true, false]) {
        const group = unknownSequence(0x00289145, [Buffer.concat(list)], openSequence, openItems);
        const inside = { 0x52009229: unknownSequence(0x52009229, [group], openSequence, openItems) };
        const file = sliceFile(1, inside);
        await seriesOf([file], async ([series]) => {
          const { voxels } = await series!.load();
          assert.deepEqual(
            [...voxels],
            [...pixels(1)].map((value) => 2 * value - 1),
            `${name} ${openSequence} ${openItems}`,
          );
        });
      }
});

test("a private value that begins like an item is left as it is", async () => {
  const odd = Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0, 0xff, 0, 0, 0]), Buffer.alloc(24, 7)]);
  await readsAsPlain(sliceFile(1, { 0x00081111: element(0x00081111, "UN", odd) }), 1, "public");
  await readsAsPlain(sliceFile(1, { 0x00091111: element(0x00091111, "UN", odd) }), 1, "private");
});

/** A frame of 16-bit pixels in RLE, each byte plane as literal runs (PS3.5 annex G). */
function rle(samples: Uint16Array): Uint8Array {
  const plane = (shift: number) => Uint8Array.from(samples, (sample) => (sample >> shift) & 255);
  const segment = (bytes: Uint8Array) =>
    Buffer.concat([Buffer.from([bytes.length - 1]), bytes, Buffer.from([128])]);
  const [high, low] = [segment(plane(8)), segment(plane(0))];
  const header = Buffer.alloc(64);
  [2, 64, 64 + high.length].forEach((number, i) => header.writeUInt32LE(number, 4 * i));
  return Buffer.concat([header, high, low]);
}

test("compressed pixels of an implicit data set are found", async () => {
  const explicit = Buffer.from(encapsulated(rle(pixels(6))));
  // Tag and unknown length, then the items as they are.
  const implicit = Buffer.concat([explicit.subarray(0, 4), explicit.subarray(8)]);
  const others = sliceElements(6, { 0x7fe00010: undefined });
  const stated = beginning("1.2.840.10008.1.2.5", true);
  await readsAsPlain(Buffer.concat([stated, ...others, explicit]), 6, "explicit");
  const told = await readsAsPlain(
    Buffer.concat([stated, written(others, "implicit"), implicit]),
    6,
    "implicit",
  );
  assert.match(told.join(), /explicit little endian and is implicit/);
});

test("frames are found by an extended offset table, with one fragment each or more", async () => {
  const frames = [1, 2, 3].map((seed) => rle(pixels(seed)));
  const item = (bytes: Uint8Array) => {
    const header = Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
    header.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([header, bytes]);
  };
  const even = (bytes: Uint8Array) => Buffer.concat([bytes, new Uint8Array(bytes.length % 2)]);
  for (const parts of [1, 2]) {
    const cut = frames.map((frame) =>
      Array.from({ length: parts }, (_, i) =>
        parts === 1 ? even(frame) : i === 0 ? frame.subarray(0, 70) : even(frame.subarray(70)),
      ).map(item),
    );
    const table = Buffer.alloc(8 * frames.length);
    let at = 0;
    cut.forEach((fragments, i) => {
      table.writeBigUInt64LE(BigInt(at), 8 * i);
      at += fragments.reduce((sum, { length }) => sum + length, 0);
    });
    const lengths = Buffer.alloc(8 * frames.length);
    frames.forEach((frame, i) => lengths.writeBigUInt64LE(BigInt(frame.length), 8 * i));
    const pixelData = Buffer.concat([
      Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 255, 255, 255, 255]),
      item(new Uint8Array(0)),
      ...cut.flat(),
      Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
    ]);
    const changes: Overrides = {
      0x00280008: ["IS", "3"],
      0x7fe00001: ["OV", table],
      0x7fe00002: ["OV", lengths],
      0x7fe00010: pixelData,
    };
    await seriesOf([sliceFile(0, changes, "1.2.840.10008.1.2.5")], async (series) => {
      const volumes = await Promise.all(series.map((one) => one.load()));
      const read = volumes.flatMap(({ voxels }) => [...voxels]);
      assert.deepEqual(
        read,
        [1, 2, 3].flatMap((seed) => [...pixels(seed)]),
        `${parts} fragments`,
      );
    });
  }
});

test("pixels that are floats of 32 or 64 bits are read, rescaled too, in either byte order", async () => {
  const values = Array.from(pixels(3), (value) => value / 8 - 3.5);
  const bytes = {
    32: Buffer.from(Float32Array.from(values).buffer),
    64: Buffer.from(Float64Array.from(values).buffer),
  };
  for (const bits of [32, 64] as const) {
    const [tag, vr] = bits === 32 ? [0x7fe00008, "OF"] : [0x7fe00009, "OD"];
    const changes: Overrides = {
      0x00280100: ["US", bits],
      0x00280101: undefined,
      0x00280102: undefined,
      0x00280103: undefined,
      0x7fe00010: undefined,
      [tag]: [vr, bytes[bits]],
    };
    for (const [slope, factor] of [
      [undefined, 1],
      [["DS", "0.5"] as const, 0.5],
    ] as const)
      await seriesOf([sliceFile(0, { ...changes, 0x00281053: slope })], async ([series]) => {
        assert.deepEqual(series!.problems, []);
        assert.deepEqual(
          (await series!.load()).voxels,
          Float32Array.from(values, (value) => factor * value),
        );
      });
    const swapped = Buffer.from(bytes[bits]);
    const elements = sliceElements(0, {
      ...changes,
      [tag]: [vr, bits === 32 ? swapped.swap32() : swapped.swap64()],
    });
    const big = Buffer.concat([beginning(SYNTAXES.big, true), ...elements.map((one) => bigEndian(one))]);
    await seriesOf([big], async ([series]) => {
      assert.deepEqual((await series!.load()).voxels, Float32Array.from(values));
    });
    await seriesOf([sliceFile(0, { ...changes, 0x00280100: undefined })], async ([series]) => {
      assert.deepEqual((await series!.load()).voxels, Float32Array.from(values));
    });
    const cut = sliceFile(0, changes).subarray(0, -8);
    await seriesOf([cut], async ([series]) => {
      assert.ok(series!.problems.some(({ code }) => code === "truncated"));
      assert.equal(await codeOf(series!.load()), "truncated");
    });
  }
});

test("elements out of order are read as their VRs say", async () => {
  const zeros = new Uint8Array(16);
  const odd = [
    element(0x00290010, "LO", "MAKER"),
    element(0x00291010, "OB", zeros),
    element(0x00091010, "OW", zeros),
    element(0x00191010, "US", 0),
  ];
  const elements = sliceElements(3);
  const file = Buffer.concat([
    beginning(SYNTAXES.explicit, true),
    ...elements.slice(0, 5),
    ...odd,
    ...elements.slice(5),
  ]);
  assert.deepEqual(await readsAsPlain(file, 3, "out of order"), []);
});

test("a file of blocks is read to its last element and not to its padding", async () => {
  const padded = Buffer.concat([sliceFile(2), new Uint8Array(1234)]);
  assert.deepEqual(await readsAsPlain(padded, 2, "padded"), []);
});

test("a deflated data set is unpacked no further than its image reaches", async () => {
  const data = Buffer.concat(sliceElements(2));
  const deflated = (bytes: Uint8Array) =>
    Buffer.concat([beginning("1.2.840.10008.1.2.1.99", true), deflateRawSync(bytes)]);
  assert.deepEqual(await readsAsPlain(deflated(data), 2, "whole"), []);
  assert.deepEqual(
    await readsAsPlain(deflated(Buffer.concat([data, new Uint8Array(5000)])), 2, "padded"),
    [],
  );
  await readsAsPlain(Buffer.concat([beginning("1.2.840.10008.1.2.1.99", true), data]), 2, "not packed");
  const zeros = new Uint8Array(150 * 2 ** 20);
  const bombs = [
    zeros,
    Buffer.concat([data, zeros]),
    Buffer.concat(inTagOrder([...sliceElements(2), element(0x00091010, "OB", zeros)])),
  ];
  for (const bytes of bombs) {
    const file = deflated(bytes);
    await withFolder(async (folder) => {
      await writeFile(join(folder, "bomb.dcm"), file);
      assert.equal(await codeOf(readSeries(join(folder, "bomb.dcm"))), "too-large");
    });
  }
});
