import type { SlicesPayload } from "../../protocol/index.js";
import { h } from "../dom.js";
import { COLOUR_MAPS, gradient } from "./colours.js";
import type { Action } from "./reducer.js";
import type { ViewerState } from "./state.js";

export interface Controls {
  readonly element: HTMLElement;
  /** Brings every control in line with the state. */
  show(state: ViewerState): void;
  /** Shows a message below the controls. */
  warn(message: string): void;
}

type Dispatch = (action: Action) => void;

/** The rows below the picture: slice, outlines and smoothing; heat with its opacity, colours and legend. */
export function createControls(payload: SlicesPayload, dispatch: Dispatch): Controls {
  const slice = createSlice(payload, dispatch);
  const heat = createHeat(payload, dispatch);
  const outlines = createSwitch("outlines", "Outlines", "Outlines and names (O)", () => {
    dispatch({ type: "toggleOutlines" });
  });
  const smooth = createSwitch(
    "smooth",
    "Smooth",
    "Smooth between pixels, or show them as they are (I)",
    () => {
      dispatch({ type: "toggleSmooth" });
    },
  );
  const warning = h("p", { class: "error", role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "controls" },
    ...(payload.slices > 1 ? [slice.element] : []),
    ...(payload.outlines.length > 0 ? [outlines.element] : []),
    smooth.element,
    ...(payload.heat.length > 0 ? [heat.element] : []),
    warning,
  );
  return {
    element,
    show(state) {
      slice.show(state);
      heat.show(state);
      outlines.input.checked = state.outlinesShown;
      smooth.input.checked = state.smooth;
    },
    warn(message) {
      warning.textContent = message;
      warning.hidden = false;
    },
  };
}

function createSwitch(name: string, text: string, title: string, onChange: () => void) {
  const input = h("input", { type: "checkbox", name });
  input.addEventListener("change", onChange);
  return { input, element: h("label", { title }, input, text) };
}

function createSlice(payload: SlicesPayload, dispatch: Dispatch) {
  const range = h("input", { type: "range", name: "slice", min: 1, max: payload.slices, step: 1 });
  const count = h("span", { class: "count" });
  range.addEventListener("input", () => {
    dispatch({ type: "goTo", slice: range.valueAsNumber - 1 });
  });
  return {
    element: h("label", { class: "grow" }, "Slice", range, count),
    show(state: ViewerState) {
      range.value = String(state.slice + 1);
      count.textContent = `${state.slice + 1} / ${payload.slices}`;
      range.setAttribute("aria-valuetext", `slice ${state.slice + 1} of ${payload.slices}`);
    },
  };
}

function createHeat(payload: SlicesPayload, dispatch: Dispatch) {
  const layer = h("select", { name: "heat" }, h("option", { value: -1 }, "off"));
  layer.append(...payload.heat.map(({ label }, index) => h("option", { value: index }, label)));
  layer.addEventListener("change", () => {
    dispatch({ type: "heat", index: Number(layer.value) });
  });
  const opacity = h("input", { type: "range", name: "opacity", min: 0, max: 100, step: 5 });
  opacity.addEventListener("input", () => {
    dispatch({ type: "opacity", value: opacity.valueAsNumber / 100 });
  });
  const colours = h("select", { name: "colours", "aria-label": "Colours of the heat" });
  colours.append(...COLOUR_MAPS.map(({ name }, index) => h("option", { value: index }, name)));
  colours.addEventListener("change", () => {
    dispatch({ type: "colours", index: Number(colours.value) });
  });
  const ramp = h("span", { class: "ramp" });
  const look = h(
    "span",
    { class: "group" },
    h("label", {}, "Opacity", opacity),
    colours,
    h("span", { class: "group muted legend-line" }, "weak", ramp, "strong"),
  );
  const facts = createFacts(payload);
  return {
    element: h(
      "div",
      { class: "group heat" },
      h("label", { title: "H" }, "Heat", layer),
      look,
      ...facts.elements,
    ),
    show(state: ViewerState) {
      layer.value = String(state.heatShown ? state.heat : -1);
      opacity.value = String(Math.round(state.opacity * 100));
      colours.value = String(state.colours);
      ramp.style.background = gradient(COLOUR_MAPS[state.colours]!);
      look.hidden = !state.heatShown;
      facts.show(state);
    },
  };
}

/** Where the chosen heat lies and what of the score it explains, with what that means behind it; nothing in notebooks of before. */
function createFacts({ heat }: SlicesPayload) {
  const line = h("summary");
  const note = h("p");
  const element = h("details", { class: "heat-facts" }, line, note);
  return {
    elements: heat.some((layer) => layer.line) ? [element] : [],
    show(state: ViewerState) {
      const layer = state.heatShown ? heat[state.heat] : undefined;
      line.textContent = layer?.line ?? "";
      note.textContent = line.title = layer?.note ?? "";
      element.hidden = line.textContent === "";
    },
  };
}
