import { createUnzip } from "node:zlib";
import type { FilesBeside } from "./beside.js";
import { ImagingError, reason } from "../errors.js";
import { MAX_FILE_BYTES, requireBytes } from "../limits.js";
import { isWhole, readSamples, sampleBytes, wholeNumbers, type Samples, type SampleType } from "./voxels.js";

/** deflate packs at most about 1032 bytes into one; a file that declares more than that is not whole. */
const DEFLATE_LIMIT = 1032;
const NEWLINE = 0x0a;
/** More characters than any number is written with. */
const LONGEST_NUMBER = 400;

/** How a file keeps its voxels. */
export interface StoredVoxels {
  readonly type: SampleType;
  readonly littleEndian: boolean;
  /** "deflate" is zlib or gzip, told apart by its first bytes; "text" is numbers in decimal. */
  readonly encoding: "raw" | "deflate" | "text" | "hex";
  /** Lines to leave out before decoding. */
  readonly lineSkip: number;
  /** Bytes to leave out, after unpacking where the voxels are packed; "end": the voxels are the last of the file. */
  readonly byteSkip: number | "end";
  /** Samples that are wanted, from the first on. */
  readonly count: number;
  /** Samples in each file. */
  readonly countPerFile: number;
  /** The files one after another: bytes at hand, or names beside the header. */
  readonly files: readonly (Uint8Array | string)[];
}

/** How many samples each of the files gives that are needed for `count`. */
function sharesOf({
  files,
  count,
  countPerFile,
}: StoredVoxels): { file: Uint8Array | string; take: number }[] {
  return files.slice(0, Math.ceil(count / countPerFile)).map((file, i) => ({
    file,
    take: Math.min(countPerFile, count - i * countPerFile),
  }));
}

/**
 * Checks before anything is allocated that the files are there and long enough for what the header declares.
 * @throws ImagingError "truncated", or as `FilesBeside.size` does.
 */
export async function requireStored(stored: StoredVoxels, beside: FilesBeside, name: string): Promise<void> {
  const { type, encoding, byteSkip, count, countPerFile, files } = stored;
  if (files.length * countPerFile < count)
    throw new ImagingError(
      "truncated",
      `${name} names ${files.length} files of voxels, fewer than its size asks for; add the others.`,
    );
  for (const { file, take } of sharesOf(stored)) {
    const size = typeof file === "string" ? await beside.size(file) : file.length;
    const skipped = byteSkip === "end" ? 0 : byteSkip;
    const bytes = take * sampleBytes(type);
    // Numbers in text are one digit and one space at least.
    const least = { raw: skipped + bytes, deflate: 0, text: 2 * take - 1, hex: 2 * bytes }[encoding];
    requireBytes(size - skipped, least - skipped, name);
    if (encoding === "deflate") requireBytes(size * DEFLATE_LIMIT, skipped + bytes, name);
  }
}

/** Reads the samples. Throws `ImagingError` "truncated", "malformed" or "too-large". */
export async function readStored(stored: StoredVoxels, beside: FilesBeside, name: string): Promise<Samples> {
  const parts: Samples[] = [];
  for (const { file, take } of sharesOf(stored)) {
    const bytes = typeof file === "string" ? await beside.read(file) : file;
    parts.push(await readPart(bytes, stored, take, typeof file === "string" ? file : name));
  }
  return parts.length === 1 ? parts[0]! : joined(parts, stored.count);
}

function joined(parts: readonly Samples[], count: number): Samples {
  // Whole numbers of 64 bits come as 32 where they fit, which may differ from file to file.
  const first = parts.find((part) => part instanceof Float64Array) ?? parts[0]!;
  const result = new (first.constructor as new (length: number) => Samples)(count);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

async function readPart(
  file: Uint8Array,
  stored: StoredVoxels,
  take: number,
  name: string,
): Promise<Samples> {
  const { type, encoding, littleEndian, byteSkip } = stored;
  const size = take * sampleBytes(type);
  const packed = afterLines(file, stored.lineSkip);
  const skip = (bytes: Uint8Array) => bytes.subarray(byteSkip === "end" ? -size : byteSkip);
  if (encoding === "text") return parseText(skip(packed), take, type, name);
  const data =
    encoding === "hex"
      ? parseHex(skip(packed), size, name)
      : skip(
          encoding === "raw"
            ? packed
            : await inflateStart(packed, size + (byteSkip === "end" ? 0 : byteSkip), name),
        );
  requireBytes(data.length, size, name);
  return readSamples(data, type, take, littleEndian);
}

function afterLines(bytes: Uint8Array, lines: number): Uint8Array {
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) return bytes.subarray(bytes.length);
    at = end + 1;
  }
  return bytes.subarray(at);
}

