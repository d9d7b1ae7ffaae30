import { ImagingError } from "../../errors.js";
import { stackAxes } from "../../geometry.js";
import { writeVoxels } from "../voxels.js";
import type { Volume } from "../../volume.js";
import { HEADER_BYTES } from "./header.js";
import { flipXY, quaternionOf } from "./orientation.js";

/** Largest size that a NIfTI-1 header can say. */
const MAX_SIZE = 32767;
/** The header and the four bytes behind it that say that no extension follows. */
const DATA_OFFSET = 352;

/**
 * A volume as a NIfTI-1 file (not compressed): int16 or float32 little endian, LPS turned to RAS, written as sform and,
 * where the axes are at right angles, as qform. A volume without patient geometry gets neither, only its voxel size.
 * Places are kept to a float32's seven digits.
 * @throws ImagingError "too-large" for more than 32767 columns, rows or slices.
 */
export function writeNifti(volume: Volume): Uint8Array {
  const { voxels, spacing, columns, rows, slices } = volume;
  if (Math.max(columns, rows, slices) > MAX_SIZE)
    throw new ImagingError(
      "too-large",
      `A volume of ${columns} x ${rows} x ${slices} voxels does not fit a NIfTI-1 file; write it as MetaImage or NRRD.`,
    );
  const float = voxels instanceof Float32Array;
  const width = float ? 4 : 2;
  const bytes = new Uint8Array(DATA_OFFSET + voxels.length * width);
  const view = new DataView(bytes.buffer);
  const put = (at: number, values: readonly number[]) => {
    values.forEach((value, i) => {
      view.setFloat32(at + 4 * i, value, true);
    });
  };
  view.setInt32(0, HEADER_BYTES[1], true);
  [3, columns, rows, slices, 1, 1, 1, 1].forEach((size, i) => {
    view.setInt16(40 + 2 * i, size, true);
  });
  view.setInt16(70, float ? 16 : 4, true);
  view.setInt16(72, width * 8, true);
  put(76, [1, ...spacing, 0, 0, 0, 0]);
  put(108, [DATA_OFFSET, 1, 0]);
  view.setUint8(123, 2); // millimetres
  if (volume.geometry === "patient") {
    const ras = flipXY(stackAxes(volume));
    view.setInt16(254, 1, true);
    put(280, ras.slice(0, 12));
    const form = quaternionOf(ras);
    if (form) {
      view.setInt16(252, 1, true);
      put(76, [form.qfac]);
      put(256, [...form.quaternion, ras[3]!, ras[7]!, ras[11]!]);
    }
  }
  bytes.set([0x6e, 0x2b, 0x31], 344); // n+1
  writeVoxels(bytes.subarray(DATA_OFFSET), voxels);
  return bytes;
}
