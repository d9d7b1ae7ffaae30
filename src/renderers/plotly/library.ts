/** The part of plotly.js that is used. */
export interface Plotly {
  newPlot(element: HTMLElement, figure: unknown): Promise<unknown>;
  relayout(element: HTMLElement, layout: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
  readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
  readonly Snapshot: { toSVG(element: HTMLElement, format: string): string };
}

/** Gives the bundle that draws a figure. @param isLarge whether it needs the large one */
export type LoadPlotly = (isLarge: boolean) => Plotly | Promise<Plotly>;

/** plotly's colours, for what is drawn beside it. */
export interface PlotlyColours {
  /** The scale of a trace's part with `colorscale`, `cmin` and `cmax`. */
  scaleOf(part: object): (value: unknown) => string;
  /** A colour of CSS as `rgb(r, g, b)`. */
  rgb(colour: string): string;
}
