/** What lies under a point: pure. */
import type { SlicesPayload } from "../../protocol/index.js";
import { isFrame, toPatient, type Position } from "./frame.js";
import type { Point } from "./measure.js";

export interface Reading {
  /** The nearest pixel. */
  readonly column: number;
  readonly row: number;
  /** Its intensity, without a unit, as MRI has none. */
  readonly intensity: number;
  /** LPS mm of the point itself; absent where the picture's place in the patient is unknown. */
  readonly position?: Position;
}

/**
 * @param pixels intensities of the slice, [row][column]
 * @param point (column, row) inside the picture; it is kept there
 */
export function readPoint(payload: SlicesPayload, pixels: Int16Array, slice: number, point: Point): Reading {
  const nearest = (value: number, count: number): number =>
    Math.min(count - 1, Math.max(0, Math.round(value)));
  const [column, row] = [nearest(point[0], payload.columns), nearest(point[1], payload.rows)];
  return {
    column,
    row,
    intensity: pixels[row * payload.columns + column]!,
    ...(isFrame(payload.frame) ? { position: toPatient(payload.frame, [point[0], point[1], slice]) } : {}),
  };
}

/** A reading as a line of text, such as `Intensity 412 · LPS 12.3, −45.0, 8.1 mm · column 120, row 88`. */
export function readingText({ column, row, intensity, position }: Reading): string {
  const place = position ? ` · LPS ${position.map((value) => signed(value, 1)).join(", ")} mm` : "";
  return `Intensity ${signed(intensity, 0)}${place} · column ${column}, row ${row}`;
}

/** A number with a true minus, and never a minus before nought. */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
