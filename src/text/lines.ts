/** How wide words are in the stills' font, and lines of them. */

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
