import { createHash } from "node:crypto";
import { escapeMarkup } from "../../text/index.js";
import { codeForScript } from "../embedding.js";
import { isObject, tagsOf } from "../ipynb.js";
import type { Cell, CodeCell, Notebook } from "../ipynb.js";
import { MarkdownRenderer } from "../markdown.js";
import type { Heading } from "../markdown.js";
import { Maths } from "../maths.js";
import { mathStyle } from "../mathStyle.js";
import { outOfOrder } from "../outOfOrder.js";
import { numberCaptions, withCaptions } from "./captions.js";
import type { Captions, NumberedCaption } from "./captions.js";
import { renderOutput } from "./outputs.js";
import type { OutputPage } from "./outputs.js";
import { renderProvenance } from "./provenance.js";
import { REPORT_STYLE } from "./style.js";

export interface ReportOptions {
  /** The page's title where the notebook has no first-level heading. */
  readonly title: string;
  /** Text of the built renderers (see `reportScripts`, an ES module); empty for a report of still pictures. */
  readonly renderers: string;
  /**
   * `notebook` (the default): code behind toggles, and all that is known of the run. `reading`: for those who want the
   * results: no code, the run in a few lines. `paper`: besides, no contents and the still form of each output only, so that
   * the page is small and prints as it looks.
   */
  readonly form?: "notebook" | "reading" | "paper";
  /** Told what is wrong with the report, in sentences that name the cell; the page shows it too. */
  readonly onWarning?: (warning: string) => void;
}

/** Opens or closes the code of all cells; without scripts each cell's own toggle still works. */
const CODE_BUTTON = `
const button = document.getElementById("all-code");
button.hidden = false;
button.addEventListener("click", () => {
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  button.textContent = open ? "Hide all code" : "Show all code";
  for (const details of document.querySelectorAll("details.code:not(.kept)")) details.open = open;
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
  const isPaper = options.form === "paper";
  const hasCode = (options.form ?? "notebook") === "notebook";
  const captions = numberCaptions(notebook);
  const warnings = new Set([...silentFailures(notebook), ...captions.warnings]);
  let place = 0;
  const maths = new Maths((problem) => warnings.add(`Cell ${place}: ${problem}`));
  const referTo = (label: string): string | undefined => {
    const name = captions.names.get(label);
    if (name === undefined)
      warnings.add(
        `Cell ${place} refers to @${label}, which no figure and no table of the report has as its label.`,
      );
    return name;
  };
  const markdown = new MarkdownRenderer(maths, referTo, captions.names.keys());
  const body = notebook.cells
    .map((cell, index) => {
      place = index + 1;
      return renderCell(cell, index, { markdown, maths, captions, hasCode, isStill: isPaper });
    })
    .join("");
  for (const warning of warnings) options.onWarning?.(warning);
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
    { scripts, mathematics: maths.classes.size === 0 ? "" : mathStyle(maths.classes) },
  );
}

interface PageOptions {
  readonly scripts?: readonly string[];
  /** The page's own style. */
  readonly style?: string;
  /** Style and fonts of its mathematics, which the reports' style adjusts. */
  readonly mathematics?: string;
}

/**
 * A page in the reports' style that needs no network and can load nothing.
 * @param body HTML as it shall stand there: whatever comes from outside has been escaped
 */
export function reportPage(
  title: string,
  body: string,
  { scripts = [], style = "", mathematics = "" }: PageOptions = {},
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy(scripts)}">
<title>${escapeMarkup(title)}</title>
<style>${mathematics}${REPORT_STYLE}${style}</style>
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

/** How all cells of a page are shown. */
interface Page extends OutputPage {
  readonly hasCode: boolean;
  readonly captions: Captions;
}

/** A cell as its tags ask for it, in the meanings of Jupyter Book. */
function renderCell(cell: Cell, index: number, page: Page): string {
  const tags = new Set(tagsOf(cell));
  if (cell.cell_type === "raw" || tags.has("remove-cell")) return "";
  if (cell.cell_type !== "code") {
    const attachments = isObject(cell["attachments"]) ? cell["attachments"] : {};
    return `<section class="markdown">\n${page.markdown.render(cell.source, attachments)}</section>\n`;
  }
  if (cell.source.trim() === "" && cell.outputs.length === 0) return "";
  const code = !page.hasCode || tags.has("remove-input") ? "" : renderCode(cell, tags);
  const outputs = tags.has("remove-output") ? "" : renderOutputs(cell, index, tags, page);
  return code + outputs === "" ? "" : `<section class="cell">\n${code}${outputs}</section>\n`;
}

function renderCode(cell: CodeCell, tags: ReadonlySet<string>): string {
  const kept = tags.has("hide-input") || tags.has("hide-cell") ? " kept" : "";
  return `<details class="code${kept}"><summary>Code [${countOf(cell)}]</summary><pre><code>${escapeMarkup(cell.source)}</code></pre></details>\n`;
}

function renderOutputs(cell: CodeCell, index: number, tags: ReadonlySet<string>, page: Page): string {
  // No heading's anchor holds a low line.
  const outputs = withCaptions(cell.outputs, page.captions)
    .map(({ output, nth, caption }) =>
      renderCaptioned(renderOutput(output, page, `output_${index + 1}_${nth + 1}`), caption, page),
    )
    .join("");
  if (outputs === "" || !(tags.has("hide-output") || tags.has("hide-cell"))) return outputs;
  return `<details class="folded"><summary>Output [${countOf(cell)}]</summary>\n${outputs}</details>\n`;
}

/** A figure's caption stands below it, a table's above. */
function renderCaptioned(output: string, caption: NumberedCaption | undefined, { markdown }: Page): string {
  if (caption === undefined) return output;
  const { kind, name, text, label, isGoal } = caption;
  const words = text === "" ? "" : `: ${markdown.renderInline(text)}`;
  const line = `<figcaption><strong>${name}</strong>${words}</figcaption>\n`;
  const anchor = isGoal ? ` id="${label}"` : "";
  const parts = kind === "table" ? line + output : output + line;
  return `<figure class="captioned"${anchor}>\n${parts}</figure>\n`;
}

function countOf({ execution_count }: CodeCell): number | string {
  return execution_count ?? "not run";
}

/** A cell that failed and of which the reader sees nothing. */
function silentFailures({ cells }: Notebook): string[] {
  return cells.flatMap((cell, index) =>
    cell.cell_type === "code" &&
    tagsOf(cell).some((tag) => tag === "remove-cell" || tag === "remove-output") &&
    cell.outputs.some(({ output_type }) => output_type === "error")
      ? [`Cell ${index + 1} ended in an error, which its tags keep out of the report.`]
      : [],
  );
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
    ({ id, depth, html }) => `<li class="depth-${depth}"><a href="#${escapeMarkup(id)}">${html}</a></li>`,
  );
  return `<nav class="toc" aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</nav>\n`;
}
