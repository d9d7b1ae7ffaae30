/** Where elements of an SVG lie, for a page that lays nothing out: by their attributes and the font's widths. */
import { ASCENT, DESCENT, type Measure } from "./metrics.js";

/** The part of an element that is asked for. */
export interface Shape {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: ArrayLike<Shape> & Iterable<Shape>;
  readonly parentNode: Shape | null;
  readonly style?: Readonly<Record<string, string | undefined>>;
  getAttribute(name: string): string | null;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `a b c d e f` of SVG's transforms. */
type Matrix = readonly [number, number, number, number, number, number];

const SAME: Matrix = [1, 0, 0, 1, 0, 0];
const ELEMENT = 1;
const UNSEEN = /^(?:defs|clippath|style|title|lineargradient|radialgradient|pattern)$/i;

/** Box of an element in its own units. */
export function boxOf(element: Shape, measure: Measure): Box {
  const at = (name: string): number => Number.parseFloat(element.getAttribute(name) ?? "") || 0;
  switch (element.nodeName.toLowerCase()) {
    case "text":
    case "tspan":
      return textBox(element, measure);
    case "rect":
    case "image":
      return { x: at("x"), y: at("y"), width: at("width"), height: at("height") };
    case "circle":
      return { x: at("cx") - at("r"), y: at("cy") - at("r"), width: 2 * at("r"), height: 2 * at("r") };
    case "line":
      return around([
        [at("x1"), at("y1")],
        [at("x2"), at("y2")],
      ]);
    case "path":
      return around(pathPoints(element.getAttribute("d") ?? ""));
    default:
      return around(elements(element).flatMap((child) => corners(boxOf(child, measure), transformOf(child))));
  }
}

/** Box of an element in the units of the drawing that it lies in. */
export function placeOf(element: Shape, measure: Measure): Box {
  let matrix = transformOf(element);
  for (let outer = element.parentNode; outer?.nodeType === ELEMENT; outer = outer.parentNode)
    matrix = product(transformOf(outer), matrix);
  return around(corners(boxOf(element, measure), matrix));
}

/** Width of an element's words, without breaks of lines. */
export function lengthOf(element: Shape, measure: Measure): number {
  return runsOf(element).reduce((sum, { words, size }) => sum + size * measure(words), 0);
}

function elements(element: Shape): Shape[] {
  return Array.from(element.childNodes).filter(
    (child) => child.nodeType === ELEMENT && !UNSEEN.test(child.nodeName) && !isHidden(child),
  );
}

function isHidden({ style }: Shape): boolean {
  return style?.["display"] === "none";
}

/** Corners of a box after a transform; none of an empty one, which takes no room. */
function corners({ x, y, width, height }: Box, [a, b, c, d, e, f]: Matrix): (readonly [number, number])[] {
  if (width === 0 && height === 0) return [];
  const ends = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ] as const;
  return ends.map(([u, v]) => [a * u + c * v + e, b * u + d * v + f] as const);
}

