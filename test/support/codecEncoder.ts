import { createRequire } from "node:module";

/** The encoders that the codec packages hold beside their decoders. */
export const ENCODERS = {
  jpeg: ["@cornerstonejs/codec-libjpeg-turbo-8bit", "JPEGEncoder"],
  jpegLs: ["@cornerstonejs/codec-charls", "JpegLSEncoder"],
  jpeg2000: ["@cornerstonejs/codec-openjpeg", "J2KEncoder"],
  highThroughput: ["@cornerstonejs/codec-openjph", "HTJ2KEncoder"],
} as const;

/** The part of an encoder that is used; its memory is only good until `delete`. */
export interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
  /** OpenJPH: whether lossless, else the size of a step of quantization. */
  setQuality?(reversible: boolean, step: number): void;
  /** OpenJPH: 0 by layers first, 2 by resolutions first. */
  setProgressionOrder?(order: number): void;
  /** libjpeg-turbo. */
  setProgressive?(progressive: boolean): void;
  /** CharLS: how far a sample may be off; what is not set is what its memory held. */
  setNearLossless?(distance: number): void;
}

/** The samples of one frame of one sample per pixel, row by row. */
export interface Frame {
  readonly samples: Uint8Array | Int16Array | Uint16Array;
  readonly rows: number;
  readonly columns: number;
}

type CodecFactory = (options: object) => Promise<Record<string, new () => Encoder>>;

/** Encodes a frame with the package's own choice of parameters, but for what `prepare` sets. */
export async function encodeWith(
  codec: keyof typeof ENCODERS,
  { samples, rows, columns }: Frame,
  prepare: (encoder: Encoder) => void = () => undefined,
): Promise<Uint8Array> {
  const [name, type] = ENCODERS[codec];
  const make = createRequire(import.meta.url)(name) as CodecFactory;
  const silent = (): void => undefined;
  const encoder = new (await make({ print: silent, printErr: silent }))[type]!();
  encoder
    .getDecodedBuffer({
      width: columns,
      height: rows,
      bitsPerSample: samples.BYTES_PER_ELEMENT * 8,
      componentCount: 1,
      isSigned: samples instanceof Int16Array,
      isUsingColorTransform: false,
    })
    .set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  prepare(encoder);
  encoder.encode();
  const bytes = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

/** A frame as JPEG-LS holds it without loss. */
export function jpegLsEncoded(frame: Frame): Promise<Uint8Array> {
  return encodeWith("jpegLs", frame, (encoder) => encoder.setNearLossless?.(0));
}

/**
 * A frame as JPEG lossless holds it (ITU-T T.81, annex H): each sample less the one on its left, or above in the first column.
 * Neighbours must differ by less than 32768.
 */
export function losslessJpegEncoded({ samples, rows, columns }: Frame): Uint8Array {
  const precision = samples.BYTES_PER_ELEMENT * 8;
  const bits: string[] = [];
  samples.forEach((sample, i) => {
    const first = i === 0 ? 2 ** (precision - 1) : samples[i - columns]!;
    const difference = sample - (i % columns === 0 ? first : samples[i - 1]!);
    const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
    const value = difference < 0 ? difference + 2 ** category - 1 : difference;
    // Each category of 0 to 16 bits has its own number in 5 bits as its code.
    bits.push(category.toString(2).padStart(5, "0"));
    if (category > 0) bits.push(value.toString(2).padStart(category, "0"));
  });
  const packed = bits
    .join("")
    .match(/.{1,8}/g)!
    .flatMap((byte) => {
      const value = parseInt(byte.padEnd(8, "1"), 2);
      return value === 0xff ? [0xff, 0] : [value];
    });
  const segment = (marker: number, body: readonly number[]) => [0xff, marker, 0, body.length + 2, ...body];
  const codesOfLength = Array.from({ length: 16 }, (_, i) => (i === 4 ? 17 : 0));
  const size = [rows >> 8, rows & 255, columns >> 8, columns & 255];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xc3, [precision, ...size, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0, ...codesOfLength, ...Array.from({ length: 17 }, (_, i) => i)]),
    ...segment(0xda, [1, 1, 0, 1, 0, 0]),
    ...packed,
    ...[0xff, 0xd9],
  ]);
}
