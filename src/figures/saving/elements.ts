/** The elements of a drawing. */
import { defaultTreeAdapter, parseFragment, type DefaultTreeAdapterTypes } from "parse5";

/** An element of an SVG with what lies in it. */
export interface SvgElement {
  readonly tag: string;
  /** With the declarations of its `style`, which go before attributes; lengths in pixels are numbers. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SvgElement[];
  /** Its elements and the words between them, in their order. */
  readonly parts: readonly (SvgElement | string)[];
}

/** The root of a drawing that our drawers, or plotly.js, made. */
export function parseSvg(svg: string): SvgElement {
  const root = parseFragment(svg).childNodes.find((node) => defaultTreeAdapter.isElementNode(node));
  if (root?.tagName !== "svg") throw new Error("What is to be saved is no SVG.");
  return elementOf(root);
}

function elementOf(node: DefaultTreeAdapterTypes.Element): SvgElement {
  const parts = node.childNodes.flatMap((child): (SvgElement | string)[] => {
    if (defaultTreeAdapter.isTextNode(child)) return [child.value];
    return defaultTreeAdapter.isElementNode(child) ? [elementOf(child)] : [];
  });
  // plotly.js writes "false" where it means none.
  const given = node.attrs.filter(({ value }) => value !== "false");
  const { style = "", ...attributes } = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  return {
    tag: node.tagName,
    attributes: { ...attributes, ...declarationsOf(style) },
    children: parts.filter((part) => typeof part !== "string"),
    parts,
  };
}

function declarationsOf(style: string): Record<string, string> {
  const declarations = style.split(/;(?![^(]*\))/).flatMap((declaration) => {
    const [, name, value] = /^\s*([\w-]+)\s*:\s*(.+?)\s*$/.exec(declaration) ?? [];
    return name === undefined || value === undefined || value === "false"
      ? []
      : [[name, value.replace(/^(-?[\d.]+)px$/, "$1")]];
  });
  return Object.fromEntries(declarations) as Record<string, string>;
}

/** A number that an element tells, a part of one where it is in per cent, or a plain value where it does not. */
export function numberIn({ attributes }: SvgElement, name: string, plain = 0): number {
  const given = attributes[name] ?? plain;
  const isPart = typeof given === "string" && given.endsWith("%");
  const value = isPart ? Number(given.slice(0, -1)) / 100 : Number(given);
  if (Number.isFinite(value)) return value;
  throw new Error(`<${name}="${attributes[name]}"> of a drawing is no number.`);
}

/** Left, top, width and height of what a drawing shows, in its own units. */
export function viewOf(root: SvgElement): readonly [number, number, number, number] {
  const { viewBox } = root.attributes;
  if (viewBox === undefined) return [0, 0, numberIn(root, "width"), numberIn(root, "height")];
  return viewBox.split(/[\s,]+/).map(Number) as [number, number, number, number];
}

/** All words within an element, in their order. */
export function wordsIn(element: SvgElement): string {
  return element.parts.map((part) => (typeof part === "string" ? part : wordsIn(part))).join("");
}

/** All words of a drawing, one after the other. */
export function drawnWords(svg: string): string {
  const words = (element: SvgElement): string =>
    element.tag === "text" ? wordsIn(element) : element.children.map(words).join("");
  return words(parseSvg(svg));
}

/** Size of the smallest words of a drawing in its own units; undefined where it has none, or tells it in other units. */
export function smallestWords(root: SvgElement): number | undefined {
  const sizes = (element: SvgElement, outer: number): number[] => {
    const size = sizeOf(element, outer);
    const isWords = element.tag === "text" && wordsIn(element).trim() !== "";
    return isWords ? [size] : element.children.flatMap((child) => sizes(child, size));
  };
  const all = sizes(root, 12);
  return all.length === 0 ? undefined : Math.min(...all);
}

/** How long units of fonts are in pixels; others, and words such as `larger`, leave the size as it is. */
const PIXELS: Readonly<Record<string, number>> = { "": 1, px: 1, pt: 4 / 3 };

/** Size of an element's font, which may be a part of that around it. */
export function sizeOf({ attributes }: SvgElement, outer: number): number {
  const [, amount, unit = ""] = /^([\d.]+)(%|[a-z]*)$/.exec(attributes["font-size"]?.trim() ?? "") ?? [];
  const value = Number(amount);
  if (!Number.isFinite(value)) return outer;
  if (unit === "%") return (outer * value) / 100;
  if (unit === "em") return outer * value;
  return unit in PIXELS ? PIXELS[unit]! * value : outer;
}