function around(points: readonly (readonly [number, number])[]): Box {
  if (points.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [left, top, right, bottom] = points.reduce<readonly [number, number, number, number]>(
    ([l, t, r, b], [x, y]) => [Math.min(l, x), Math.min(t, y), Math.max(r, x), Math.max(b, y)] as const,
    [Infinity, Infinity, -Infinity, -Infinity],
  );
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Ends and control points of a path, which hold it; of an arc its two ends. */
function pathPoints(path: string): (readonly [number, number])[] {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([a-z])([^a-z]*)/gi)].flatMap(([, name = "", rest = ""]) => {
    const numbers = (rest.match(/-?(?:\d*\.\d+|\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    const [startX, startY] = name === name.toLowerCase() ? [x, y] : [0, 0];
    const kind = name.toUpperCase();
    if (kind === "H") return numbers.map((to) => [(x = startX + to), y] as const);
    if (kind === "V") return numbers.map((to) => [x, (y = startY + to)] as const);
    const pairs = kind === "A" ? numbers.filter((_, i) => i % 7 > 4) : numbers;
    return Array.from({ length: pairs.length >> 1 }, (_, i) => {
      [x, y] = [startX + pairs[2 * i]!, startY + pairs[2 * i + 1]!];
      return [x, y] as const;
    });
  });
}

interface Run {
  readonly words: string;
  readonly size: number;
  /** A new line starts here, so far below the last one. */
  readonly down: number | undefined;
  readonly x: number | undefined;
}

/** Words of a text with their size, one after the other. */
function runsOf(element: Shape): Run[] {
  const size = sizeOf(element);
  return Array.from(element.childNodes).flatMap((child) => {
    if (child.nodeType === 3)
      return [{ words: child.textContent ?? "", size, down: undefined, x: undefined }];
    if (child.nodeType !== ELEMENT || isHidden(child)) return [];
    const inner = runsOf(child);
    const x = child.getAttribute("x");
    if (x === null || inner.length === 0) return inner;
    return [
      { ...inner[0]!, down: lengthIn(child.getAttribute("dy"), size), x: Number.parseFloat(x) || 0 },
      ...inner.slice(1),
    ];
  });
}

function textBox(element: Shape, measure: Measure): Box {
  const anchor = element.getAttribute("text-anchor") ?? element.style?.["textAnchor"] ?? "start";
  const lines: { x: number; y: number; width: number; size: number }[] = [];
  let y = Number.parseFloat(element.getAttribute("y") ?? "") || 0;
  y += lengthIn(element.getAttribute("dy"), sizeOf(element));
  const start = Number.parseFloat(element.getAttribute("x") ?? "") || 0;
  for (const { words, size, down, x } of runsOf(element)) {
    const width = size * measure(words);
    const last = lines.at(-1);
    if (down === undefined && last !== undefined) {
      last.width += width;
      last.size = Math.max(last.size, size);
      continue;
    }
    y += down ?? 0;
    lines.push({ x: x ?? start, y, width, size });
  }
  const shift = { middle: 0.5, end: 1 }[anchor] ?? 0;
  return around(
    lines
      .filter(({ width }) => width > 0)
      .flatMap(({ x, y: base, width, size }) => [
        [x - shift * width, base - ASCENT * size] as const,
        [x + (1 - shift) * width, base + DESCENT * size] as const,
      ]),
  );
}

function lengthIn(words: string | null, size: number): number {
  const value = Number.parseFloat(words ?? "") || 0;
  return words?.endsWith("em") === true ? value * size : value;
}

/** Size of an element's font, pixels. */
function sizeOf(element: Shape): number {
  const own = element.style?.["fontSize"] ?? element.getAttribute("font-size") ?? "";
  const value = Number.parseFloat(own);
  const outer = element.parentNode?.nodeType === ELEMENT ? element.parentNode : undefined;
  if (Number.isFinite(value) && !own.endsWith("%") && !own.endsWith("em")) return value;
  const inherited = outer === undefined ? 12 : sizeOf(outer);
  if (!Number.isFinite(value)) return inherited;
  return inherited * (own.endsWith("%") ? value / 100 : value);
}

function transformOf(element: Shape): Matrix {
  const steps = element.getAttribute("transform") ?? "";
  return [...steps.matchAll(/(\w+)\(([^)]*)\)/g)].reduce<Matrix>(
    (matrix, [, name = "", numbers = ""]) =>
      product(
        matrix,
        stepOf(
          name,
          numbers
            .trim()
            .split(/[\s,]+/)
            .map(Number),
        ),
      ),
    SAME,
  );
}

function stepOf(name: string, [p = 0, q, r = 0, ...rest]: readonly number[]): Matrix {
  if (name === "translate") return [1, 0, 0, 1, p, q ?? 0];
  if (name === "scale") return [p, 0, 0, q ?? p, 0, 0];
  if (name === "matrix") return [p, q ?? 0, r, rest[0] ?? 1, rest[1] ?? 0, rest[2] ?? 0];
  if (name !== "rotate") return SAME;
  const [sin, cos] = [Math.sin((p * Math.PI) / 180), Math.cos((p * Math.PI) / 180)];
  const [x, y] = [q ?? 0, r];
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
}

/** The second transform within the first. */
function product([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}
