/** Listens to wheel, keys, mouse and touch on a stage and turns them into actions. */
import { dragWindow, keyAction, pinch, wheelSlices, wheelZoom } from "./events.js";
import type { Action } from "./reducer.js";

type Point = readonly [number, number];

/** @param dispatch applies an action and says whether anything changed */
export function listen(stage: HTMLElement, dispatch: (action: Action) => boolean): void {
  listenToKeys(stage, dispatch);
  listenToWheel(stage, dispatch);
  listenToPointers(stage, dispatch);
}

function listenToKeys(stage: HTMLElement, dispatch: (action: Action) => boolean): void {
  stage.addEventListener("keydown", (event) => {
    const action = keyAction(event);
    if (!action) return;
    // A notebook would take the arrow keys for itself and leave the cell.
    event.preventDefault();
    event.stopPropagation();
    dispatch(action);
  });
}

function listenToWheel(stage: HTMLElement, dispatch: (action: Action) => boolean): void {
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
 * One mouse button drags the window, with Shift or the middle button the picture; one finger scrolls, two pinch.
 */
function listenToPointers(stage: HTMLElement, dispatch: (action: Action) => boolean): void {
  const pointers = new Map<number, Point>();
  let rest = 0;
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, fromMiddle(stage, event));
    rest = 0;
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = fromMiddle(stage, event);
    const by: Point = [now[0] - before[0], now[1] - before[1]];
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (other) {
      pinched(pinch(before, other), pinch(now, other), dispatch);
    } else if (event.pointerType === "touch") {
      const turned = wheelSlices(rest, -by[1] * stage.clientHeight, 0);
      rest = turned.rest;
      if (turned.by !== 0) dispatch({ type: "scroll", by: turned.by });
    } else if (event.shiftKey || (event.buttons & 4) !== 0) {
      dispatch({ type: "pan", by });
    } else {
      dispatch(dragWindow(by));
    }
  });
  const release = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("dblclick", () => dispatch({ type: "resetView" }));
}

function pinched(
  before: ReturnType<typeof pinch>,
  now: ReturnType<typeof pinch>,
  dispatch: (action: Action) => boolean,
): void {
  if (before.distance > 0) dispatch({ type: "zoom", factor: now.distance / before.distance, at: now.middle });
  dispatch({ type: "pan", by: [now.middle[0] - before.middle[0], now.middle[1] - before.middle[1]] });
}

/** Position in widths and heights of the stage, from its middle. */
function fromMiddle(stage: HTMLElement, event: MouseEvent): Point {
  const box = stage.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5];
}
