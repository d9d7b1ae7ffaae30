/** Tables as text for other programs, numbers with all their digits. */
import { csvField, inertText } from "../../text/index.js";
import { h } from "../dom.js";
import { wholeText, type Field, type TableResource } from "./model.js";

/** Rows as CSV by RFC 4180, with a head. A spreadsheet would run a text that begins like a formula: it gets an apostrophe. */
export function csvOf(fields: readonly Field[], rows: TableResource["data"]): string {
  const lines = [
    fields.map(({ name, title }) => title ?? name),
    ...rows.map((row) =>
      fields.map(({ name }) => (typeof row[name] === "string" ? inertText(row[name]) : wholeText(row[name]))),
    ),
  ];
  return lines.map((cells) => `${cells.map(csvField).join(",")}\r\n`).join("");
}

/** Lets the browser save a text as a file. A data URL, because VS Code saves those and needs no later release. */
export function saveText(place: HTMLElement, name: string, text: string): void {
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
  const anchor = h("a", { href, download: name, hidden: true });
  place.append(anchor);
  anchor.click();
  anchor.remove();
}

/** Gives copies of a table's cells all digits, where any of them is written shorter; other copies are left to the browser. */
export function copyWhole(table: HTMLTableElement): void {
  table.addEventListener("copy", (event) => {
    const selected = selectedRange(table);
    if (!selected || !event.clipboardData) return;
    const rows = [...table.rows].map((row) => [...row.cells].filter((cell) => selected.intersectsNode(cell)));
    if (!rows.flat().some((cell) => cell.dataset.whole !== undefined)) return;
    const lines = rows.filter((row) => row.length > 0).map((row) => row.map(textOfCell).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  });
}

function textOfCell(cell: HTMLTableCellElement): string {
  return cell.dataset.whole ?? cell.innerText.trim();
}

/** What is selected; Chromium keeps the selection within a shadow tree apart from the page's. */
function selectedRange(table: HTMLElement): Range | undefined {
  const root = table.getRootNode() as Document | (ShadowRoot & Partial<Pick<Document, "getSelection">>);
  const selection = root.getSelection?.() ?? document.getSelection();
  return selection && selection.rangeCount > 0 && !selection.isCollapsed
    ? selection.getRangeAt(0)
    : undefined;
}
