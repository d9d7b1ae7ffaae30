/** The report's style sheet: light and dark by the reader's setting, one column, fit for printing. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --panel: #f6f8fa; --line: #d0d7de;
  --accent: #0a5cad; --bad: #a40e26; --bad-panel: #fff0ef; --warn: #7a4b00; --warn-panel: #fff6dd; --shade: rgb(0 0 0 / 0.35); }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4ae; --paper: #14181d; --panel: #1e242b;
  --line: #38414b; --accent: #74b3f5; --bad: #ff9a91; --bad-panel: #35191a;
  --warn: #f0c368; --warn-panel: #33280f; --shade: rgb(255 255 255 / 0.4); } }
@media (prefers-contrast: more) { :root { --ink: #000; --soft: #000; --paper: #fff; --panel: #fff; --line: #000;
  --accent: #00309c; --bad: #7d0012; --bad-panel: #fff; --warn: #4a2d00; --warn-panel: #fff; } }
@media (prefers-contrast: more) and (prefers-color-scheme: dark) { :root { --ink: #fff; --soft: #fff; --paper: #000;
  --panel: #000; --line: #fff; --accent: #9fd0ff; --bad: #ffb3ad; --bad-panel: #000; --warn: #ffd98a; --warn-panel: #000; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 0.5em; }
header h1 { margin-top: 0; }
img, svg { max-width: 100%; height: auto; }
pre, code { font: 0.875em/1.45 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
pre { margin: 0.5rem 0; padding: 0.6rem 0.8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0.5rem 0; font-size: 0.92em; }
th, td { padding: 0.25rem 0.6rem; border: 1px solid var(--line); text-align: left; }
th { background: var(--panel); }
blockquote { margin: 0.5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
button { font: inherit; padding: 0.2rem 0.7rem; color: var(--ink); background: var(--panel); border: 1px solid var(--line);
  border-radius: 4px; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.notice { margin: 0.5rem 0; color: var(--soft); }
.warning { margin: 0.8rem 0; padding: 0.6rem 0.9rem; color: var(--warn); background: var(--warn-panel);
  border: 1px solid var(--warn); border-left-width: 5px; border-radius: 4px; }
.toc { margin: 1rem 0; padding: 0.8rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
.toc h2 { margin: 0; font-size: 1rem; }
.toc ul { margin: 0.4rem 0 0; padding: 0; list-style: none; }
.toc .depth-2 { padding-left: 1.2rem; }
.toc .depth-3 { padding-left: 2.4rem; }
.code, .folded { margin: 0.5rem 0; }
.code summary, .folded > summary { width: max-content; color: var(--soft); font-size: 0.85em; cursor: pointer; }
.code pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
.output, .html { margin: 0.6rem 0; overflow-x: auto; }
@media screen {
  /* What goes on beyond its place shows a shadow there: the covers move along with the content, the shadows do not. */
  .html, .markdown:has(table) { overflow-x: auto; scrollbar-width: thin; scrollbar-color: var(--soft) transparent;
    background: linear-gradient(to right, var(--paper) 30%, transparent) left / 40px 100% no-repeat local,
      linear-gradient(to left, var(--paper) 30%, transparent) right / 40px 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) left / 18px 100% no-repeat scroll,
      linear-gradient(to left, var(--shade), transparent) right / 18px 100% no-repeat scroll; }
  /* A filled head would lie over the shadow. */
  .html th, .markdown th { background: color-mix(in srgb, var(--soft) 12%, transparent); }
}
.output { max-height: 16000px; }
.output img, .output svg { max-height: 4000px; }
.left-out { margin: 0.3rem 0; color: var(--soft); font-size: 0.85em; font-style: italic; }
@media screen { .html { contain: layout paint; } }
.captioned { margin: 1rem 0; }
.captioned figcaption { max-width: 60rem; font-size: 0.92em; }
/* A formula that asks for a place elsewhere stays within its cell. */
@media screen { .markdown:has(.katex) { contain: layout paint; } }
.katex { font-size: 1.12em; }
.katex svg { max-width: none; max-height: none; }
.katex-display { margin: 0.6em 0; padding: 0.2em 0; overflow: auto hidden; }
.math-error { color: var(--bad); }
.stream, .plain { border-left: 3px solid var(--line); }
.stderr { border-left-color: #b7791f; }
.error { color: var(--bad); background: var(--bad-panel); border-left: 3px solid var(--bad); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85em; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; margin: 0.5rem 0; }
footer dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #f4f4f4; --line: #bbb; --accent: #000;
    --bad: #8a0018; --bad-panel: #fff; --warn: #000; --warn-panel: #fff; }
  @page { margin: 14mm 15mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  button, .toc, .code:not([open]) { display: none; }
  h1 { font-size: 15pt; }
  h2 { font-size: 11.5pt; }
  h1, h2, h3, h4 { margin: 0.8em 0 0.25em; }
  .notice { margin: 0; }
  footer { margin-top: 1rem; font-size: 7.5pt; }
  h1, h2, h3, h4 { break-after: avoid; }
  img, svg, tr, .output, .warning, .captioned:has(img) { break-inside: avoid; }
  .output { max-height: none; }
  /* Paper does not scroll: the more columns a table has, the smaller it is set, and words break where they must. */
  .output, .html, .markdown { overflow: visible; }
  .html:not(:has(.spinebook-report)) table, .markdown table { width: auto; max-width: 100%; min-width: 0; }
  .html:not(:has(.spinebook-report)) :is(th, td), .markdown :is(th, td) { padding: 0.2em 0.4em; min-width: 0 !important;
    white-space: normal !important; overflow-wrap: anywhere; }
  table:has(tr > :nth-child(8)) { font-size: 7.5pt; }
  table:has(tr > :nth-child(11)) { font-size: 6.5pt; }
  table:has(tr > :nth-child(17)) { font-size: 5.5pt; }
  table:has(tr > :nth-child(25)) { font-size: 4pt; }
  table:has(tr > :nth-child(33)) { font-size: 3pt; }
  .html table:has(tr > :nth-child(17)) :is(th, td), .markdown table:has(tr > :nth-child(17)) :is(th, td) { padding: 0.1em 0.15em; }
  .output:has(.spinebook-report), .html:has(.spinebook-report) { break-inside: auto; margin: 0.2em 0; overflow: clip; }
  .markdown:has(.katex), .katex-display { overflow: clip; }
  .output > img { display: block; max-width: 135mm; max-height: 84mm; }
}
`;
