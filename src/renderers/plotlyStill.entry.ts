// A figure as a drawing, for the thread of room `stills`: pure of Node, loaded there as a built file.
import { needsOutlines } from "../protocol/index.js";
import { stillOf, type StillFigure, type StillLibrary, type StillOptions } from "./plotly/still/index.js";

export async function drawStill(figure: unknown, options: StillOptions): Promise<StillFigure> {
  // The files beside this one, which draw in the browser too.
  const address = (file: string): string => new URL(file, import.meta.url).href;
  if (needsOutlines(figure)) await import(address("./outlines.js"));
  return stillOf((await import(address("./plotlyLarge.js"))) as StillLibrary, figure, options);
}
