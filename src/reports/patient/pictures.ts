import { encode } from "fast-png";
import { sampleSlice } from "../../detection/index.js";
import { heatOnStack, hottestPoint } from "../../grading/index.js";
import type { Hotspot } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { bytesToBase64, greyLevel, HEAT_OPACITY, heatAlpha, heatColour } from "../../protocol/index.js";
import type { Outline, SeriesPlace } from "../../protocol/index.js";
import { encodeSlices, placeOf, requireSamePlace, stillPng } from "../../figures/index.js";

/** mm of a spine's surroundings that a picture keeps: in front stand the names of the discs. */
const MARGIN = { front: 48, back: 36, above: 14, below: 22 } as const;
/** Side of an evidence picture in mm, and in pixels. */
const SIDE_MM = 48;
const SIDE = 144;

/** A PNG as an address that needs no file. */
export function pngAddress(png: Uint8Array): string {
  return `data:image/png;base64,${bytesToBase64(png)}`;
}

/**
 * One slice of an upright stack, cut down to the spine that its outlines show, with the outlines.
 * @param found the pictures in which the outlines were found
 * @throws RangeError where they are others than the stack's
 */
export async function spinePng(
  volume: Volume,
  slice: number,
  outlines: readonly Outline[],
  found: SeriesPlace,
  title: string,
): Promise<Uint8Array> {
  requireSamePlace(found, placeOf(volume));
  const here = outlines.filter(({ slices }) => slice >= slices[0] && slice <= slices[1]);
  const points = here.flatMap(({ corners }) => corners);
  if (points.length === 0) return stillPng(encodeSlices({ volume, title, initialSlice: slice }));
  const [dx, dy] = volume.spacing;
  const bound = (axis: 0 | 1, sign: 1 | -1, margin: number, step: number, last: number): number => {
    const outer = sign * Math.max(...points.map((point) => sign * point[axis]));
    return Math.round(Math.min(last, Math.max(0, outer + (sign * margin) / step)));
  };
  const left = bound(0, -1, MARGIN.front, dx, volume.columns - 1);
  const right = bound(0, 1, MARGIN.back, dx, volume.columns - 1);
  const top = bound(1, -1, MARGIN.above, dy, volume.rows - 1);
  const bottom = bound(1, 1, MARGIN.below, dy, volume.rows - 1);
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  const voxels = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      voxels[row * columns + column] =
        volume.voxels[(slice * volume.rows + top + row) * volume.columns + left + column]!;
  const cut: Volume = { ...volume, voxels, columns, rows, slices: 1, geometry: "image" };
  const payload = encodeSlices({
    volume: cut,
    title,
    initialSlice: 0,
    found: placeOf(cut),
    outlines: here.map((outline) => ({
      ...outline,
      corners: outline.corners.map(([x, y]): [number, number] => [x - left, y - top]),
      slices: [0, 0],
    })),
  });
  return stillPng(payload);
}

/**
 * The square about a disc in the slice where the evidence is strongest, with the evidence in colour.
 * @param place that of the volume
 * @throws RangeError where the evidence was found in other pictures
 */
export function evidencePng(
  volume: Volume,
  place: SeriesPlace,
  hotspot: Hotspot,
): { readonly png: Uint8Array; readonly slice: number } {
  requireSamePlace(hotspot.place, place);
  const { slice } = hottestPoint(hotspot, volume);
  const box = heatOnStack(hotspot, volume);
  const heatAt = (column: number, row: number): number => {
    const [c, r, s] = [
      Math.round(column) - box.origin[0],
      Math.round(row) - box.origin[1],
      slice - box.origin[2],
    ];
    const isInside = c >= 0 && r >= 0 && s >= 0 && c < box.columns && r < box.rows && s < box.slices;
    return isInside ? 255 * Math.min(1, box.values[(s * box.rows + r) * box.columns + c]!) : 0;
  };
  const { column: middleColumn, row: middleRow } = hotspot.frame;
  const places = Array.from({ length: SIDE * SIDE }, (_, i) => {
    const at = (k: number): number => ((k + 0.5) / SIDE - 0.5) * SIDE_MM;
    return [
      middleColumn + at(i % SIDE) / volume.spacing[0],
      middleRow + at(Math.floor(i / SIDE)) / volume.spacing[1],
    ] as const;
  });
  const signals = places.map(([column, row]) => sampleSlice(volume, slice, column, row));
  const sorted = [...signals].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor(0.01 * sorted.length)]!, sorted[Math.floor(0.99 * sorted.length)]!];
  const window = { centre: (low + high) / 2, width: Math.max(high - low, 1e-6) };
  const data = new Uint8Array(SIDE * SIDE * 3);
  places.forEach(([column, row], i) => {
    // `greyLevel` takes windows of whole intensities; volumes may hold fractions.
    const grey = greyLevel((signals[i]! - window.centre) * (1000 / window.width), { centre: 0, width: 1000 });
    const heat = heatAt(column, row);
    const share = heatAlpha(heat, HEAT_OPACITY) / 255;
    heatColour(heat).forEach((colour, channel) => {
      data[3 * i + channel] = Math.round(grey * (1 - share) + colour * share);
    });
  });
  return { png: encode({ width: SIDE, height: SIDE, data, channels: 3 }), slice };
}
