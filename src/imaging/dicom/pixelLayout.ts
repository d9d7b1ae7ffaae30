/** How a file's stored pixels are laid out. */
export interface PixelLayout {
  readonly syntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  /** What a pixel is stored as: a whole number, or a float (FloatPixelData, DoubleFloatPixelData). */
  readonly sample: "integer" | "float32" | "float64";
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly samplesPerPixel: number;
  readonly photometric: string;
  /** Whether the pixel data was written as 16-bit words (VR OW), which matters to the order of single bytes. */
  readonly isWords: boolean;
}
