/** The canvas of a case: draws slice and region, turns wheel and pointer into actions. */
import { OUTLINE_COLOURS, type RatingCaseView } from "../../protocol/index.js";
import { h } from "../dom.js";
import {
  dragWindow,
  drawScene,
  fitStage,
  haloStroke,
  Raster,
  toStage,
  viewport,
  wheelSlices,
  wheelZoom,
  type Size,
  type Stack,
  type Viewport,
} from "../slices/index.js";
import { edges, type Grip } from "./box.js";
import { gripUnder, type CaseAction, type CaseState } from "./state.js";

/** A case on screen with all that drawing needs. */
export interface ShownCase {
  readonly view: RatingCaseView;
  readonly stack: Stack;
  readonly raster: Raster;
  readonly state: CaseState;
}

export interface CaseStage {
  readonly canvas: HTMLCanvasElement;
  readonly element: HTMLElement;
  /** Draws a case, at once. */
  show(shown: ShownCase): void;
  dispose(): void;
}

/** How near to an edge (CSS pixels) a pointer must come to take hold of it. */
const REACH = { mouse: 7, touch: 16 };

/** @param on told what the rater does; the case on screen */
export function createStage(on: {
  readonly dispatch: (action: CaseAction) => void;
  readonly height: () => number;
}): CaseStage {
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "picture of a disc",
  });
  const context = canvas.getContext("2d", { alpha: false })!;
  const element = h("div", { class: "stage" }, canvas);
  let shown: ShownCase | undefined;
  let size: Size = { width: 0, height: 0 };

  function paint(): void {
    if (!shown) return;
    size = fitStage(shown.view.slices, { width: Math.max(120, element.clientWidth), height: on.height() });
    const ratio = Math.max(1, window.devicePixelRatio);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    const { view, stack, raster, state } = shown;
    const scene = { payload: view.slices, read: stack.slice, raster, state: state.view, probeText: "" };
    drawScene(context, scene, size, ratio);
    drawBox(context, shown, viewport(view.slices, size, state.view));
    canvas.dataset["slice"] = String(state.view.slice);
    canvas.dataset["box"] = [state.box.column, state.box.row, state.box.width, state.box.height]
      .map((value) => value.toFixed(1))
      .join(" ");
  }

  listenToPointer(canvas, () => shown, on.dispatch);
  const observer = new ResizeObserver(paint);
  observer.observe(element);
  return {
    canvas,
    element,
    show(next) {
      shown = next;
      paint();
    },
    dispose() {
      observer.disconnect();
    },
  };
}

/** The region: dashed as proposed, solid once it is accepted or changed, with handles while keys or pointer change it. */
function drawBox(
  context: CanvasRenderingContext2D,
  { view, state }: Pick<ShownCase, "view" | "state">,
  port: Viewport,
): void {
  const [left, top, right, bottom] = edges(state.box, view.slices);
  // Edges lie between pixels as they do in mm; toStage gives pixels' centres.
  const [x, y] = toStage(port, [left, top]);
  const [x2, y2] = toStage(port, [right, bottom]);
  const isFirm = state.isAccepted || state.box !== view.box;
  context.beginPath();
  context.setLineDash(isFirm ? [] : [7, 5]);
  context.rect(x, y, x2 - x, y2 - y);
  haloStroke(context, OUTLINE_COLOURS.disc, state.isEditing || state.grip ? 2.5 : 2);
  context.setLineDash([]);
  if (!state.isEditing && !state.grip) return;
  for (const handleX of [x, (x + x2) / 2, x2])
    for (const handleY of [y, (y + y2) / 2, y2]) {
      if (handleX === (x + x2) / 2 && handleY === (y + y2) / 2) continue;
      context.beginPath();
      context.rect(handleX - 3.5, handleY - 3.5, 7, 7);
      context.fillStyle = OUTLINE_COLOURS.disc;
      context.fill();
      haloStroke(context, "#fff", 1);
    }
}

function listenToPointer(
  canvas: HTMLCanvasElement,
  shown: () => ShownCase | undefined,
  dispatch: (action: CaseAction) => void,
): void {
  let rest = 0;
  let last: readonly [number, number] | undefined;
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      if (event.ctrlKey) {
        dispatch(wheelZoom(event.deltaY, fromMiddle(canvas, event)) as CaseAction);
        return;
      }
      const turned = wheelSlices(rest, event.deltaY, event.deltaMode);
      rest = turned.rest;
      if (turned.by !== 0) dispatch({ type: "scroll", by: turned.by });
    },
    { passive: false },
  );
  const step = (event: PointerEvent) => {
    const reach = REACH[event.pointerType === "touch" ? "touch" : "mouse"];
    const near = [reach / Math.max(1, canvas.clientWidth), reach / Math.max(1, canvas.clientHeight)] as const;
    return { at: fromMiddle(canvas, event), reach: near };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = fromMiddle(canvas, event);
    if (event.button === 0 && !event.shiftKey) dispatch({ type: "grab", ...step(event) });
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = shown();
    if (now && !last) canvas.dataset["over"] = cursorOf(gripUnder(now.state, step(event), now.view));
    if (!now || !last) return;
    const at = fromMiddle(canvas, event);
    const by = [at[0] - last[0], at[1] - last[1]] as const;
    last = at;
    if (now.state.grip) dispatch({ type: "pull", ...step(event) });
    else if (event.shiftKey || (event.buttons & 4) !== 0) dispatch({ type: "pan", by });
    else dispatch(dragWindow(by) as CaseAction);
  });
  for (const end of ["pointerup", "pointercancel"] as const)
    canvas.addEventListener(end, () => {
      last = undefined;
      dispatch({ type: "drop" });
    });
}

/** The pointer's look over a part of the region. */
function cursorOf(grip: Grip | undefined): string {
  if (grip === undefined) return "none";
  if (grip.sides === "all") return "all";
  const [x, y] = grip.sides;
  if (x === 0) return "ns";
  if (y === 0) return "ew";
  return x === y ? "nwse" : "nesw";
}

/** Position in widths and heights of the stage, from its middle. */
function fromMiddle(stage: HTMLElement, event: MouseEvent): readonly [number, number] {
  const box = stage.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5];
}
