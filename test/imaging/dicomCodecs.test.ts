import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { decodeExtendedJpeg } from "../../src/imaging/dicom/jpegExtended.js";
import { decodeByWasm } from "../../src/imaging/dicom/wasmCodecs.js";
import { dicomFile, element } from "../../src/imaging/dicom/writing/elements.js";
import { readSeries, type Volume } from "../../src/imaging/index.js";
import { encodeWith, jpegLsEncoded, losslessJpegEncoded } from "../support/codecEncoder.js";
import { sharedData } from "../support/data.js";
import { encapsulated, sliceElements, type Overrides } from "./dicomFiles.js";
import { close, codeOf } from "./support.js";

const [rows, columns] = [96, 80];
const meta = { sopClass: "1.2.840.10008.5.1.4.1.1.4", sopInstance: "1.2.3.4.1" };

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "codecs-"));
});
after(() => rm(root, { recursive: true }));

/** A smooth picture with edges, between `low` and `high`. */
function picture(low: number, high: number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const wave = 0.5 + 0.4 * Math.sin(row / 9) * Math.cos(column / 7);
    return Math.round(low + (high - low) * (row > 60 && column > 40 ? 1 - wave : wave));
  });
}

const description = (signed: boolean, bits: 8 | 16): Overrides => ({
  0x00280010: ["US", rows],
  0x00280011: ["US", columns],
  0x00280100: ["US", bits],
  0x00280101: ["US", bits],
  0x00280102: ["US", bits - 1],
  0x00280103: ["US", Number(signed)],
});

async function load(bytes: Uint8Array): Promise<Volume> {
  const path = join(await mkdtemp(join(root, "case-")), "image");
  await writeFile(path, bytes);
  return (await readSeries(path))[0]!.load();
}

/** A file of one compressed frame; without a transfer syntax it has no file meta group at all. */
function compressed(frame: Uint8Array, signed: boolean, bits: 8 | 16, transferSyntax?: string): Uint8Array {
  const elements = sliceElements(0, { ...description(signed, bits), 0x7fe00010: encapsulated(frame) });
  return transferSyntax === undefined
    ? Buffer.concat(elements)
    : dicomFile({ ...meta, transferSyntax }, elements);
}

function highThroughput(samples: Int16Array | Uint16Array, step: number, order: number): Promise<Uint8Array> {
  return encodeWith("highThroughput", { samples, rows, columns }, (encoder) => {
    encoder.setQuality?.(step === 0, step);
    encoder.setProgressionOrder?.(order);
  });
}

test("high-throughput JPEG 2000: lossless gives every value back, lossy is near, a cut stream is refused", async () => {
  for (const samples of [Int16Array.from(picture(-2000, 2000)), Uint16Array.from(picture(0, 4095))]) {
    const signed = samples instanceof Int16Array;
    // 0: layer, resolution, component, position; 2: resolution, position, component, layer, as the second UID asks.
    for (const [syntax, order] of [
      ["1.2.840.10008.1.2.4.201", 0],
      ["1.2.840.10008.1.2.4.202", 2],
      ["1.2.840.10008.1.2.4.203", 0],
    ] as const) {
      const frame = await highThroughput(samples, 0, order);
      const { voxels } = await load(compressed(frame, signed, 16, syntax));
      assert.deepEqual([...voxels], [...samples], syntax);
      const half = frame.subarray(0, frame.length >> 1);
      assert.equal(await codeOf(load(compressed(half, signed, 16, syntax))), "truncated");
    }
    const lossy = await load(
      compressed(await highThroughput(samples, 0.0005, 0), signed, 16, "1.2.840.10008.1.2.4.203"),
    );
    lossy.voxels.forEach((value, i) => {
      close(value, samples[i]!, 100);
    });
    assert.notDeepEqual([...lossy.voxels], [...samples]);
  }
});

