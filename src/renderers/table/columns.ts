/** Which columns of a table are shown, and which stay in view when it is scrolled. */
import { h } from "../dom.js";
import type { Field } from "./model.js";

/** The columns by their index in the table. */
export interface ColumnChoice {
  readonly hidden: ReadonlySet<number>;
  /** Kept at the left edge, in the order in which they were chosen. */
  readonly pinned: readonly number[];
}

export const ALL_COLUMNS: ColumnChoice = { hidden: new Set(), pinned: [] };

/** Indices of the columns that are shown, in order: the pinned ones first. */
export function shownColumns(count: number, { hidden, pinned }: ColumnChoice): number[] {
  const rest = Array.from({ length: count }, (_, i) => i).filter((i) => !pinned.includes(i));
  return [...pinned, ...rest].filter((i) => !hidden.has(i));
}

/** The choice with a column hidden, or shown again; the last one that is shown stays. */
export function toggleHidden(choice: ColumnChoice, index: number, count: number): ColumnChoice {
  const hidden = new Set(choice.hidden);
  if (!hidden.delete(index)) hidden.add(index);
  return hidden.size === count ? choice : { ...choice, hidden };
}

/** The choice with a column pinned, or let go. */
export function togglePinned(choice: ColumnChoice, index: number): ColumnChoice {
  const pinned = choice.pinned.includes(index)
    ? choice.pinned.filter((one) => one !== index)
    : [...choice.pinned, index];
  return { ...choice, pinned };
}

/** The list from which columns are hidden and pinned. */
export function createColumnList(
  fields: readonly Field[],
  onChange: (choice: ColumnChoice) => void,
): HTMLElement {
  let choice = ALL_COLUMNS;
  const change = (next: ColumnChoice): void => {
    choice = next;
    lines.forEach(({ show }) => {
      show();
    });
    onChange(choice);
  };
  const lines = fields.map((field, index) => {
    const name = field.title ?? field.name;
    const box = h("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      change(toggleHidden(choice, index, fields.length));
    });
    const pin = h(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        title: "Keep this column in view",
        "aria-label": `Pin ${name}`,
      },
      "Pin",
    );
    pin.addEventListener("click", () => {
      change(togglePinned(choice, index));
    });
    const show = (): void => {
      box.checked = !choice.hidden.has(index);
      pin.setAttribute("aria-pressed", String(choice.pinned.includes(index)));
    };
    return { show, element: h("li", {}, h("label", {}, box, name), pin) };
  });
  const list = h(
    "details",
    { class: "columns" },
    h("summary", {}, "Columns"),
    h("ul", {}, ...lines.map(({ element }) => element)),
  );
  list.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") list.open = false;
  });
  return list;
}
