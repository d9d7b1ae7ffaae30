import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import dicomParser from "dicom-parser";
import { plainCodestream } from "../../src/imaging/dicom/codec.js";
import { element } from "../../src/imaging/dicom/writing/elements.js";
import { deidentify, readSeries, type DeidentifyOptions, type LeftOut } from "../../src/imaging/index.js";
import { encodeWith, jpegLsEncoded, type Frame } from "../support/codecEncoder.js";
import { encapsulated, sliceFile, type Overrides } from "./dicomFiles.js";

const OPTIONS: DeidentifyOptions = { secret: Buffer.from("a secret of enough bytes"), dates: "remove" };
const SECRET = Buffer.from("Secret Hospital!");
const [ROWS, COLUMNS] = [48, 40];
const JPEG = "1.2.840.10008.1.2.4.50";
const JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81";
const J2K_LOSSLESS = "1.2.840.10008.1.2.4.90";
const J2K = "1.2.840.10008.1.2.4.91";
const RLE = "1.2.840.10008.1.2.5";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "deidentify-pixels-"));
});
after(() => rm(root, { recursive: true }));

/** A smooth picture with an edge, between `low` and `high`. */
function picture(low: number, high: number): number[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    const wave = 0.5 + 0.4 * Math.sin(row / 9) * Math.cos(column / 7);
    return Math.round(low + (high - low) * (row > 30 && column > 20 ? 1 - wave : wave));
  });
}

const layout = (allocated: number, stored = allocated, high = stored - 1): Overrides => ({
  0x00280010: ["US", ROWS],
  0x00280011: ["US", COLUMNS],
  0x00280100: ["US", allocated],
  0x00280101: ["US", stored],
  0x00280102: ["US", high],
});

async function voxelsOf(file: Uint8Array): Promise<number[]> {
  const path = join(await mkdtemp(join(root, "case-")), "image.dcm");
  await writeFile(path, file);
  const voxels: number[] = [];
  for (const series of await readSeries(path)) voxels.push(...(await series.load()).voxels);
  return voxels;
}

/** A file's copy: it must be one, hold no secret, and decode to the same voxels. */
async function copyOf(file: Uint8Array, expected?: readonly number[]): Promise<Uint8Array> {
  assert.ok(Buffer.from(file).includes(SECRET), "the source must hold what is to be left out");
  const copy = await deidentify(file, OPTIONS);
  if (typeof copy === "string") return assert.fail(`left out: ${copy}`);
  assert.ok(!Buffer.from(copy.bytes).includes(SECRET), "the copy holds what was hidden");
  assert.deepEqual(await voxelsOf(copy.bytes), expected ?? (await voxelsOf(file)));
  return copy.bytes;
}

const pixelsOf = (file: Uint8Array) => {
  const { dataOffset, length } = dicomParser.parseDicom(file).elements.x7fe00010!;
  return Buffer.from(file.subarray(dataOffset, dataOffset + length));
};

const syntaxOf = (file: Uint8Array) => dicomParser.parseDicom(file).string("x00020010");

