import type { GradeCell, GradesPayload } from "../../protocol/index.js";
import { shownGrade } from "../../protocol/index.js";
import { h } from "../dom.js";
import { scrollFrame } from "../edges.js";
import { columnMarker, describeCell, MARKERS, topClass } from "./model.js";

export interface Choice {
  /** Index of the chosen disc. */
  readonly disc: number;
  /** Key of the chosen feature; empty for none. */
  readonly feature: string;
}

export interface GradesTable {
  readonly element: HTMLElement;
  dispose(): void;
  show(choice: Choice): void;
}

/** Discs by features; a click on a row, a column's head or a cell reports what was chosen. */
export function createTable(
  payload: GradesPayload,
  onChoose: (choice: Partial<Choice>) => void,
): GradesTable {
  const heads = payload.features.map((feature) => {
    const title = payload.slices ? `Show the heat for ${feature.name}` : feature.name;
    const button = h("button", { type: "button", title, "aria-pressed": false }, feature.name);
    const marker = columnMarker(payload, feature.key);
    if (marker !== "") button.append(" ", h("span", { class: "marker", "aria-hidden": true }, marker));
    button.addEventListener("click", () => {
      onChoose({ feature: feature.key });
    });
    return { key: feature.key, button };
  });
  const rows = payload.discs.map((disc, index) => createRow(payload, disc, index, onChoose));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Disc"),
    ...heads.map(({ button }) => h("th", { scope: "col" }, button)),
  );
  const table = h(
    "table",
    { class: "matrix", "aria-label": payload.title === "" ? "Grades" : payload.title },
    h("thead", {}, head),
    h("tbody", {}, ...rows),
  );
  const frame = scrollFrame(payload.title === "" ? "Grades" : payload.title, table);
  return {
    element: frame.element,
    dispose() {
      frame.dispose();
    },
    show(choice) {
      rows.forEach((row, index) => {
        row.setAttribute("aria-selected", String(index === choice.disc));
      });
      for (const { key, button } of heads)
        button.setAttribute("aria-pressed", String(key === choice.feature));
    },
  };
}

function createRow(
  payload: GradesPayload,
  disc: GradesPayload["discs"][number],
  index: number,
  onChoose: (choice: Partial<Choice>) => void,
): HTMLElement {
  const name = h("button", { type: "button", title: `Show ${disc.level} in the picture` }, disc.level);
  name.addEventListener("click", (event) => {
    event.stopPropagation();
    onChoose({ disc: index });
  });
  const cells = payload.features.map((feature) => {
    const cell = disc.grades.find((grade) => grade.feature === feature.key);
    if (!cell) return h("td", { class: "muted", title: "not graded" }, "–");
    const element = createCell(feature.name, cell, columnMarker(payload, feature.key) === "");
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      onChoose({ disc: index, feature: feature.key });
    });
    return element;
  });
  const doubts = (disc.flags ?? []).map(({ message }) => message).join("\n");
  const warning =
    doubts === ""
      ? []
      : [
          " ",
          h("span", { class: "marker", title: doubts, "aria-hidden": true }, "⚠"),
          h("span", { class: "unseen" }, doubts),
        ];
  const row = h("tr", { "aria-selected": false }, h("th", { scope: "row" }, name, ...warning), ...cells);
  row.addEventListener("click", () => {
    onChoose({ disc: index });
  });
  return row;
}

/** @param isMarked whether the cell carries its own mark; where all have the same one it stands in the column's head */
function createCell(featureName: string, cell: GradeCell, isMarked: boolean): HTMLElement {
  const words = describeCell(featureName, cell);
  const score = cell.fractional === undefined ? "" : cell.fractional.toFixed(1);
  const marker = isMarked ? MARKERS[cell.trainedOn] : "";
  const grade = h("span", { class: "grade" }, shownGrade(cell));
  if (score !== "") grade.append(" ", h("small", {}, score));
  if (cell.set !== undefined) grade.append(" ", h("small", { class: "set" }, `(${cell.set})`));
  if (marker !== "") grade.append(" ", h("span", { class: "marker", "aria-hidden": true }, marker));
  return h(
    "td",
    { title: words.replace(/; /g, "\n") },
    grade,
    createBars(cell),
    h("span", { class: "unseen" }, words),
  );
}

/** One bar per class in class order, its height the probability. */
function createBars(cell: GradeCell): HTMLElement {
  const top = topClass(cell);
  const bars = cell.probabilities.map(([, p], index) =>
    h("i", {
      class: index === top ? "top" : "",
      style: `height: ${(Math.min(1, Math.max(0, p)) * 100).toFixed(0)}%`,
    }),
  );
  return h("span", { class: "bars", "aria-hidden": true }, ...bars);
}
