/** Words about a figure: below its picture, or in place of it. */
import { escapeMarkup } from "../text/index.js";
import type { StillRequest } from "./still.js";

type Theme = StillRequest["theme"];

const COLOURS: Readonly<Record<Theme, { readonly ground: string; readonly ink: string }>> = {
  light: { ground: "#fff", ink: "#57606a" },
  dark: { ground: "#1f1f1f", ink: "#9da7b3" },
  print: { ground: "#fff", ink: "#000" },
};

const SIZE = 12;
const LINE = 17;
const MARGIN = 16;
/** Of the font's size: no letter of most sentences is wider on the average. */
const LETTER = 0.6;

/** One sentence for what is not in a picture. */
export function leftOutSentence(leftOut: readonly string[]): string {
  return `Not in this picture: ${leftOut.join("; ")}.`;
}

/** A drawing with a sentence below it. */
export function withSentence(svg: string, sentence: string, theme: Theme): string {
  const side = (name: string): number => Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]);
  const [width, height] = [side("width"), side("height")];
  const lines = linesOf(sentence, width);
  const inner = svg.replace(/^<svg/, '<svg x="0" y="0"');
  return sheet(
    width,
    height + lines.length * LINE + MARGIN,
    theme,
    inner + words(lines, height + LINE, theme),
  );
}

/** A sheet with nothing but a sentence. */
export function noteSheet(sentence: string, theme: Theme): string {
  const lines = linesOf(sentence, 560);
  return sheet(560, lines.length * LINE + 2 * MARGIN, theme, words(lines, MARGIN + SIZE, theme));
}

function sheet(width: number, height: number, theme: Theme, inner: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">` +
    `<rect width="${width}" height="${height}" fill="${COLOURS[theme].ground}"/>${inner}</svg>`
  );
}

function words(lines: readonly string[], top: number, theme: Theme): string {
  return lines
    .map(
      (line, i) =>
        `<text x="${MARGIN}" y="${top + i * LINE}" font-size="${SIZE}" fill="${COLOURS[theme].ink}">${escapeMarkup(line)}</text>`,
    )
    .join("");
}

function linesOf(sentence: string, width: number): string[] {
  const most = Math.max(10, Math.floor((width - 2 * MARGIN) / (SIZE * LETTER)));
  return (
    sentence.match(new RegExp(`.{1,${most}}(?:\\s+|$)|\\S{${most}}`, "g"))?.map((line) => line.trim()) ?? []
  );
}
