/**
 * Room `stills`: pictures without a browser. An SVG becomes a PNG; a figure of plotly's is drawn by plotly.js itself, the same
 * file that draws it in a notebook, in a thread that is a page without a browser: its elements know their boxes by the font's widths.
 * For Node alone; knows nothing of spines.
 */
export { fontPath, svgToPng } from "./png.js";
export { notDrawn, plotlyStill } from "./plotly.js";
export type { Still } from "./still.js";
