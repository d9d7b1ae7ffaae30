/** A drawing as PDF: lines, areas and words as such, the font within, pictures at the density that was asked for. */
import PDFDocument from "pdfkit";
import { decode, encode } from "fast-png";
import { fontPath, svgToPng } from "../../stills/index.js";
import { numberIn, parseSvg, viewOf, type SvgElement } from "./elements.js";
import { linesOf, type Piece } from "./lines.js";
import { colourOf, PLAIN_STYLE, styleOf, type Style } from "./style.js";

type Page = InstanceType<typeof PDFDocument>;

/** The page, and what of the drawing is needed by more than one element. */
interface Sheet {
  readonly page: Page;
  readonly named: ReadonlyMap<string, SvgElement>;
  /** Pixels of a picture for each unit of the drawing. */
  readonly density: number;
}

const POINTS = 72;
const TOP_PART = /^(?:defs|clipPath|linearGradient|radialGradient|pattern|style|title)$/;
const GROUP = /^(?:g|svg|a)$/;

/**
 * A drawing of ours as a PDF of one page that is as large as the figure. The same drawing gives the same bytes.
 * @param inches width of the page
 * @throws Error that names an element or a paint which our drawers do not make
 */
export async function svgToPdf(svg: string, inches: number, dpi: number): Promise<Uint8Array> {
  const root = parseSvg(svg);
  const [left, top, width, height] = viewOf(root);
  const scale = (inches * POINTS) / width;
  const page = new PDFDocument({
    size: [width * scale, height * scale],
    margin: 0,
    font: fontPath(),
    pdfVersion: "1.7",
    // The present would make each file another one.
    info: { Creator: "Spinebook", Producer: "PDFKit", CreationDate: new Date(0) },
  });
  page.scale(scale, scale).translate(-left, -top);
  const sheet = { page, named: namedIn(root), density: (scale * dpi) / POINTS };
  for (const child of root.children) await draw(child, styleOf(root, PLAIN_STYLE), sheet, [width, height]);
  page.end();
  return Buffer.concat((await page.toArray()) as Buffer[]);
}

function namedIn(root: SvgElement): Map<string, SvgElement> {
  const all = (element: SvgElement): SvgElement[] => [element, ...element.children.flatMap(all)];
  return new Map(
    all(root).flatMap((element) => (element.attributes.id ? [[element.attributes.id, element]] : [])),
  );
}

type Extent = readonly [width: number, height: number];

async function draw(element: SvgElement, outer: Style, sheet: Sheet, extent: Extent): Promise<void> {
  if (TOP_PART.test(element.tag) || isHidden(element)) return;
  const { page } = sheet;
  const style = styleOf(element, outer);
  page.save();
  transform(page, element.attributes["transform"]);
  if (element.tag === "svg") page.translate(numberIn(element, "x"), numberIn(element, "y"));
  clip(element, sheet, extent);
  if (GROUP.test(element.tag)) for (const child of element.children) await draw(child, style, sheet, extent);
  else if (element.tag === "text") await drawWords(element, style, page);
  else if (element.tag === "image") await drawPicture(element, sheet);
  else await paint(element, style, sheet, extent);
  page.restore();
}

function transform(page: Page, steps = ""): void {
  for (const [, name, numbers] of steps.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b, c = 0, ...rest] = numbers!
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    if (name === "translate") page.translate(a, b ?? 0);
    else if (name === "rotate") page.rotate(a, { origin: [b ?? 0, c] });
    else if (name === "scale") page.scale(a, b ?? a);
    else if (name === "matrix") page.transform(a, b ?? 0, c, rest[0] ?? 1, rest[1] ?? 0, rest[2] ?? 0);
    else throw new Error(`A PDF cannot be drawn with the transform ${name}.`);
  }
}

function clip({ attributes }: SvgElement, { page, named }: Sheet, extent: Extent): void {
  const name = nameIn(attributes["clip-path"]);
  const [area] = (name === undefined ? undefined : named.get(name)?.children) ?? [];
  if (area === undefined) return;
  // A PDF cannot go back to the axes from before and keep what it cut: they are moved, and moved back.
  const [x = 0, y = 0] = (/^translate\(([^)]*)\)$/.exec(area.attributes["transform"] ?? "")?.[1] ?? "0,0")
    .split(/[\s,]+/)
    .map(Number);
  page.translate(x, y);
  trace(area, page, extent);
  page.clip().translate(-x, -y);
}

