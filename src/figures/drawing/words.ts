/** Words in a still: how wide they are, lines of them, and numbers as text. */
import { label } from "./svg.js";

/** Advance widths of DejaVu Sans in parts of the font's size, rounded up: what is measured here has room. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|!\s]/, 0.34],
  [/[ftr()[\]\-–/"]/, 0.46],
  [/[mwMW%@+=<>−±≤≥→]/, 0.96],
  [/[A-ZΑ-Ω]/, 0.76],
  [/[\u2e80-\u9fff\uac00-\ud7af\uff00-\uff60]/, 1.05],
];

/** Width in pixels of one line of words, at the font's size in pixels. */
export function textWidth(words: string, size = 12): number {
  const parts = Array.from(words, (letter) => WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? 0.64);
  return size * parts.reduce((sum, part) => sum + part, 0);
}

/** Lines of a text, parted by plotly's `<br>`. */
export function linesOf(words: string): string[] {
  return words.split(/<br\s*\/?>/);
}

/** Lines of a text that are no wider than so many pixels, as far as spaces allow it; none of an empty text. */
export function wrapped(words: string, size: number, width: number): string[] {
  return linesOf(words).flatMap((line) => {
    const lines: string[] = [];
    for (const word of line.split(" ").filter((part) => part !== "")) {
      const longer = `${lines.at(-1) ?? ""} ${word}`;
      if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  });
}

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
