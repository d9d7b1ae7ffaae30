// @cornerstonejs/dicom-codec ships no types; this is the part that is used.
declare module "@cornerstonejs/dicom-codec" {
  interface ImageInfo {
    rows: number;
    columns: number;
    bitsAllocated: number;
    samplesPerPixel: number;
    signed: boolean;
    pixelRepresentation: number;
  }
  const codec: {
    decode(
      frame: Uint8Array,
      info: ImageInfo,
      transferSyntax: string,
    ): Promise<{ imageFrame: ArrayBufferView }>;
    encode(
      frame: Uint8Array,
      info: ImageInfo,
      transferSyntax: string,
    ): Promise<{ imageFrame: ArrayBufferView }>;
  };
  export default codec;
}
