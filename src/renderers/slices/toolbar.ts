import { h } from "../dom.js";
import type { Action } from "./reducer.js";
import type { Tool, ViewerState } from "./state.js";

export interface Toolbar {
  readonly element: HTMLElement;
  show(state: ViewerState): void;
  /** @param companions how many other outputs show this series */
  showLink(companions: number, linked: boolean): void;
}

const TOOLS: readonly { readonly tool: Tool; readonly name: string; readonly title: string }[] = [
  { tool: "window", name: "Window", title: "Drag to change brightness and contrast (W)" },
  { tool: "distance", name: "Distance", title: "Distance in mm (D)" },
  { tool: "angle", name: "Angle", title: "Angle of three points (A)" },
  { tool: "cobb", name: "Cobb", title: "Cobb angle of two lines (C)" },
  { tool: "probe", name: "Probe", title: "Intensity and position of a point (P)" },
];

/** What to do with a tool, shown while the pointer is elsewhere. */
export const HINTS: Readonly<Record<Tool, string>> = {
  window: "Drag: brightness and contrast · wheel: slices · Shift: move",
  distance: "Drag from end to end; drag an end again to correct it",
  angle: "Click an end, the vertex, the other end",
  cobb: "Drag along one endplate, then along the other",
  probe: "Click a point to keep its intensity and position",
};

/** The row above the picture: what a press does, clear, link, reset, save. */
export function createToolbar(on: {
  readonly dispatch: (action: Action) => void;
  readonly link: (linked: boolean) => void;
  readonly save: () => void;
}): Toolbar {
  const radios = TOOLS.map(({ tool, name, title }) => {
    const input = h("input", { type: "radio", name: "tool", value: tool });
    input.addEventListener("change", () => {
      on.dispatch({ type: "tool", tool });
    });
    // The arrow keys choose the next tool; a notebook would take them to leave the output.
    input.addEventListener("keydown", (event) => {
      if (event.key.startsWith("Arrow")) event.stopPropagation();
    });
    return { tool, input, label: h("label", { title }, input, h("span", {}, name)) };
  });
  const clear = button("Clear", "Remove all measurements and the probe's point", () => {
    on.dispatch({ type: "clear" });
  });
  const link = button("Link", "Scroll all outputs of this series together", () => {
    on.link(link.getAttribute("aria-pressed") !== "true");
  });
  link.hidden = true;
  const element = h(
    "div",
    { class: "controls bar" },
    h(
      "div",
      { class: "segments", role: "radiogroup", "aria-label": "Tool" },
      ...radios.map(({ label }) => label),
    ),
    clear,
    h(
      "span",
      { class: "group end" },
      link,
      button("Reset", "Reset window, zoom and position (R, or double click with the Window tool)", () => {
        on.dispatch({ type: "resetView" });
      }),
      button("Save PNG", "Save this picture as a PNG file", on.save),
    ),
  );
  return {
    element,
    show(state) {
      for (const { tool, input } of radios) input.checked = state.tool === tool;
      clear.disabled = state.measurements.length === 0 && state.draft.length === 0 && !state.probe;
    },
    showLink(companions, linked) {
      link.hidden = companions === 0;
      link.setAttribute("aria-pressed", String(linked));
    },
  };
}

function button(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", title }, text);
  element.addEventListener("click", onClick);
  return element;
}
