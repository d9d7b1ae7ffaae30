import { deflateRawSync, inflateRawSync } from "node:zlib";
import {
  base64ToBytes,
  bytesToBase64,
  bytesToDifferences,
  decodeRows,
  encodeRows,
  differencesToBytes,
  type HeatLayer,
  type SlicesPayload,
} from "../../protocol/index.js";

/** A heat layer before it is packed: 0 (nothing) to 255 (strongest), [slice][row][column] of its box. */
export type HeatInput = Omit<HeatLayer, "values"> & { readonly values: Uint8Array };

/** Intensities in the form of `SlicesPayload.voxels`. */
export function packVoxels(voxels: Int16Array, columns: number): string {
  return packBytes(differencesToBytes(encodeRows(voxels, columns)));
}

/** Heat in the form of `HeatLayer.values`. */
export function packBytes(bytes: Uint8Array): string {
  return bytesToBase64(deflateRawSync(bytes));
}

/** Intensities of a payload, [slice][row][column]. @throws Error when the payload is damaged */
export function unpackVoxels(payload: SlicesPayload): Int16Array {
  const count = payload.columns * payload.rows * payload.slices;
  return decodeRows(bytesToDifferences(unpackBytes(payload.voxels, count * 2)), payload.columns);
}

/** Values of a heat layer, [slice][row][column] of its box. @throws Error when the payload is damaged */
export function unpackHeat(layer: HeatLayer): Uint8Array {
  return unpackBytes(layer.values, layer.columns * layer.rows * layer.slices);
}

function unpackBytes(text: string, length: number): Uint8Array {
  const bytes = inflateRawSync(base64ToBytes(text), { maxOutputLength: Math.max(1, length) });
  if (bytes.length !== length)
    throw new RangeError(`a display holds ${bytes.length} bytes, but its size needs ${length}`);
  return bytes;
}
