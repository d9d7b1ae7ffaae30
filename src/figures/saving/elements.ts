/** The elements of a drawing. */
import { defaultTreeAdapter, parseFragment, type DefaultTreeAdapterTypes } from "parse5";

/** An element of an SVG with what lies in it; words stand in `words`. */
export interface SvgElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SvgElement[];
  readonly words: string;
}

/** The root of a drawing that our drawers made. */
export function parseSvg(svg: string): SvgElement {
  const root = parseFragment(svg).childNodes.find((node) => defaultTreeAdapter.isElementNode(node));
  if (root?.tagName !== "svg") throw new Error("What is to be saved is no SVG.");
  return elementOf(root);
}

function elementOf(node: DefaultTreeAdapterTypes.Element): SvgElement {
  const texts = node.childNodes.filter((child) => defaultTreeAdapter.isTextNode(child));
  return {
    tag: node.tagName,
    attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
    children: node.childNodes.filter((child) => defaultTreeAdapter.isElementNode(child)).map(elementOf),
    words: texts.map(({ value }) => value).join(""),
  };
}

/** A number that an element tells, or a plain value where it does not. */
export function numberIn({ attributes }: SvgElement, name: string, plain = 0): number {
  const value = Number(attributes[name] ?? plain);
  if (Number.isFinite(value)) return value;
  throw new Error(`<${name}="${attributes[name]}"> of a drawing is no number.`);
}

/** Left, top, width and height of what a drawing shows, in its own units. */
export function viewOf(root: SvgElement): readonly [number, number, number, number] {
  const { viewBox } = root.attributes;
  if (viewBox === undefined) return [0, 0, numberIn(root, "width"), numberIn(root, "height")];
  return viewBox.split(/[\s,]+/).map(Number) as [number, number, number, number];
}

function textsIn(element: SvgElement): SvgElement[] {
  return element.tag === "text" ? [element] : element.children.flatMap(textsIn);
}

/** All words of a drawing, one after the other. */
export function drawnWords(svg: string): string {
  return textsIn(parseSvg(svg))
    .map(({ words }) => words)
    .join("");
}

/** Size of the smallest words of a drawing in its own units; undefined where it has none, or tells it in other units. */
export function smallestWords(root: SvgElement): number | undefined {
  const plain = root.attributes["font-size"] ?? 12;
  const sizes = textsIn(root).map(({ attributes }) => Number(attributes["font-size"] ?? plain));
  const smallest = Math.min(...sizes);
  return Number.isFinite(smallest) ? smallest : undefined;
}
