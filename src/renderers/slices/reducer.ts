import { COLOUR_MAPS } from "./colours.js";
import {
  clicked,
  dragged,
  hovered,
  left,
  nudged,
  pressed,
  released,
  removed,
  type PointerStep,
} from "./drawing.js";
import type { Point } from "./measure.js";
import { initialState, type Bounds, type Tool, type ViewerState } from "./state.js";

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
  /** Index into `COLOUR_MAPS`. */
  | { readonly type: "colours"; readonly index: number }
  | { readonly type: "toggleOutlines" }
  | { readonly type: "toggleSmooth" }
  /** Brings a display pixel to the middle, as far as the zoom allows. */
  | { readonly type: "centre"; readonly point: Point }
  | { readonly type: "tool"; readonly tool: Tool }
  | ({ readonly type: "press" | "drag" | "release" | "hover" } & PointerStep)
  | { readonly type: "leave" }
  /** Moves the cursor by pixels. */
  | { readonly type: "nudge"; readonly by: readonly [number, number] }
  /** A click at the cursor. */
  | { readonly type: "click" }
  /** Takes away one measurement. */
  | { readonly type: "remove" }
  /** Takes away all measurements and the probe's point. */
  | { readonly type: "clear" }
  /** Gives up what is being drawn. */
  | { readonly type: "cancel" }
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
    case "colours":
      return { ...state, colours: clamp(action.index, 0, COLOUR_MAPS.length - 1) };
    case "toggleOutlines":
      return { ...state, outlinesShown: !state.outlinesShown };
    case "toggleSmooth":
      return { ...state, smooth: !state.smooth };
    case "centre":
      return { ...state, pan: clampPan(panTo(action.point, state.zoom, bounds), state.zoom) };
    case "resetView":
      return { ...state, window: initialState(bounds, false).window, zoom: 1, pan: [0, 0] };
    default:
      return reduceDrawing(state, action, bounds);
  }
}

type DrawingAction = Extract<
  Action,
  {
    type:
      | "tool"
      | "press"
      | "drag"
      | "release"
      | "hover"
      | "leave"
      | "nudge"
      | "click"
      | "remove"
      | "clear"
      | "cancel";
  }
>;

function reduceDrawing(state: ViewerState, action: DrawingAction, bounds: Bounds): ViewerState {
  switch (action.type) {
    case "tool":
      return action.tool === state.tool ? state : { ...state, tool: action.tool, draft: [], grip: -1 };
    case "press":
      return pressed(state, action, bounds);
    case "drag":
      return dragged(state, action, bounds);
    case "release":
      return released(state, action, bounds);
    case "hover":
      return hovered(state, action, bounds);
    case "leave":
      return left(state);
    case "nudge":
      return nudged(state, action.by, bounds);
    case "click":
      return clicked(state, bounds);
    case "remove":
      return removed(state);
    case "clear":
      return { ...state, measurements: [], selected: -1, draft: [], grip: -1, probe: undefined };
    case "cancel":
      return state.draft.length === 0 && state.selected < 0
        ? state
        : { ...state, draft: [], selected: -1, grip: -1 };
  }
}

function withSlice(state: ViewerState, wanted: number, bounds: Bounds): ViewerState {
  const slice = clamp(Math.round(wanted), 0, bounds.slices - 1);
  // A measurement lies in one slice, so what was begun in another is given up.
  return slice === state.slice ? state : { ...state, slice, draft: [], grip: -1 };
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

function panTo([column, row]: Point, zoom: number, { columns, rows }: Bounds): readonly [number, number] {
  return [(0.5 - (column + 0.5) / columns) * zoom, (0.5 - (row + 0.5) / rows) * zoom];
}

/** Keeps the picture over the whole stage. */
function clampPan(pan: readonly [number, number], zoom: number): readonly [number, number] {
  const limit = (zoom - 1) / 2;
  return [clamp(pan[0], -limit, limit), clamp(pan[1], -limit, limit)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