test("JPEG baseline decodes near what was encoded, by the codec and by the own decoder of JPEG alike", async () => {
  const samples = Uint8Array.from(picture(10, 245));
  const frame = await encodeWith("jpeg", { samples, rows, columns }, (encoder) =>
    encoder.setProgressive?.(false),
  );
  const { voxels } = await load(compressed(frame, false, 8, "1.2.840.10008.1.2.4.50"));
  // An 8-bit stream is also allowed where the syntax is that of JPEG extended.
  const extended = await load(compressed(frame, false, 8, "1.2.840.10008.1.2.4.51"));
  const own = decodeExtendedJpeg(frame);
  samples.forEach((value, i) => {
    close(voxels[i]!, value, 40);
    close(own[i]!, voxels[i]!, 1);
    assert.equal(extended.voxels[i], own[i]);
  });
  const error = samples.reduce((sum, value, i) => sum + Math.abs(value - voxels[i]!), 0) / samples.length;
  assert.ok(error < 4, `mean error ${error}`);
});

test("JPEG lossless gives every value back, of 8 and of 16 bits; a cut stream is refused", async () => {
  for (const samples of [Uint8Array.from(picture(3, 250)), Uint16Array.from(picture(0, 4095))]) {
    const bits = samples instanceof Uint8Array ? 8 : 16;
    const frame = losslessJpegEncoded({ samples, rows, columns });
    for (const syntax of ["1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"]) {
      const { voxels } = await load(compressed(frame, false, bits, syntax));
      assert.deepEqual([...voxels], [...samples], syntax);
      const half = frame.subarray(0, frame.length >> 1);
      assert.equal(await codeOf(load(compressed(half, false, bits, syntax))), "truncated");
    }
  }
});

test("JPEG lossless that is damaged in its middle is refused in a sentence for people", async () => {
  const frame = losslessJpegEncoded({ samples: Uint16Array.from(picture(0, 4095)), rows, columns });
  const middle = frame.length >> 1;
  const damages: readonly [string, (copy: Uint8Array) => void][] = [
    // A marker in the middle ends the data; codes of 5 zero bits are short ones, so that pixels are there before the data end.
    [
      "ends before its last pixel",
      (copy) => {
        copy.set([0xff, 0xd9], middle);
      },
    ],
    ["goes on behind its last pixel", (copy) => copy.fill(0, middle, middle + 40)],
    ["the stream is damaged", (copy) => (copy[frame.indexOf(0xc4, 2) + 1] = 1)],
  ];
  for (const [words, damage] of damages) {
    const copy = frame.slice();
    damage(copy);
    const reading = load(compressed(copy, false, 16, "1.2.840.10008.1.2.4.70"));
    await assert.rejects(reading, (error: Error) => error.message.includes(words), words);
  }
});

test("a codec without words of its own for a damaged stream says that it is damaged", async () => {
  const frame = await encodeWith("jpeg", { samples: Uint8Array.from(picture(10, 245)), rows, columns });
  frame.fill(0x55, 20, 60);
  const reading = load(compressed(frame, false, 8, "1.2.840.10008.1.2.4.50"));
  await assert.rejects(reading, /not an image of|the stream is damaged/);
  await assert.rejects(decodeByWasm(frame, "1.2.840.10008.1.2.4.50"), /^Error: the stream is damaged$/);
});

test("JPEG 2000 that is cut is refused; where the end marker alone is missing it is whole", async () => {
  const samples = Uint16Array.from(picture(0, 4095));
  const frame = await encodeWith("jpeg2000", { samples, rows, columns });
  for (const syntax of ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"]) {
    for (const share of [0.3, 0.9, 0.99]) {
      const cut = frame.subarray(0, Math.round(frame.length * share));
      assert.equal(await codeOf(load(compressed(cut, false, 16, syntax))), "truncated", `${share} of it`);
    }
    const { voxels } = await load(compressed(frame.subarray(0, -2), false, 16, syntax));
    assert.deepEqual([...voxels], [...samples]);
  }
});

/** Runs `work` and returns what it set or called of the console. */
async function touchesOfConsole(work: () => Promise<void>): Promise<string[]> {
  const touches: string[] = [];
  const names = ["log", "info", "warn", "error", "debug"] as const;
  const whole = names.map((name) => [name, Object.getOwnPropertyDescriptor(console, name)!] as const);
  for (const name of names)
    Object.defineProperty(console, name, {
      configurable: true,
      get: () => (text: unknown) => touches.push(`${name}: ${String(text)}`),
      set: () => touches.push(`${name} replaced`),
    });
  try {
    await work();
  } finally {
    for (const [name, property] of whole) Object.defineProperty(console, name, property);
  }
  return touches;
}

