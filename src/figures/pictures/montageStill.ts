import { encode } from "fast-png";
import { bytesToBase64, heatAlpha, heatColour, HEAT_OPACITY, type MimeBundle } from "../../protocol/index.js";
import { shrinkSlices } from "./resample.js";
import type { Drawing } from "../drawing/draw.js";
import { label } from "../drawing/svg.js";
import { svgToPng } from "../../stills/index.js";
import { inTheme, ROLES } from "../drawing/theme.js";
import { escapeMarkup, textWidth, wrapped } from "../../text/index.js";

/** One picture of a montage. */
export interface MontageCell {
  /** Intensities, [row][column], in any unit. */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** mm between columns and rows; square pixels unless given. */
  readonly spacing?: readonly [number, number];
  /** What stands below the picture; lines are parted by `\n`. */
  readonly caption: string;
  /** Evidence over the picture, [row][column], 0 (none) to 1. */
  readonly heat?: ArrayLike<number>;
}

export interface MontageOptions {
  /** Pictures in a row, 4 unless given. */
  readonly columns?: number;
  readonly title?: string;
  /** Width of each picture in pixels of the screen, 200 unless given. */
  readonly width?: number;
  /** Intensities shown as black and white, the same for all; from each picture's own 1st to 99th percentile unless given. */
  readonly window?: readonly [black: number, white: number];
}

const GAP = 10;
const LINE = 15;
const TITLE = 34;
/** Size of captions, pixels. */
const CAPTION = 10.5;
/** Pixels of the still for each of the screen's: sharp text, and not more weight than that needs. */
const STILL_SCALE = 1.3;

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

interface Drawn {
  readonly png: string;
  readonly height: number;
  readonly lines: readonly string[];
}

function ownWindow(values: ArrayLike<number>): readonly [number, number] {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.01), at(0.99)];
}

/** Steps of grey that are kept: more cannot be told apart in small pictures, and the noise between them weighs most. */
const GREYS = 63;

/** Shares of black to white, or of heat, as bytes on a grid that is no wider than the picture is shown. */
function bytesOn(shares: readonly number[], from: Grid, to: Grid, steps: number): Uint8Array {
  const exact = Int16Array.from(shares, (share) => Math.round(4095 * Math.min(1, Math.max(0, share || 0))));
  const shrunk = to.columns < from.columns ? shrinkSlices(exact, from, to, 1) : exact;
  return Uint8Array.from(shrunk, (value) => Math.round((255 * Math.round((steps * value) / 4095)) / steps));
}

/** How much of a picture is kept: no more columns than so many, and steps of grey. */
interface Detail {
  readonly width: number;
  readonly steps: number;
}

/** A cell's picture as PNG: grey, or with the heat laid over it in colour. */
function cellPng(cell: MontageCell, { width, steps }: Detail, window: MontageOptions["window"]): Uint8Array {
  const [black, white] = window ?? ownWindow(cell.values);
  const scale = Math.min(1, width / cell.columns);
  const grid = {
    columns: Math.round(cell.columns * scale),
    rows: Math.max(1, Math.round(cell.rows * scale)),
  };
  const shares = Array.from(cell.values, (value) => (value - black) / (white - black));
  const grey = bytesOn(shares, cell, grid, steps);
  if (cell.heat === undefined)
    return encode({ width: grid.columns, height: grid.rows, data: grey, channels: 1 });
  const heat = bytesOn(Array.from(cell.heat), cell, grid, steps);
  const data = new Uint8Array(3 * grey.length);
  grey.forEach((level, i) => {
    const share = heatAlpha(heat[i]!, HEAT_OPACITY) / 255;
    heatColour(heat[i]!).forEach((colour, k) => {
      data[3 * i + k] = Math.round(level * (1 - share) + colour * share);
    });
  });
  return encode({ width: grid.columns, height: grid.rows, data, channels: 3 });
}

/** Cells come from JavaScript, too, where nothing holds them to their type. */
function isPicture(cell: unknown): boolean {
  const { values, rows, columns, caption } = (cell ?? {}) as Partial<Record<keyof MontageCell, unknown>>;
  const isList = typeof (values as ArrayLike<number> | undefined)?.length === "number";
  return isList && typeof rows === "number" && typeof columns === "number" && typeof caption === "string";
}

function check(cells: readonly MontageCell[], columns: number): void {
  if (cells.length === 0) throw new RangeError("A montage needs at least one picture.");
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`A montage has a whole number of pictures in a row, at least 1, not ${columns}.`);
  const wrong = cells.findIndex((cell) => !isPicture(cell));
  if (wrong >= 0)
    throw new TypeError(
      `Cell ${wrong} of this montage is no picture; sliceCell(stack, slice, caption) makes one of a volume or a disc, and cohort.montage of a query's discs.`,
    );
  for (const { values, heat, rows, columns: across, caption } of cells)
    for (const [what, list] of [
      ["values", values],
      ["heat", heat ?? values],
    ] as const)
      if (rows * across < 1 || list.length !== rows * across)
        throw new RangeError(`“${caption}” has ${list.length} ${what} for ${rows} × ${across} pixels.`);
}

