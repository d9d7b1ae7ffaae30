/** How wide letters are, by the font that stills are written in. */
import { readFileSync } from "node:fs";
import { fontPath } from "./png.js";

/** Of the font's size: what lies above and below the line that letters stand on. */
export const ASCENT = 0.928;
export const DESCENT = 0.236;

/** Width of one line of words at a size of 1. */
export type Measure = (words: string) => number;

/** Reads the widths out of the font's own tables (OpenType: `cmap` format 4, `hmtx`). */
export function fontMeasure(): Measure {
  const file = readFileSync(fontPath());
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map(
    Array.from({ length: view.getUint16(4) }, (_, i) => {
      const at = 12 + 16 * i;
      return [file.toString("latin1", at, at + 4), view.getUint32(at + 8)] as const;
    }),
  );
  const table = (name: string): number => tables.get(name)!;
  const unit = view.getUint16(table("head") + 18);
  const metrics = view.getUint16(table("hhea") + 34);
  const glyphOf = glyphs(view, table("cmap"));
  return (words) =>
    Array.from(words).reduce((sum, letter) => {
      const glyph = Math.min(glyphOf(letter.codePointAt(0)!), metrics - 1);
      return sum + view.getUint16(table("hmtx") + 4 * glyph) / unit;
    }, 0);
}

/** The glyph of a letter; 0, the sign of a missing one, where the font has none. */
function glyphs(view: DataView, cmap: number): (code: number) => number {
  const count = view.getUint16(cmap + 2);
  const places = Array.from({ length: count }, (_, i) => cmap + view.getUint32(cmap + 4 + 8 * i + 4));
  const at = places.find((place) => view.getUint16(place) === 4)!;
  const twice = view.getUint16(at + 6);
  const [ends, starts, deltas, offsets] = [14, 16 + twice, 16 + 2 * twice, 16 + 3 * twice].map(
    (part) => at + part,
  ) as [number, number, number, number];
  return (code) => {
    for (let i = 0; i < twice; i += 2) {
      if (view.getUint16(ends + i) < code) continue;
      const start = view.getUint16(starts + i);
      if (start > code) return 0;
      const delta = view.getUint16(deltas + i);
      const offset = view.getUint16(offsets + i);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = view.getUint16(offsets + i + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
