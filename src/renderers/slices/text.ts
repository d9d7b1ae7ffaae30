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

/** A text's place on the stage, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Steps by which a letter goes aside. */
const ASIDE = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5].map((step) => 18 * step);

/** The place nearest to the middle of its edge at which a letter lies on no text; the middle where there is none. */
export function freePlace(
  [x, y]: readonly [number, number],
  along: "x" | "y",
  taken: readonly Box[],
): readonly [number, number] {
  const places = ASIDE.map((by) => (along === "x" ? ([x + by, y] as const) : ([x, y + by] as const)));
  const isFree = ([left, top]: readonly [number, number]): boolean =>
    taken.every(
      (box) => left + 9 < box.left || left - 9 > box.right || top + 9 < box.top || top - 9 > box.bottom,
    );
  return places.find(isFree) ?? [x, y];
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