/**
 * The first `needed` bytes of zlib or gzip data; what follows is not unpacked, so that a small file cannot fill the
 * memory. Throws `ImagingError` "truncated", "malformed" or "too-large".
 */
async function inflateStart(bytes: Uint8Array, needed: number, name: string): Promise<Uint8Array> {
  requireBytes(bytes.length * DEFLATE_LIMIT, needed, name);
  if (needed > MAX_FILE_BYTES)
    throw new ImagingError(
      "too-large",
      `${name} unpacks to more than the ${MAX_FILE_BYTES / 2 ** 30} GiB that are read; crop it first.`,
    );
  // Memory that is asked for is taken from the system only as it is written to.
  const result = new Uint8Array(needed);
  let filled = 0;
  const unzip = createUnzip({ chunkSize: 256 * 1024 });
  unzip.end(bytes);
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      result.set(chunk.subarray(0, needed - filled), filled);
      filled = Math.min(needed, filled + chunk.length);
      if (filled === needed) break;
    }
  } catch (thrown) {
    if (typeof thrown === "object" && thrown !== null && "code" in thrown && thrown.code === "Z_BUF_ERROR")
      throw new ImagingError("truncated", `${name} ends before its compressed data does; copy it again.`);
    throw new ImagingError("malformed", `${name} cannot be decompressed (${reason(thrown)}); copy it again.`);
  }
  requireBytes(filled, needed, name);
  return result;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 || byte === 0x2c;
}

/** Decimal numbers with white space or commas between them. */
function parseText(bytes: Uint8Array, count: number, type: SampleType, name: string): Samples {
  const values = new Float64Array(count);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    while (at < text.length && isSpace(text[at]!)) at++;
    const start = at;
    while (at < text.length && !isSpace(text[at]!)) at++;
    if (at === start)
      throw new ImagingError(
        "truncated",
        `${name} holds ${i} numbers where its header declares ${count}; copy or export it again.`,
      );
    const token = text.toString("latin1", start, Math.min(at, start + LONGEST_NUMBER));
    const value = at - start < LONGEST_NUMBER ? Number(token) : NaN;
    if (isWhole(type) ? !Number.isInteger(value) : Number.isNaN(value) && !/^[+-]?nan$/i.test(token))
      throw new ImagingError(
        "malformed",
        `${name} has a voxel that is not ${isWhole(type) ? "a whole number" : "a number"}; save it again.`,
      );
    values[i] = value;
  }
  return isWhole(type) ? wholeNumbers(values) : values;
}

/** Value of a hexadecimal digit's byte, or -1. */
function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** `size` bytes from pairs of hexadecimal digits with any white space between them. */
function parseHex(bytes: Uint8Array, size: number, name: string): Uint8Array {
  const result = new Uint8Array(size);
  let digits = 0;
  for (const byte of bytes) {
    if (digits === 2 * size) break;
    if (isSpace(byte)) continue;
    const value = digit(byte);
    if (value < 0)
      throw new ImagingError(
        "malformed",
        `${name} has characters between its voxels that are no hexadecimal digits; save it again.`,
      );
    result[digits >> 1]! += digits % 2 === 0 ? value << 4 : value;
    digits++;
  }
  requireBytes(digits >> 1, size, name);
  return result;
}

/**
 * File names from a pattern with one number in it, as `printf` has it: `slice%03d.raw`, first, last, step.
 * Throws `ImagingError` "malformed" where there is no such number or more files than slices are read.
 */
export function numberedNames(pattern: string, range: readonly number[], name: string): string[] {
  const [first, last, step] = range;
  const found = /^([^%]*)%(0?)(\d{0,2})[diu]([^%]*)$/.exec(pattern);
  const length = Math.floor((last! - first!) / step!) + 1;
  if (found === null || !range.every(Number.isInteger) || !(length >= 1 && length <= 100_000))
    throw new ImagingError(
      "malformed",
      `${name} numbers its files of voxels in a way that is not understood; save it as a single file.`,
    );
  const [, before, zero, width, after] = found;
  return Array.from({ length }, (_, i) => {
    const number = String(first! + i * step!).padStart(Number(width), zero === "" ? " " : "0");
    return `${before!}${number}${after!}`;
  });
}
