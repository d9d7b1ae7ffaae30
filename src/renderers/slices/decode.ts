import {
  base64ToBytes,
  bytesToDifferences,
  decodeRows,
  type HeatLayer,
  type SlicesPayload,
} from "../../protocol/index.js";

/** A payload with its packed parts unpacked. */
export interface Stack {
  readonly payload: SlicesPayload;
  /** [slice][row][column] */
  readonly voxels: Int16Array;
  /** One per heat layer, [slice][row][column] of its box; unpacked when first asked for. */
  heat(index: number): Promise<Uint8Array>;
}

/** More than any payload that `src/api` writes: a damaged notebook must not make the page allocate without end. */
const MAX_VOXELS = 64 * 1024 * 1024;

/** @throws Error, in words for the reader, when the payload is damaged or of a version this renderer does not know */
export async function decodeStack(payload: SlicesPayload): Promise<Stack> {
  checkShape(payload);
  const voxels = await unpackVoxels(payload);
  const cache = new Map<number, Promise<Uint8Array>>();
  return {
    payload,
    voxels,
    heat(index) {
      const known = cache.get(index);
      if (known) return known;
      const layer = payload.heat[index];
      const values = layer ? unpackHeat(layer) : Promise.reject(new Error(`no heat layer ${index}`));
      cache.set(index, values);
      return values;
    },
  };
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

async function unpackVoxels(payload: SlicesPayload): Promise<Int16Array> {
  const count = payload.columns * payload.rows * payload.slices;
  const bytes = await inflate("the picture", payload.voxels, count * 2);
  return decodeRows(bytesToDifferences(bytes), payload.columns);
}

async function unpackHeat(layer: HeatLayer): Promise<Uint8Array> {
  return inflate(`heat “${layer.label}”`, layer.values, layer.columns * layer.rows * layer.slices);
}

/** Inflates base64 text to exactly `length` bytes and stops as soon as there are more. */
async function inflate(what: string, text: string, length: number): Promise<Uint8Array> {
  const packed = new Blob([base64ToBytes(text)]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
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

function damaged(what: string): never {
  throw new Error(`the data of ${what} is damaged or incomplete: run the cell again`);
}
