/** What stands beside the picture: grades with their keys, acts, reasons, help. */
import type { RatingAbout, RatingCaseView } from "../../protocol/index.js";
import { h } from "../dom.js";
import { gradeText, type GradeKey } from "./keys.js";

/** Why a disc may not be gradable, under the digits 1, 2 ... */
export const SKIP_REASONS = [
  "not gradable: image quality",
  "not gradable: disc not or only partly in view",
  "not gradable: implant or operated level",
  "not gradable: fused or transitional level",
  "not gradable: other reason",
] as const;

export interface Panel {
  readonly element: HTMLElement;
  /** Shows whether there is something to take back, and the opinions of a case; without one nothing can be graded. */
  show(view: RatingCaseView | undefined, canUndo: boolean, grades: readonly number[]): void;
  /** Opens or closes the list of reasons. */
  showReasons(isOpen: boolean): void;
}

/** What the panel's buttons do; the keys do the same. */
export interface PanelActs {
  readonly grade: (grade: number) => void;
  readonly undo: () => void;
  readonly openReasons: () => void;
  readonly skip: (reason: string) => void;
  readonly edit: () => void;
  readonly accept: () => void;
}

const HELP: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["↑", "↓"], "other slices (or the wheel)"],
  [["Shift", "arrows"], "brightness and contrast (or drag beside the region)"],
  [["b"], "then arrows move the region, Shift + arrows resize it (or drag it)"],
  [["Enter"], "slice and region are right; a grade says so too"],
  [["Esc"], "the proposed region again"],
  [["+", "−"], "zoom"],
];

export function createPanel(about: RatingAbout, keys: readonly GradeKey[], acts: PanelActs): Panel {
  const undo = act("Take back", "⌫", acts.undo, "Backspace");
  const gradeKeys = createKeys(about, keys, acts.grade);
  const ofPicture = [act("Region", "b", acts.edit), act("Accept", "Enter", acts.accept)];
  const opinions = h("p", { class: "opinions", hidden: true });
  const reasons = createReasons(acts.skip);
  const element = h(
    "div",
    { class: "panel" },
    opinions,
    gradeKeys,
    h("div", { class: "acts" }, act("Not gradable", "x", acts.openReasons), undo, ...ofPicture),
    reasons,
    h("dl", {}, ...HELP.flatMap(([caps, what]) => [h("dt", {}, ...caps.map(cap)), h("dd", {}, what)])),
  );
  return {
    element,
    show(view, canUndo, grades) {
      undo.disabled = !canUndo;
      for (const button of [...gradeKeys.querySelectorAll("button"), ...ofPicture])
        button.disabled = view === undefined;
      opinions.hidden = view?.opinions === undefined;
      opinions.replaceChildren(
        ...(view?.opinions ?? []).flatMap(({ name, grade }) => [
          `${name} `,
          h("b", {}, gradeText(grade, grades)),
        ]),
      );
    },
    showReasons(isOpen) {
      reasons.hidden = !isOpen;
      if (isOpen) reasons.querySelector("button")!.focus();
    },
  };
}

/** Stands in the place of a picture that cannot be had. */
export function createMissing(acts: { readonly again: () => void; readonly skip: () => void }): {
  readonly element: HTMLElement;
  focus(): void;
} {
  const again = h("button", { type: "button" }, "Try again");
  again.addEventListener("click", acts.again);
  const element = h(
    "div",
    { class: "acts missing", hidden: true },
    again,
    act("Not gradable: images cannot be read", "x", acts.skip),
  );
  return {
    element,
    focus() {
      again.focus();
    },
  };
}

function createKeys(
  { scale, grades }: RatingAbout,
  keys: readonly GradeKey[],
  onGrade: (grade: number) => void,
): HTMLElement {
  const buttons = keys.map(({ cap: text, grade, row, column }) => {
    const words = gradeText(grade, grades);
    const button = h("button", { type: "button", "aria-label": `${scale} ${words}, key ${text}` });
    button.append(h("b", {}, words), cap(text));
    // As on the keyboard: the lower rows lie half a key to the right.
    button.style.gridArea = `${row + 1} / ${2 * column + (row === 0 ? 1 : 2)} / auto / span 2`;
    button.addEventListener("click", () => {
      onGrade(grade);
    });
    return button;
  });
  const isSingle = keys.every(({ row }) => row === 0);
  return h(
    "div",
    { class: isSingle ? "keys single" : "keys", role: "group", "aria-label": scale },
    ...buttons,
  );
}

function createReasons(onSkip: (reason: string) => void): HTMLElement {
  const buttons = SKIP_REASONS.map((reason, i) => {
    const button = h("button", { type: "button" }, cap(String(i + 1)), reason);
    button.addEventListener("click", () => {
      onSkip(reason);
    });
    return button;
  });
  const title = h("div", {}, "Why can it not be graded? ", cap("Esc"), " goes back.");
  return h(
    "div",
    { class: "reasons", role: "group", "aria-label": "Reasons", hidden: true },
    title,
    ...buttons,
  );
}

/** @param shortcut the key's name in `aria-keyshortcuts`, by which a screen reader tells it; the sign is for the eye */
function act(text: string, key: string, onClick: () => void, shortcut = key): HTMLButtonElement {
  const sign = cap(key);
  sign.setAttribute("aria-hidden", "true");
  const button = h("button", { type: "button", "aria-keyshortcuts": shortcut }, text, sign);
  button.addEventListener("click", onClick);
  return button;
}

function cap(text: string): HTMLElement {
  return h("kbd", {}, text);
}
