import { inspect } from "node:util";
import { withDensity } from "../../imaging/index.js";
import { writeAtomically } from "../../package/index.js";
import type { MimeBundle } from "../../protocol/index.js";
import { jupyterDisplay, type Displayable } from "../display.js";
import type { Drawing } from "../drawing/draw.js";
import { svgToPng } from "../../stills/index.js";
import { parseSvg, smallestWords, viewOf } from "./elements.js";
import { saveRequest, type SaveOptions, type SaveRequest } from "./request.js";

const INCH = 25.4;
/** Units of a drawing in an inch where nothing says how wide it is to be: CSS's pixels. */
const SCREEN = 96;
/** Units of a drawing in a millimetre of a figure that is laid out for its width: 12, plain words, are then 7.5 points. */
const UNITS = ((72 / INCH) * 12) / 7.5;
/** Smaller words most journals refuse, points. */
const LEAST_WORDS = 5;
/** More pixels than this take the memory of a browser, and gigabytes here. */
const MOST_PIXELS = 100e6;

/** What was written. As the last value of a cell it says so. */
export class SavedFigure implements Displayable {
  constructor(
    readonly path: string,
    /** Millimetres. */
    readonly width: number,
    /** Millimetres. */
    readonly height: number,
    /** Of a PNG, across and down. */
    readonly pixels: readonly [number, number] | undefined,
    /** Size of the smallest words in points; undefined where there are none. */
    readonly smallestWords: number | undefined,
    /** What of the figure is not in the file, each as a phrase. */
    readonly leftOut: readonly string[] = [],
  ) {}

  /** The same file, with what of the figure is not in it. */
  without(leftOut: readonly string[]): SavedFigure {
    return new SavedFigure(this.path, this.width, this.height, this.pixels, this.smallestWords, leftOut);
  }

  /** What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }

  toString(): string {
    const size = `${this.width.toFixed(1)} × ${this.height.toFixed(1)} mm`;
    const pixels = this.pixels === undefined ? "" : `, ${this.pixels.join(" × ")} pixels`;
    const words = this.smallestWords;
    const note =
      words === undefined
        ? ""
        : `; its smallest words are of ${words.toFixed(1)} points${
            words < LEAST_WORDS ? ", which few journals accept: save it wider, or with less in it" : ""
          }`;
    const rest = this.leftOut.length === 0 ? "" : `; not in it: ${this.leftOut.join("; ")}`;
    return `${this.path}: ${size}${pixels}${note}${rest}`;
  }

  [jupyterDisplay](): MimeBundle {
    return { "text/plain": this.toString() };
  }
}

/**
 * Writes a drawing as a file: SVG with its font, PNG that tells its density, or PDF. The same drawing gives the same bytes. A file of
 * that name is replaced as a whole.
 * @param draw the drawing, for a theme and a width in its own units
 * @throws RangeError for an ending, width, density, theme or folder that cannot be, before anything is drawn
 */
export async function saveDrawing(
  draw: (drawing: Drawing) => string | Promise<string>,
  path: string,
  options: SaveOptions = {},
): Promise<SavedFigure> {
  const request = saveRequest(path, options);
  const svg = await draw({
    theme: request.theme,
    ...(request.width === undefined ? {} : { width: Math.round(request.width * UNITS) }),
  });
  const root = parseSvg(svg);
  const [, , across, down] = viewOf(root);
  const width = request.width ?? (across / SCREEN) * INCH;
  const millimetres = width / across;
  const pixels = pixelsOf(request, [width, down * millimetres]);
  await write(path, await bytesOf(svg, request, width, pixels));
  const words = smallestWords(root);
  return new SavedFigure(
    path,
    width,
    down * millimetres,
    request.ending === "png" ? pixels : undefined,
    words && (words * millimetres * 72) / INCH,
  );
}

async function write(path: string, bytes: string | Uint8Array): Promise<void> {
  try {
    await writeAtomically(path, bytes);
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const why = isFull ? "the disk is full" : "its folder may not be written to";
    throw new Error(
      `The figure "${path}" cannot be saved: ${why}. ${isFull ? "Make room" : "Save it elsewhere"}; what was there stays.`,
      { cause },
    );
  }
}

function pixelsOf(
  { ending, dpi }: SaveRequest,
  millimetres: readonly [number, number],
): readonly [number, number] {
  const [across, down] = millimetres.map((side) => Math.round((side / INCH) * dpi)) as [number, number];
  if (ending !== "svg" && across * down > MOST_PIXELS)
    throw new RangeError(
      `At ${dpi} dpi this figure has ${across} × ${down} pixels, more than can be drawn: make it narrower, or take fewer dpi.`,
    );
  return [across, down];
}

async function bytesOf(
  svg: string,
  { ending, dpi }: SaveRequest,
  width: number,
  [across]: readonly [number, number],
): Promise<string | Uint8Array> {
  if (ending === "png") return withDensity(await svgToPng(svg, { width: across }), dpi);
  // Each a large library, which most sessions never need.
  if (ending === "pdf") return (await import("./pdf.js")).svgToPdf(svg, width / INCH, dpi);
  return (await import("./svgFont.js")).withFont(inMillimetres(svg, width));
}

/** The drawing with its size on paper; what its own units are stands in its view box. */
function inMillimetres(svg: string, width: number): string {
  const [left, top, across, down] = viewOf(parseSvg(svg));
  const size = [width, (width * down) / across].map((side) => `${Number(side.toFixed(3))}mm`);
  return svg.replace(/^<svg[^>]*>/, (root) => {
    const rest = root.replaceAll(/ (?:width|height|viewBox)="[^"]*"/g, "");
    const view = `width="${size[0]}" height="${size[1]}" viewBox="${[left, top, across, down].join(" ")}"`;
    return rest.replace("<svg", `<svg ${view}`);
  });
}
