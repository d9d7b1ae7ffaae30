import type { SlicePoint } from "../../detection/index.js";
import type { Volume } from "../../imaging/index.js";
import { CROP_MM, cropToSlice } from "../discCrop.js";
import type { Hotspot } from "./types.js";

/** Heat at a position of the map, bilinear; 0 outside. */
export function sampleHeat(
  { heat, size }: Pick<Hotspot, "heat" | "size">,
  slice: number,
  x: number,
  y: number,
): number {
  const clamp = (value: number): number => Math.min(size - 1, Math.max(0, value));
  if (x < -0.5 || y < -0.5 || x > size - 0.5 || y > size - 0.5) return 0;
  const [c, r] = [Math.floor(clamp(x)), Math.floor(clamp(y))];
  const [c2, r2] = [Math.min(c + 1, size - 1), Math.min(r + 1, size - 1)];
  const [fc, fr] = [clamp(x) - c, clamp(y) - r];
  const at = (row: number, column: number): number => heat[(slice * size + row) * size + column]!;
  return (at(r, c) * (1 - fc) + at(r, c2) * fc) * (1 - fr) + (at(r2, c) * (1 - fc) + at(r2, c2) * fc) * fr;
}

/** A hotspot as a box of heat on the pixels of the upright stack. */
export interface HeatBox {
  /** First column, row and slice. */
  readonly origin: readonly [number, number, number];
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** [slice][row][column], 0 to 1. */
  readonly values: Float32Array;
}

/** Resamples a hotspot onto the stack's pixels; slices between those read are interpolated. */
export function heatOnStack(hotspot: Hotspot, volume: Volume): HeatBox {
  const { frame, size, slices } = hotspot;
  const half = CROP_MM / 2;
  const corners = [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ].map(([u, v]) => cropToSlice(frame, volume.spacing, u!, v!));
  const range = (axis: 0 | 1, limit: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(...corners.map((corner) => corner[axis])))),
    Math.min(limit - 1, Math.ceil(Math.max(...corners.map((corner) => corner[axis])))),
  ];
  const [left, right] = range(0, volume.columns);
  const [top, bottom] = range(1, volume.rows);
  const [firstSlice, lastSlice] = [slices[0]!, slices.at(-1)!];
  const box = {
    origin: [left, top, firstSlice] as const,
    columns: right - left + 1,
    rows: bottom - top + 1,
    slices: lastSlice - firstSlice + 1,
  };
  const values = new Float32Array(box.columns * box.rows * box.slices);
  // The crop's axes in the slice: how many map pixels one column or row of the slice is.
  const origin = cropToSlice(frame, volume.spacing, -half, -half);
  const radians = (frame.angle * Math.PI) / 180;
  const perMm = size / (CROP_MM * frame.scale);
  const step = slices.length > 1 ? slices[1]! - slices[0]! : 1;
  for (let s = 0; s < box.slices; s++) {
    const at = s / step;
    const [below, fraction] = [Math.min(Math.floor(at), slices.length - 1), at - Math.floor(at)];
    const above = Math.min(below + 1, slices.length - 1);
    for (let r = 0; r < box.rows; r++)
      for (let c = 0; c < box.columns; c++) {
        const dx = (left + c - origin[0]) * volume.spacing[0];
        const dy = (top + r - origin[1]) * volume.spacing[1];
        const x = (Math.cos(radians) * dx + Math.sin(radians) * dy) * perMm - 0.5;
        const y = (Math.cos(radians) * dy - Math.sin(radians) * dx) * perMm - 0.5;
        const near = sampleHeat(hotspot, below, x, y);
        const value =
          fraction > 0 ? near * (1 - fraction) + sampleHeat(hotspot, above, x, y) * fraction : near;
        values[(s * box.rows + r) * box.columns + c] = value;
      }
  }
  return { ...box, values };
}

/** Where in its slice the heat of a hotspot is strongest, and in which slice. */
export function hottestPoint(hotspot: Hotspot, volume: Volume): { point: SlicePoint; slice: number } {
  const { heat, size, frame, slices } = hotspot;
  const index = heat.reduce((best, value, i) => (value > heat[best]! ? i : best), 0);
  const [slice, row, column] = [
    Math.floor(index / (size * size)),
    Math.floor((index % (size * size)) / size),
    index % size,
  ];
  const position = (i: number): number => ((i + 0.5) / size - 0.5) * CROP_MM;
  const [x, y] = cropToSlice(frame, volume.spacing, position(column), position(row));
  return { point: { column: x, row: y }, slice: slices[slice]! };
}
