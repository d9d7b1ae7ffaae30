// jpeg-lossless-decoder-js names types that it does not ship; this is the part that is used.
declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    /** Rows whose pixels are decoded, of so many. */
    readonly yLoc: number;
    readonly yDim: number;
    readonly stream: { readonly index: number };
    decode(
      buffer: ArrayBufferLike,
      offset: number,
      length: number,
      bytesPerSample: number,
    ): Uint8Array | Uint16Array;
  }
}
