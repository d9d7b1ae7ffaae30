/** The part of plotly.js that is used. */
export interface Plotly {
  newPlot(element: HTMLElement, figure: unknown): Promise<unknown>;
  relayout(element: HTMLElement, layout: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
  readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
}

/** Gives the bundle that draws a figure. @param isLarge whether it needs the large one */
export type LoadPlotly = (isLarge: boolean) => Plotly | Promise<Plotly>;
