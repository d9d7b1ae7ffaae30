/** The list of found levels: choosing one moves the crosshair to it. */
import { h } from "../dom.js";
import type { Outline } from "./outlines.js";
import type { Action } from "./state.js";

export interface Levels {
  readonly element: HTMLElement;
  fill(outlines: readonly Outline[]): void;
  /** Marks the level that stands out; empty for none. */
  show(level: string): void;
}

export function createLevels(dispatch: (action: Action) => void): Levels {
  const list = h("ul");
  const element = h("nav", { class: "levels", "aria-label": "Levels", hidden: true }, list);
  let buttons: readonly HTMLButtonElement[] = [];
  return {
    element,
    fill(outlines) {
      buttons = outlines.map(({ kind, level, centre }) => {
        const button = h("button", { type: "button", class: kind, "data-level": level }, level);
        button.addEventListener("click", () => {
          dispatch({ type: "level", level, index: centre });
        });
        return button;
      });
      list.replaceChildren(...buttons.map((button) => h("li", {}, button)));
      element.hidden = buttons.length === 0;
    },
    show(level) {
      for (const button of buttons)
        if (button.dataset.level === level) button.setAttribute("aria-current", "location");
        else button.removeAttribute("aria-current");
    },
  };
}
