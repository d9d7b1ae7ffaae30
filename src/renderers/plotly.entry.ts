import type { ActivationFunction } from "vscode-notebook-renderer";
import { PLOTLY_MIME } from "../protocol/index.js";
import { activation } from "./mount.js";
import { plotRenderer } from "./plotly/index.js";
import type { Plotly, PlotlyParts } from "./plotly/library.js";
import { smallPlotly } from "./plotly/small.js";

/** The files beside this one: most notebooks never need their four megabytes. */
async function load({ isLarge, hasOutlines }: PlotlyParts): Promise<Plotly> {
  if (!isLarge) return smallPlotly;
  const address = (file: string): string => new URL(file, import.meta.url).href;
  if (hasOutlines) await import(address("./outlines.js"));
  const { largePlotly } = (await import(address("./plotlyLarge.js"))) as { readonly largePlotly: Plotly };
  return largePlotly;
}

export const activate: ActivationFunction = activation({
  [PLOTLY_MIME]: plotRenderer(load),
});
