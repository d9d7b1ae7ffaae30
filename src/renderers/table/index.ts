/** A table that can be sorted, filtered and paged. */
import { h, styledRoot, type Mounted } from "../dom.js";
import { scrollFrame } from "../edges.js";
import type { RendererHost } from "../messaging.js";
import { ALL_COLUMNS, createColumnList, shownColumns } from "./columns.js";
import { copyWhole, csvOf, saveText } from "./copy.js";
import { createHead } from "./heads.js";
import {
  cellText,
  FIRST_STATE,
  isNumeric,
  sorted,
  type TableResource,
  type TableState,
  type TableView,
  wholeCount,
  wholeText,
  type Field,
} from "./model.js";
import { rowSource, type RowSource } from "./source.js";

export * from "./model.js";

/** Characters of a cell that is wrapped. */
const LONGEST_TEXT = 240;
/** Letters of a text that stands in one line, however narrow its column would be. */
const SHORT_TEXT = 24;
/** Of a row that takes one line: what is longer may be cut, and stands in full in its tooltip. */
const LONGEST_LINE = 24;
/** Rows from which on each takes one line. */
const EVEN_FROM = 20;
/** Milliseconds after a key until the kernel is asked: nobody wants the pages of every half word. */
const TYPING = 200;

/** Renderer of `TABLE_MIME`. */
export function renderTable(element: HTMLElement, data: unknown, host: RendererHost = {}): Promise<Mounted> {
  const table = checked(data);
  const source = rowSource(table, host);
  const { fields } = table.schema;
  let state: TableState = FIRST_STATE;
  let typing: ReturnType<typeof setTimeout> | undefined;

  const filter = h("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows" });
  const count = h("span", { class: "muted", role: "status" });
  const waiting = h("span", { class: "muted", "aria-hidden": true, hidden: true }, "…");
  const pager = createPager((by) => {
    show({ ...state, page: state.page + by });
  });
  const heads = fields.map((field, index) =>
    createHead(field, table.data, () => {
      show(sorted(state, index));
    }),
  );
  let columns = ALL_COLUMNS;
  let drawn: TableView | undefined;
  const list = createColumnList(fields, (choice) => {
    columns = choice;
    layOut();
  });
  list.hidden = fields.length < 2;
  const saver = h(
    "button",
    { type: "button", title: "Save these rows as CSV, numbers with all digits" },
    "CSV",
  );
  saver.addEventListener("click", () => void save());
  const body = h("tbody");
  const headRow = h("tr");
  const top = h("thead", {}, headRow);
  const grid = h("table", {}, top, body);
  copyWhole(grid);
  const frame = scrollFrame("Rows of the table", grid);
  // Rows of a cohort are run through by eye: each takes one line. A short table's sentences are read.
  const isEven = source.total >= EVEN_FROM;
  const isPart = source.total === table.data.length && table.title !== undefined;
  const whole = table.live === undefined ? wholeCount(table) : undefined;
  styledRoot(element).append(
    h(
      "div",
      { class: isEven ? "sheet even" : "sheet" },
      h("div", { class: "controls" }, filter, count, waiting, pager.element, list, saver),
      ...(isPart ? [h("p", { class: "muted" }, `${table.title ?? ""}${partNote(table, whole)}`)] : []),
      frame.element,
    ),
  );
  filter.addEventListener("input", () => {
    clearTimeout(typing);
    // Built when the time is over: what was sorted meanwhile stays sorted.
    const search = (): void => {
      show({ ...state, filter: filter.value, page: 0 });
    };
    if (source.total === table.data.length) search();
    else typing = setTimeout(search, TYPING);
  });
  filter.addEventListener("keydown", (event) => {
    // Typing must not reach the notebook's shortcuts.
    event.stopPropagation();
  });

  function show(next: TableState): void {
    state = next;
    const view = source.view(next);
    if (!(view instanceof Promise)) {
      draw(view);
      return;
    }
    waiting.hidden = false;
    view.then(
      (answer) => {
        // An answer that was overtaken by the next question is not shown.
        if (state === next) draw(answer);
      },
      (error: unknown) => {
        if (state !== next) return;
        waiting.hidden = true;
        count.textContent = error instanceof Error ? error.message : String(error);
      },
    );
  }

  async function save(): Promise<void> {
    saver.disabled = true;
    try {
      saveText(saver.parentElement!, "table.csv", csvOf(shownFields(), await source.all(state)));
    } catch (error) {
      count.textContent = error instanceof Error ? error.message : String(error);
    }
    saver.disabled = false;
  }

  function draw(view: TableView): void {
    state = { ...state, page: view.page };
    waiting.hidden = true;
    count.textContent = countText(view.total, source, table.data.length, whole);
    pager.show(view.page, view.pages);
    heads.forEach((head, index) => {
      head.show(index !== state.sortBy ? "none" : state.descending ? "descending" : "ascending");
    });
    drawn = view;
    layOut();
  }

  function shownFields(): Field[] {
    return shownColumns(fields.length, columns).map((index) => fields[index]!);
  }

  /** Puts the chosen columns into the table, those that are pinned at its left edge. */
  function layOut(): void {
    const shown = shownColumns(fields.length, columns);
    headRow.replaceChildren(...shown.map((index) => heads[index]!.element));
    body.replaceChildren(
      ...(drawn?.rows ?? []).map((row) =>
        h("tr", {}, ...shown.map((index) => createCell(fields[index]!, row, isEven))),
      ),
    );
    pinColumns(grid, columns.pinned.filter((index) => !columns.hidden.has(index)).length);
  }

  show(state);
  return Promise.resolve({
    dispose() {
      clearTimeout(typing);
      source.dispose();
      frame.dispose();
      element.replaceChildren();
    },
  });
}

