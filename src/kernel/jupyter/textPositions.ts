/** Positions in a text: Jupyter counts code points, JavaScript UTF-16 units, the language server lines and units. Pure. */
import type { Position } from "vscode-languageserver/node";

/** The offset in UTF-16 units of a position that counts code points; positions beyond the end are the end. */
export function toUnits(text: string, codePoints: number): number {
  let units = 0;
  for (let left = codePoints; left > 0 && units < text.length; left--)
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

/** How many code points stand before an offset in UTF-16 units. */
export function toCodePoints(text: string, units: number): number {
  return Array.from(text.slice(0, units)).length;
}

/** The line and column of an offset. */
export function toPosition(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length - 1, character: offset - lineStart };
}

/** The offset of a line and column. */
export function toOffset(text: string, { line, character }: Position): number {
  let start = 0;
  for (let passed = 0; passed < line; passed++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + character, text.length);
}

/** Where the word that ends at an offset begins. */
export function wordStart(text: string, offset: number): number {
  return offset - /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(text.slice(0, offset))![0].length;
}

/** The end of the name before the innermost parenthesis that is open at an offset; `undefined` where none is. */
export function calleeEnd(text: string, offset: number): number | undefined {
  let depth = 0;
  for (let at = offset - 1; at >= 0; at--) {
    if (text[at] === ")") depth++;
    else if (text[at] === "(" && depth-- === 0) {
      const end = text.slice(0, at).trimEnd().length;
      return wordStart(text, end) < end ? end : undefined;
    }
  }
  return undefined;
}
