import { PLOTLY_MIME, TABLE_MIME } from "../../protocol/index.js";
import { escapeMarkup } from "../../text/index.js";
import { jsonForScript, plainTerminalText } from "../embedding.js";
import { isJsonMime, joinLines } from "../ipynb.js";
import type { JsonObject, Output } from "../ipynb.js";
import { imageAddress } from "../markdown.js";
import type { MarkdownRenderer } from "../markdown.js";
import type { Maths } from "../maths.js";
import { stillHtml } from "./html.js";
import { storableBundle } from "../storable.js";

const PICTURES = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"];

/** How outputs are shown. */
export interface OutputPage {
  readonly markdown: MarkdownRenderer;
  readonly maths: Maths;
  /** Leaves the interactive form out. */
  readonly isStill: boolean;
}

/**
 * One output of a code cell as HTML; empty when there is nothing to show.
 * @param scope unique in the page; names inside of the output's HTML begin with it
 */
export function renderOutput(output: Output, page: OutputPage, scope: string): string {
  switch (output.output_type) {
    case "stream":
      return `<pre class="stream ${output.name}">${escapeMarkup(plainTerminalText(output.text))}</pre>\n`;
    case "error": {
      const trace =
        output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
      return `<pre class="error">${escapeMarkup(plainTerminalText(trace))}</pre>\n`;
    }
    default:
      return renderBundle(storableBundle(output.data), page, scope);
  }
}

/** The interactive form as data for the renderers' script, and beside it the still form that needs no script. */
function renderBundle(data: JsonObject, page: OutputPage, scope: string): string {
  const mime = page.isStill ? undefined : Object.keys(data).find(isInteractive);
  const interactive =
    mime === undefined
      ? ""
      : `<script type="${escapeMarkup(mime)}" data-spinebook-output>${jsonForScript(data[mime])}</script>\n`;
  const still = renderStill(data, page, scope);
  return interactive + still === "" ? "" : `<div class="output">\n${interactive}${still}</div>\n`;
}

function isInteractive(mime: string): boolean {
  return (
    /^application\/vnd\.spinebook\.[\w.-]+\+json$/.test(mime) || mime === PLOTLY_MIME || mime === TABLE_MIME
  );
}

function renderStill(data: JsonObject, { markdown, maths }: OutputPage, scope: string): string {
  const text = joinLines(data["text/plain"]);
  const description = describe(text, markdown.headings.at(-1)?.text);
  for (const mime of PICTURES) {
    const picture = joinLines(data[mime]);
    const source = picture === undefined ? undefined : imageAddress(mime, picture);
    if (source !== undefined) return `<img src="${source}" alt="${escapeMarkup(description)}">\n`;
  }
  const html = joinLines(data["text/html"]);
  if (html !== undefined) return stillHtml(html, description, scope);
  const marked = joinLines(data["text/markdown"]);
  if (marked !== undefined) return `<div class="markdown">${markdown.render(marked)}</div>\n`;
  const latex = joinLines(data["text/latex"]);
  if (latex !== undefined) return `<div class="markdown">${maths.latex(latex)}</div>\n`;
  if (text !== undefined) return `<pre class="plain">${escapeMarkup(plainTerminalText(text))}</pre>\n`;
  return renderRest(data);
}

/** What has no form that is drawn here: JSON and other text as it stands, or at least its type. */
function renderRest(data: JsonObject): string {
  const [mime, value] =
    Object.entries(data).find(([type]) => type === "application/json") ??
    Object.entries(data).find(([type, text]) => type.startsWith("text/") && joinLines(text) !== undefined) ??
    [];
  if (mime !== undefined) {
    const text = isJsonMime(mime) ? JSON.stringify(value, null, 2) : joinLines(value);
    return `<pre class="plain">${escapeMarkup(text ?? "")}</pre>\n`;
  }
  const types = Object.keys(data).filter((type) => !isInteractive(type));
  return types.length === 0
    ? ""
    : `<p class="left-out">This output is not shown here (${escapeMarkup(types.join(", "))}).</p>\n`;
}

/** A picture's description: the first words of the text that the display carries beside it, or what it stands under. */
function describe(text: string | undefined, heading: string | undefined): string {
  const words = plainTerminalText(text ?? "")
    .replace(/\s+/g, " ")
    .trim();
  if (words !== "") return words.length > 200 ? `${words.slice(0, 199)}…` : words;
  return heading === undefined || heading === "" ? "Picture made by this cell" : `Picture under "${heading}"`;
}
