/** Text and lines that stay readable on any grey. */
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
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
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

/** Writes what lies left, right, above and below of a picture at its edges. */
export function drawLetters(
  context: CanvasRenderingContext2D,
  [left, right, top, bottom]: readonly [string, string, string, string],
  { width, height }: Size,
): void {
  context.font = `600 13px ${FONT}`;
  haloText(context, left, MARGIN, height / 2, "#fff", "left");
  haloText(context, right, width - MARGIN, height / 2, "#fff", "right");
  haloText(context, top, width / 2, MARGIN + 6, "#fff", "center");
  haloText(context, bottom, width / 2, height - MARGIN - 6, "#fff", "center");
}