describe("pixels that are not compressed", () => {
  test("bytes behind the last frame are left out, also of many frames and of an odd number of bytes", async () => {
    const words = Buffer.from(Uint16Array.from(picture(0, 4000)).buffer);
    await copyOf(sliceFile(0, { ...layout(16), 0x7fe00010: ["OW", Buffer.concat([words, SECRET])] }));
    const frames: Overrides = { ...layout(16), 0x00280008: ["IS", "2"] };
    await copyOf(sliceFile(0, { ...frames, 0x7fe00010: ["OW", Buffer.concat([words, words, SECRET])] }));
    const odd: Overrides = { ...layout(8), 0x00280010: ["US", 5], 0x00280011: ["US", 5] };
    const bytes = Buffer.concat([Uint8Array.from({ length: 25 }, (_, i) => i), SECRET]);
    const copy = await copyOf(sliceFile(0, { ...odd, 0x7fe00010: ["OB", bytes] }));
    assert.equal(pixelsOf(copy).length, 26);
  });

  for (const [allocated, stored, high] of [
    [8, 7, 6],
    [8, 6, 6],
    [16, 12, 11],
    [16, 12, 13],
    [32, 20, 19],
    [32, 17, 30],
  ] as const)
    for (const signed of [0, 1])
      test(`of ${allocated} bits the ${stored} below ${high} are kept (${signed ? "signed" : "unsigned"})`, async () => {
        const low = high + 1 - stored;
        const values = picture(0, 2 ** stored - 1);
        const noise = (i: number) => (i * 2654435761) >>> 0;
        const mask = ((2 ** stored - 1) << low) >>> 0;
        const bytes = Buffer.alloc((ROWS * COLUMNS * allocated) / 8);
        values.forEach((value, i) => {
          const word = ((((value << low) >>> 0) | (noise(i) & ~mask)) >>> 0) % 2 ** allocated;
          bytes.writeUIntLE(word, (i * allocated) / 8, allocated / 8);
        });
        const changes: Overrides = {
          ...layout(allocated, stored, high),
          0x00280103: ["US", signed],
          0x7fe00010: [allocated > 8 ? "OW" : "OB", Buffer.concat([bytes, SECRET])],
        };
        const pixels = pixelsOf(await copyOf(sliceFile(0, changes)));
        values.forEach((value, i) => {
          const word = pixels.readUIntLE((i * allocated) / 8, allocated / 8);
          assert.equal((word & mask) >>> low, value);
          const negative = signed === 1 && value >= 2 ** (stored - 1);
          const above = Math.floor(word / 2 ** (high + 1));
          assert.equal(above, negative ? 2 ** (allocated - 1 - high) - 1 : 0, "above");
          assert.equal(word % 2 ** low, 0, "below");
        });
      });

  test("float pixels are copied to the bit, without what lies behind them or within a NaN", async () => {
    const values = Float32Array.from(picture(-5, 900), (value) => value / 7);
    const bytes = Buffer.from(values.buffer.slice(0));
    const changes: Overrides = { ...layout(32), 0x00280101: undefined, 0x00280102: undefined };
    const file = (pixels: Uint8Array) =>
      sliceFile(0, { ...changes, 0x7fe00010: undefined, 0x7fe00008: ["OF", pixels] });
    await copyOf(file(Buffer.concat([bytes, SECRET])));
    bytes.writeUInt32LE(0x7fc54321, 40);
    const copy = await deidentify(file(bytes), OPTIONS);
    assert.ok(typeof copy !== "string");
    const at = dicomParser.parseDicom(copy.bytes).elements.x7fe00008!.dataOffset;
    assert.equal(Buffer.from(copy.bytes).readUInt32LE(at + 40), 0x7fc00000);
    assert.equal(Buffer.from(copy.bytes).readFloatLE(at + 44), values[11]);
    const doubles = Buffer.from(Float64Array.from(values).buffer);
    const double: Overrides = {
      ...layout(64),
      0x00280101: undefined,
      0x00280102: undefined,
      0x7fe00010: undefined,
    };
    await copyOf(sliceFile(0, { ...double, 0x7fe00009: ["OD", Buffer.concat([doubles, SECRET])] }));
  });

  test("preamble, padding, overlays, icons and private elements are not copied", async () => {
    const file = Buffer.from(
      sliceFile(0, {
        0x00090010: ["LO", SECRET.toString()],
        0x00090000: ["UL", 4],
        0x00880200: element(0x00880200, "SQ", new Uint8Array(0)),
        0x60003000: ["OW", SECRET],
        0x60000010: ["US", 4],
        0xfffcfffc: ["OB", SECRET],
      }),
    );
    file.set(SECRET, 4);
    await copyOf(file);
  });

  test("colours that need a table, or share samples, are left out", async () => {
    const of = (photometric: string, samples: number) =>
      deidentify(
        sliceFile(0, {
          0x00280002: ["US", samples],
          0x00280004: ["CS", photometric],
          0x7fe00010: ["OW", new Uint8Array(180)],
        }),
        OPTIONS,
      );
    assert.equal(await of("PALETTE COLOR", 1), "pixels" satisfies LeftOut);
    assert.equal(await of("YBR_FULL_422", 3), "pixels");
    assert.ok(typeof (await of("RGB", 3)) !== "string");
  });
});

const WORDS = Uint16Array.from(picture(0, 4095));
const BYTES = Uint8Array.from(picture(0, 250));

const frameOf = (samples: Frame["samples"]): Frame => ({ samples, rows: ROWS, columns: COLUMNS });

const segment = (marker: number, body: Uint8Array = SECRET) =>
  Buffer.concat([Uint8Array.of(0xff, marker, 0, 2 + body.length), body]);
/** Bytes put into others at a place. */
const put = (frame: Uint8Array, at: number, ...bytes: readonly Uint8Array[]) =>
  Buffer.concat([frame.subarray(0, at), ...bytes, frame.subarray(at)]);

const compressed = (frame: Uint8Array, syntax: string, bits: 8 | 16 = 16, more: Overrides = {}) =>
  sliceFile(0, { ...layout(bits), ...more, 0x7fe00010: encapsulated(frame) }, syntax);

