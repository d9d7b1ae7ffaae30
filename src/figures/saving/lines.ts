/** Words of a drawing, in the lines and pieces in which they stand. */
import { numberIn, sizeOf, type SvgElement } from "./elements.js";
import { styleOf, type Style } from "./style.js";

/** Words of one style, which follow those before them. */
export interface Piece {
  readonly words: string;
  readonly style: Style;
  /** Above the line that words stand on, negative, or below it. */
  readonly shift: number;
}

export interface Line {
  readonly x: number;
  readonly y: number;
  readonly pieces: readonly Piece[];
}

/** The lines of a text: one for each part that says its own place across. */
export function linesOf(text: SvgElement, style: Style): Line[] {
  const start = numberIn(text, "x");
  const lines: { x: number; y: number; pieces: Piece[] }[] = [
    { x: start, y: numberIn(text, "y") + lengthOf(text, "dy", style.fontSize), pieces: [] },
  ];
  const add = (element: SvgElement, outer: Style, shift: number): void => {
    for (const part of element.parts) {
      const last = lines.at(-1)!;
      if (typeof part === "string") {
        // As SVG has it.
        const words = part.replace(/\s+/g, " ");
        if (words !== "") last.pieces.push({ words, style: outer, shift });
      } else {
        const inner = styleOf(part, outer);
        const down = lengthOf(part, "dy", sizeOf(part, outer.fontSize));
        const startsLine = part.attributes["x"] !== undefined;
        if (startsLine) lines.push({ x: numberIn(part, "x"), y: last.y + down, pieces: [] });
        add(part, inner, startsLine ? shift : shift + down);
      }
    }
  };
  add(text, style, 0);
  return lines.map(trimmed).filter(({ pieces }) => pieces.length > 0);
}

/** A line without the spaces at its ends. */
function trimmed({ x, y, pieces }: Line): Line {
  const last = pieces.length - 1;
  const words = (piece: Piece, i: number): string => {
    const start = i === 0 ? piece.words.trimStart() : piece.words;
    return i === last ? start.trimEnd() : start;
  };
  const kept = pieces.map((piece, i) => ({ ...piece, words: words(piece, i) }));
  return { x, y, pieces: kept.filter((piece) => piece.words !== "") };
}

function lengthOf({ attributes }: SvgElement, name: string, size: number): number {
  const given = attributes[name] ?? "0";
  const value = Number.parseFloat(given);
  if (!Number.isFinite(value)) return 0;
  return given.endsWith("em") ? value * size : value;
}
