/** The heads of a table's columns: name, sorting, and how the values are spread. */
import { h } from "../dom.js";
import { isNumeric, type Field, type TableResource } from "./model.js";
import { columnSummary, type ColumnSummary } from "./summary.js";

/** Rows from which on heads tell how a column's values are spread. */
const SUMMARISED_FROM = 8;

export type Sorting = "none" | "ascending" | "descending";

export interface Head {
  readonly element: HTMLTableCellElement;
  show(sorting: Sorting): void;
}

/** @param rows those that are here; with few of them the head is the name alone */
export function createHead(field: Field, rows: TableResource["data"], onSort: () => void): Head {
  const arrow = h("span", { "aria-hidden": true });
  const button = h(
    "button",
    { type: "button", title: "Sort by this column" },
    field.title ?? field.name,
    arrow,
  );
  button.addEventListener("click", onSort);
  const element = h("th", { scope: "col", class: isNumeric(field) ? "number" : "" }, button);
  if (rows.length >= SUMMARISED_FROM) element.append(drawSummary(columnSummary(rows, field), rows.length));
  return {
    element,
    show(sorting) {
      element.setAttribute("aria-sort", sorting);
      arrow.textContent = sorting === "none" ? "" : sorting === "ascending" ? " ▲" : " ▼";
    },
  };
}

function drawSummary({ bars, range, missing }: ColumnSummary, rows: number): HTMLElement {
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  const drawn = bars.map(({ count, what }) => {
    const bar = h("i", { title: `${what}: ${count}` });
    bar.style.height = count === 0 ? "0" : `${Math.max(8, (100 * count) / highest).toFixed(0)}%`;
    return bar;
  });
  const told = bars.map(({ count, what }) => `${what}: ${count}`).join(", ");
  const share = `${missing} of ${rows} are missing`;
  return h(
    "div",
    { class: "spread" },
    ...(bars.length > 0
      ? [h("span", { class: "histogram", role: "img", "aria-label": told }, ...drawn)]
      : []),
    h(
      "span",
      { class: "muted" },
      range,
      ...(missing > 0
        ? [h("span", { class: "missing", title: share }, `${range === "" ? "" : ", "}${missing} missing`)]
        : []),
    ),
  );
}