describe("compressed pixels", () => {
  test("JPEG baseline stays compressed, without its comments, application data, unused tables and tail", async () => {
    const plain = await encodeWith("jpeg", frameOf(BYTES), (encoder) => encoder.setProgressive?.(false));
    const progressive = await encodeWith("jpeg", frameOf(BYTES), (encoder) => encoder.setProgressive?.(true));
    await copyOf(compressed(put(progressive, 2, segment(0xfe)), JPEG, 8));
    const expected = await voxelsOf(compressed(plain, JPEG, 8));
    const table = Buffer.concat([Uint8Array.of(3), SECRET, new Uint8Array(64 - SECRET.length)]);
    const huffman = Buffer.concat([Uint8Array.of(0x13, 0, SECRET.length), new Uint8Array(14), SECRET]);
    for (const [what, frame] of [
      ["comment", put(plain, 2, segment(0xfe))],
      ["application segments", put(plain, 2, segment(0xe1), segment(0xed), segment(0xef))],
      ["fill bytes", put(plain, 2, Uint8Array.of(0xff, 0xff), segment(0xfe))],
      ["quantization table", put(plain, 2, segment(0xdb, table))],
      ["Huffman table", put(plain, 2, segment(0xc4, huffman))],
      ["behind the end", put(plain, plain.length, SECRET)],
      ["before the end", put(plain, plain.length - 2, SECRET)],
    ] as const) {
      const copy = await copyOf(compressed(frame, JPEG, 8), expected);
      assert.equal(syntaxOf(copy), JPEG, what);
    }
  });

  test("lossless data become plain pixels, equal to the bit", async () => {
    const frames: readonly (readonly [string, Uint8Array])[] = [
      [JPEG_LS, await jpegLsEncoded(frameOf(WORDS))],
      [J2K_LOSSLESS, await encodeWith("jpeg2000", frameOf(WORDS))],
    ];
    for (const [syntax, plain] of frames) {
      const tail = await copyOf(compressed(put(plain, plain.length, SECRET), syntax), [...WORDS]);
      assert.equal(syntaxOf(tail), "1.2.840.10008.1.2.1");
      const isJ2k = syntax === J2K_LOSSLESS;
      const at = isJ2k ? 4 + Buffer.from(plain).readUInt16BE(4) : 2;
      const comment = isJ2k ? segment(0x64, Buffer.concat([Uint8Array.of(0, 1), SECRET])) : segment(0xe8);
      await copyOf(compressed(put(plain, at, comment), syntax), [...WORDS]);
    }
  });

  test("bits beside the stored ones are cleared in lossless data too", async () => {
    const noisy = WORDS.map((word, i) => word | ((i % 13) << 12));
    const plain = await jpegLsEncoded(frameOf(noisy));
    const twelve = layout(16, 12);
    const frame = put(plain, plain.length, SECRET);
    const copy = pixelsOf(await copyOf(compressed(frame, JPEG_LS, 16, twelve), [...WORDS]));
    assert.deepEqual(
      [...WORDS].map((_, i) => copy.readUInt16LE(2 * i)),
      [...WORDS],
    );
  });

  test("JPEG-LS near-lossless keeps its codestream, without SPIFF, comments, mapping tables and tail", async () => {
    const plain = await encodeWith("jpegLs", frameOf(WORDS), (encoder) => {
      encoder.setNearLossless?.(3);
    });
    const expected = await voxelsOf(compressed(plain, NEAR_LOSSLESS));
    assert.notDeepEqual(expected, [...WORDS]);
    const spiff = Buffer.concat([Buffer.from("SPIFF\0"), SECRET]);
    const mapping = Buffer.concat([Uint8Array.of(2, 9, 1), SECRET]);
    for (const frame of [
      put(plain, 2, segment(0xe8, spiff)),
      put(plain, 2, segment(0xfe)),
      put(plain, 2, segment(0xf8, mapping)),
      put(plain, plain.length, SECRET),
    ]) {
      const copy = await copyOf(compressed(frame, NEAR_LOSSLESS), expected);
      assert.equal(syntaxOf(copy), NEAR_LOSSLESS);
    }
  });

  test("JPEG 2000 keeps its codestream, without comments, boxes, lengths that are no longer right, and tail", async () => {
    const plain = Buffer.from(await encodeWith("jpeg2000", frameOf(WORDS)));
    const expected = await voxelsOf(compressed(plain, J2K));
    const behindSize = 4 + plain.readUInt16BE(4);
    const comment = segment(0x64, Buffer.concat([Uint8Array.of(0, 1), SECRET]));
    const tile = plain.indexOf(Buffer.from([0xff, 0x90, 0, 10]));
    const inTile = put(plain, tile + 12, comment);
    inTile.writeUInt32BE(plain.readUInt32BE(tile + 6) + comment.length, tile + 6);
    const open = Buffer.from(put(plain, plain.length, SECRET));
    open.writeUInt32BE(0, tile + 6);
    const box = (type: string, body: Uint8Array) => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + body.length);
      head.write(type, 4, "latin1");
      return Buffer.concat([head, body]);
    };
    const jp2 = Buffer.concat([
      box("jP  ", Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
      box("uuid", SECRET),
      box("xml ", SECRET),
      box("jp2c", plain),
      box("uuid", SECRET),
    ]);
    for (const frame of [
      put(plain, behindSize, comment),
      put(plain, behindSize, segment(0x57)),
      inTile,
      put(plain, plain.length, SECRET),
      open,
      jp2,
    ]) {
      const copy = await copyOf(compressed(frame, J2K), expected);
      assert.equal(syntaxOf(copy), J2K);
    }
  });

  test("high-throughput JPEG 2000: lossless and lossy, without their comments", async () => {
    for (const [syntax, step] of [
      ["1.2.840.10008.1.2.4.201", 0],
      ["1.2.840.10008.1.2.4.203", 0.001],
    ] as const) {
      const plain = Buffer.from(
        await encodeWith("highThroughput", frameOf(WORDS), (made) => made.setQuality?.(step === 0, step)),
      );
      const comment = segment(0x64, Buffer.concat([Uint8Array.of(0, 1), SECRET]));
      const capabilities = 4 + plain.readUInt16BE(4);
      const at = capabilities + 2 + plain.readUInt16BE(capabilities + 2);
      const expected = await voxelsOf(compressed(plain, syntax));
      await copyOf(compressed(put(plain, at, comment), syntax), expected);
      await copyOf(compressed(put(plain, plain.length, SECRET), syntax), expected);
    }
  });

  test("RLE: tails of segments, unused header bytes and high bits are gone", async () => {
    const plane = (shift: number) => {
      const runs: number[] = [];
      for (let at = 0; at < WORDS.length; at += 128) {
        const part = [...WORDS.subarray(at, at + 128)].map((word) => (word >> shift) & 255);
        runs.push(part.length - 1, ...(shift === 8 ? part.map((byte) => byte | 0xf0) : part));
      }
      return Buffer.concat([Uint8Array.from(runs), SECRET]);
    };
    const [upper, lower] = [plane(8), plane(0)];
    const header = Buffer.alloc(64);
    header.writeUInt32LE(2, 0);
    header.writeUInt32LE(64, 4);
    header.writeUInt32LE(64 + upper.length, 8);
    header.set(SECRET, 24);
    const frame = Buffer.concat([header, upper, lower]);
    const copy = await copyOf(compressed(frame, RLE, 16, layout(16, 12)), [...WORDS]);
    assert.equal(pixelsOf(copy).readUInt16LE(0), WORDS[0]);
  });

  test("fragments beyond the frames, and offset tables with gaps, are not copied", async () => {
    const plain = await encodeWith("jpeg2000", frameOf(WORDS));
    const even = plain.length % 2 === 0 ? plain : Buffer.concat([plain, Uint8Array.of(0)]);
    const item = (bytes: Uint8Array) => {
      const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
      head.writeUInt32LE(bytes.length, 4);
      return Buffer.concat([head, bytes]);
    };
    const data = (table: Uint8Array, ...fragments: readonly Uint8Array[]) =>
      Buffer.concat([
        Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
        item(table),
        ...fragments.map(item),
        Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
      ]);
    const offsets = (...values: readonly number[]) => {
      const bytes = Buffer.alloc(4 * values.length);
      values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
      return bytes;
    };
    const expected = await voxelsOf(compressed(plain, J2K));
    const one = (pixels: Uint8Array) => sliceFile(0, { ...layout(16), 0x7fe00010: pixels }, J2K);
    await copyOf(one(data(new Uint8Array(0), even, SECRET)), expected);
    await copyOf(one(data(SECRET, even)), expected);
    const two = (pixels: Uint8Array) =>
      sliceFile(0, { ...layout(16), 0x00280008: ["IS", "2"], 0x7fe00010: pixels }, J2K);
    const next = 8 + even.length;
    // The second frame begins behind a fragment that belongs to neither; the third is beyond the frames.
    await copyOf(two(data(offsets(0, next), even, even, SECRET)), [...expected, ...expected]);
    await copyOf(two(data(offsets(0, next + 8 + SECRET.length), even, SECRET, even)), [
      ...expected,
      ...expected,
    ]);
  });

  test("what cannot be written anew has no copy", async () => {
    const plain = await encodeWith("jpeg2000", frameOf(WORDS));
    assert.equal(await deidentify(compressed(plain.subarray(0, 200), J2K), OPTIONS), "unreadable");
    assert.equal(await deidentify(compressed(plain, "1.2.840.10008.1.2.4.100"), OPTIONS), "pixels");
    assert.equal(await deidentify(compressed(SECRET, JPEG_LOSSLESS), OPTIONS), "pixels");
    assert.equal(plainCodestream(SECRET), undefined);
  });
});
