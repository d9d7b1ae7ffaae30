/** What elements of an SVG hand on to those within them, and how colours are read. */
import { decode } from "fast-png";
import { svgToPng } from "../../stills/index.js";
import { numberIn, sizeOf, type SvgElement } from "./elements.js";

/** How an element is painted. */
export interface Style {
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly dashes: readonly number[];
  /** 0 to 1; a group's opacity is that of each element in it. */
  readonly opacity: number;
  readonly fillOpacity: number;
  readonly strokeOpacity: number;
  readonly fontSize: number;
  readonly anchor: string;
}

export const PLAIN_STYLE: Style = {
  fill: "#000",
  stroke: "none",
  strokeWidth: 1,
  dashes: [],
  opacity: 1,
  fillOpacity: 1,
  strokeOpacity: 1,
  fontSize: 12,
  anchor: "start",
};

/** The style of an element within another one. */
export function styleOf(element: SvgElement, outer: Style): Style {
  const { attributes } = element;
  const dashes = attributes["stroke-dasharray"];
  return {
    fill: attributes["fill"] ?? outer.fill,
    stroke: attributes["stroke"] ?? outer.stroke,
    strokeWidth: numberIn(element, "stroke-width", outer.strokeWidth),
    dashes: dashes === undefined ? outer.dashes : lengthsOf(dashes),
    opacity: outer.opacity * numberIn(element, "opacity", 1),
    fillOpacity: numberIn(element, "fill-opacity", outer.fillOpacity),
    strokeOpacity: numberIn(element, "stroke-opacity", outer.strokeOpacity),
    fontSize: sizeOf(element, outer.fontSize),
    anchor: attributes["text-anchor"] ?? outer.anchor,
  };
}

/** Lengths of dashes and gaps; none of a line that is whole. */
function lengthsOf(dashes: string): number[] {
  const lengths = dashes.split(/[\s,]+/).map(Number.parseFloat);
  return lengths.every((length) => length >= 0) && lengths.some((length) => length > 0) ? lengths : [];
}

/** Red, green and blue from 0 to 255, and opacity from 0 to 1. */
export interface Colour {
  readonly rgb: [number, number, number];
  readonly opacity: number;
}

const known = new Map<string, Colour>();

/** A colour of CSS, as the rasteriser of all our pictures reads it; black where it is none, as there. */
export async function colourOf(words: string): Promise<Colour> {
  const hex = /^#([\da-f]{6})$/i.exec(words)?.[1];
  if (hex !== undefined) {
    const number = Number.parseInt(hex, 16);
    return { rgb: [number >> 16, (number >> 8) & 255, number & 255], opacity: 1 };
  }
  const channels = /^rgb\((\d+),\s*(\d+),\s*(\d+)\)$/.exec(words)?.slice(1).map(Number);
  if (channels !== undefined) return { rgb: channels as [number, number, number], opacity: 1 };
  const found = known.get(words);
  if (found !== undefined) return found;
  const attribute = words.replaceAll(/["&<]/g, "");
  const { data } = decode(
    await svgToPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1" fill="${attribute}"/></svg>`,
    ),
  );
  const [red = 0, green = 0, blue = 0, alpha = 255] = data;
  const colour: Colour = { rgb: [red, green, blue], opacity: Number((alpha / 255).toFixed(3)) };
  known.set(words, colour);
  return colour;
}
