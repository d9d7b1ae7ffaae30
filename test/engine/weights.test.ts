import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Random } from "../../src/numbers/index.js";
import {
  fromHalf,
  initialWeights,
  loadWeights,
  niemeyerNetwork,
  readTensors,
  saveWeights,
  toHalf,
  WeightsError,
  writeTensors,
} from "../../src/engine/index.js";

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), "weights-"))));
after(async () => rm(folder, { recursive: true }));

const tensors = {
  "a/kernel": { shape: [2, 3], values: new Float32Array([1, -2.5, 0.1, 65504, 1e-6, -0]) },
  é: { shape: [], values: new Float32Array([Math.PI]) },
  empty: { shape: [0, 4], values: new Float32Array() },
};

describe("half precision", () => {
  it("has the bits of IEEE 754", () => {
    const known: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [2 ** -14 - 2 ** -24, 0x03ff],
      [Infinity, 0x7c00],
      [-Infinity, 0xfc00],
    ];
    for (const [value, bits] of known) {
      assert.equal(toHalf(value), bits, `${value}`);
      assert.ok(Object.is(fromHalf(bits), value), `${bits}`);
    }
  });

  it("comes back from every one of its 65,536 patterns", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(toHalf(value))));
      else assert.equal(toHalf(value), bits);
    }
  });

  it("rounds to the nearest, ties to even, also where that changes the exponent", () => {
    assert.equal(toHalf(1 + 2 ** -11), 0x3c00);
    assert.equal(toHalf(1 + 3 * 2 ** -11), 0x3c02);
    assert.equal(toHalf(1 + 2 ** -11 + 2 ** -20), 0x3c01);
    assert.equal(toHalf(2 - 2 ** -12), 0x4000);
    assert.equal(toHalf(65519), 0x7bff);
    assert.equal(toHalf(65520), 0x7c00);
    assert.equal(toHalf(2 ** -25), 0);
    assert.equal(toHalf(2 ** -25 + 2 ** -40), 1);
    assert.equal(toHalf(-1e-9), 0x8000);
    assert.equal(toHalf(1e30), 0x7c00);
  });

  it("is never further off than half a step", () => {
    const random = new Random(1);
    for (let i = 0; i < 20000; i++) {
      const value = Math.fround(random.normal() * 2 ** random.between(-26, 14));
      const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10));
      assert.ok(Math.abs(fromHalf(toHalf(value)) - value) <= step / 2, `${value}`);
    }
  });
});

