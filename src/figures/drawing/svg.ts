/** Text for SVG and HTML. */
import { escapeMarkup } from "../../text/index.js";

/** A text element of an SVG at (x, y), with any further attributes. */
export function label(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeMarkup(words)}</text>`;
}
