/** One view on the page: a canvas that fills its place, and the listeners that turn input into actions. */
import { h } from "../dom.js";
import { wheelSlices } from "../slices/events.js";
import type { Size } from "../slices/layout.js";
import { createPicture, drawView, titleOf } from "./draw.js";
import { dragOf, dragWindow, KEY_HELP, keyAction, keyZoom, wheelFactor, type Drag } from "./events.js";
import { fromStage, panToSee, toStage, viewport, type Viewport } from "./layout.js";
import type { Volume } from "./nifti.js";
import type { Outline } from "./outlines.js";
import { toIndex, toPicture, type Plane } from "./planes.js";
import type { Action, ViewerState } from "./state.js";

/** What a view asks of the panel it lies in. */
export interface ViewHost {
  state(): ViewerState;
  outlines(): readonly Outline[];
  /** Applies an action and says whether anything changed. */
  dispatch(action: Action): boolean;
}

export interface PlaneView {
  readonly element: HTMLElement;
  /** Draws the state; must be called within an animation frame. */
  paint(): void;
  /** The pan that brings the crosshair back into sight, where it has left it and the reader does not drag here. */
  follow(): readonly [number, number] | undefined;
  dispose(): void;
}

type Point = readonly [number, number];

/** @param redraw asks for {@link PlaneView.paint} in the next frame */
export function createPlaneView(volume: Volume, plane: Plane, host: ViewHost, redraw: () => void): PlaneView {
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "image view",
    "data-plane": plane.name,
  });
  const element = h("div", { class: `stage ${plane.name}` }, canvas);
  element.style.setProperty(
    "--aspect",
    `${plane.columns * plane.spacing[0]} / ${plane.rows * plane.spacing[1]}`,
  );
  const picture = createPicture(plane);
  const context = canvas.getContext("2d", { alpha: false })!;
  let size: Size = { width: 0, height: 0 };
  const dragging = listen(canvas, plane, host, () => size);

  const observer = new ResizeObserver(() => {
    size = { width: element.clientWidth, height: element.clientHeight };
    redraw();
  });
  observer.observe(element);

  return {
    element,
    paint() {
      // A hidden panel has no size; it is drawn when it is shown again.
      if (size.width === 0 || size.height === 0) return;
      const ratio = Math.max(1, window.devicePixelRatio);
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      const state = host.state();
      drawView(context, { volume, plane, picture, state, outlines: host.outlines() }, size, ratio);
      const title = titleOf(plane, state);
      canvas.dataset.slice = String(state.cursor[plane.through]);
      canvas.setAttribute("aria-label", `${title}. ${lettersInWords(plane)}${KEY_HELP}`);
    },
    follow() {
      if (size.width === 0 || dragging()) return undefined;
      const state = host.state();
      const port = viewport(plane, size, state.views[plane.name]);
      return panToSee(port, size, toPicture(plane, state.cursor));
    },
    dispose() {
      observer.disconnect();
    },
  };
}

function lettersInWords({ letters: [left, right, top, bottom] }: Plane): string {
  return left === "" ? "" : `Left is ${left}, right is ${right}, top is ${top}, bottom is ${bottom}. `;
}

/** @returns whether a drag is going on */
function listen(canvas: HTMLCanvasElement, plane: Plane, host: ViewHost, size: () => Size): () => boolean {
  const port = (): Viewport => viewport(plane, size(), host.state().views[plane.name]);
  /** Zooms so that a place on the stage stays where it is. */
  const zoomAt = (factor: number, [x, y]: Point): boolean => {
    const { perMm } = port();
    const { width, height } = size();
    const at: Point = [(x - width / 2) / perMm, (y - height / 2) / perMm];
    return host.dispatch({ type: "zoom", plane: plane.name, factor, at });
  };
  listenToKeys(canvas, plane, host, (factor) => {
    zoomAt(factor, toStage(port(), toPicture(plane, host.state().cursor)));
  });
  listenToWheel(canvas, plane, host, zoomAt);
  return listenToPointer(canvas, plane, host, port);
}

function listenToKeys(
  canvas: HTMLElement,
  plane: Plane,
  host: ViewHost,
  zoom: (factor: number) => void,
): void {
  canvas.addEventListener("keydown", (event) => {
    const factor = keyZoom(event);
    const action = keyAction(event, plane.name);
    if (factor === undefined && !action) return;
    // VS Code would scroll the panel or take the key as one of its own.
    event.preventDefault();
    event.stopPropagation();
    if (factor !== undefined) zoom(factor);
    else if (action) host.dispatch(action);
  });
}

function listenToWheel(
  canvas: HTMLElement,
  plane: Plane,
  host: ViewHost,
  zoomAt: (factor: number, at: Point) => boolean,
): void {
  let rest = 0;
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        zoomAt(wheelFactor(event.deltaY), [event.offsetX, event.offsetY]);
        return;
      }
      const turned = wheelSlices(rest, event.deltaY, event.deltaMode);
      rest = turned.rest;
      const moved = turned.by !== 0 && host.dispatch({ type: "scroll", plane: plane.name, by: turned.by });
      // At the first and last slice the wheel scrolls the page, so that nobody gets stuck in the narrow layout.
      if (moved || turned.by === 0) event.preventDefault();
    },
    { passive: false },
  );
}

function listenToPointer(
  canvas: HTMLElement,
  plane: Plane,
  host: ViewHost,
  port: () => Viewport,
): () => boolean {
  let drag: { readonly kind: Drag; readonly pointer: number; last: Point } | undefined;
  const point = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const moveTo = (at: Point): void => {
    const slice = host.state().cursor[plane.through];
    host.dispatch({ type: "moveTo", index: toIndex(plane, fromStage(port(), at), slice) });
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (drag) return;
    drag = { kind: dragOf(event), pointer: event.pointerId, last: point(event) };
    canvas.setPointerCapture(event.pointerId);
    // The middle button would start to scroll the page by itself.
    if (event.button === 1) event.preventDefault();
    if (drag.kind === "crosshair") moveTo(drag.last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.pointer) return;
    const [now, last] = [point(event), drag.last];
    const [x, y] = [now[0] - last[0], now[1] - last[1]];
    drag.last = now;
    if (drag.kind === "crosshair") moveTo(now);
    else if (drag.kind === "window") host.dispatch(dragWindow(x, y));
    else host.dispatch({ type: "pan", plane: plane.name, by: [x / port().perMm, y / port().perMm] });
  });
  const release = (event: PointerEvent): void => {
    if (event.pointerId === drag?.pointer) drag = undefined;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("contextmenu", (event) => {
    event.preventDefault();
  });
  canvas.addEventListener("dblclick", () => {
    host.dispatch({ type: "reset" });
  });
  return () => drag !== undefined;
}