test("no codec replaces the console or writes to it, also where streams are damaged", async () => {
  const samples = Uint8Array.from(picture(10, 245));
  const frame = { samples, rows, columns };
  const frames = {
    "1.2.840.10008.1.2.4.50": await encodeWith("jpeg", frame, (encoder) => encoder.setProgressive?.(false)),
    "1.2.840.10008.1.2.4.70": losslessJpegEncoded(frame),
    "1.2.840.10008.1.2.4.80": await jpegLsEncoded(frame),
    "1.2.840.10008.1.2.4.90": await encodeWith("jpeg2000", frame),
    "1.2.840.10008.1.2.4.201": await encodeWith("highThroughput", frame, (encoder) =>
      encoder.setQuality?.(true, 0),
    ),
  };
  const touches = await touchesOfConsole(async () => {
    for (const [syntax, bytes] of Object.entries(frames)) {
      await load(compressed(bytes, false, 8, syntax));
      const damaged = bytes.slice();
      damaged.fill(0x55, bytes.length >> 1, bytes.length - 2);
      await load(compressed(damaged, false, 8, syntax)).catch(() => undefined);
    }
  });
  assert.deepEqual(touches, []);
});

test("a compressed file without file meta is decoded by what its codestream says", async () => {
  const samples = Uint16Array.from(picture(0, 4095));
  for (const frame of [
    await highThroughput(samples, 0, 0),
    await jpegLsEncoded({ samples, rows, columns }),
    await encodeWith("jpeg2000", { samples, rows, columns }),
  ])
    assert.deepEqual([...(await load(compressed(frame, false, 16))).voxels], [...samples]);
});

test("a deflated data set reads like a plain one", async () => {
  const elements = sliceElements(3);
  const plain = await load(dicomFile(meta, elements));
  const whole = dicomFile({ ...meta, transferSyntax: "1.2.840.10008.1.2.1.99" }, elements);
  const body = Buffer.concat(elements).length;
  const deflated = Buffer.concat([
    whole.subarray(0, whole.length - body),
    deflateRawSync(whole.subarray(whole.length - body)),
  ]);
  assert.deepEqual(await load(deflated), plain);
});

/** Explicit VR big endian elements from little endian ones whose values are text, US or OW. */
function bigEndian(elements: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    elements.map((bytes) => {
      const out = Buffer.from(bytes);
      const vr = out.toString("latin1", 4, 6);
      const isLong = vr === "OW";
      out.subarray(0, 2).swap16();
      out.subarray(2, 4).swap16();
      if (isLong) out.subarray(8, 12).swap32();
      else out.subarray(6, 8).swap16();
      if (vr === "US" || vr === "OW") out.subarray(isLong ? 12 : 8).swap16();
      return out;
    }),
  );
}

test("big endian: 16-bit pixels, and bytes that were written as words", async () => {
  const transferSyntax = "1.2.840.10008.1.2.2";
  const head = dicomFile({ ...meta, transferSyntax }, []);
  const wide = sliceElements(3);
  assert.deepEqual(await load(Buffer.concat([head, bigEndian(wide)])), await load(dicomFile(meta, wide)));
  const bytes = Uint8Array.from({ length: 30 }, (_, i) => 7 * i);
  const narrow = sliceElements(0, {
    0x00280100: ["US", 8],
    0x00280101: ["US", 8],
    0x00280102: ["US", 7],
    0x7fe00010: ["OW", bytes],
  });
  const { voxels } = await load(Buffer.concat([head, bigEndian(narrow)]));
  assert.deepEqual([...voxels], [...bytes]);
});

