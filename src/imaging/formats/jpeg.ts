import { codestreamSize, plainCodestream } from "../dicom/codec.js";
import { decodeByWasm } from "../dicom/wasmCodecs.js";
import { ImagingError, reason } from "../errors.js";
import { voxelCount } from "../limits.js";
import { pictureHeader, pictureSeries, type PictureSize, type PictureSpacing } from "./picture.js";
import type { Series } from "../series.js";

/** The transfer syntax whose decoder reads JPEG of 8 bits, progressive ones too. */
const JPEG_8_BIT = "1.2.840.10008.1.2.4.50";

function jpegSize(bytes: Uint8Array, name: string): PictureSize & { readonly components: number } {
  const size = codestreamSize(bytes);
  if (size === undefined)
    throw new ImagingError(
      "malformed",
      `${name} is no JPEG picture that can be read; save the slice again, best as a PNG.`,
    );
  if (size.components !== 1 && size.components !== 3)
    throw new ImagingError(
      "unsupported-pixels",
      `${name} has ${size.components} colour channels, as pictures for print have; save the slice as a grayscale PNG.`,
    );
  voxelCount([size.columns, size.rows], name);
  return size;
}

/**
 * The series of one JPEG picture: gray as it is, colour averaged. JPEG loses detail: values are near those of the image, not the same.
 * @param spacing mm between neighbouring pixels, the same both ways
 * @throws ImagingError "no-spacing", "malformed", "too-large"; when loaded "truncated", "decode-failed"
 */
export function jpegSeries(
  bytes: Uint8Array,
  name: string,
  id: string,
  spacing: PictureSpacing | undefined,
): Series {
  const size = jpegSize(bytes, name);
  return pictureSeries(id, pictureHeader(size, spacing, name), name, () => grayValues(bytes, size, name));
}

async function grayValues(
  bytes: Uint8Array,
  { columns, rows, components }: ReturnType<typeof jpegSize>,
  name: string,
): Promise<Int16Array | Float32Array> {
  // Without what cameras and programs write beside the picture; the decoder fills what is cut off.
  const plain = plainCodestream(bytes);
  if (plain === undefined)
    throw new ImagingError("truncated", `${name} is a JPEG picture without an end; copy or save it again.`);
  const samples = await decodeByWasm(plain, JPEG_8_BIT).catch((thrown: unknown) => {
    throw new ImagingError(
      "decode-failed",
      `${name} cannot be decoded as JPEG (${reason(thrown)}); save the slice again, best as a PNG.`,
    );
  });
  const count = columns * rows;
  if (samples.length !== count * components)
    throw new ImagingError("decode-failed", `${name} is not of the size that it declares; save it again.`);
  if (components === 1) return Int16Array.from(samples);
  const gray = new Float32Array(count);
  for (let i = 0; i < count; i++) gray[i] = (samples[3 * i]! + samples[3 * i + 1]! + samples[3 * i + 2]!) / 3;
  return gray;
}
