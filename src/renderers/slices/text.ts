/** Text and lines that stay readable on any grey. */
import { freePlace, type Box } from "../../protocol/index.js";
import type { Size } from "./layout.js";

/** Distance of marks from the picture's edge, in CSS pixels. */
export const MARGIN = 8;

export const FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif";

/** Text with a dark rim. @param y its vertical middle */
export function haloText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  align: CanvasTextAlign,
): void {
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  // Bright fat shines through a thin rim.
  context.lineWidth = 4;
  context.strokeStyle = "rgb(0 0 0 / 92%)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** Strokes the current path with a dark rim. */
export function haloStroke(context: CanvasRenderingContext2D, colour: string, width: number): void {
  context.strokeStyle = "rgb(0 0 0 / 65%)";
  context.lineWidth = width + 2;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/**
 * Writes what lies left, right, above and below of a picture at its edges.
 * @param taken where other texts stand, to which the letters give way
 */
export function drawLetters(
  context: CanvasRenderingContext2D,
  [left, right, top, bottom]: readonly [string, string, string, string],
  { width, height }: Size,
  taken: readonly Box[] = [],
): void {
  context.font = `600 13px ${FONT}`;
  const inner = MARGIN + 6;
  const letter = (text: string, place: readonly [number, number], along: "x" | "y"): void => {
    const [x, y] = freePlace(place, along, taken);
    haloText(context, text, x, y, "#fff", "center");
  };
  letter(left, [inner, height / 2], "y");
  letter(right, [width - inner, height / 2], "y");
  letter(top, [width / 2, inner], "x");
  letter(bottom, [width / 2, height - inner], "x");
}
