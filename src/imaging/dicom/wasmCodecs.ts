import { createRequire } from "node:module";
import { DAMAGED } from "../errors.js";

/** A codec of the family that compiles a C++ decoder to WebAssembly (Emscripten). */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray;
  delete(): void;
}

interface CodecModule {
  readonly HTJ2KDecoder?: new () => Decoder;
  readonly J2KDecoder?: new () => Decoder;
  readonly JPEGDecoder?: new () => Decoder;
  readonly JpegLSDecoder?: new () => Decoder;
  /** Text of a C++ exception, which is thrown as its address. */
  getExceptionMessage?(address: number): string | readonly string[];
}

type CodecFactory = (options: { print: () => void; printErr: () => void }) => Promise<CodecModule>;

interface Package {
  readonly name: string;
  readonly decoder: keyof Omit<CodecModule, "getExceptionMessage">;
}

/** The WebAssembly builds of the packages, which decode several times as fast as their builds in plain JavaScript. */
const PACKAGES = {
  highThroughput: {
    name: "@cornerstonejs/codec-openjph/wasmjs",
    decoder: "HTJ2KDecoder",
  },
  jpeg: {
    name: "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs",
    decoder: "JPEGDecoder",
  },
  jpeg2000: {
    name: "@cornerstonejs/codec-openjpeg/decodewasmjs",
    decoder: "J2KDecoder",
  },
  jpegLs: {
    name: "@cornerstonejs/codec-charls/decodewasmjs",
    decoder: "JpegLSDecoder",
  },
} as const satisfies Readonly<Record<string, Package>>;

const SYNTAXES: Readonly<Record<string, keyof typeof PACKAGES>> = {
  "1.2.840.10008.1.2.4.50": "jpeg",
  "1.2.840.10008.1.2.4.80": "jpegLs",
  "1.2.840.10008.1.2.4.81": "jpegLs",
  "1.2.840.10008.1.2.4.90": "jpeg2000",
  "1.2.840.10008.1.2.4.91": "jpeg2000",
  "1.2.840.10008.1.2.4.201": "highThroughput",
  "1.2.840.10008.1.2.4.202": "highThroughput",
  "1.2.840.10008.1.2.4.203": "highThroughput",
};

const modules = new Map<string, Promise<CodecModule>>();

function moduleOf(name: string): Promise<CodecModule> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const create = createRequire(import.meta.url)(name) as CodecFactory;
  const silent = (): void => undefined;
  const loading = create({ print: silent, printErr: silent });
  modules.set(name, loading);
  return loading;
}

/** Whether a transfer syntax is decoded by {@link decodeByWasm}. */
export function isDecodedByWasm(syntax: string): boolean {
  return syntax in SYNTAXES;
}

/**
 * Decodes a frame of JPEG baseline, JPEG-LS or JPEG 2000 (also high-throughput) into samples as the codec stores them: one byte, or two in little endian.
 * @throws Error with the codec's own words
 */
export async function decodeByWasm(frame: Uint8Array, syntax: string): Promise<Uint8Array> {
  const { name, decoder } = PACKAGES[SYNTAXES[syntax]!];
  const codec = await moduleOf(name);
  const instance = new codec[decoder]!();
  try {
    instance.getEncodedBuffer(frame.length).set(frame);
    instance.decode();
    // A copy: the view is of memory that the next decode overwrites.
    return new Uint8Array(instance.getDecodedBuffer());
  } catch (thrown) {
    if (typeof thrown !== "number") throw thrown;
    throw new Error([codec.getExceptionMessage?.(thrown) ?? DAMAGED].flat().join(" "));
  } finally {
    instance.delete();
  }
}
