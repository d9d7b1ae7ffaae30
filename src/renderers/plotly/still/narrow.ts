import { linesOf, wrapped } from "../../../text/index.js";
import { fieldsOf, type Fields } from "./panel.js";

/** Pixels below which a figure is laid out for a column of a page, unless its own layout says how. */
const NARROW = 500;
const TITLE_SIZE = 14;
const LINE = 1.3;

/**
 * What a narrow figure needs to differ in: a smaller title, in as many lines as it takes, and no wider margins than that.
 * @param width pixels that the figure is given; undefined where it keeps its own
 * @param height pixels that it has
 */
export function narrowLayout(
  layout: Fields,
  width: number | undefined,
  height: number,
): { readonly title?: Fields; readonly margin?: Fields } {
  if (width === undefined || width >= NARROW) return {};
  const given = layout["title"];
  const title = typeof given === "string" ? { text: given } : fieldsOf(given);
  const text = typeof title["text"] === "string" ? title["text"] : "";
  const font = fieldsOf(title["font"]);
  const size = typeof font["size"] === "number" ? font["size"] : TITLE_SIZE;
  // A title with marks of its own, or a formula, stays as it is.
  const parts = /[<$]/.test(text) ? linesOf(text) : wrapped(text, size, width - 20);
  const top = text === "" ? 16 : 18 + LINE * size * parts.length;
  const margin = { l: 50, r: 20, t: Math.round(top), b: 40, ...fieldsOf(layout["margin"]) };
  return text === ""
    ? { margin }
    : {
        margin,
        title: {
          // The first line's; the others stand below it.
          y: 1 - (8 + size) / height,
          yref: "container",
          yanchor: "bottom",
          ...title,
          text: parts.join("<br>"),
          font: { ...font, size },
        },
      };
}
