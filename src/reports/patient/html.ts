/** Pieces of reports as HTML that reads in a notebook, in the report's page (light, dark, high contrast) and on paper. */
import { escapeMarkup } from "../../text/index.js";

/** Colours come from the page (the report's, or the editor's), so that both themes and high contrast are the page's own. */
const STYLE = `
.spinebook-report { --rule: var(--line, var(--vscode-widget-border, #8c959f)); --quiet: var(--soft, var(--vscode-descriptionForeground, inherit)); font-size: 0.95em; }
.spinebook-report table { border-collapse: collapse; width: 100%; font-size: 0.92em; margin: 0.4em 0; }
.spinebook-report th, .spinebook-report td { border: 0 solid var(--rule); border-bottom-width: 1px; padding: 0.18em 0.45em; text-align: left; vertical-align: top; background: none; }
.spinebook-report thead th { border-bottom-width: 2px; }
.spinebook-report .numbers { table-layout: fixed; }
.spinebook-report .numbers { min-width: 54em; font-size: 0.86em; }
.spinebook-report .numbers thead td { width: 17%; }
.spinebook-report .together { display: inline-block; white-space: nowrap; }
.spinebook-report .numbers tbody th { overflow-wrap: anywhere; hyphens: auto; }
.spinebook-report .numbers td { padding-inline: 0.1em; text-align: center; font-variant-numeric: tabular-nums; }
.spinebook-report .numbers thead th:not(:first-child) { text-align: center; }
.spinebook-report .numbers tbody th { font-weight: 400; }
.spinebook-report .numbers .section th, .spinebook-report .section th { font-weight: 700; }
.spinebook-report .section th { padding-top: 0.7em; }
.spinebook-report .found { font-weight: 700; }
.spinebook-report .soft { color: var(--quiet); }
.spinebook-report .badge { display: inline-block; white-space: nowrap; border: 1px solid currentColor; border-radius: 1em; padding: 0 0.6em; font-size: 0.85em; }
.spinebook-report .badge.good { font-weight: 700; }
.spinebook-report .badge.open { border-style: dashed; }
.spinebook-report .beside { display: flex; flex-wrap: wrap; gap: 0.5em 1.5em; align-items: flex-start; }
.spinebook-report .beside > :last-child { flex: 1 1 22em; min-width: 0; }
.spinebook-report dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15em 1em; margin: 0 0 0.8em; }
.spinebook-report dt { color: var(--quiet); }
.spinebook-report dd { margin: 0; overflow-wrap: anywhere; }
.spinebook-report .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5em, 1fr)); gap: 0.8em; margin: 0.4em 0; }
.spinebook-report .slice { display: block; width: auto; max-width: 100%; max-height: 30em; }
.spinebook-report figure { margin: 0; break-inside: avoid; }
.spinebook-report .pictures img { display: block; width: 100%; max-width: 9em; }
.spinebook-report figcaption { font-size: 0.82em; line-height: 1.3; margin-top: 0.2em; }
.spinebook-report .alert { margin: 0.4em 0; padding: 0.4em 0.8em; border: 1px solid var(--warn, currentColor); border-left-width: 5px; border-radius: 4px; color: var(--warn, inherit); background: var(--warn-panel, transparent); }
.spinebook-report .alert ul { margin: 0.2em 0; padding-left: 1.2em; }
.spinebook-report .checklist td:nth-child(2) { min-width: 11em; }
@media print {
.spinebook-report .numbers { min-width: 0; font-size: 7.8pt; }
.spinebook-report { font-size: 8.5pt; line-height: 1.35; }
.spinebook-report table { font-size: 7.8pt; }
.spinebook-report tr { break-inside: avoid; }
.spinebook-report .numbers { break-inside: avoid; }
.spinebook-report th, .spinebook-report td { padding: 0.1em 0.4em; }
.spinebook-report .slice { max-height: 96mm; }
.spinebook-report .lines th, .spinebook-report .lines td { white-space: nowrap; }
.spinebook-report p { margin: 0.5em 0; }
.spinebook-report .pictures { grid-template-columns: repeat(9, 1fr); gap: 0.6em; }
}
`;

/** HTML of a report's piece with its style. */
export function reportHtml(inner: string): string {
  return `<div class="spinebook-report"><style>${STYLE}</style>${inner}</div>`;
}

/** A short word that marks a state; told apart by its border and weight, not by colour alone. */
export function badge(words: string, kind: "good" | "open"): string {
  return `<span class="badge ${kind}">${escapeMarkup(words)}</span>`;
}

/** Names and values in two columns; entries without a value are left out. */
export function definitions(
  entries: readonly (readonly [name: string, value: string | undefined])[],
): string {
  const rows = entries.flatMap(([name, value]) =>
    value === undefined || value === ""
      ? []
      : [`<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd>`],
  );
  return `<dl>${rows.join("")}</dl>`;
}

/** A table's cell: its words, whether they stand out, and what is told when a pointer rests on it. */
export interface ReportCell {
  readonly words: string;
  readonly isFound?: boolean;
  readonly title?: string;
}

/** A cell's words in HTML; what stands in brackets goes on a line of its own rather than being broken. */
function cellHtml({ words }: ReportCell): string {
  return escapeMarkup(words).replace(/\([^)]*\)/, '<span class="together">$&</span>');
}

/** Rows of a table whose first column names them. */
export function tableRows(rows: readonly (readonly [name: string, cells: readonly ReportCell[]])[]): string {
  return rows
    .map(([name, cells]) => {
      const row = cells.map(
        (cell) =>
          `<td class="${cell.isFound === true ? "found" : ""}"${cell.title === undefined ? "" : ` title="${escapeMarkup(cell.title)}"`}>${cellHtml(cell)}</td>`,
      );
      return `<tr><th scope="row">${escapeMarkup(name)}</th>${row.join("")}</tr>`;
    })
    .join("");
}
