import type { ActivationFunction } from "vscode-notebook-renderer";
import { PLOTLY_MIME } from "../protocol/index.js";
import { activation } from "./mount.js";
import { plotRenderer } from "./plotly/index.js";
import type { Plotly } from "./plotly/library.js";
import { smallPlotly } from "./plotly/small.js";

/** The file beside this one: most notebooks never need its three megabytes. */
async function loadLarge(): Promise<Plotly> {
  const address = new URL("./plotlyLarge.js", import.meta.url).href;
  const { largePlotly } = (await import(address)) as { readonly largePlotly: Plotly };
  return largePlotly;
}

export const activate: ActivationFunction = activation({
  [PLOTLY_MIME]: plotRenderer((isLarge) => (isLarge ? loadLarge() : smallPlotly)),
});
