/** A table that can be sorted, filtered and paged. */
import { h, styledRoot, type Mounted } from "../dom.js";
import {
  cellText,
  FIRST_STATE,
  isNumeric,
  sorted,
  visibleRows,
  type TableResource,
  type TableState,
} from "./model.js";

export * from "./model.js";

/** Renderer of `TABLE_MIME`. */
export function renderTable(element: HTMLElement, data: unknown): Promise<Mounted> {
  const table = checked(data);
  const { fields } = table.schema;
  let state: TableState = FIRST_STATE;

  const filter = h("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows" });
  const count = h("span", { class: "muted", role: "status" });
  const pager = createPager((by) => {
    show({ ...state, page: state.page + by });
  });
  const heads = fields.map((field, index) =>
    createHead(field, () => {
      show(sorted(state, index));
    }),
  );
  const body = h("tbody");
  const top = h("thead", {}, h("tr", {}, ...heads.map(({ element }) => element)));
  styledRoot(element).append(
    h(
      "div",
      { class: "sheet" },
      h("div", { class: "controls" }, filter, count, pager.element),
      h("div", { class: "scroll", tabindex: 0 }, h("table", {}, top, body)),
    ),
  );
  filter.addEventListener("input", () => {
    show({ ...state, filter: filter.value, page: 0 });
  });
  filter.addEventListener("keydown", (event) => {
    // Typing must not reach the notebook's shortcuts.
    event.stopPropagation();
  });

  function show(next: TableState): void {
    const view = visibleRows(table, next);
    state = { ...next, page: view.page };
    count.textContent =
      view.total === table.data.length ? `${view.total} rows` : `${view.total} of ${table.data.length} rows`;
    pager.show(view.page, view.pages);
    heads.forEach((head, index) => {
      head.show(index !== state.sortBy ? "none" : state.descending ? "descending" : "ascending");
    });
    body.replaceChildren(
      ...view.rows.map((row) => h("tr", {}, ...fields.map((field) => createCell(field, row)))),
    );
  }

  show(state);
  return Promise.resolve({
    dispose() {
      element.replaceChildren();
    },
  });
}

function checked(data: unknown): TableResource {
  const table = data as Partial<TableResource> | null;
  if (!Array.isArray(table?.schema?.fields) || !Array.isArray(table.data))
    throw new Error("a table needs schema.fields and data");
  return table as TableResource;
}

type Sorting = "none" | "ascending" | "descending";

function createHead(field: TableResource["schema"]["fields"][number], onSort: () => void) {
  const arrow = h("span", { "aria-hidden": true });
  const button = h(
    "button",
    { type: "button", title: "Sort by this column" },
    field.title ?? field.name,
    arrow,
  );
  button.addEventListener("click", onSort);
  const element = h("th", { scope: "col", class: isNumeric(field) ? "number" : "" }, button);
  return {
    element,
    show(sorting: Sorting) {
      element.setAttribute("aria-sort", sorting);
      arrow.textContent = sorting === "none" ? "" : sorting === "ascending" ? " ▲" : " ▼";
    },
  };
}

function createCell(
  field: TableResource["schema"]["fields"][number],
  row: Readonly<Record<string, unknown>>,
) {
  return h("td", { class: isNumeric(field) ? "number" : "" }, cellText(row[field.name]));
}

function createPager(onTurn: (by: number) => void) {
  const back = h("button", { type: "button", "aria-label": "Previous page" }, "‹");
  const forward = h("button", { type: "button", "aria-label": "Next page" }, "›");
  const place = h("span", { class: "count" });
  back.addEventListener("click", () => {
    onTurn(-1);
  });
  forward.addEventListener("click", () => {
    onTurn(1);
  });
  const element = h("span", { class: "group" }, back, place, forward);
  return {
    element,
    show(page: number, pages: number) {
      element.hidden = pages === 1;
      back.disabled = page === 0;
      forward.disabled = page === pages - 1;
      place.textContent = `${page + 1} / ${pages}`;
    },
  };
}
