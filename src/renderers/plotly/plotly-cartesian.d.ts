/** The part of plotly.js that is used; the package has no types of its own. */
declare module "plotly.js/dist/plotly-cartesian.min.js" {
  const Plotly: {
    newPlot(element: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
    relayout(element: HTMLElement, layout: unknown): Promise<unknown>;
    purge(element: HTMLElement): void;
    readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
  };
  export default Plotly;
}
