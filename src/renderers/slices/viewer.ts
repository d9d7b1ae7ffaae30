import type { SlicesPayload } from "../../protocol/index.js";
import { h, type Mounted } from "../dom.js";
import { createControls } from "./controls.js";
import { decodeStack } from "./decode.js";
import { createDetails } from "./details.js";
import { drawScene, type Scene } from "./draw.js";
import { KEY_HELP } from "./events.js";
import { isFrame, sliceThrough, toPatient, type Position } from "./frame.js";
import { listen } from "./input.js";
import { fitStage, type Size } from "./layout.js";
import { links, type Seat } from "./link.js";
import { valueText } from "./measure.js";
import { readingText, readPoint } from "./probe.js";
import { Raster } from "./raster.js";
import { reduce, type Action } from "./reducer.js";
import { boundsOf, initialState, type ViewerState } from "./state.js";
import { createToolbar, HINTS } from "./toolbar.js";

export interface ViewerOptions {
  /** Tallest stage in CSS pixels. */
  readonly maxHeight: number;
  /** Whether the first heat layer is on when the viewer opens. */
  readonly heatShown: boolean;
}

export interface Viewer extends Mounted {
  dispatch(action: Action): boolean;
}

/**
 * Puts a slice viewer into `parent`, which must lie in a styled root. Resolves when the first picture is drawn.
 *
 * @throws Error for people when the payload is damaged
 */
