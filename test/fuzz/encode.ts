import { createRequire } from "node:module";

/** An encoder of the codec packages. */
interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
  setNearLossless(distance: number): void;
}

/** A frame of 8 or 16 bits as JPEG-LS holds it without loss. */
export async function jpegLsEncoded(
  samples: Uint8Array | Uint16Array,
  rows: number,
  columns: number,
): Promise<Uint8Array> {
  const make = createRequire(import.meta.url)("@cornerstonejs/codec-charls") as () => Promise<
    Record<"JpegLSEncoder", new () => Encoder>
  >;
  const encoder = new (await make()).JpegLSEncoder();
  const info = { width: columns, height: rows, bitsPerSample: samples.BYTES_PER_ELEMENT * 8 };
  encoder
    .getDecodedBuffer({ ...info, componentCount: 1, isSigned: false, isUsingColorTransform: false })
    .set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  // What is not set is what its memory held.
  encoder.setNearLossless(0);
  encoder.encode();
  const bytes = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

/** A 16-bit frame as RLE (PS3.5 annex G): two planes of bytes, of runs that repeat nothing. */
export function runLengthEncoded(samples: Uint16Array): Uint8Array {
  const plane = (shift: number): Buffer => {
    const bytes = Uint8Array.from(samples, (sample) => (sample >> shift) & 0xff);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 128) {
      const run = bytes.subarray(at, at + 128);
      parts.push(Uint8Array.of(run.length - 1), run);
    }
    const packed = Buffer.concat(parts);
    return packed.length % 2 === 0 ? packed : Buffer.concat([packed, Buffer.alloc(1)]);
  };
  const [high, low] = [plane(8), plane(0)];
  const header = Buffer.alloc(64);
  [2, 64, 64 + high.length].forEach((word, i) => header.writeUInt32LE(word, 4 * i));
  return Buffer.concat([header, high, low]);
}
