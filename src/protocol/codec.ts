/** Pure codecs that `src/api` (writing) and `src/renderers` (reading) share; compression itself is done by each side's own deflate. */

/**
 * Each value minus its left neighbour, the first of a row as it is; differences wrap around modulo 2^16, which
 * {@link decodeRows} undoes exactly. Neighbouring pixels are alike, so the differences deflate well.
 *
 * @param values `rows * columns` values, any number of rows
 * @throws RangeError when the values are not whole rows
 */
export function encodeRows(values: Int16Array, columns: number): Int16Array {
  requireWholeRows(values.length, columns);
  const deltas = new Int16Array(values.length);
  for (let i = 0; i < values.length; i++)
    deltas[i] = i % columns === 0 ? values[i]! : values[i]! - values[i - 1]!;
  return deltas;
}

/** The inverse of {@link encodeRows}. */
export function decodeRows(deltas: Int16Array, columns: number): Int16Array {
  requireWholeRows(deltas.length, columns);
  const values = new Int16Array(deltas.length);
  for (let i = 0; i < deltas.length; i++)
    values[i] = i % columns === 0 ? deltas[i]! : values[i - 1]! + deltas[i]!;
  return values;
}

function requireWholeRows(length: number, columns: number): void {
  if (!Number.isInteger(columns) || columns < 1 || length % columns !== 0)
    throw new RangeError(`${length} values are not whole rows of ${columns} columns`);
}

/**
 * Bytes of 16-bit differences in a form that deflates well: each is folded (0, −1, 1, −2 ... become 0, 1, 2, 3 ...), so that
 * small ones have a high byte of zero, and all low bytes come before all high bytes.
 */
export function differencesToBytes(values: Int16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const folded = (values[i]! << 1) ^ (values[i]! >> 15);
    bytes[i] = folded & 255;
    bytes[values.length + i] = (folded >> 8) & 255;
  }
  return bytes;
}

/** The inverse of {@link differencesToBytes}; a trailing odd byte is an error. */
export function bytesToDifferences(bytes: Uint8Array): Int16Array {
  if (bytes.length % 2 !== 0) throw new RangeError(`${bytes.length} bytes are not whole 16-bit values`);
  const count = bytes.length / 2;
  const values = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const folded = bytes[i]! | (bytes[count + i]! << 8);
    values[i] = (folded >>> 1) ^ -(folded & 1);
  }
  return values;
}

/** Standard base64 with padding, the same in Node and in browsers. */
export function bytesToBase64(bytes: Uint8Array): string {
  // String.fromCharCode takes its characters as arguments, and engines limit how many.
  const chunk = 0x8000;
  let text = "";
  for (let i = 0; i < bytes.length; i += chunk) text += String.fromCharCode(...bytes.subarray(i, i + chunk));
  return btoa(text);
}

/** The inverse of {@link bytesToBase64}. @throws Error when the text is not base64 */
export function base64ToBytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = decodeBase64(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new Error(
      "the picture's data is not valid base64; the notebook may be damaged: run the cell again",
    );
  }
}
