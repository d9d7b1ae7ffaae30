/** The three views of one volume with their linked crosshair, read-out and list of levels. */
import type { DetectedSpine } from "../../protocol/index.js";
import { h, type Mounted } from "../dom.js";
import { toPatient } from "./affine.js";
import { createBar } from "./bar.js";
import { intensityAt, initialWindow } from "./intensity.js";
import { createLevels } from "./levels.js";
import type { Volume } from "./nifti.js";
import { outlinesOf, type Outline } from "./outlines.js";
import { PLANE_NAMES, planesOf, remarkOn, type PlaneName } from "./planes.js";
import { changedViews, initialState, reduce, type Action, type Scene, type ViewerState } from "./state.js";
import { createPlaneView, type ViewHost } from "./view.js";
import { HELP } from "./events.js";

export interface VolumeViewer extends Mounted {
  /** Draws detected outlines. @throws Error with a sentence when they are damaged */
  showSpine(spine: DetectedSpine): void;
  /** Says why there are none. */
  spineFailed(message: string): void;
}

export interface ViewerOptions {
  /** Names the series without identity. */
  readonly title: string;
  /** Id of the series, where it is known. */
  readonly series?: string | undefined;
  /** What is wrong with the series, in sentences. */
  readonly problems: readonly string[];
  /** Asks for vertebrae and discs. */
  readonly onDetect: () => void;
}

/** Quiet (ms) after which a screen reader hears the new position. */
const SPOKEN_AFTER = 500;

/** Puts a viewer into `parent`, which must lie in a styled root. */
export function createVolumeViewer(
  parent: HTMLElement,
  volume: Volume,
  options: ViewerOptions,
): VolumeViewer {
  const planes = planesOf(volume);
  const scene: Scene = { size: volume.size, planes, window: initialWindow(volume) };
  let state = initialState(scene);
  let outlines: readonly Outline[] = [];
  let frame = 0;
  let spoken: ReturnType<typeof setTimeout> | undefined;
  const dirty = new Set<PlaneName>();

  const host: ViewHost = { state: () => state, outlines: () => outlines, dispatch };
  const views = PLANE_NAMES.map((name) => ({
    name,
    ...createPlaneView(volume, planes[name], host, () => {
      redraw([name]);
    }),
  }));
  const bar = createBar(options.title, { detect: options.onDetect, dispatch });
  const levels = createLevels(dispatch);
  const status = h("span", { class: "unseen", role: "status" });
  const remarks = [...options.problems, remarkOn(planes, volume.oriented)].filter((text) => text !== "");
  const element = h(
    "div",
    { class: "volume" },
    bar.element,
    h("div", { class: "views", role: "group", "aria-label": "Views" }, ...views.map((view) => view.element)),
    levels.element,
    h("footer", {}, ...remarks.map((text) => h("p", { class: "muted" }, text)), help(), status),
  );
  element.dataset.size = volume.size.join(" ");
  parent.append(element);

  function dispatch(action: Action): boolean {
    const before = state;
    state = reduce(state, action, scene);
    if (state === before) return false;
    if (state.cursor !== before.cursor) follow();
    refresh();
    redraw(changedViews(before, state));
    return true;
  }

  /** An enlarged view goes along when the crosshair leaves it. */
  function follow(): void {
    for (const view of views) {
      const by = view.follow();
      if (by) state = reduce(state, { type: "pan", plane: view.name, by }, scene);
    }
  }

  function refresh(): void {
    const place = placeText(volume, state);
    bar.show(place, state);
    levels.show(state.level);
    element.dataset.cursor = state.cursor.join(" ");
    clearTimeout(spoken);
    spoken = setTimeout(() => {
      status.textContent = place;
    }, SPOKEN_AFTER);
  }

  function redraw(names: readonly PlaneName[]): void {
    for (const name of names) dirty.add(name);
    if (frame === 0) frame = requestAnimationFrame(paint);
  }

  function paint(): void {
    frame = 0;
    for (const view of views) if (dirty.has(view.name)) view.paint();
    dirty.clear();
  }

  const stopWatching = onPixelRatio(() => {
    redraw(PLANE_NAMES);
  });
  refresh();
  return {
    showSpine(spine) {
      outlines = outlinesOf(spine, volume, planes.sagittal, options.series);
      levels.fill(outlines);
      bar.found(spine);
      redraw(["sagittal"]);
    },
    spineFailed(message) {
      bar.failed(message);
    },
    dispose() {
      stopWatching();
      clearTimeout(spoken);
      cancelAnimationFrame(frame);
      for (const view of views) view.dispose();
      element.remove();
    },
  };
}

/** Position and intensity of the crosshair, such as `LPS -12.3, 4.0, 98.1 mm, intensity 812`. */
export function placeText(volume: Volume, { cursor }: Pick<ViewerState, "cursor">): string {
  const place = toPatient(volume.affine, cursor).map((mm) => tidy(mm, 1));
  const intensity = intensityAt(volume, cursor);
  const value = Number.isInteger(intensity) ? String(intensity) : tidy(intensity, 3);
  return `${volume.oriented ? "LPS" : "Image"} ${place.join(", ")} mm, intensity ${value}`;
}

/** A number without a minus before zero. */
function tidy(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

function help(): HTMLElement {
  const rows = HELP.flatMap(([keys, does]) => [h("dt", {}, keys), h("dd", {}, does)]);
  return h("details", { class: "help" }, h("summary", {}, "Mouse and keys"), h("dl", {}, ...rows));
}

/** Calls when the window goes to a screen of another density. @returns ends it */
function onPixelRatio(change: () => void): () => void {
  const watch = new AbortController();
  const listen = (): void => {
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        change();
        listen();
      },
      { once: true, signal: watch.signal },
    );
  };
  listen();
  return () => {
    watch.abort();
  };
}