describe("tensor files", () => {
  it("come back exactly from single precision, with their remarks", async () => {
    const path = join(folder, "single.safetensors");
    await writeTensors(path, { tensors, metadata: { note: "größer" } }, "F32");
    const read = await readTensors(path);
    assert.deepEqual(read.tensors, tensors);
    assert.deepEqual(read.metadata, { note: "größer" });
  });

  it("come back from half precision as the nearest numbers", async () => {
    const path = join(folder, "half.safetensors");
    await writeTensors(path, { tensors, metadata: {} }, "F16");
    const read = await readTensors(path);
    const expected = [1, -2.5, fromHalf(toHalf(0.1)), 65504, fromHalf(toHalf(1e-6)), -0];
    assert.deepEqual([...read.tensors["a/kernel"]!.values], expected);
    assert.ok(Math.abs(expected[2]! - 0.1) < 1e-4);
  });

  it("follow the safetensors format: header aligned to 8 bytes, offsets without gaps", async () => {
    const path = join(folder, "format.safetensors");
    await writeTensors(path, { tensors, metadata: { note: "größer" } }, "F32");
    const bytes = await readFile(path);
    const length = Number(bytes.readBigUInt64LE());
    assert.equal(length % 8, 0);
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<string, unknown>;
    assert.deepEqual(header["a/kernel"], { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
    assert.deepEqual(header["é"], { dtype: "F32", shape: [], data_offsets: [24, 28] });
    assert.equal(bytes.length, 8 + length + 28);
    assert.ok(!(await readdir(folder)).some((name) => name.endsWith(".part")));
  });

  it("hold networks with their description", async () => {
    const path = join(folder, "network.safetensors");
    const network = niemeyerNetwork({ size: 32, width: 0.125, classes: 5 });
    const weights = initialWeights(network, 3);
    await saveWeights(path, network, weights, { trained: "never" });
    const read = await loadWeights(path);
    assert.deepEqual(read.network, network);
    assert.equal(read.metadata.trained, "never");
    assert.deepEqual(Object.keys(read.weights), Object.keys(weights));
    for (const [name, values] of Object.entries(weights))
      assert.deepEqual(
        read.weights[name],
        values.map((value) => fromHalf(toHalf(value))),
      );
  });
});

describe("tensor files that cannot be used say so in a sentence", () => {
  const header = (entries: unknown, data: number): Buffer => {
    const text = Buffer.from(JSON.stringify(entries));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  const refused = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof WeightsError, String(error));
    assert.equal(error.code, "weights");
    assert.match(error.message, message);
    assert.ok(!error.message.includes(folder), "no machine path in messages");
    return true;
  };
  const tensor = (changes: object): object => ({
    a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...changes },
  });
  const damaged: Record<string, Buffer> = {
    "an empty file": Buffer.alloc(0),
    "a file of 7 bytes": Buffer.alloc(7),
    "a header longer than the file": Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 1]),
    "a header that is no JSON": Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 123, 123, 123, 123]),
    "a header that is null": header(null, 0),
    "an entry that is null": header({ a: null }, 8),
    "a header that is a list": header([1], 0),
    "metadata that are no texts": header({ __metadata__: { inputs: 2 } }, 0),
    "values cut off": header(tensor({}), 7),
    "another number format": header(tensor({ dtype: "I32" }), 8),
    "a shape that does not fit the values": header(tensor({ shape: [3] }), 8),
    "a shape that is no list": header(tensor({ shape: "2" }), 8),
    "a negative shape": header(tensor({ shape: [-2], data_offsets: [8, 0] }), 8),
    "a negative offset": header(tensor({ data_offsets: [-8, 0] }), 8),
    "no offsets": header(tensor({ data_offsets: undefined }), 8),
    "a shape of fractions": header(tensor({ shape: [0.5, 4] }), 8),
  };
  for (const [title, bytes] of Object.entries(damaged))
    it(title, async () => {
      const path = join(folder, "damaged.safetensors");
      await writeFile(path, bytes);
      await assert.rejects(readTensors(path), refused(/damaged\.safetensors are damaged .*install/));
    });

  it("a file truncated anywhere", async () => {
    const whole = join(folder, "whole.safetensors");
    await writeTensors(whole, { tensors, metadata: {} }, "F32");
    const bytes = await readFile(whole);
    const path = join(folder, "cut.safetensors");
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length));
      await assert.rejects(readTensors(path), refused(/cut\.safetensors are damaged/), `${length} bytes`);
    }
  });

  it("a file that is not there", async () => {
    const message = /nothing\.safetensors are missing from the models folder; .*SPINEBOOK_MODELS/;
    await assert.rejects(loadWeights(join(folder, "nothing.safetensors")), refused(message));
  });

  it("tensors without a network, and a network without its tensors", async () => {
    const path = join(folder, "other.safetensors");
    await writeTensors(path, { tensors, metadata: {} }, "F32");
    await assert.rejects(loadWeights(path), refused(/no network description/));
    const network = JSON.stringify(niemeyerNetwork({ size: 32, width: 0.125, classes: 5 }));
    await writeTensors(path, { tensors, metadata: { network } }, "F32");
    await assert.rejects(loadWeights(path), refused(/lack tensor convolution1\/kernel of shape 4x1x3x3/));
    await writeTensors(path, { tensors, metadata: { network: "{}" } }, "F32");
    await assert.rejects(loadWeights(path), refused(/other\.safetensors/));
  });

  it("a network's description with something missing, of another kind or unknown", async () => {
    const path = join(folder, "other.safetensors");
    const network = niemeyerNetwork({ size: 32, width: 0.125, classes: 5 });
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [7, /cannot be read \(it must be an object\); install/],
      [{ ...network, layers: undefined }, /\("layers" is missing\)/],
      [{ ...network, layers: {} }, /\("layers" must be a list\)/],
      [{ ...network, input: { channels: 1, rows: 32 } }, /\("input\.columns" is missing\)/],
      [{ ...network, layers: [{ kind: "attention" }] }, /\("layers\[0\]\.kind" must be one of convolution/],
      [{ ...network, layers: [{ kind: "dense", units: "5" }] }, /\("layers\[0\]\.units" must be a whole/],
      [{ ...network, outputs: [{ name: "a", loss: "hinge" }] }, /\("outputs\[0\]\.loss" must be one of/],
      [
        { ...network, layers: [{ kind: "addition", with: "nothing" }] },
        /\(its layers do not fit each other\)/,
      ],
    ];
    for (const [description, message] of cases) {
      await writeTensors(path, { tensors, metadata: { network: JSON.stringify(description) } }, "F32");
      await assert.rejects(loadWeights(path), refused(message));
    }
  });
});

it("weights that were trained on other inputs are refused", async () => {
  const network = niemeyerNetwork({ size: 32, width: 0.125, classes: 5 });
  const [unnamed, second] = [join(folder, "unnamed.safetensors"), join(folder, "second.safetensors")];
  await saveWeights(unnamed, network, initialWeights(network, 1), {});
  await saveWeights(second, network, initialWeights(network, 1), { inputs: "2" });
  await loadWeights(unnamed, 1);
  await loadWeights(second, 2);
  await loadWeights(second);
  await assert.rejects(
    loadWeights(second, 1),
    /second.safetensors were trained on inputs of version 2, .* version 1/,
  );
  await assert.rejects(loadWeights(unnamed, 2), WeightsError);
});
