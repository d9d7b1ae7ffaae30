import { readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import * as v from "valibot";
import { listParameters, sizeOf } from "./network.js";
import type { Network, Parameter, Shape } from "./network.js";
import { NETWORK } from "./networkForm.js";
import { Random } from "../numbers/index.js";
import { checkedJson, plainObject, recordOf, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";

/** Values of all parameters of a network, by parameter name. */
export type Weights = Record<string, Float32Array>;

/** A file of tensors that cannot be used; the message says which file, what is wrong and what to do. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  readonly code = "weights";
}

/** He initialisation (He et al. 2015, normal with variance 2 / fan-in) of kernels; batch normalisation starts as identity. */
export function initialWeights(network: Network, seed: number): Weights {
  const random = new Random(seed);
  const weights: Weights = {};
  for (const { name, shape, role, fanIn } of listParameters(network)) {
    const values = new Float32Array(sizeOf(shape));
    if (role === "kernel") values.forEach((_, i) => (values[i] = random.normal() * Math.sqrt(2 / fanIn)));
    if (role === "scale" || role === "variance") values.fill(1);
    weights[name] = values;
  }
  return weights;
}

/** Nearest half-precision number (round to nearest, ties to even), as its 16 bits. */
export function toHalf(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (((bits >>> 23) & 0xff) === 255 && mantissa !== 0 ? 0x200 : 0);
  if (exponent < -10) return sign;
  const shift = exponent <= 0 ? 14 - exponent : 13;
  const full = exponent <= 0 ? mantissa | 0x800000 : mantissa | (exponent << 23);
  const kept = full >>> shift;
  const rest = full & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** The number that 16 bits of half precision stand for. */
export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Tensors with their shapes and a few lines of text about them, as the safetensors format stores them. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, { readonly shape: Shape; readonly values: Float32Array }>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Writes a safetensors file (8 bytes of header length, a JSON header, then the values), atomically. */
export async function writeTensors(path: string, file: TensorFile, precision: "F16" | "F32"): Promise<void> {
  const width = precision === "F16" ? 2 : 4;
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(file.tensors)) {
    header[name] = { dtype: precision, shape, data_offsets: [offset, offset + values.length * width] };
    offset += values.length * width;
  }
  const text = JSON.stringify(header);
  const head = Buffer.from(
    text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8 - (Buffer.byteLength(text) - text.length)),
  );
  const bytes = Buffer.alloc(8 + head.length + offset);
  bytes.writeBigUInt64LE(BigInt(head.length));
  head.copy(bytes, 8);
  let at = 8 + head.length;
  for (const { values } of Object.values(file.tensors))
    for (const value of values) {
      if (width === 2) bytes.writeUInt16LE(toHalf(value), at);
      else bytes.writeFloatLE(value, at);
      at += width;
    }
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

/** Reads a safetensors file of fp16 or fp32 tensors. Throws a {@link WeightsError} where it is missing or damaged. */
export async function readTensors(path: string): Promise<TensorFile> {
  const file = basename(path);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    throw new WeightsError(
      `The weights ${file} are missing from the models folder; install Spinebook again or set SPINEBOOK_MODELS to the folder that holds them.`,
    );
  }
  const damaged = new WeightsError(
    `The weights ${file} are damaged (truncated or not a safetensors file); install Spinebook again.`,
  );
  if (bytes.length < 8) throw damaged;
  const headLength = Number(bytes.readBigUInt64LE());
  if (headLength > bytes.length - 8) throw damaged;
  const { value: header } = checkedJson(bytes.toString("utf8", 8, 8 + headLength), HEADER);
  if (header === undefined) throw damaged;
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = bytes.subarray(8 + headLength);
  const tensors: Record<string, { shape: Shape; values: Float32Array }> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: range } = entry;
    if (range[1] > data.length || range[1] - range[0] !== sizeOf(shape) * WIDTHS[dtype]) throw damaged;
    const width = WIDTHS[dtype];
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) {
      const at = range[0] + i * width;
      values[i] = width === 2 ? fromHalf(data.readUInt16LE(at)) : data.readFloatLE(at);
    }
    tensors[name] = { shape, values };
  }
  return { tensors, metadata };
}

/** Bytes of a number in each format that is read. */
const WIDTHS = { F16: 2, F32: 4 } as const;

/** How a header describes a tensor: its values lie within the data, from the first offset to the second. */
interface Entry {
  readonly dtype: keyof typeof WIDTHS;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const ENTRY: Schema<Entry> = v.object({
  dtype: v.picklist(["F16", "F32"]),
  shape: v.array(wholeNumber(0)),
  data_offsets: v.strictTuple([wholeNumber(0), wholeNumber(0)]),
});

/** The format's own header: texts under `__metadata__`, and an entry for each tensor by its name. */
const HEADER = v.pipe(
  plainObject(),
  v.objectWithRest({ __metadata__: v.optional(recordOf(v.string())) }, ENTRY),
);

/** Writes a network's weights in half precision, with its description and remarks. */
export async function saveWeights(
  path: string,
  network: Network,
  weights: Weights,
  remarks: Readonly<Record<string, string>>,
): Promise<void> {
  const tensors = Object.fromEntries(
    listParameters(network).map(({ name, shape }) => [name, { shape, values: weights[name]! }]),
  );
  await writeTensors(path, { tensors, metadata: { network: JSON.stringify(network), ...remarks } }, "F16");
}

/**
 * Reads a network's description and weights back.
 * @param inputs version of the inputs that the caller makes; weights that were trained on another one would give wrong answers without
 *   a word, and are refused. Files that state none are of version 1.
 * @throws WeightsError
 */
export async function loadWeights(
  path: string,
  inputs?: number,
): Promise<{ network: Network; weights: Weights; metadata: Readonly<Record<string, string>> }> {
  const { tensors, metadata } = await readTensors(path);
  if (metadata.network === undefined)
    throw new WeightsError(
      `The weights ${basename(path)} hold no network description; they were not written by Spinebook.`,
    );
  const trainedOn = Number(metadata.inputs ?? 1);
  if (inputs !== undefined && trainedOn !== inputs)
    throw new WeightsError(
      `The weights ${basename(path)} were trained on inputs of version ${trainedOn}, this Spinebook makes version ${inputs}; take weights and Spinebook of one release, or train them again.`,
    );
  const { network, parameters } = describedNetwork(metadata.network, basename(path));
  for (const { name, shape } of parameters)
    if (tensors[name]?.shape.join() !== shape.join())
      throw new WeightsError(
        `The weights ${basename(path)} lack tensor ${name} of shape ${shape.join("x")}; install Spinebook again.`,
      );
  return {
    network,
    weights: Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values])),
    metadata,
  };
}

/** The network that a file describes, and its parameters. @throws WeightsError */
function describedNetwork(text: string, file: string): { network: Network; parameters: Parameter[] } {
  const { value: network, problem } = checkedJson(text, NETWORK);
  let reason = problem;
  if (network !== undefined)
    try {
      return { network, parameters: listParameters(network) };
    } catch {
      reason = "its layers do not fit each other";
    }
  throw new WeightsError(
    `The weights ${file} hold a network description that cannot be read (${reason}); install Spinebook again.`,
  );
}