/** Lets the first `count` columns stay where they are when the table is scrolled. */
function pinColumns(grid: HTMLTableElement, count: number): void {
  const rows = [...grid.rows];
  let left = 0;
  const edges = [...(rows[0]?.cells ?? [])].map((cell) => {
    const edge = left;
    left += cell.offsetWidth;
    return edge;
  });
  for (const row of rows)
    [...row.cells].forEach((cell, i) => {
      cell.classList.toggle("pinned", i < count);
      cell.style.left = i < count ? `${edges[i]!}px` : "";
    });
}

/** What is said behind the title of a table that is here in part only. */
function partNote({ live }: TableResource, whole: number | undefined): string {
  if (live !== undefined) return "; run the cell for all of them.";
  return whole === undefined ? "" : ": sorting and filtering see no others.";
}

/**
 * How many rows there are, and how many of them the filter leaves.
 * @param whole rows of the table that this is the beginning of
 */
function countText(shown: number, { total, isCutOff }: RowSource, kept: number, whole?: number): string {
  if (whole !== undefined) return `${shown === kept ? "Rows" : `${shown} of rows`} 1 to ${kept} of ${whole}`;
  const of = (count: number): string => {
    const rows = `${count} ${count === 1 ? "row" : "rows"}`;
    return shown === count ? rows : `${shown} of ${rows}`;
  };
  return isCutOff ? `${of(kept)}. The kernel has gone: run the cell again for all ${total}.` : of(total);
}

function checked(data: unknown): TableResource {
  const table = data as Partial<TableResource> | null;
  if (!Array.isArray(table?.schema?.fields) || !Array.isArray(table.data))
    throw new Error("a table needs schema.fields and data");
  return table as TableResource;
}

function createCell(field: Field, row: Readonly<Record<string, unknown>>, isEven: boolean) {
  const value = row[field.name];
  const text = cellText(value, field);
  // A sentence is wrapped; what is longer is cut, and stands in full in its tooltip, as a number does with all digits.
  const isLong = text.length > (isEven ? LONGEST_LINE : LONGEST_TEXT);
  const whole = wholeText(value);
  return h(
    "td",
    {
      class: isNumeric(field) ? "number" : isLong ? "long" : text.length <= SHORT_TEXT ? "short" : "",
      title: isLong || whole !== text ? whole : false,
      "data-whole": whole !== text ? whole : false,
    },
    text,
  );
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
  const focusOn = (button: HTMLButtonElement): void => {
    button.disabled = false;
    button.focus();
  };
  return {
    element,
    show(page: number, pages: number) {
      element.hidden = pages === 1;
      // A button that is switched off would lose the focus to the page's beginning.
      const { activeElement } = element.getRootNode() as ShadowRoot;
      if (activeElement === back && page === 0) focusOn(forward);
      if (activeElement === forward && page === pages - 1) focusOn(back);
      back.disabled = page === 0;
      forward.disabled = page === pages - 1;
      place.textContent = `${page + 1} / ${pages}`;
    },
  };
}
