/** The slice viewer: state, reducer, events and layout are pure; draw needs a canvas; input, controls and viewer touch the page. */
import type { SlicesPayload } from "../../protocol/index.js";
import { styledRoot, type Mounted } from "../dom.js";
import { createViewer } from "./viewer.js";

export { createViewer, type Viewer, type ViewerOptions } from "./viewer.js";
export { decodeStack, type Stack } from "./decode.js";
export { drawScene, type Scene } from "./draw.js";
export { pixelAt } from "./drawing.js";
export * from "./events.js";
export * from "./layout.js";
export { Raster } from "./raster.js";
export * from "./reducer.js";
export * from "./state.js";
export { haloStroke } from "./text.js";

/** Renderer of `SLICES_MIME`. */
export async function renderSlices(element: HTMLElement, payload: unknown): Promise<Mounted> {
  return createViewer(styledRoot(element), payload as SlicesPayload, { maxHeight: 560, heatShown: true });
}