/** The name in `url(#name)`. */
function nameIn(paint = ""): string | undefined {
  return /^url\(["']?#([\w-]+)["']?\)$/.exec(paint)?.[1];
}

function isHidden({ attributes }: SvgElement): boolean {
  return attributes["display"] === "none" || attributes["visibility"] === "hidden";
}

/** A shape's outline, filled and stroked. */
async function paint(element: SvgElement, style: Style, sheet: Sheet, extent: Extent): Promise<void> {
  const { page, named } = sheet;
  const gradient = named.get(nameIn(style.fill) ?? "");
  const isFilled = style.fill !== "none" && element.tag !== "line";
  const isStroked = style.stroke !== "none" && style.strokeWidth > 0;
  if (gradient !== undefined) page.fillColor(await shades(gradient, boxOf(element, extent), page));
  else if (isFilled) await fillWith(page, style);
  if (isStroked) await strokeWith(page, style, element);
  if (!isFilled && !isStroked) return;
  trace(element, page, extent);
  const rule = element.attributes["fill-rule"] === "evenodd" ? "even-odd" : "non-zero";
  if (isFilled && isStroked) page.fillAndStroke(undefined, undefined, rule);
  else if (isFilled) page.fill(rule);
  else page.stroke();
}

async function fillWith(page: Page, { fill, opacity, fillOpacity }: Style): Promise<void> {
  const colour = await colourOf(fill);
  page.fillColor(colour.rgb, colour.opacity * opacity * fillOpacity);
}

async function strokeWith(page: Page, style: Style, { attributes }: SvgElement): Promise<void> {
  const colour = await colourOf(style.stroke);
  page.strokeColor(colour.rgb, colour.opacity * style.opacity * style.strokeOpacity);
  page.lineWidth(style.strokeWidth);
  if (attributes["stroke-linejoin"] === "round") page.lineJoin("round");
  if (style.dashes.length > 0) page.dash([...style.dashes] as unknown as number, {});
}

/** Left, top, width and height of a rectangle; parts in per cent are of the whole drawing. */
function boxOf(element: SvgElement, [wide, high]: Extent): readonly [number, number, number, number] {
  const side = (name: string, whole: number): number =>
    element.attributes[name] === "100%" ? whole : numberIn(element, name);
  return [numberIn(element, "x"), numberIn(element, "y"), side("width", wide), side("height", high)];
}

function trace(element: SvgElement, page: Page, extent: Extent): void {
  const at = (name: string): number => numberIn(element, name);
  const { points = "", d = "" } = element.attributes;
  const corners = points
    .split(/\s+/)
    .filter((pair) => pair !== "")
    .map((pair) => pair.split(",").map(Number) as [number, number]);
  switch (element.tag) {
    case "rect":
      if (at("rx") > 0) page.roundedRect(...boxOf(element, extent), at("rx"));
      else page.rect(...boxOf(element, extent));
      return;
    case "circle":
      page.circle(at("cx"), at("cy"), at("r"));
      return;
    case "line":
      page.moveTo(at("x1"), at("y1")).lineTo(at("x2"), at("y2"));
      return;
    case "ellipse":
      page.ellipse(at("cx"), at("cy"), at("rx"), at("ry"));
      return;
    case "polyline":
    case "polygon":
      corners.forEach(([x, y], i) => (i === 0 ? page.moveTo(x, y) : page.lineTo(x, y)));
      if (element.tag === "polygon") page.closePath();
      return;
    case "path":
      page.path(d);
      return;
    default:
      throw new Error(`A PDF cannot be drawn of <${element.tag}>.`);
  }
}

/** A gradient over a box: its ends are parts of that. */
async function shades(
  gradient: SvgElement,
  [left, top, width, height]: readonly [number, number, number, number],
  page: Page,
) {
  const at = (name: string): number => numberIn(gradient, name);
  const filled = page.linearGradient(
    left + width * at("x1"),
    top + height * at("y1"),
    left + width * at("x2"),
    top + height * at("y2"),
  );
  for (const stop of gradient.children) {
    const { rgb } = await colourOf(stop.attributes["stop-color"] ?? "#000");
    // The types know colours as words only.
    filled.stop(numberIn(stop, "offset"), rgb as unknown as string);
  }
  return filled;
}

async function drawWords(element: SvgElement, style: Style, page: Page): Promise<void> {
  for (const { x, y, pieces } of linesOf(element, style)) {
    const widths = pieces.map((piece) => page.fontSize(piece.style.fontSize).widthOfString(piece.words));
    const part = { start: 0, middle: -0.5, end: -1 }[style.anchor] ?? 0;
    let at = x + part * widths.reduce((total, width) => total + width, 0);
    for (const [i, piece] of pieces.entries()) {
      await drawPiece(piece, at, y, element, page);
      at += widths[i]!;
    }
  }
}

async function drawPiece(
  { words, style, shift }: Piece,
  x: number,
  y: number,
  element: SvgElement,
  page: Page,
): Promise<void> {
  const isStroked = style.stroke !== "none";
  const isFilled = style.fill !== "none";
  if (isFilled) await fillWith(page, style);
  if (isStroked) await strokeWith(page, style, element);
  page.fontSize(style.fontSize).text(words, x, y + shift, {
    baseline: "alphabetic",
    lineBreak: false,
    fill: isFilled,
    stroke: isStroked,
  });
}

/** A picture with the pixels that the density asks for: smooth between its own, as on the screen. */
async function drawPicture(element: SvgElement, { page, density }: Sheet): Promise<void> {
  const [x, y, width, height] = boxOf(element, [0, 0]);
  const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * density))) as [
    number,
    number,
  ];
  const picture = await svgToPng(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}">` +
      `<image width="${wide}" height="${high}" preserveAspectRatio="none" href="${element.attributes["href"] ?? ""}"/></svg>`,
  );
  page.image(Buffer.from(withoutSpareChannels(picture)), x, y, { width, height });
}

/** Grey pictures with one channel, opaque ones with three: a quarter, or three quarters, of the file. */
function withoutSpareChannels(png: Uint8Array): Uint8Array {
  const { width, height, data, channels } = decode(png);
  if (channels !== 4) return png;
  const count = width * height;
  let [isOpaque, isGrey] = [true, true];
  for (let i = 0; i < 4 * count; i += 4) {
    isOpaque &&= data[i + 3] === 255;
    isGrey &&= data[i] === data[i + 1] && data[i] === data[i + 2];
  }
  if (!isOpaque) return png;
  const kept = isGrey ? 1 : 3;
  const bytes = new Uint8Array(kept * count);
  for (let i = 0; i < count; i++) for (let k = 0; k < kept; k++) bytes[kept * i + k] = data[4 * i + k]!;
  return encode({ width, height, data: bytes, channels: kept });
}
