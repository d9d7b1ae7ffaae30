import type { SlicesPayload } from "../../protocol/index.js";
import { h, type Mounted } from "../dom.js";
import { createControls } from "./controls.js";
import { decodeStack } from "./decode.js";
import { drawScene, type Scene } from "./draw.js";
import { KEY_HELP } from "./events.js";
import { listen } from "./input.js";
import { fitStage, type Size } from "./layout.js";
import { reduce, type Action } from "./reducer.js";
import { boundsOf, initialState } from "./state.js";

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
  const stack = await decodeStack(payload);
  const bounds = boundsOf(payload);
  let state = initialState(bounds, options.heatShown);
  let heat: Scene["heat"];
  let size: Size = { width: 1, height: 1 };
  let frame = 0;

  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-roledescription": "slice viewer" });
  const stage = h("div", { class: "stage" }, canvas);
  const controls = createControls(payload, { dispatch, save });
  const status = h("span", { class: "unseen", role: "status" });
  parent.append(
    h("div", { class: "viewer" }, ...heading(payload), stage, controls.element, ...remark(payload), status),
  );

  function dispatch(action: Action): boolean {
    const next = reduce(state, action, bounds);
    if (next === state) return false;
    const heatChanged = next.heat !== state.heat || (next.heatShown && !heat);
    state = next;
    if (heatChanged) void loadHeat();
    refresh();
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
    refresh();
  }

  function refresh(): void {
    controls.show(state);
    const place = `Slice ${state.slice + 1} of ${payload.slices}`;
    const shownHeat = state.heatShown ? `, heat ${payload.heat[state.heat]?.label ?? ""}` : "";
    canvas.setAttribute("aria-label", `${payload.title}. ${place}${shownHeat}. ${KEY_HELP}`);
    if (status.textContent !== place) status.textContent = place;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(paint);
  }

  function paint(): void {
    const ratio = Math.max(1, window.devicePixelRatio);
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    drawScene(canvas.getContext("2d")!, { payload, voxels: stack.voxels, state, heat }, size, ratio);
    canvas.dataset.slice = String(state.slice);
  }

  function resize(): void {
    const room = { width: Math.max(120, stage.clientWidth), height: options.maxHeight };
    const next = fitStage(payload, room);
    if (next.width === size.width && next.height === size.height) return;
    size = next;
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    paint();
  }

  function save(): void {
    // A data URL, because VS Code saves those and needs no later release.
    const link = h("a", {
      href: canvas.toDataURL("image/png"),
      download: fileName(payload, state.slice),
      hidden: true,
    });
    stage.append(link);
    link.click();
    link.remove();
  }

  listen(canvas, dispatch);
  const observer = new ResizeObserver(resize);
  observer.observe(stage);
  if (state.heatShown) await loadHeat();
  resize();
  refresh();
  paint();
  return {
    dispatch,
    dispose() {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
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
