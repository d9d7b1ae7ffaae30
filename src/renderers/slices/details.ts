import { lengthText } from "../../protocol/index.js";
import type { SlicesPayload } from "../../protocol/index.js";
import { h } from "../dom.js";

/** What is known of the series, as rows of name and text; nothing that tells who the patient is. */
export function detailRows(payload: SlicesPayload): readonly (readonly [string, string])[] {
  const { columns, rows, slices, spacing, orientation } = payload;
  const [left, right, top, bottom] = orientation;
  const mm = (value: number): string => value.toFixed(2);
  const length = (text: string): string => lengthText(text, payload.lengths);
  const weighting = weightingOf(payload.title);
  return [
    ["Size", `${columns} × ${rows} pixels, ${slices} ${slices === 1 ? "slice" : "slices"}`],
    ["Pixel spacing", length(`${mm(spacing[0])} × ${mm(spacing[1])}`)],
    ...(slices > 1 ? [["Slice spacing", length(mm(spacing[2]))] as const] : []),
    ["Field of view", length(`${Math.round(columns * spacing[0])} × ${Math.round(rows * spacing[1])}`)],
    ["Orientation", `${planeOf(orientation)}${left} to ${right}, ${top} to ${bottom}`],
    ...(weighting === "" ? [] : [["Weighting", weighting] as const]),
  ];
}

/** The rows behind a disclosure that is closed at first. */
export function createDetails(payload: SlicesPayload): HTMLElement {
  const lines = detailRows(payload).map(([name, text]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text)),
  );
  return h(
    "details",
    {},
    h("summary", {}, "Details"),
    h("table", { class: "facts" }, h("tbody", {}, ...lines)),
  );
}

/** The weighting that the series' title names, as titles are made of protocol words; empty for none. */
function weightingOf(title: string): string {
  return /(?<![\p{L}\p{N}])(T1|T2|STIR|PD)(?![\p{L}\p{N}])/iu.exec(title)?.[1]?.toUpperCase() ?? "";
}

/** The plane of the picture by the letters at its edges, with a comma behind; empty where they name none. */
function planeOf(orientation: readonly string[]): string {
  const has = (letters: string): boolean =>
    orientation.every((letter) => letters.includes(letter)) && new Set(orientation).size === 4;
  if (has("APHF")) return "sagittal, ";
  if (has("RLHF")) return "coronal, ";
  return has("RLAP") ? "axial, " : "";
}