export async function createViewer(
  parent: HTMLElement,
  payload: SlicesPayload,
  options: ViewerOptions,
): Promise<Viewer> {
  const stack = await decodeStack(payload, options.heatShown ? 0 : -1);
  const bounds = boundsOf(payload);
  const raster = new Raster();
  let state = initialState(bounds, options.heatShown);
  let heat: Scene["heat"];
  let size: Size = { width: 0, height: 0 };
  let frame = 0;
  let disposed = false;

  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-roledescription": "slice viewer" });
  const context = canvas.getContext("2d", { alpha: false })!;
  const stage = h("div", { class: "stage" }, canvas);
  const toolbar = createToolbar({ dispatch, link, save });
  const controls = createControls(payload, dispatch);
  const readout = h("p", { class: "readout" });
  const status = h("span", { class: "unseen", role: "status" });
  const view = h(
    "div",
    { class: "viewer" },
    ...heading(payload),
    toolbar.element,
    stage,
    readout,
    controls.element,
    ...remark(payload),
    createDetails(payload),
    status,
  );
  parent.append(view);

  function dispatch(action: Action): boolean {
    const before = state;
    if (!apply(action)) return false;
    if (state.slice !== before.slice) announce();
    return true;
  }

  /** Applies an action without telling linked viewers. */
  function apply(action: Action): boolean {
    const before = state;
    state = reduce(before, action, bounds);
    if (state === before) return false;
    if (state.heat !== before.heat || (state.heatShown && !heat)) void loadHeat();
    // A pointer that only passes over the picture changes no pixel of it.
    if (looksAlike(before, state)) showReadout();
    else refresh();
    return true;
  }

  async function loadHeat(): Promise<void> {
    const index = state.heat;
    heat = undefined;
    const layer = payload.heat[index];
    if (!layer) return;
    try {
      const values = await stack.heat(index);
      // The reader may have chosen another layer meanwhile.
      if (state.heat === index) heat = { layer, values };
    } catch (error) {
      controls.warn(error instanceof Error ? error.message : String(error));
    }
    if (!disposed) refresh();
  }

  function refresh(): void {
    toolbar.show(state);
    controls.show(state);
    showReadout();
    const place = `Slice ${state.slice + 1} of ${payload.slices}`;
    const shownHeat = state.heatShown ? `, heat ${payload.heat[state.heat]?.label ?? ""}` : "";
    canvas.setAttribute("aria-label", `${payload.title}. ${place}${shownHeat}. ${KEY_HELP}`);
    canvas.dataset.tool = state.tool;
    const said = spoken(place);
    if (status.textContent !== said) status.textContent = said;
    if (frame === 0) frame = requestAnimationFrame(paint);
  }

  /** What a screen reader says: the slice, and what was measured or probed last. */
  function spoken(place: string): string {
    const selected = state.measurements[state.selected];
    if (selected) return `${place}. ${valueText(selected, payload.spacing, payload.lengths)}`;
    return state.probe?.slice === state.slice ? `${place}. ${readingOf(state.probe.point)}` : place;
  }

  function readingOf(point: readonly [number, number]): string {
    return readingText(readPoint(payload, stack.slice(state.slice), state.slice, point));
  }

  function showReadout(): void {
    const point = state.cursor ?? (state.probe?.slice === state.slice ? state.probe.point : undefined);
    readout.textContent = point ? readingOf(point) : HINTS[state.tool];
    readout.title = readout.textContent;
  }

  function paint(): void {
    cancelAnimationFrame(frame);
    frame = 0;
    // The stage has no size before it is laid out.
    if (size.width === 0) return;
    const ratio = Math.max(1, window.devicePixelRatio);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    // Setting a canvas' size clears it and takes new memory.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const { probe } = state;
    const probed = probe?.slice === state.slice;
    const probeText = probed
      ? String(readPoint(payload, stack.slice(state.slice), state.slice, probe.point).intensity)
      : "";
    drawScene(context, { payload, read: stack.slice, raster, state, heat, probeText }, size, ratio);
    canvas.dataset.slice = String(state.slice);
  }

  function resize(): void {
    const room = { width: Math.max(120, stage.clientWidth), height: options.maxHeight };
    const next = fitStage(payload, room);
    if (next.width === size.width && next.height === size.height) return;
    size = next;
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    // The controls end where the picture ends, unless it is too narrow for them.
    view.style.setProperty("--picture", `${size.width}px`);
    paint();
  }

  function save(): void {
    paint();
    // A data URL, because VS Code saves those and needs no later release.
    const anchor = h("a", {
      href: canvas.toDataURL("image/png"),
      download: fileName(payload, state.slice),
      hidden: true,
    });
    stage.append(anchor);
    anchor.click();
    anchor.remove();
  }

  /** Where this viewer is in the patient: the middle of its slice. */
  function position(frameOf: readonly number[]): Position {
    return toPatient(frameOf, [(payload.columns - 1) / 2, (payload.rows - 1) / 2, state.slice]);
  }

  function announce(): void {
    if (seat && isFrame(payload.frame)) seat.announce(position(payload.frame));
  }

  function link(linked: boolean): void {
    seat?.link(linked);
    announce();
  }

  let seat: Seat | undefined;
  function linkChanged(): void {
    if (seat) toolbar.showLink(seat.companions, seat.linked);
  }
  if (payload.series !== undefined && payload.slices > 1 && isFrame(payload.frame)) {
    const { frame: place } = payload;
    const follow = (point: Position): void => {
      const slice = sliceThrough(place, point);
      if (Number.isFinite(slice)) apply({ type: "goTo", slice });
    };
    seat = links.join(payload.series, { follow, linkChanged });
    linkChanged();
  }

  listen(canvas, { dispatch, tool: () => state.tool });
  const observer = new ResizeObserver(resize);
  observer.observe(stage);
  refresh();
  if (state.heatShown) await loadHeat();
  resize();
  return {
    dispatch,
    dispose() {
      disposed = true;
      observer.disconnect();
      cancelAnimationFrame(frame);
      seat?.leave();
      view.remove();
    },
  };
}

/** Whether two states give the same picture: only the pointer has moved, and nothing follows it. */
function looksAlike(before: ViewerState, after: ViewerState): boolean {
  if (before.draft.length > 0 || before.cursorShown || after.cursorShown) return false;
  const keys = Object.keys(after) as (keyof ViewerState)[];
  return keys.every((key) => key === "cursor" || before[key] === after[key]);
}

function heading(payload: SlicesPayload): readonly HTMLElement[] {
  return payload.title === "" ? [] : [h("h3", {}, payload.title)];
}

function remark(payload: SlicesPayload): readonly HTMLElement[] {
  return payload.remark === "" ? [] : [h("p", { class: "muted" }, payload.remark)];
}

function fileName(payload: SlicesPayload, slice: number): string {
  const name = payload.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `${name === "" ? "slices" : name}-slice-${slice + 1}.png`;
}
