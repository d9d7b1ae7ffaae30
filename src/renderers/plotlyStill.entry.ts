// A figure as a drawing, for the thread of room `stills`: pure of Node, loaded there as a built file.
import { stillOf, type StillFigure, type StillLibrary, type StillOptions } from "./plotly/still/index.js";

export async function drawStill(figure: unknown, options: StillOptions): Promise<StillFigure> {
  // The file beside this one, which draws in the browser too.
  const address = new URL("./plotlyLarge.js", import.meta.url).href;
  return stillOf((await import(address)) as StillLibrary, figure, options);
}
