import type { RatingRegion } from "../log/index.js";
import type { Volume } from "../../imaging/index.js";
import type { RatingBox, SlicesPayload } from "../../protocol/index.js";
import { encodeSlices } from "../../figures/index.js";

/**
 * Side in mm of the square about a disc that a rater sees: both neighbouring discs and the canal to compare with, and not so
 * much that the picture is that of the whole spine.
 */
const FIELD_MM = 130;

/** How the picture of a case lies in the upright stack. */
export interface CaseFrame {
  readonly slices: number;
  /** The stack's column and row of the picture's first pixel. */
  readonly origin: readonly [number, number];
  /** Pixels of the stack that a pixel of the picture covers. */
  readonly step: readonly [number, number];
}

/** The stack about a region, all slices of it, packed for a display; nothing in it tells series, patient or place. */
export function casePicture(
  volume: Volume,
  slice: number,
  region: RatingRegion,
): { readonly payload: SlicesPayload; readonly frame: CaseFrame } {
  const columns = cut(region.column, FIELD_MM / volume.spacing[0], volume.columns);
  const rows = cut(region.row, FIELD_MM / volume.spacing[1], volume.rows);
  const encoded = encodeSlices({
    volume: cropped(volume, columns, rows),
    title: "",
    initialSlice: Math.min(volume.slices - 1, Math.max(0, slice)),
  });
  const payload = { ...encoded, series: undefined, frame: undefined };
  const step = [columns.size / payload.columns, rows.size / payload.rows] as const;
  return { payload, frame: { slices: volume.slices, origin: [columns.first, rows.first], step } };
}

/** A region of the stack in a picture's pixels. */
export function toPicture(region: RatingRegion, { origin, step }: CaseFrame): RatingBox {
  return {
    ...region,
    column: (region.column - origin[0] + 0.5) / step[0] - 0.5,
    row: (region.row - origin[1] + 0.5) / step[1] - 0.5,
  };
}

/** A box of a picture in the stack's pixels, to a thousandth. */
export function toStack(box: RatingBox, { origin, step }: CaseFrame): RatingRegion {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    column: round((box.column + 0.5) * step[0] - 0.5 + origin[0]),
    row: round((box.row + 0.5) * step[1] - 0.5 + origin[1]),
    width: round(box.width),
    height: round(box.height),
  };
}

interface Cut {
  readonly first: number;
  readonly size: number;
}

/** The part of an axis about a middle; at an edge it moves inward, so that all pictures are of one size. */
function cut(middle: number, wanted: number, length: number): Cut {
  const size = Math.min(length, Math.ceil(wanted));
  return { first: Math.min(length - size, Math.max(0, Math.round(middle - size / 2))), size };
}

function cropped(volume: Volume, columns: Cut, rows: Cut): Volume {
  const voxels = new (volume.voxels instanceof Int16Array ? Int16Array : Float32Array)(
    columns.size * rows.size * volume.slices,
  );
  for (let slice = 0; slice < volume.slices; slice++)
    for (let row = 0; row < rows.size; row++) {
      const from = (slice * volume.rows + rows.first + row) * volume.columns + columns.first;
      voxels.set(volume.voxels.subarray(from, from + columns.size), (slice * rows.size + row) * columns.size);
    }
  return { ...volume, voxels, columns: columns.size, rows: rows.size, geometry: "image" };
}
