/** Modules of plotly.js, which has no types of its own; what is used of them is in `library.ts`. */
declare module "plotly.js/dist/plotly-cartesian.min.js" {
  const Plotly: unknown;
  export default Plotly;
}
declare module "plotly.js/lib/*" {
  const part: unknown;
  export default part;
}
declare module "plotly.js/src/*" {
  const part: unknown;
  export default part;
}
