/** Which of plotly.js's bundles draws a figure. */

/** Trace types of plotly.js's cartesian bundle. */
const CARTESIAN = new Set(
  "bar box contour heatmap histogram histogram2d histogram2dcontour image pie scatter scatterternary violin".split(
    " ",
  ),
);

/** Those that only the large bundle has. */
const FURTHER = new Set(
  (
    "barpolar candlestick carpet choropleth cone contourcarpet funnel funnelarea icicle indicator isosurface mesh3d ohlc parcats parcoords " +
    "sankey scatter3d scattercarpet scattergeo scattergl scatterpolar scatterpolargl scattersmith splom streamtube sunburst surface " +
    "table treemap volume waterfall"
  ).split(" "),
);

/** Those of them that need the outlines of countries. */
const ON_OUTLINES = new Set(["choropleth", "scattergeo"]);

/** Those on maps of tiles, which come from the network. */
const ON_TILES = new Set(
  "choroplethmap choroplethmapbox densitymap densitymapbox scattermap scattermapbox".split(" "),
);

/** `small` and `large`: the bundle that draws a trace of this type; `tiles`: none, for want of a map; `unknown`: none. */
export type TraceKind = "small" | "large" | "tiles" | "unknown";

/** By a trace's `type`; without one it is a scatter. */
export function traceKind(type: unknown): TraceKind {
  if (type === undefined || type === null) return "small";
  if (typeof type !== "string") return "unknown";
  if (CARTESIAN.has(type)) return "small";
  return FURTHER.has(type) ? "large" : ON_TILES.has(type) ? "tiles" : "unknown";
}

/** Whether a figure, or a frame of it, has a trace that only the large bundle draws. */
export function needsLargeBundle(figure: unknown): boolean {
  return typesOf(figure).some((type) => traceKind(type) === "large");
}

/** Whether a figure, or a frame of it, has a trace that needs the outlines of countries beside the large bundle. */
export function needsOutlines(figure: unknown): boolean {
  return typesOf(figure).some((type) => typeof type === "string" && ON_OUTLINES.has(type));
}

/** Types of the traces of a figure and of its frames. */
function typesOf(figure: unknown): unknown[] {
  const { data, frames } = (figure ?? {}) as { readonly data?: unknown; readonly frames?: unknown };
  const traces = Array.isArray(data) ? (data as readonly ({ type?: unknown } | null)[]) : [];
  return [...traces.map((trace) => trace?.type), ...(Array.isArray(frames) ? frames.flatMap(typesOf) : [])];
}
