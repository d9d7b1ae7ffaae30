import { encodePng } from "../../imaging/index.js";
import { label } from "../drawing/svg.js";
import { svgToPng } from "../../stills/index.js";

/** A disc that was graded otherwise than a reader did. */
export interface SheetCase {
  readonly patient: string;
  readonly level: string;
  readonly published: number;
  readonly given: number;
  /** Expected grade. */
  readonly fractional: number;
  /** Square picture, 0 to 255. */
  readonly pixels: Uint8Array;
}

const CELL = { width: 150, height: 196, picture: 138 } as const;
const COLUMNS = 6;

function cell({ patient, level, published, given, fractional, pixels }: SheetCase, index: number): string {
  const [x, y] = [(index % COLUMNS) * CELL.width + 6, Math.floor(index / COLUMNS) * CELL.height + 6];
  const side = Math.sqrt(pixels.length);
  const png = Buffer.from(encodePng(pixels, side, side)).toString("base64");
  const isFar = Math.abs(published - given) > 1;
  return [
    `<image x="${x}" y="${y}" width="${CELL.picture}" height="${CELL.picture}" href="data:image/png;base64,${png}"/>`,
    label(x, y + CELL.picture + 17, `${patient}  ${level}`, `fill="#333"`),
    label(
      x,
      y + CELL.picture + 34,
      `reader ${published}, model ${given} (${fractional.toFixed(1)})`,
      isFar ? `fill="#b00020" font-weight="bold"` : `fill="#333"`,
    ),
  ].join("");
}

function errorSheetSvg(cases: readonly SheetCase[]): string {
  const [width, height] = [COLUMNS * CELL.width, Math.ceil(cases.length / COLUMNS) * CELL.height];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="11.5">` +
    `<rect width="100%" height="100%" fill="#fff"/>${cases.map(cell).join("")}</svg>`
  );
}

/** A sheet of the discs that were graded furthest from the published grade, as a PNG; more than one grade off stands in red. */
export function errorSheetPng(cases: readonly SheetCase[]): Promise<Uint8Array> {
  return svgToPng(errorSheetSvg(cases), 2);
}
