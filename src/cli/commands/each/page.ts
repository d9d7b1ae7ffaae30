import type { ManifestTable } from "../../../cohort/index.js";
import { shownColumns } from "../../../cohort/index.js";
import { reportPage } from "../../../notebook/index.js";
import { escapeMarkup } from "../../../text/index.js";
import type { MadeReport } from "./made.js";
import type { EachTask } from "./tasks.js";

const STYLE = `
.reports { width: 100%; }
.reports caption { text-align: left; color: var(--soft); padding-bottom: 0.4rem; }
.reports th, .reports td { border-width: 0 0 1px; vertical-align: top; }
.reports tbody th { background: none; font-weight: 400; white-space: nowrap; }
.reports .told { min-width: 17rem; }
.reports summary { width: max-content; cursor: pointer; }
.reports thead th { border-bottom-width: 2px; white-space: nowrap; }
.reports .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.reports .failed, .reports .withheld { color: var(--bad); font-weight: 600; }
.reports .waiting { color: var(--soft); }
.reports ul { margin: 0; padding-left: 1.1rem; }
.reports p { margin: 0; }
.scroll { overflow-x: auto; }
`;

const STATES = { made: "made", failed: "failed", withheld: "withheld", waiting: "not made yet" } as const;
const HIDDEN = "(not shown)";

/**
 * The overview of a folder of reports: each row of the manifest with what may be shown of it, a link to its report, what became of
 * it, warnings and time.
 * @param made What became of the rows, by the row's position; absent for those that are still to be made
 */
export function overviewPage(
  title: string,
  table: ManifestTable,
  tasks: readonly EachTask[],
  made: ReadonlyMap<number, MadeReport>,
): string {
  const columns = shownColumns(table);
  const heads = ["Row", ...columns.map(({ name }) => name), "Report", "State", "Warnings", "Seconds"];
  const rows = tasks.map(({ row, at }) => {
    const report = made.get(row);
    const state = report?.state ?? "waiting";
    const cells = columns.map(({ name, values }) =>
      report?.hidden.includes(name) === true ? HIDDEN : values[row]!,
    );
    const link =
      state === "made"
        ? `<a href="${escapeMarkup(report!.file)}" aria-label="report of ${escapeMarkup(at)}">report</a>`
        : "–";
    const message = report?.message === undefined ? "" : `<p>${escapeMarkup(report.message)}</p>`;
    return [
      `<tr><th scope="row">${escapeMarkup(at)}</th>`,
      ...cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`),
      `<td>${link}</td><td class="${state}">${STATES[state]}</td>`,
      `<td class="told">${message}${listOf(report?.warnings ?? [])}</td>`,
      `<td class="number">${report === undefined ? "" : report.seconds.toFixed(1)}</td></tr>`,
    ].join("");
  });
  return reportPage(
    title,
    `<header>
<h1>${escapeMarkup(title)}</h1>
<p class="notice">Research use only. Not a medical device.</p>
</header>
<main>
<div class="scroll" tabindex="0" role="region" aria-label="reports">
<table class="reports">
<caption>${escapeMarkup(countText(tasks.length, [...made.values()]))}</caption>
<thead><tr>${heads.map((head) => `<th scope="col"${head === "Seconds" ? ' class="number"' : ""}>${escapeMarkup(head)}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>
</main>
<footer>
<p>Research use only. Not a medical device.</p>
</footer>
`,
    { style: STYLE },
  );
}

/** How far a folder of reports is, such as `10 rows: 8 reports, 1 failed, 1 not made yet`. */
export function countText(total: number, made: readonly MadeReport[]): string {
  const count = (state: MadeReport["state"]): number => made.filter((one) => one.state === state).length;
  const parts = [
    `${count("made")} ${count("made") === 1 ? "report" : "reports"}`,
    ...(["failed", "withheld"] as const).flatMap((state) =>
      count(state) === 0 ? [] : [`${count(state)} ${state}`],
    ),
    ...(made.length === total ? [] : [`${total - made.length} not made yet`]),
  ];
  return `${total} ${total === 1 ? "row" : "rows"}: ${parts.join(", ")}`;
}

/** One text as it stands, several behind their number: a page of long rows is no overview. */
function listOf(texts: readonly string[]): string {
  const [first, ...others] = texts.map(escapeMarkup);
  if (first === undefined) return "";
  if (others.length === 0) return `<p>${first}</p>`;
  const items = [first, ...others].map((text) => `<li>${text}</li>`).join("");
  return `<details><summary>${texts.length} warnings</summary><ul>${items}</ul></details>`;
}
