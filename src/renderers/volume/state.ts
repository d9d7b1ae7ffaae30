/** What a reader can change in the viewer, and how each action changes it; no DOM. */
import type { Vec3 } from "./affine.js";
import type { Window } from "./intensity.js";
import { PLANE_NAMES, toIndex, toPicture, type Plane, type PlaneName } from "./planes.js";

/** How a view is enlarged: 1 shows the whole picture; `pan` is the shift of its middle in mm of the picture. */
export interface Enlargement {
  readonly zoom: number;
  readonly pan: readonly [number, number];
}

export interface ViewerState {
  /** Voxel (column, row, slice) on which the three views meet. */
  readonly cursor: Vec3;
  readonly window: Window;
  readonly views: Readonly<Record<PlaneName, Enlargement>>;
  readonly outlinesShown: boolean;
  /** Level that stands out; empty for none. */
  readonly level: string;
}

/** What the reducer must know of the volume. */
export interface Scene {
  readonly size: Vec3;
  readonly planes: Readonly<Record<PlaneName, Plane>>;
  readonly window: Window;
}

export type Action =
  /** To the voxel nearest to these indices. */
  | { readonly type: "moveTo"; readonly index: Vec3 }
  | { readonly type: "scroll"; readonly plane: PlaneName; readonly by: number }
  /** The crosshair within a view, in pixels of its picture. */
  | { readonly type: "nudge"; readonly plane: PlaneName; readonly by: readonly [number, number] }
  /** Change of the window in widths of the first one, so that every volume reacts alike. */
  | { readonly type: "window"; readonly centreBy: number; readonly widthBy: number }
  /** `at` (mm on the screen from the middle of the view, before the zoom) stays where it is. */
  | {
      readonly type: "zoom";
      readonly plane: PlaneName;
      readonly factor: number;
      readonly at: readonly [number, number];
    }
  | { readonly type: "pan"; readonly plane: PlaneName; readonly by: readonly [number, number] }
  | { readonly type: "level"; readonly level: string; readonly index: Vec3 }
  | { readonly type: "toggleOutlines" }
  | { readonly type: "reset" };

const WHOLE: Enlargement = { zoom: 1, pan: [0, 0] };
const MAX_ZOOM = 16;

/** The state in which a volume opens: the crosshair in its middle. */
export function initialState(scene: Scene): ViewerState {
  return {
    cursor: scene.size.map((count) => Math.floor(count / 2)) as unknown as Vec3,
    window: scene.window,
    views: { sagittal: WHOLE, coronal: WHOLE, axial: WHOLE },
    outlinesShown: true,
    level: "",
  };
}

/** The state after an action; the same object when nothing changes, so that callers can tell. */
export function reduce(state: ViewerState, action: Action, scene: Scene): ViewerState {
  switch (action.type) {
    case "moveTo":
      return withCursor(state, action.index, scene);
    case "scroll": {
      const plane = scene.planes[action.plane];
      const at = state.cursor[plane.through] + action.by;
      return withCursor(state, toIndex(plane, toPicture(plane, state.cursor), at), scene);
    }
    case "nudge": {
      const plane = scene.planes[action.plane];
      const [column, row] = toPicture(plane, state.cursor);
      const to: [number, number] = [column + action.by[0], row + action.by[1]];
      return withCursor(state, toIndex(plane, to, state.cursor[plane.through]), scene);
    }
    case "window":
      return { ...state, window: changedWindow(state.window, action, scene.window.width) };
    case "zoom":
      return withView(state, action.plane, zoomed(state.views[action.plane], action), scene);
    case "pan": {
      const { zoom, pan } = state.views[action.plane];
      return withView(
        state,
        action.plane,
        { zoom, pan: [pan[0] + action.by[0], pan[1] + action.by[1]] },
        scene,
      );
    }
    case "level":
      return { ...withCursor(state, action.index, scene), level: action.level };
    case "toggleOutlines":
      return { ...state, outlinesShown: !state.outlinesShown };
    case "reset":
      return { ...state, window: scene.window, views: initialState(scene).views };
  }
}

/** A level stands out only until the crosshair is moved elsewhere. */
function withCursor(state: ViewerState, index: Vec3, { size }: Scene): ViewerState {
  const cursor = index.map((value, axis) => clamp(Math.round(value), 0, size[axis]! - 1)) as unknown as Vec3;
  return cursor.every((value, axis) => value === state.cursor[axis])
    ? state
    : { ...state, cursor, level: "" };
}

function withView(state: ViewerState, plane: PlaneName, view: Enlargement, scene: Scene): ViewerState {
  const { columns, rows, spacing } = scene.planes[plane];
  // The middle of the screen stays on the picture.
  const limit = (extent: number): number => (extent / 2) * (1 - 1 / view.zoom);
  const [x, y] = [limit(columns * spacing[0]), limit(rows * spacing[1])];
  const pan: [number, number] = [clamp(view.pan[0], -x, x), clamp(view.pan[1], -y, y)];
  const before = state.views[plane];
  if (view.zoom === before.zoom && pan[0] === before.pan[0] && pan[1] === before.pan[1]) return state;
  return { ...state, views: { ...state.views, [plane]: { zoom: view.zoom, pan } } };
}

function zoomed(
  view: Enlargement,
  { factor, at }: { readonly factor: number; readonly at: readonly [number, number] },
): Enlargement {
  const zoom = clamp(view.zoom * factor, 1, MAX_ZOOM);
  const ratio = zoom / view.zoom;
  return { zoom, pan: [view.pan[0] + at[0] / ratio - at[0], view.pan[1] + at[1] / ratio - at[1]] };
}

function changedWindow(
  window: Window,
  change: { readonly centreBy: number; readonly widthBy: number },
  unit: number,
): Window {
  return {
    centre: window.centre + change.centreBy * unit,
    width: clamp(window.width + change.widthBy * unit, unit / 100, unit * 100),
  };
}

/** The views whose picture or marks differ between two states. */
export function changedViews(before: ViewerState, after: ViewerState): readonly PlaneName[] {
  const all =
    before.cursor !== after.cursor ||
    before.window !== after.window ||
    before.outlinesShown !== after.outlinesShown ||
    before.level !== after.level;
  return PLANE_NAMES.filter((name) => all || before.views[name] !== after.views[name]);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
