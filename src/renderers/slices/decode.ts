import { base64ToBytes, type HeatLayer, type SlicesPayload } from "../../protocol/index.js";

/** A payload with its packed parts unpacked. */
export interface Stack {
  readonly payload: SlicesPayload;
  /** Intensities of one slice, [row][column]; valid until another slice is asked for. */
  readonly slice: (index: number) => Int16Array;
  /** One per heat layer, [slice][row][column] of its box; unpacked when first asked for. */
  readonly heat: (index: number) => Promise<Uint8Array>;
}

/** More than any payload that `src/api` writes: a damaged notebook must not make the page allocate without end. */
const MAX_VOXELS = 64 * 1024 * 1024;

/**
 * @param firstHeat index of the heat layer that is unpacked beside the picture, -1 for none
 * @throws Error, in words for the reader, when the payload is damaged or of a version this renderer does not know
 */
export async function decodeStack(payload: SlicesPayload, firstHeat = -1): Promise<Stack> {
  checkShape(payload);
  const cache = new Map<number, Promise<Uint8Array>>();
  const heat = (index: number): Promise<Uint8Array> => {
    const known = cache.get(index);
    if (known) return known;
    const layer = payload.heat[index];
    const values = layer ? unpackHeat(layer) : Promise.reject(new Error(`no heat layer ${index}`));
    cache.set(index, values);
    return values;
  };
  // Its failure is reported to whoever asks for it; the picture can be shown without.
  if (firstHeat in payload.heat) heat(firstHeat).catch(() => undefined);
  return { payload, slice: await unpackVoxels(payload), heat };
}

function checkShape(payload: SlicesPayload): void {
  if ((payload.version as number) !== 1)
    throw new Error(
      `this picture has version ${String(payload.version)}, but only version 1 is known: update Spinebook`,
    );
  checkSize("the picture", payload);
  payload.heat.forEach((layer) => {
    checkSize(`heat “${layer.label}”`, layer);
  });
}

function checkSize(
  what: string,
  size: { readonly columns: number; readonly rows: number; readonly slices: number },
): void {
  const sides = [size.columns, size.rows, size.slices];
  const valid = sides.every((side) => Number.isInteger(side) && side > 0);
  if (!valid || sides.reduce((product, side) => product * side, 1) > MAX_VOXELS)
    throw new Error(`${what} has an impossible size, ${sides.join(" × ")}: run the cell again`);
}

/**
 * Keeps the inflated differences and undoes them one slice at a time: the first picture need not wait for the others, and a
 * page of many outputs holds them once.
 */
async function unpackVoxels(payload: SlicesPayload): Promise<Stack["slice"]> {
  const { columns, rows, slices } = payload;
  const bytes = await inflate("the picture", payload.voxels, columns * rows * slices * 2);
  const pixels = new Int16Array(columns * rows);
  let held = -1;
  return (index) => {
    if (index !== held) decodeSlice(bytes, index, columns, pixels);
    held = index;
    return pixels;
  };
}

/** The inverse of `encodeRows` and `differencesToBytes` for one slice, in one pass. */
export function decodeSlice(bytes: Uint8Array, index: number, columns: number, pixels: Int16Array): void {
  const [low, high] = [index * pixels.length, bytes.length / 2 + index * pixels.length];
  for (let start = 0; start < pixels.length; start += columns) {
    let value = 0;
    for (let i = start; i < start + columns; i++) {
      const folded = bytes[low + i]! | (bytes[high + i]! << 8);
      value += (folded >>> 1) ^ -(folded & 1);
      pixels[i] = value;
    }
  }
}

async function unpackHeat(layer: HeatLayer): Promise<Uint8Array> {
  return inflate(`heat “${layer.label}”`, layer.values, layer.columns * layer.rows * layer.slices);
}

/**
 * Inflates base64 text to exactly `length` bytes and stops as soon as there are more. The bytes are written to the stream
 * straight from memory: a Blob would take them through another process first, which takes longer than inflating them.
 */
async function inflate(what: string, text: string, length: number): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  // A damaged stream fails on both sides; the reader is the one that says so.
  writer.write(bytesOf(text)).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => damaged(what));
    if (done) break;
    if (filled + value.length > length) {
      await reader.cancel();
      damaged(what);
    }
    bytes.set(value, filled);
    filled += value.length;
  }
  if (filled !== length) damaged(what);
  return bytes;
}

/** Newer browsers read base64 themselves, several times as fast. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (!fromBase64) return base64ToBytes(text);
  try {
    return fromBase64.call(Uint8Array, text);
  } catch {
    // The other decoder has the words for the reader.
    return base64ToBytes(text);
  }
}

function damaged(what: string): never {
  throw new Error(`the data of ${what} is damaged or incomplete: run the cell again`);
}
