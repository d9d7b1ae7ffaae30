import { HEAT_STOPS, type SlicesPayload } from "../../protocol/index.js";
import { h } from "../dom.js";
import type { Action } from "./reducer.js";
import type { ViewerState } from "./state.js";

export interface Controls {
  readonly element: HTMLElement;
  /** Brings every control in line with the state. */
  show(state: ViewerState): void;
  /** Shows a message below the controls. */
  warn(message: string): void;
}

/** The row below the picture: slice, heat, opacity with its colour map, outlines, reset, save. */
export function createControls(
  payload: SlicesPayload,
  on: { readonly dispatch: (action: Action) => void; readonly save: () => void },
): Controls {
  const slice = createSlice(payload, on.dispatch);
  const heat = createHeat(payload, on.dispatch);
  const outlines = h("input", { type: "checkbox", name: "outlines" });
  outlines.addEventListener("change", () => {
    on.dispatch({ type: "toggleOutlines" });
  });
  const warning = h("p", { class: "error", role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "controls" },
    ...(payload.slices > 1 ? [slice.element] : []),
    ...(payload.heat.length > 0 ? heat.elements : []),
    ...(payload.outlines.length > 0 ? [h("label", { title: "O" }, outlines, "Outlines")] : []),
    h(
      "span",
      { class: "group" },
      button("Reset", "Reset window, zoom and position (double click or R)", () => {
        on.dispatch({ type: "resetView" });
      }),
      button("Save PNG", "Save this picture as a PNG file", on.save),
    ),
    warning,
  );
  return {
    element,
    show(state) {
      slice.show(state);
      heat.show(state);
      outlines.checked = state.outlinesShown;
    },
    warn(message) {
      warning.textContent = message;
      warning.hidden = false;
    },
  };
}

function button(text: string, title: string, onClick: () => void): HTMLElement {
  const element = h("button", { type: "button", title }, text);
  element.addEventListener("click", onClick);
  return element;
}

function createSlice(payload: SlicesPayload, dispatch: (action: Action) => void) {
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

function createHeat(payload: SlicesPayload, dispatch: (action: Action) => void) {
  const select = h("select", { name: "heat" }, h("option", { value: -1 }, "off"));
  select.append(...payload.heat.map((layer, index) => h("option", { value: index }, layer.label)));
  select.addEventListener("change", () => {
    dispatch({ type: "heat", index: Number(select.value) });
  });
  const opacity = h("input", { type: "range", name: "opacity", min: 0, max: 100, step: 5 });
  opacity.addEventListener("input", () => {
    dispatch({ type: "opacity", value: opacity.valueAsNumber / 100 });
  });
  const stops = HEAT_STOPS.map((colour) => `rgb(${colour.join(" ")})`).join(", ");
  const ramp = h("span", { class: "ramp", style: `background: linear-gradient(90deg, ${stops})` });
  const legend = h("span", { class: "group muted" }, "weak", ramp, "strong evidence");
  const strength = h("label", {}, "Opacity", opacity);
  return {
    elements: [h("label", { title: "H" }, "Heat", select), strength, legend],
    show(state: ViewerState) {
      select.value = String(state.heatShown ? state.heat : -1);
      opacity.value = String(Math.round(state.opacity * 100));
      strength.hidden = !state.heatShown;
      legend.hidden = !state.heatShown;
    },
  };
}
