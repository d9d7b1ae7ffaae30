import { bytesToBase64, PLOTLY_MIME, type MimeBundle } from "../../protocol/index.js";
import { drawPlotly } from "./draw.js";
import { svgToPng } from "../../stills/index.js";

/** A plot in two forms: for plotly, and as a drawing of that for places without scripts. */
export interface Figure {
  readonly plotly: { readonly data: readonly unknown[]; readonly layout: Readonly<Record<string, unknown>> };
  /** Drawn when it is first asked for. @throws Error for what {@link drawPlotly} does not know */
  readonly svg: string;
  /** The numbers in plain text. */
  readonly text: string;
}

/** A figure of its description for plotly and its numbers in plain text. */
export function figureOf(plotly: Figure["plotly"], text: string): Figure {
  let drawn: string | undefined;
  return {
    plotly,
    text,
    get svg() {
      return (drawn ??= drawPlotly(plotly));
    },
  };
}

/** A plot's SVG as a PNG that is sharp on dense screens. */
export function plotStill(svg: string): Promise<Uint8Array> {
  return svgToPng(svg, 2);
}

/** The display of a plot: the interactive form, a still, and plain text. */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  return {
    [PLOTLY_MIME]: figure.plotly,
    "image/png": bytesToBase64(await plotStill(figure.svg)),
    "text/plain": figure.text,
  };
}
