/** Words in a still: lines of them, and numbers as text. */
import { textWidth, wrapped } from "../../text/index.js";
import { label } from "./svg.js";

/** Lines as {@link wrapped} makes them, but of about the same width, so that no word stands alone. */
export function balanced(words: string, size: number, width: number): string[] {
  const lines = wrapped(words, size, width);
  const even = wrapped(words, size, (textWidth(words, size) / lines.length) * 1.15);
  return lines.length > 1 && even.length === lines.length ? even : lines;
}

/** Lines below each other, the first with its baseline at y. */
export function labels(
  x: number,
  y: number,
  lines: readonly string[],
  attributes: string,
  step = 16,
): string {
  return lines.map((words, i) => label(round(x), round(y + i * step), words, attributes)).join("");
}

/** A number with a true minus sign, rounded to so many decimals. */
export function decimals(value: number, digits: number): string {
  return Number.isNaN(value)
    ? "–"
    : value
        .toFixed(digits)
        .replace(/^-(?=0\.?0*$)/, "")
        .replace("-", "−");
}

/** A straight line with its attributes. */
export function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`;
}

/** A rectangle between two corners, given in any order, with its attributes. */
export function box(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  const [left, top] = [round(Math.min(x1, x2)), round(Math.min(y1, y2))];
  const [width, height] = [round(Math.max(x1, x2) - left), round(Math.max(y1, y2) - top)];
  return `<rect x="${left}" y="${top}" width="${width}" height="${height}" ${attributes}/>`;
}

/** A pixel to a tenth: more only makes the file longer. */
export function round(pixel: number): number {
  return Math.round(10 * pixel) / 10;
}
