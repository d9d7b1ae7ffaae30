import { bytesToBase64, PLOTLY_MIME, type MimeBundle } from "../../protocol/index.js";
import { svgToPng } from "./svg.js";

/** A plot in two forms: for plotly, and as a drawing of our own for places without scripts. */
export interface Figure {
  readonly plotly: { readonly data: readonly unknown[]; readonly layout: Readonly<Record<string, unknown>> };
  readonly svg: string;
  /** The numbers in plain text. */
  readonly text: string;
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
