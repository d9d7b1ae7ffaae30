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
    "barpolar candlestick carpet cone contourcarpet funnel funnelarea icicle indicator isosurface mesh3d ohlc parcats parcoords " +
    "sankey scatter3d scattercarpet scattergl scatterpolar scatterpolargl scattersmith splom streamtube sunburst surface " +
    "table treemap volume waterfall"
  ).split(" "),
);

/** Those on maps, whose ground comes from the network. */
const ON_MAPS = new Set(
  "choropleth choroplethmap choroplethmapbox densitymap densitymapbox scattergeo scattermap scattermapbox".split(
    " ",
  ),
);

/** `small` and `large`: the bundle that draws a trace of this type; `map`: none, for want of a map; `unknown`: none. */
export type TraceKind = "small" | "large" | "map" | "unknown";

/** By a trace's `type`; without one it is a scatter. */
export function traceKind(type: unknown): TraceKind {
  if (type === undefined || type === null) return "small";
  if (typeof type !== "string") return "unknown";
  if (CARTESIAN.has(type)) return "small";
  return FURTHER.has(type) ? "large" : ON_MAPS.has(type) ? "map" : "unknown";
}

/** Whether a figure, or a frame of it, has a trace that only the large bundle draws. */
export function needsLargeBundle(figure: unknown): boolean {
  const { data, frames } = (typeof figure === "object" && figure !== null ? figure : {}) as {
    readonly data?: unknown;
    readonly frames?: unknown;
  };
  return (
    isLarge(data) ||
    (Array.isArray(frames) && frames.some((frame: { data?: unknown } | null) => isLarge(frame?.data)))
  );
}

function isLarge(traces: unknown): boolean {
  return (
    Array.isArray(traces) &&
    traces.some((trace: { type?: unknown } | null) => traceKind(trace?.type) === "large")
  );
}
