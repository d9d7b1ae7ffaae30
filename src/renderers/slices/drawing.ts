/**
 * How measurements are drawn and changed, and the probe set: pure. Lines are made by dragging from end to end or by
 * clicking each point.
 */
import {
  distance,
  distanceToSegment,
  POINTS_OF,
  segments,
  type MeasurementKind,
  type PixelSpacing,
  type Point,
} from "./measure.js";
import type { Bounds, ViewerState } from "./state.js";

/** A press, a move or a release at a place of the stage. */
export interface PointerStep {
  /** In widths and heights of the stage, from its middle. */
  readonly at: readonly [number, number];
  /** How near, in widths of the stage, counts as on a point. */
  readonly reach: number;
}

/** The display pixel under a place of the stage; places beside the picture count as its edge. */
export function pixelAt(
  { pan, zoom }: Pick<ViewerState, "pan" | "zoom">,
  at: readonly [number, number],
  { columns, rows }: Pick<Bounds, "columns" | "rows">,
): Point {
  return within(
    [((at[0] - pan[0]) / zoom + 0.5) * columns - 0.5, ((at[1] - pan[1]) / zoom + 0.5) * rows - 0.5],
    {
      columns,
      rows,
    },
  );
}

/** {@link PointerStep.reach} in mm of the picture. */
function reachOf(state: ViewerState, step: PointerStep, bounds: Bounds): number {
  return (step.reach * bounds.columns * bounds.spacing[0]) / state.zoom;
}

/** A press takes hold of a point, selects a line, or begins to draw. */
export function pressed(state: ViewerState, step: PointerStep, bounds: Bounds): ViewerState {
  const cursor = pixelAt(state, step.at, bounds);
  const next = { ...state, cursor, cursorShown: false };
  if (state.tool === "window") return state;
  if (state.tool === "probe") return { ...next, probe: { slice: state.slice, point: cursor } };
  if (state.draft.length === 0) {
    const hit = hitTest(state, cursor, reachOf(state, step, bounds), bounds.spacing);
    return hit ? { ...next, ...hit } : { ...next, draft: [cursor], selected: -1 };
  }
  // The second line of a Cobb angle begins anew; every other point ends a line that is already there.
  return state.tool === "cobb" && state.draft.length === 2
    ? { ...next, draft: [...state.draft, cursor] }
    : next;
}

/** A move with the button held. */
export function dragged(state: ViewerState, step: PointerStep, bounds: Bounds): ViewerState {
  const cursor = pixelAt(state, step.at, bounds);
  const next = { ...state, cursor };
  if (state.tool === "probe") return { ...next, probe: { slice: state.slice, point: cursor } };
  return state.grip >= 0 ? withPoint(next, cursor) : next;
}

/** A release ends a line where it is long enough not to be a click that placed its beginning. */
export function released(state: ViewerState, step: PointerStep, bounds: Bounds): ViewerState {
  if (state.grip >= 0) return { ...state, grip: -1 };
  const last = state.draft.at(-1);
  if (!last || state.tool === "window" || state.tool === "probe") return state;
  const point = pixelAt(state, step.at, bounds);
  const length = distance(last, point, bounds.spacing);
  if (length === 0 || length < reachOf(state, step, bounds) / 2) return state;
  return placed(state, state.tool, [...state.draft, point]);
}

/** A move without a button. */
export function hovered(state: ViewerState, step: PointerStep, bounds: Bounds): ViewerState {
  return { ...state, cursor: pixelAt(state, step.at, bounds), cursorShown: false };
}

/** The pointer has left; a measurement that was begun stays. */
export function left(state: ViewerState): ViewerState {
  return state.cursor === undefined ? state : { ...state, cursor: undefined, cursorShown: false };
}

/** Moves the cursor by keys, in pixels; it starts in the middle of what is shown. */
export function nudged(state: ViewerState, by: readonly [number, number], bounds: Bounds): ViewerState {
  const from = state.cursor ?? pixelAt(state, [0, 0], bounds);
  return { ...state, cursor: within([from[0] + by[0], from[1] + by[1]], bounds), cursorShown: true };
}

/** A click by key where the cursor is. */
export function clicked(state: ViewerState, bounds: Bounds): ViewerState {
  const { tool, cursor } = state;
  if (tool === "window" || !cursor) return nudged(state, [0, 0], bounds);
  if (tool === "probe") return { ...state, probe: { slice: state.slice, point: cursor } };
  const last = state.draft.at(-1);
  if (last && distance(last, cursor, bounds.spacing) === 0) return state;
  return placed(state, tool, [...state.draft, cursor]);
}

/** Takes away the selected measurement, or the last one of this slice. */
export function removed(state: ViewerState): ViewerState {
  const last = state.measurements.findLastIndex(({ slice }) => slice === state.slice);
  const index = state.measurements[state.selected]?.slice === state.slice ? state.selected : last;
  if (index < 0) return state.probe === undefined ? state : { ...state, probe: undefined };
  return {
    ...state,
    measurements: state.measurements.filter((_, i) => i !== index),
    selected: -1,
    grip: -1,
  };
}

function placed(state: ViewerState, kind: MeasurementKind, points: readonly Point[]): ViewerState {
  if (points.length < POINTS_OF[kind]) return { ...state, draft: points };
  const measurements = [...state.measurements, { kind, slice: state.slice, points }];
  return { ...state, measurements, selected: measurements.length - 1, draft: [] };
}

function withPoint(state: ViewerState, point: Point): ViewerState {
  return {
    ...state,
    measurements: state.measurements.map((measurement, i) =>
      i === state.selected
        ? { ...measurement, points: measurement.points.map((old, k) => (k === state.grip ? point : old)) }
        : measurement,
    ),
  };
}

/** What of this slice's measurements lies within `reach` mm: a point to hold before a line to select. */
function hitTest(
  state: ViewerState,
  at: Point,
  reach: number,
  spacing: PixelSpacing,
): { readonly selected: number; readonly grip: number } | undefined {
  let selected = -1;
  for (const [index, { kind, slice, points }] of state.measurements.entries()) {
    if (slice !== state.slice) continue;
    const grip = points.findIndex((point) => distance(point, at, spacing) <= reach);
    if (grip >= 0) return { selected: index, grip };
    const near = segments(kind, points).some((line) => distanceToSegment(at, line, spacing) <= reach / 2);
    if (near) selected = index;
  }
  return selected < 0 ? undefined : { selected, grip: -1 };
}

function within(
  [column, row]: Point,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Point {
  const clamp = (value: number, high: number): number => Math.min(high, Math.max(-0.5, value));
  return [clamp(column, columns - 0.5), clamp(row, rows - 0.5)];
}
