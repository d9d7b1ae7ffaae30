/** The part of plotly.js that is used. */
export interface Plotly {
  newPlot(element: HTMLElement, figure: unknown): Promise<unknown>;
  relayout(element: HTMLElement, layout: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
  readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
  readonly Snapshot: { toSVG(element: HTMLElement, format: string): string };
}

/** What a figure needs beside the small bundle. */
export interface PlotlyParts {
  readonly isLarge: boolean;
  /** The outlines of countries, `outlines.js`, which the large bundle takes from the page. */
  readonly hasOutlines: boolean;
}

/** Gives the bundle that draws a figure, when all that it needs is there. */
export type LoadPlotly = (parts: PlotlyParts) => Plotly | Promise<Plotly>;

/** plotly's colours, for what is drawn beside it. */
export interface PlotlyColours {
  /** The scale of a trace's part with `colorscale`, `cmin` and `cmax`. */
  scaleOf(part: object): (value: unknown) => string;
  /** A colour of CSS as `rgb(r, g, b)`. */
  rgb(colour: string): string;
}
