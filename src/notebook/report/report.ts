import { createHash } from "node:crypto";
import { escapeMarkup } from "../../text/index.js";
import { codeForScript } from "../embedding.js";
import { isObject } from "../ipynb.js";
import type { Cell, Notebook } from "../ipynb.js";
import { MarkdownRenderer } from "../markdown.js";
import type { Heading } from "../markdown.js";
import { outOfOrder } from "../outOfOrder.js";
import { renderOutput } from "./outputs.js";
import { renderProvenance } from "./provenance.js";
import { REPORT_STYLE } from "./style.js";

export interface ReportOptions {
  /** The page's title where the notebook has no first-level heading. */
  readonly title: string;
  /** Text of the built renderers (see `reportScript`, an ES module); empty for a report of still pictures. */
  readonly renderers: string;
  /**
   * `notebook` (the default): code behind toggles, and all that is known of the run. `reading`: for those who want the
   * results: no code, the run in a few lines. `paper`: besides, no contents and the still form of each output only, so that
   * the page is small and prints as it looks.
   */
  readonly form?: "notebook" | "reading" | "paper";
}

/** Opens or closes the code of all cells; without scripts each cell's own toggle still works. */
const CODE_BUTTON = `
const button = document.getElementById("all-code");
button.hidden = false;
button.addEventListener("click", () => {
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  button.textContent = open ? "Hide all code" : "Show all code";
  for (const details of document.querySelectorAll("details.code")) details.open = open;
});
`;

/**
 * One HTML file that shows a notebook anywhere, without a network: text, outputs as pictures and tables, their
 * interactive forms by the renderers' script (written once), code behind toggles, provenance at the end. A notebook
 * whose cells were not run in order says so at the top.
 *
 * Each interactive output is a `<div class="output">` holding `<script type="MIME" data-spinebook-output>` with its JSON
 * and, after it, the still form. A content security policy names the page's own scripts by their hashes and forbids
 * everything else: the second wall behind the cleaning of an output's HTML, which leaves out what runs, loads or reaches over
 * the output's border.
 */
export function htmlReport(notebook: Notebook, options: ReportOptions): string {
  const markdown = new MarkdownRenderer();
  const isPaper = options.form === "paper";
  const hasCode = (options.form ?? "notebook") === "notebook";
  const body = notebook.cells
    .map((cell, index) => renderCell(cell, index, markdown, { hasCode, isStill: isPaper }))
    .join("");
  const title = markdown.headings.find(({ depth }) => depth === 1)?.text ?? options.title;
  const ownHeading = markdown.headings.some(({ depth }) => depth === 1);
  const scripts = [hasCode ? CODE_BUTTON : "", isPaper ? "" : options.renderers]
    .filter((code) => code !== "")
    .map(codeForScript);
  return reportPage(
    title,
    `<header>
${ownHeading ? "" : `<h1>${escapeMarkup(title)}</h1>\n`}<p class="notice">Research use only. Not a medical device.</p>
${renderWarning(outOfOrder(notebook))}${!hasCode ? "" : '<button type="button" id="all-code" aria-pressed="false" hidden>Show all code</button>\n'}</header>
${isPaper ? "" : renderContents(markdown.headings)}<main>
${body}</main>
<footer>
<p>Research use only. Not a medical device.</p>
${renderProvenance(notebook, !hasCode)}</footer>
`,
    { scripts },
  );
}

/**
 * A page in the reports' style that needs no network and can load nothing.
 * @param body HTML as it shall stand there: whatever comes from outside has been escaped
 */
export function reportPage(
  title: string,
  body: string,
  { scripts = [], style = "" }: { readonly scripts?: readonly string[]; readonly style?: string } = {},
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy(scripts)}">
<title>${escapeMarkup(title)}</title>
<style>${REPORT_STYLE}${style}</style>
</head>
<body>
${body}${scripts.map((code) => `<script type="module">${code}</script>\n`).join("")}</body>
</html>
`;
}

/** Only these scripts run; pictures and fonts come from the page itself; nothing may be loaded, sent or framed. */
function securityPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map(
    (code) => `'sha256-${createHash("sha256").update(code, "utf8").digest("base64")}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.length === 0 ? "'none'" : hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "connect-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function renderCell(
  cell: Cell,
  index: number,
  markdown: MarkdownRenderer,
  { hasCode, isStill }: { readonly hasCode: boolean; readonly isStill: boolean },
): string {
  if (cell.cell_type !== "code") {
    if (cell.cell_type === "raw") return "";
    const attachments = isObject(cell["attachments"]) ? cell["attachments"] : {};
    return `<section class="markdown">\n${markdown.render(cell.source, attachments)}</section>\n`;
  }
  if (cell.source.trim() === "" && cell.outputs.length === 0) return "";
  const count = cell.execution_count === null ? "not run" : cell.execution_count;
  const code = `<details class="code"><summary>Code [${count}]</summary><pre><code>${escapeMarkup(cell.source)}</code></pre></details>\n`;
  // No heading's anchor holds a low line.
  const outputs = cell.outputs
    .map((output, nth) =>
      renderOutput(output, markdown, { scope: `output_${index + 1}_${nth + 1}`, isStill }),
    )
    .join("");
  if (!hasCode) return outputs === "" ? "" : `<section class="cell">\n${outputs}</section>\n`;
  return `<section class="cell">\n${code}${outputs}</section>\n`;
}

function renderWarning(warning: string | undefined): string {
  return warning === undefined
    ? ""
    : `<p class="warning" role="note"><strong>Out of order.</strong> ${escapeMarkup(warning)}</p>\n`;
}

function renderContents(headings: readonly Heading[]): string {
  const listed = headings.filter(({ depth }) => depth <= 3);
  if (listed.length < 2) return "";
  const items = listed.map(
    ({ id, depth, text }) =>
      `<li class="depth-${depth}"><a href="#${escapeMarkup(id)}">${escapeMarkup(text)}</a></li>`,
  );
  return `<nav class="toc" aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</nav>\n`;
}
