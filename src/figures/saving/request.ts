/** What a saved figure may be told, and what of it cannot be. */
import { statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { THEME_NAMES, type Theme } from "../drawing/theme.js";
import { requireOptions } from "../../statistics/index.js";

/** How a figure is written. */
export interface SaveOptions {
  /**
   * Width in millimetres, 20 to 500, or that of a journal's column: `single` 85 mm, `double` 178 mm. The figure is laid out for it, with words
   * of 7 to 10 points; it has the size that it has on the screen unless given.
   */
  readonly width?: number | "single" | "double";
  /** Pixels an inch, 72 to 1200, of a PNG and of pictures in a PDF; 300 unless given. */
  readonly dpi?: number;
  /** `light` unless given; `dark`, for slides; `print`, black on white. */
  readonly theme?: Theme;
}

/** The options' names, for `requireOptions`. */
export const SAVE_OPTIONS = { width: true, dpi: true, theme: true } as const;

export type Ending = "svg" | "png" | "pdf";

/** What is to be written, checked. */
export interface SaveRequest {
  readonly path: string;
  readonly ending: Ending;
  /** Millimetres. */
  readonly width: number | undefined;
  readonly dpi: number;
  readonly theme: Theme;
}

const COLUMNS = { single: 85, double: 178 } as const;
const WIDTHS = { least: 20, most: 500 } as const;
const DPI = { least: 72, most: 1200 } as const;

/**
 * The request that a path and options make.
 * @throws RangeError that says what cannot be written so, where, and what can
 */
export function saveRequest(path: string, options: SaveOptions = {}): SaveRequest {
  requireOptions<SaveOptions>("save", options, SAVE_OPTIONS);
  const { dpi = 300, theme = "light" } = options;
  if (!(dpi >= DPI.least && dpi <= DPI.most))
    throw new RangeError(
      `A figure has ${DPI.least} to ${DPI.most} dpi, not ${dpi}; journals ask for 300 or 600.`,
    );
  if (!THEME_NAMES.includes(theme))
    throw new RangeError(`There is no theme "${theme as string}"; there is ${THEME_NAMES.join(", ")}.`);
  const ending = endingOf(path);
  requireFolder(path);
  return { path, ending, width: widthOf(options.width), dpi, theme };
}

function widthOf(width: SaveOptions["width"]): number | undefined {
  if (width === undefined) return undefined;
  const given = typeof width === "string" && Object.hasOwn(COLUMNS, width) ? COLUMNS[width] : width;
  if (typeof given === "number" && given >= WIDTHS.least && given <= WIDTHS.most) return given;
  throw new RangeError(
    `A figure is ${WIDTHS.least} to ${WIDTHS.most} mm wide, or "single" (${COLUMNS.single} mm) or "double" (${COLUMNS.double} mm), not ${JSON.stringify(width)}.`,
  );
}

function endingOf(path: unknown): Ending {
  if (typeof path !== "string" || path === "")
    throw new RangeError(`A figure is saved under a file's name, such as save("figure.pdf").`);
  const ending = extname(path).slice(1).toLowerCase();
  if (ending === "svg" || ending === "png" || ending === "pdf") return ending;
  throw new RangeError(
    `A figure cannot be written as ${ending === "" ? `"${path}", which has no ending` : `.${ending}`}: name a file that ends in .svg, .png or .pdf.`,
  );
}

function requireFolder(path: string): void {
  const folder = dirname(resolve(path));
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined)
    throw new RangeError(
      `There is no folder "${dirname(path)}" to save a figure in: make it first, or name another one.`,
    );
  if (!found.isDirectory())
    throw new RangeError(`"${dirname(path)}" is a file and no folder: save the figure elsewhere.`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new RangeError(`"${path}" is a folder: give the figure another name.`);
}