const dicom = sharedData("dicom");
test(
  "12-bit JPEG that breaks off or has lost a table is refused, never guessed",
  { skip: dicom === undefined && "no conformance data (dicom)" },
  async () => {
    const bytes = await readFile(join(dicom!, "nema_wg04/JPLY/MR1_JPLY"));
    const first = bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff]));
    assert.throws(
      () => decodeExtendedJpeg(bytes.subarray(first, first + 20_000)),
      /ends before its last pixel/,
    );
    assert.throws(() => decodeExtendedJpeg(bytes.subarray(first, first + 60)), /./);
    const without = Buffer.from(bytes.subarray(first));
    // The first Huffman table becomes a comment.
    without[without.indexOf(Buffer.from([0xff, 0xc4])) + 1] = 0xfe;
    assert.throws(() => decodeExtendedJpeg(without), /names a table that it does not hold/);
  },
);

test("a restart interval and a missing restart marker", () => {
  const stream = flatJpeg([0xff, 0xd0]);
  assert.deepEqual([...new Set(decodeExtendedJpeg(stream))], [2048 + 8]);
  assert.throws(() => decodeExtendedJpeg(flatJpeg([])), /restart marker is missing|ends before/);
  // The same few bytes with 65535 rows and columns are refused before memory is taken for them.
  const huge = stream.slice();
  huge.fill(255, 76, 80);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decodeExtendedJpeg(huge), /ends before its last pixel/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
});

/**
 * A 12-bit JPEG of 8 x 16 pixels by hand: two blocks whose level is 64 / 8 = 8 above the middle, each coded anew after
 * the restart marker.
 */
function flatJpeg(restart: readonly number[]): Uint8Array {
  const segment = (marker: number, ...body: number[]) => [0xff, marker, 0, body.length + 2, ...body];
  const counts = [1, ...Array<number>(15).fill(0)];
  // The only code "0" means: DC of 7 bits; no AC at all. 64 in 7 bits is 1000000, so a block is 0 1000000 0 and ones.
  const block = [0b01000000, 0b01111111];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array<number>(64).fill(1)),
    ...segment(0xc1, 12, 0, 8, 0, 16, 1, 1, 0x11, 0),
    ...segment(0xc4, 0x00, ...counts, 7),
    ...segment(0xc4, 0x10, ...counts, 0),
    ...segment(0xdd, 0, 1),
    ...segment(0xda, 1, 1, 0x00, 0, 63, 0),
    ...block,
    ...restart,
    ...block,
    ...[0xff, 0xd9],
  ]);
}

test("pixel data of an odd number of bytes, padded by one", async () => {
  const odd = Uint8Array.from({ length: 15 }, (_, i) => i);
  const file = dicomFile(
    meta,
    sliceElements(0, {
      0x00280010: ["US", 3],
      0x00280100: ["US", 8],
      0x00280101: ["US", 8],
      0x00280102: ["US", 7],
      0x7fe00010: element(0x7fe00010, "OB", odd),
    }),
  );
  assert.deepEqual([...(await load(file)).voxels], [...odd]);
});

test("a fragment that states more bytes than the file has takes no memory for them", async () => {
  // Two frames in two fragments each, of which the last one states a gigabyte.
  const item = (bytes: Uint8Array, stated = bytes.length) => {
    const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(stated, 4);
    return Buffer.concat([head, bytes]);
  };
  const jpeg = flatJpeg([0xff, 0xd0]);
  const half = jpeg.length >> 2 << 1; // prettier-ignore
  const [one, other] = [jpeg.subarray(0, half), jpeg.subarray(half)];
  const pixels = Buffer.concat([
    Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    ...[item(new Uint8Array(0)), item(one), item(other), item(one), item(other, 2 ** 30)],
  ]);
  const file = dicomFile(
    { ...meta, transferSyntax: "1.2.840.10008.1.2.4.51" },
    sliceElements(0, {
      0x00280008: ["IS", "2"],
      0x00280010: ["US", 8],
      0x00280011: ["US", 16],
      0x00280101: ["US", 12],
      0x00280102: ["US", 11],
      0x7fe00010: pixels,
    }),
  );
  const before = process.resourceUsage().maxRSS;
  const path = join(root, "fragments.dcm");
  await writeFile(path, file);
  for (const series of await readSeries(path)) assert.ok((await series.load()).voxels.every(Number.isFinite));
  assert.ok(process.resourceUsage().maxRSS - before < 300_000, "kilobytes");
});
