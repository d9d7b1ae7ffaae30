import { types } from "node:util";
import { PLOTLY_MIME, SLICES_MIME, type MimeBundle, type SlicesPayload } from "../../protocol/index.js";
import { jupyterDisplay, type Displayable } from "../display.js";
import { plotlyStill } from "../../stills/index.js";
import { drawPlotly, type Drawing } from "../drawing/draw.js";
import { isPlotlyFigure, withDefaults, type PlotlyFigure } from "./plotlyDefaults.js";
import type { SaveOptions } from "./request.js";
import { saveDrawing, type SavedFigure } from "./save.js";
import { saveSlices } from "./saveSlices.js";
import { isPageElement, svgOfElement, type PageElement } from "./svgNode.js";

/** An object of ours that writes itself. */
export interface Saveable<O extends SaveOptions = SaveOptions> {
  save(path: string, options?: O): Promise<SavedFigure>;
}

/**
 * Writes a figure as a file: `.svg` (vector, with its font), `.png` (with its density) or `.pdf` (vector, with its font). The same figure
 * gives the same bytes.
 * @param figure what shows itself as a plot or as slices; an SVG element, as D3 and Observable Plot make them, which has no theme and is
 *   scaled to the width; or a figure of plotly's (`{ data, layout }`)
 * @throws RangeError for an ending, width, density, theme or folder that cannot be; Error that says why nothing of a figure of
 *   plotly's can be drawn; TypeError for what is no figure
 * @example await saveFigure({ data: [{ x: [1, 2, 3], y: [2, 4, 3] }] }, "figure.pdf", { width: "single" })
 */
export async function saveFigure(
  figure: Displayable | PlotlyFigure | Saveable | PageElement,
  path: string,
  options: SaveOptions = {},
): Promise<SavedFigure> {
  if (isPlotlyFigure(figure)) return saveOwn(figure, path, options);
  if (isPageElement(figure)) {
    const svg = svgOfElement(figure);
    // Our PDF drawer knows what our own plots are made of: of others' words it would not know the place.
    if (/\.pdf$/i.test(path))
      throw new RangeError("An SVG element is saved as .svg or .png; a PDF can be made of the .svg.");
    return saveDrawing(() => svg, path, options);
  }
  if (isDisplayable(figure)) {
    if (isSaveable(figure)) return figure.save(path, options);
    const bundle: MimeBundle = await figure[jupyterDisplay]();
    const plot = bundle[PLOTLY_MIME];
    if (isPlotlyFigure(plot)) return saveOwn(plot, path, options);
    const slices = bundle[SLICES_MIME];
    if (slices !== undefined) return saveSlices(slices as SlicesPayload, path, options);
  }
  throw new TypeError(
    types.isPromise(figure)
      ? "saveFigure was given a promise: wait for the figure first, as in saveFigure(await hotspots(graded), ...)."
      : "saveFigure writes plots, slices, montages, SVG elements and figures of plotly's ({ data, layout }), and this is none of them. Tables are written by toLatex, toMarkdown, toCsv and toHtml.",
  );
}

/** Writes plotly's JSON, drawn by our own drawer. */
export function savePlotly(
  plotly: Parameters<typeof drawPlotly>[0],
  path: string,
  options?: SaveOptions,
): Promise<SavedFigure> {
  return saveDrawing((drawing) => drawPlotly(plotly, drawing), path, options);
}

/** Writes a figure of an author's own: by our drawer, which lays it out for its width, where that knows all of it, else by plotly.js. */
async function saveOwn(figure: PlotlyFigure, path: string, options: SaveOptions): Promise<SavedFigure> {
  let leftOut: readonly string[] = [];
  const draw = (drawing: Drawing): string => {
    try {
      return drawPlotly(withDefaults(figure), drawing);
    } catch {
      const still = plotlyStill(figure, drawing);
      if (!still.isDrawn) throw new Error(`This figure cannot be saved: ${still.leftOut.join("; ")}.`);
      leftOut = still.leftOut;
      return still.svg;
    }
  };
  return (await saveDrawing(draw, path, options)).without(leftOut);
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof (value as Partial<Displayable> | null)?.[jupyterDisplay] === "function";
}

function isSaveable(value: object): value is Saveable {
  return typeof (value as Partial<Saveable>).save === "function";
}
