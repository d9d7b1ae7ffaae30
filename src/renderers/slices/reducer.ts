import { initialState, type Bounds, type ViewerState } from "./state.js";

/** What can happen to a slice viewer. Lengths are fractions of the unzoomed picture. */
export type Action =
  | { readonly type: "scroll"; readonly by: number }
  | { readonly type: "goTo"; readonly slice: number }
  | { readonly type: "highlight"; readonly label: string }
  /** Change of the window in window widths, so that every picture reacts alike. */
  | { readonly type: "window"; readonly centreBy: number; readonly widthBy: number }
  /** `at` is measured from the middle of the stage and stays where it is. */
  | { readonly type: "zoom"; readonly factor: number; readonly at: readonly [number, number] }
  | { readonly type: "pan"; readonly by: readonly [number, number] }
  /** Index of a heat layer, or -1 to switch heat off. */
  | { readonly type: "heat"; readonly index: number }
  | { readonly type: "toggleHeat" }
  | { readonly type: "opacity"; readonly value: number }
  | { readonly type: "toggleOutlines" }
  | { readonly type: "resetView" };

const MAX_ZOOM = 8;

/** The state after an action; the same object when nothing changes, so that callers can tell. */
export function reduce(state: ViewerState, action: Action, bounds: Bounds): ViewerState {
  switch (action.type) {
    case "scroll":
      return withSlice(state, state.slice + action.by, bounds);
    case "goTo":
      return withSlice(state, action.slice, bounds);
    case "highlight":
      return action.label === state.highlight ? state : { ...state, highlight: action.label };
    case "window":
      return { ...state, window: changedWindow(state.window, action, bounds.window.width) };
    case "zoom":
      return zoomed(state, action.factor, action.at);
    case "pan":
      return {
        ...state,
        pan: clampPan([state.pan[0] + action.by[0], state.pan[1] + action.by[1]], state.zoom),
      };
    case "heat":
      return withHeat(state, action.index, bounds);
    case "toggleHeat":
      return bounds.heatLayers === 0 ? state : { ...state, heatShown: !state.heatShown };
    case "opacity":
      return { ...state, opacity: clamp(action.value, 0, 1) };
    case "toggleOutlines":
      return { ...state, outlinesShown: !state.outlinesShown };
    case "resetView":
      return { ...state, window: initialState(bounds, false).window, zoom: 1, pan: [0, 0] };
  }
}

function withSlice(state: ViewerState, wanted: number, bounds: Bounds): ViewerState {
  const slice = clamp(Math.round(wanted), 0, bounds.slices - 1);
  return slice === state.slice ? state : { ...state, slice };
}

function withHeat(state: ViewerState, index: number, bounds: Bounds): ViewerState {
  if (index < 0 || index >= bounds.heatLayers) return { ...state, heatShown: false };
  return { ...state, heat: index, heatShown: true };
}

function changedWindow(
  window: ViewerState["window"],
  change: { readonly centreBy: number; readonly widthBy: number },
  unit: number,
): ViewerState["window"] {
  return {
    centre: clamp(window.centre + change.centreBy * unit, -32768, 32767),
    width: clamp(window.width + change.widthBy * unit, Math.max(1, unit / 100), 65535),
  };
}

function zoomed(state: ViewerState, factor: number, at: readonly [number, number]): ViewerState {
  const zoom = clamp(state.zoom * factor, 1, MAX_ZOOM);
  if (zoom === state.zoom) return state;
  const ratio = zoom / state.zoom;
  const pan = [at[0] - (at[0] - state.pan[0]) * ratio, at[1] - (at[1] - state.pan[1]) * ratio] as const;
  return { ...state, zoom, pan: clampPan(pan, zoom) };
}

/** Keeps the picture over the whole stage. */
function clampPan(pan: readonly [number, number], zoom: number): readonly [number, number] {
  const limit = (zoom - 1) / 2;
  return [clamp(pan[0], -limit, limit), clamp(pan[1], -limit, limit)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
