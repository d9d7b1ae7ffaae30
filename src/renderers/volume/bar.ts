/** The row above the views: title, read-out and buttons. */
import type { DetectedSpine } from "../../protocol/index.js";
import { h } from "../dom.js";
import type { Action, ViewerState } from "./state.js";

export interface Bar {
  readonly element: HTMLElement;
  show(place: string, state: ViewerState): void;
  /** The detection has an answer. */
  found(spine: DetectedSpine): void;
  /** The detection has none; a sentence says why, unless it is empty. */
  failed(message: string): void;
}

const FIND = "Find vertebrae and discs";

export function createBar(
  title: string,
  on: { readonly detect: () => void; readonly dispatch: (action: Action) => void },
): Bar {
  const place = h("span", { class: "place" });
  const window = h("span", { class: "place", title: "Width and level (centre) of the grey window" });
  const find = button(FIND, "Find vertebrae and discs in the series that is shown");
  const reset = button("Reset", "Reset brightness, contrast and zoom (double click or R)");
  const outlines = h("input", { type: "checkbox", name: "outlines" });
  const outlinesLabel = h("label", { title: "O", hidden: true }, outlines, "Outlines");
  const message = h("p", { class: "message", role: "alert", hidden: true });

  find.addEventListener("click", () => {
    // A disabled button would lose the focus of those who work by keyboard.
    if (find.getAttribute("aria-disabled") === "true") return;
    find.setAttribute("aria-disabled", "true");
    find.textContent = "Finding vertebrae and discs …";
    message.hidden = true;
    on.detect();
  });
  reset.addEventListener("click", () => {
    on.dispatch({ type: "reset" });
  });
  outlines.addEventListener("change", () => {
    on.dispatch({ type: "toggleOutlines" });
  });

  function finish(sentences: readonly string[], wrong: boolean): void {
    find.removeAttribute("aria-disabled");
    find.textContent = FIND;
    message.textContent = sentences.join(" ");
    message.hidden = sentences.length === 0;
    message.classList.toggle("wrong", wrong);
  }

  return {
    element: h(
      "header",
      {},
      h("h1", {}, title),
      h(
        "div",
        { class: "controls" },
        place,
        window,
        h("span", { class: "group" }, outlinesLabel, find, reset),
      ),
      message,
    ),
    show(text, state) {
      place.textContent = text;
      window.textContent = `W ${rounded(state.window.width)}  L ${rounded(state.window.centre)}`;
      outlines.checked = state.outlinesShown;
    },
    found({ flags }) {
      outlinesLabel.hidden = false;
      finish(
        flags.map((flag) => flag.message),
        false,
      );
    },
    failed(text) {
      finish(text === "" ? [] : [text], true);
    },
  };
}

/** Whole numbers for ordinary intensities, three digits for small ones. */
function rounded(value: number): string {
  return Math.abs(value) >= 10 || value === 0
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));
}

function button(text: string, title: string): HTMLButtonElement {
  return h("button", { type: "button", title }, text);
}