function draw(
  cell: MontageCell,
  width: number,
  window: MontageOptions["window"],
  detail: Detail = { width, steps: GREYS },
): Drawn {
  const [x, y] = cell.spacing ?? [1, 1];
  return {
    png: `data:image/png;base64,${bytesToBase64(cellPng(cell, detail, window))}`,
    height: Math.round((width * cell.rows * y) / (cell.columns * x)),
    lines: cell.caption.split("\n"),
  };
}

/** Rows of cells, each row as high as its highest picture and its longest caption. */
function montageSvg(drawn: readonly Drawn[], columns: number, width: number, title: string): string {
  const across = Math.min(columns, drawn.length);
  const wide = GAP + across * (width + GAP);
  let top = title === "" ? GAP : TITLE;
  const parts: string[] = [];
  for (let first = 0; first < drawn.length; first += columns) {
    const row = drawn.slice(first, first + columns);
    const height = Math.max(...row.map((cell) => cell.height));
    row.forEach((cell, i) => {
      const x = GAP + i * (width + GAP);
      parts.push(
        `<image x="${x}" y="${top}" width="${width}" height="${cell.height}" preserveAspectRatio="none" href="${cell.png}"/>`,
        ...cell.lines.map((line, k) => label(x, top + height + LINE * (k + 1) - 2, line, "")),
      );
    });
    top += height + LINE * Math.max(...row.map(({ lines }) => lines.length)) + GAP;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${top}" font-family="DejaVu Sans" font-size="${CAPTION}" fill="${ROLES.ink}">` +
    `<rect width="100%" height="100%" fill="${ROLES.ground}"/>` +
    (title === "" ? "" : label(GAP, 22, title, `font-size="14"`)) +
    `${parts.join("")}</svg>`
  );
}

function montageHtml(drawn: readonly Drawn[], columns: number, width: number, title: string): string {
  const heading = title === "" ? "" : `<p><strong>${escapeMarkup(title)}</strong></p>`;
  const cells = drawn.map(({ png, height, lines }) => {
    const caption = lines.map(escapeMarkup).join("<br>");
    return (
      `<figure style="margin:0"><img src="${png}" width="${width}" height="${height}" alt="${escapeMarkup(lines.join(", "))}">` +
      `<figcaption style="font-size:0.85em">${caption}</figcaption></figure>`
    );
  });
  const grid = `display:grid;grid-template-columns:repeat(${columns},${width}px);gap:${GAP}px;align-items:start`;
  return `${heading}<div style="${grid}">${cells.join("")}</div>`;
}

/**
 * A montage: pictures in rows, each with its caption and, where given, evidence laid over it; as a still, as HTML, and its
 * captions as plain text.
 * @throws RangeError for no pictures, TypeError for a cell that is none, RangeError for values or heat that do not make a picture's pixels
 */
export async function montageBundle(
  cells: readonly MontageCell[],
  { columns = 4, title = "", width = 200, window }: MontageOptions = {},
): Promise<MimeBundle> {
  check(cells, columns);
  const drawn = cells.map((cell) => draw(cell, width, window));
  return {
    "image/png": bytesToBase64(
      await svgToPng(inTheme(montageSvg(drawn, columns, width, title), "light"), STILL_SCALE),
    ),
    "text/html": montageHtml(drawn, columns, width, title),
    "text/plain": [title, ...cells.map(({ caption }) => caption.replaceAll("\n", ", "))]
      .filter((line) => line !== "")
      .join("\n"),
  };
}

/**
 * A montage as an SVG for a file: its pictures with all their pixels, and captions that go on in another line where they have no room.
 * @throws as {@link montageBundle}
 */
export function montageDrawing(
  cells: readonly MontageCell[],
  { columns = 4, title = "", width = 200, window }: MontageOptions,
  { theme = "light", width: wanted }: Drawing,
): string {
  check(cells, columns);
  const across = Math.min(columns, cells.length);
  const words = cells.flatMap(({ caption }) => caption.split(/\s+/));
  const longest = Math.max(...words.map((word) => textWidth(word, CAPTION)));
  const each = wanted === undefined ? width : Math.max((wanted - GAP) / across - GAP, longest);
  const drawn = cells.map((cell) => {
    const picture = draw(cell, each, window, { width: Infinity, steps: 255 });
    return { ...picture, lines: picture.lines.flatMap((line) => wrapped(line, CAPTION, each)) };
  });
  return inTheme(montageSvg(drawn, columns, each, title), theme);
}
