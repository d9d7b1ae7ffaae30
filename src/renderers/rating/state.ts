/** What a rater can change in the picture of a case: pure. */
import type { RatingBox, RatingCaseView } from "../../protocol/index.js";
import {
  boundsOf,
  initialState,
  pixelAt,
  reduce,
  type Action,
  type Bounds,
  type ViewerState,
} from "../slices/index.js";
import { gripAt, moved, pulled, resized, type Grip } from "./box.js";

/** A case on screen. */
export interface CaseState {
  /** Slice, window, zoom. */
  readonly view: ViewerState;
  readonly box: RatingBox;
  /** Whether the rater has said that slice and region are right; a grade says so too. */
  readonly isAccepted: boolean;
  /** Whether the arrow keys move the region. */
  readonly isEditing: boolean;
  /** What the pointer holds of the region. */
  readonly grip?: Grip;
}

/** A press or a move at a place of the stage, as the slice viewer measures it. */
interface Step {
  readonly at: readonly [number, number];
  /** How near to an edge counts as on it, in widths and heights of the stage. */
  readonly reach: readonly [number, number];
}

export type CaseAction =
  | Extract<Action, { type: "scroll" | "window" | "zoom" | "pan" | "resetView" }>
  | { readonly type: "edit" | "accept" | "restore" | "drop" }
  /** By mm. */
  | { readonly type: "move" | "resize"; readonly by: readonly [number, number] }
  | ({ readonly type: "grab" | "pull" } & Step);

/** A case as it is proposed. */
export function caseState({ slices, box }: RatingCaseView): CaseState {
  const view = { ...initialState(boundsOf(slices), false), outlinesShown: false };
  return { view, box, isAccepted: false, isEditing: false };
}

/** Whether slice or region are not those proposed. */
export function isChanged({ view, box }: CaseState, proposed: RatingCaseView): boolean {
  return view.slice !== boundsOf(proposed.slices).initialSlice || box !== proposed.box;
}

/** The state after an action; the same object where nothing changes. */
export function reduceCase(state: CaseState, action: CaseAction, proposed: RatingCaseView): CaseState {
  const bounds = boundsOf(proposed.slices);
  switch (action.type) {
    case "edit":
      return { ...state, isEditing: !state.isEditing, isAccepted: false };
    case "accept":
      return { ...state, isEditing: false, isAccepted: true, grip: undefined };
    case "restore":
      return restored(state, proposed);
    case "move":
      return { ...state, box: moved(state.box, action.by, bounds), isAccepted: false };
    case "resize":
      return { ...state, box: resized(state.box, action.by, bounds), isAccepted: false };
    case "grab":
      return grabbed(state, action, proposed);
    case "pull":
      return state.grip === undefined
        ? state
        : { ...state, box: pulled(state.grip, pixelAt(state.view, action.at, bounds), bounds) };
    case "drop":
      return state.grip === undefined ? state : { ...state, grip: undefined };
    default:
      return viewed(state, action, bounds);
  }
}

/** What lies under the pointer, to show what a press would do. */
export function gripUnder(state: CaseState, step: Step, proposed: RatingCaseView): Grip | undefined {
  const bounds = boundsOf(proposed.slices);
  const reach = [
    (step.reach[0] * bounds.columns) / state.view.zoom,
    (step.reach[1] * bounds.rows) / state.view.zoom,
  ] as const;
  return gripAt(state.box, pixelAt(state.view, step.at, bounds), reach, bounds);
}

function grabbed(state: CaseState, step: Step, proposed: RatingCaseView): CaseState {
  const grip = gripUnder(state, step, proposed);
  return grip === undefined ? state : { ...state, grip, isAccepted: false };
}

function restored(state: CaseState, { box }: RatingCaseView): CaseState {
  if (!state.isEditing && state.box === box && state.grip === undefined) return state;
  return { ...state, box, isEditing: false, isAccepted: false, grip: undefined };
}

function viewed(state: CaseState, action: Action, bounds: Bounds): CaseState {
  const view = reduce(state.view, action, bounds);
  if (view === state.view) return state;
  return { ...state, view, isAccepted: state.isAccepted && view.slice === state.view.slice };
}
