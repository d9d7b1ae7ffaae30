/** The figures of plotly's in notebooks/gallery.ipynb, one of every trace type: what tests draw is what the gallery shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";

export interface GalleryFigure {
  readonly data: readonly object[];
  readonly layout: object;
}

interface Cell {
  readonly id: string;
  readonly source: readonly string[];
}

/** The cells that draw: those whose ids begin with `g-`, behind the one with their data. */
function figures(): Record<string, GalleryFigure> {
  const text = readFileSync(join("notebooks", "gallery.ipynb"), "utf8");
  const { cells } = JSON.parse(text) as { cells: Cell[] };
  const source = cells
    .filter(({ id }) => id === "plotly-data" || id.startsWith("g-"))
    .map((cell) => cell.source.join(""))
    .join(";\n");
  const run = runInThisContext(`(display) => {\n${source}\n}`, { filename: "gallery.ipynb" }) as (
    display: (figure: GalleryFigure) => void,
  ) => void;
  const found: Record<string, GalleryFigure> = {};
  run((figure) => {
    // Nets are there for the traces on them; a figure is called as its last trace is.
    found[(figure.data.at(-1) as { type: string }).type] = figure;
  });
  return found;
}

/** By the type's name. */
export const GALLERY: Readonly<Record<string, GalleryFigure>> = figures();

/** Types on maps of tiles, which come from a network. */
export const ON_TILES: readonly string[] =
  "choroplethmap choroplethmapbox densitymap densitymapbox scattermap scattermapbox".split(" ");
