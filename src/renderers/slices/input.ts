/** Listens to wheel, keys, mouse and touch on a stage and turns them into actions. */
import { dragWindow, keyAction, pinch, wheelSlices, wheelZoom } from "./events.js";
import type { Action } from "./reducer.js";
import type { Tool } from "./state.js";

type Point = readonly [number, number];

/** What input needs of its viewer. */
export interface Target {
  /** Applies an action and says whether anything changed. */
  readonly dispatch: (action: Action) => boolean;
  /** The tool that a press uses now. */
  readonly tool: () => Tool;
}

/** How near to a point (CSS pixels) a mouse or a finger must come to take hold of it. */
const REACH = { mouse: 8, touch: 18 };

export function listen(stage: HTMLElement, target: Target): void {
  listenToKeys(stage, target);
  listenToWheel(stage, target);
  listenToPointers(stage, target);
}

function listenToKeys(stage: HTMLElement, { dispatch, tool }: Target): void {
  stage.addEventListener("keydown", (event) => {
    const action = keyAction(event, tool());
    if (!action) return;
    // With nothing to give up, Escape leaves the output as it does elsewhere.
    if (!dispatch(action) && action.type === "cancel") return;
    // A notebook would take the arrow keys for itself and leave the cell, and Delete might take the cell.
    event.preventDefault();
    event.stopPropagation();
  });
}

function listenToWheel(stage: HTMLElement, { dispatch }: Target): void {
  let rest = 0;
  stage.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        dispatch(wheelZoom(event.deltaY, fromMiddle(stage, event)));
        return;
      }
      const turned = wheelSlices(rest, event.deltaY, event.deltaMode);
      rest = turned.rest;
      // At the first and last slice the wheel scrolls the page again, so that nobody gets stuck on a picture.
      if (turned.by === 0 || dispatch({ type: "scroll", by: turned.by })) event.preventDefault();
    },
    { passive: false },
  );
}

/**
 * The main mouse button does what the tool says, with Shift or the middle button it moves the picture; one finger
 * scrolls, or draws with a tool that takes points; two pinch.
 */
function listenToPointers(stage: HTMLElement, { dispatch, tool }: Target): void {
  const pointers = new Map<number, Point>();
  let rest = 0;
  /** The pointer that draws. */
  let pen = -1;
  const step = (event: PointerEvent) => ({
    at: fromMiddle(stage, event),
    reach: REACH[event.pointerType === "touch" ? "touch" : "mouse"] / Math.max(1, stage.clientWidth),
  });
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, fromMiddle(stage, event));
    rest = 0;
    if (pen >= 0) dispatch({ type: "cancel" });
    const draws = tool() !== "window" && event.button === 0 && !event.shiftKey && pointers.size === 1;
    pen = draws ? event.pointerId : -1;
    if (draws) dispatch({ type: "press", ...step(event) });
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") dispatch({ type: "hover", ...step(event) });
      return;
    }
    const now = fromMiddle(stage, event);
    const by: Point = [now[0] - before[0], now[1] - before[1]];
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (event.pointerId === pen) {
      dispatch({ type: "drag", ...step(event) });
    } else if (other) {
      pinched(pinch(before, other), pinch(now, other), dispatch);
    } else if (event.shiftKey || (event.buttons & 4) !== 0) {
      dispatch({ type: "pan", by });
    } else if (event.pointerType === "touch") {
      const turned = wheelSlices(rest, -by[1] * stage.clientHeight, 0);
      rest = turned.rest;
      if (turned.by !== 0) dispatch({ type: "scroll", by: turned.by });
    } else if (tool() === "window") {
      dispatch(dragWindow(by));
    }
  });
  const release = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    if (event.pointerId !== pen) return;
    pen = -1;
    dispatch(event.type === "pointerup" ? { type: "release", ...step(event) } : { type: "cancel" });
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", () => dispatch({ type: "leave" }));
  stage.addEventListener("dblclick", () => {
    // With the other tools two quick clicks are two points.
    if (tool() === "window") dispatch({ type: "resetView" });
  });
}

function pinched(
  before: ReturnType<typeof pinch>,
  now: ReturnType<typeof pinch>,
  dispatch: Target["dispatch"],
): void {
  if (before.distance > 0) dispatch({ type: "zoom", factor: now.distance / before.distance, at: now.middle });
  dispatch({ type: "pan", by: [now.middle[0] - before.middle[0], now.middle[1] - before.middle[1]] });
}

/** Position in widths and heights of the stage, from its middle. */
function fromMiddle(stage: HTMLElement, event: MouseEvent): Point {
  const box = stage.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5];
}
