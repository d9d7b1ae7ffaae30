/** Pure functions from what a browser reports to what the viewer should do, so that they can be tested without one. */
import type { Action } from "./reducer.js";
import type { Tool } from "./state.js";

/** The part of a keyboard event that matters. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const KEYS: Readonly<Record<string, Action>> = {
  ArrowUp: { type: "scroll", by: -1 },
  ArrowLeft: { type: "scroll", by: -1 },
  ArrowDown: { type: "scroll", by: 1 },
  ArrowRight: { type: "scroll", by: 1 },
  PageUp: { type: "scroll", by: -5 },
  PageDown: { type: "scroll", by: 5 },
  Home: { type: "goTo", slice: 0 },
  End: { type: "goTo", slice: Number.MAX_SAFE_INTEGER },
  "+": { type: "zoom", factor: 1.25, at: [0, 0] },
  "=": { type: "zoom", factor: 1.25, at: [0, 0] },
  "-": { type: "zoom", factor: 0.8, at: [0, 0] },
  h: { type: "toggleHeat" },
  o: { type: "toggleOutlines" },
  i: { type: "toggleSmooth" },
  r: { type: "resetView" },
  w: { type: "tool", tool: "window" },
  d: { type: "tool", tool: "distance" },
  a: { type: "tool", tool: "angle" },
  c: { type: "tool", tool: "cobb" },
  p: { type: "tool", tool: "probe" },
  Delete: { type: "remove" },
  Backspace: { type: "remove" },
  Escape: { type: "cancel" },
};

/** Shifted arrows do what dragging does. */
const SHIFTED: Readonly<Record<string, Action>> = {
  ArrowUp: { type: "window", centreBy: -0.05, widthBy: 0 },
  ArrowDown: { type: "window", centreBy: 0.05, widthBy: 0 },
  ArrowLeft: { type: "window", centreBy: 0, widthBy: -0.05 },
  ArrowRight: { type: "window", centreBy: 0, widthBy: 0.05 },
};

/** With a tool that takes points, shifted arrows move the cursor, and Enter or Space places a point. */
const POINTED: Readonly<Record<string, Action>> = {
  ArrowUp: { type: "nudge", by: [0, -1] },
  ArrowDown: { type: "nudge", by: [0, 1] },
  ArrowLeft: { type: "nudge", by: [-1, 0] },
  ArrowRight: { type: "nudge", by: [1, 0] },
};

/** The keys in words, for the viewer's description. */
export const KEY_HELP =
  "Arrow keys change the slice, Shift and arrow keys brightness and contrast, plus and minus zoom, " +
  "H switches heat, O outlines, I smoothing, R resets the view. W, D, A, C and P choose window, distance, angle, Cobb " +
  "angle and probe; with these Shift and arrow keys move the cursor, Enter places a point, Delete removes a measurement.";

/** The action of a key, `undefined` for keys that belong to the page or the notebook. */
export function keyAction(event: Key, tool: Tool = "window"): Action | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const shifted = tool === "window" ? SHIFTED : POINTED;
  if (event.shiftKey && event.key in shifted) return shifted[event.key];
  if (tool !== "window" && (event.key === "Enter" || event.key === " ")) return { type: "click" };
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/** Wheel travel (px) of one slice; a notch of a mouse wheel is about 100, a track pad sends many small steps. */
const PIXELS_PER_SLICE = 40;

/**
 * Collects wheel travel until it is worth whole slices.
 *
 * @param rest travel left over from earlier events
 * @param delta `deltaY` of the event
 * @param mode `deltaMode` of the event: 0 pixels, 1 lines, 2 pages
 */
export function wheelSlices(
  rest: number,
  delta: number,
  mode: number,
): { readonly by: number; readonly rest: number } {
  // A wheel with notches moves one slice a notch, however far the system says that a notch goes.
  if (mode !== 0 || Math.abs(delta) >= PIXELS_PER_SLICE) return { by: Math.sign(delta), rest: 0 };
  const travel = Math.sign(rest) === -Math.sign(delta) ? delta : rest + delta;
  const by = Math.trunc(travel / PIXELS_PER_SLICE);
  return { by: by === 0 ? 0 : by, rest: travel - by * PIXELS_PER_SLICE };
}

/** Zoom of a wheel with Ctrl held, which is also what browsers report for a pinch on a track pad. */
export function wheelZoom(delta: number, at: readonly [number, number]): Action {
  return { type: "zoom", factor: Math.exp(-Math.max(-60, Math.min(60, delta)) / 200), at };
}

/** Dragging over the whole stage changes the window by its own width: right is wider, down is brighter. */
export function dragWindow(by: readonly [number, number]): Action {
  return { type: "window", centreBy: -by[1], widthBy: by[0] };
}

/** Distance and middle of two fingers. */
export function pinch(
  a: readonly [number, number],
  b: readonly [number, number],
): { readonly distance: number; readonly middle: readonly [number, number] } {
  return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
}
