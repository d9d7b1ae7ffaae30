import { quantileOfSorted } from "../numbers/index.js";
/** A connected region of pixels (4 neighbours). */
export interface Region {
  /** Pixel indices, row x columns + column. */
  readonly pixels: readonly number[];
  readonly centreRow: number;
  readonly centreColumn: number;
}

/** Completes a list of pixels to a region. */
export function regionOf(pixels: readonly number[], columns: number): Region {
  let [rows, cols] = [0, 0];
  for (const i of pixels) {
    rows += Math.floor(i / columns);
    cols += i % columns;
  }
  return { pixels, centreRow: rows / pixels.length, centreColumn: cols / pixels.length };
}

/** Connected regions of the pixels for which `isInside` holds, of at least `smallest` pixels. */
export function connectedRegions(
  count: number,
  columns: number,
  isInside: (index: number) => boolean,
  smallest = 1,
): Region[] {
  const seen = new Uint8Array(count);
  const regions: Region[] = [];
  for (let start = 0; start < count; start++) {
    if (seen[start] === 1 || !isInside(start)) continue;
    seen[start] = 1;
    const pixels = [start];
    for (let at = 0; at < pixels.length; at++) {
      const i = pixels[at]!;
      const column = i % columns;
      for (const j of [column > 0 ? i - 1 : -1, column < columns - 1 ? i + 1 : -1, i - columns, i + columns])
        if (j >= 0 && j < count && seen[j] === 0 && isInside(j)) {
          seen[j] = 1;
          pixels.push(j);
        }
    }
    if (pixels.length >= smallest) regions.push(regionOf(pixels, columns));
  }
  return regions;
}

/** An oriented box about a region: the axis of largest spread and the extents along and across it, in pixels. */
export interface OrientedBox {
  readonly centreRow: number;
  readonly centreColumn: number;
  /** Radians of the long axis, in (−π/2, π/2]; positive when it falls to the right. */
  readonly angle: number;
  readonly length: number;
  readonly breadth: number;
}

/**
 * Box along the principal axis. Its length spans the central 96 % of the pixels; its breadth is the area over the
 * length, which is the mean height of a disc.
 */
export function orientedBox({ pixels, centreRow, centreColumn }: Region, columns: number): OrientedBox {
  let [rr, cc, rc] = [0, 0, 0];
  for (const i of pixels) {
    const [r, c] = [Math.floor(i / columns) - centreRow, (i % columns) - centreColumn];
    rr += r * r;
    cc += c * c;
    rc += r * c;
  }
  const angle = 0.5 * Math.atan2(2 * rc, cc - rr);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = Float64Array.from(
    pixels,
    (i) => cos * ((i % columns) - centreColumn) + sin * (Math.floor(i / columns) - centreRow),
  ).sort();
  const [low, high] = [quantileOfSorted(along, 0.02)!, quantileOfSorted(along, 0.98)!];
  const length = high - low + 1;
  const middle = (low + high) / 2;
  return {
    centreRow: centreRow + sin * middle,
    centreColumn: centreColumn + cos * middle,
    angle,
    length,
    breadth: pixels.length / length,
  };
}
