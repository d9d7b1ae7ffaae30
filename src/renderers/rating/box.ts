/** Geometry of the region: pure. Positions are (column, row) in display pixels, sizes mm. */
import type { RatingBox } from "../../protocol/index.js";

type Point = readonly [number, number];

/** What the geometry must know of the picture. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  readonly spacing: readonly [number, number, ...number[]];
}

/** Which sides a pull moves: −1 left or top, 1 right or bottom, 0 none; the whole box where it is held in the middle. */
export interface Grip {
  readonly sides: Point | "all";
  /** Where it was taken hold of, and the box then. */
  readonly from: Point;
  readonly box: RatingBox;
}

/** No side is made shorter, mm. */
const SHORTEST = 5;

/** Left, top, right, bottom edge in display pixels. */
export function edges(box: RatingBox, { spacing }: Sheet): readonly [number, number, number, number] {
  const [x, y] = [box.width / 2 / spacing[0], box.height / 2 / spacing[1]];
  return [box.column - x, box.row - y, box.column + x, box.row + y];
}

/**
 * What a press at a point takes hold of.
 * @param reach how near counts as on an edge, in display pixels along columns and rows
 */
export function gripAt(box: RatingBox, at: Point, reach: Point, sheet: Sheet): Grip | undefined {
  const [left, top, right, bottom] = edges(box, sheet);
  const inside =
    at[0] > left - reach[0] &&
    at[0] < right + reach[0] &&
    at[1] > top - reach[1] &&
    at[1] < bottom + reach[1];
  if (!inside) return undefined;
  const side = (value: number, low: number, high: number, near: number): number => {
    // Of a box smaller than the reach the nearer edge is meant.
    const [toLow, toHigh] = [Math.abs(value - low), Math.abs(value - high)];
    if (Math.min(toLow, toHigh) > near) return 0;
    return toLow < toHigh ? -1 : 1;
  };
  const sides = [side(at[0], left, right, reach[0]), side(at[1], top, bottom, reach[1])] as const;
  return { sides: sides[0] === 0 && sides[1] === 0 ? "all" : sides, from: at, box };
}

/** The box once its grip has been pulled to a point. */
export function pulled({ sides, from, box }: Grip, to: Point, sheet: Sheet): RatingBox {
  const by = [(to[0] - from[0]) * sheet.spacing[0], (to[1] - from[1]) * sheet.spacing[1]] as const;
  if (sides === "all") return moved(box, by, sheet);
  const [width, column] = stretched(box.width, box.column, sides[0], by[0], sheet.spacing[0]);
  const [height, row] = stretched(box.height, box.row, sides[1], by[1], sheet.spacing[1]);
  return within({ width, column, height, row }, sheet);
}

/** One axis with one side moved; the other side stays. */
function stretched(size: number, middle: number, side: number, by: number, spacing: number): Point {
  const next = Math.max(SHORTEST, size + side * by);
  return [next, middle + (side * (next - size)) / 2 / spacing];
}

/** The box moved by mm. */
export function moved(box: RatingBox, by: Point, sheet: Sheet): RatingBox {
  const [x, y] = sheet.spacing;
  return within({ ...box, column: box.column + by[0] / x, row: box.row + by[1] / y }, sheet);
}

/** The box made wider and higher by mm, about its middle. */
export function resized(box: RatingBox, by: Point, sheet: Sheet): RatingBox {
  const [width, height] = [Math.max(SHORTEST, box.width + by[0]), Math.max(SHORTEST, box.height + by[1])];
  return within({ ...box, width, height }, sheet);
}

/** No wider than the picture, and with its middle in it. */
function within(box: RatingBox, { columns, rows, spacing }: Sheet): RatingBox {
  const clamp = (value: number, high: number): number => Math.min(high, Math.max(0, value));
  return {
    column: clamp(box.column, columns - 1),
    row: clamp(box.row, rows - 1),
    width: Math.min(box.width, columns * spacing[0]),
    height: Math.min(box.height, rows * spacing[1]),
  };
}
