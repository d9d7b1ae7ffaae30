/** The renderers' style sheet: VS Code's theme colours, with fallbacks for pages outside VS Code, light and dark. */
export const STYLES = `
:host, .root { display: block; }
.root {
  --text: var(--vscode-foreground, light-dark(#1f2328, #d7dbe0));
  --muted: var(--vscode-descriptionForeground, light-dark(#57606a, #9aa4af));
  --ground: var(--vscode-editor-background, var(--paper, light-dark(#ffffff, #1e1e1e)));
  --field: var(--vscode-input-background, light-dark(#ffffff, #2a2d31));
  --field-text: var(--vscode-input-foreground, var(--text));
  --line: var(--vscode-contrastBorder, var(--vscode-editorWidget-border, light-dark(#d0d7de, #454a52)));
  --button: var(--vscode-button-secondaryBackground, var(--vscode-editor-background, light-dark(#eef1f4, #34393f)));
  --button-text: var(--vscode-button-secondaryForeground, var(--text));
  --hover: var(--vscode-list-hoverBackground, var(--vscode-editor-background, light-dark(#f0f3f6, #2a2f35)));
  --chosen: var(--vscode-list-inactiveSelectionBackground, var(--vscode-editor-background, light-dark(#dcebfd, #17395c)));
  --chosen-text: var(--vscode-list-inactiveSelectionForeground, var(--text));
  --accent: var(--vscode-charts-blue, light-dark(#0969da, #4a9eff));
  --focus: var(--vscode-focusBorder, light-dark(#0969da, #4a9eff));
  --warning: var(--vscode-editorWarning-foreground, light-dark(#9a6700, #e0b341));
  --wrong: var(--vscode-errorForeground, light-dark(#b42318, #ff8f85));
  color: var(--text);
  font: 13px/1.4 var(--vscode-font-family, ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif);
  text-align: left;
}
.root * { box-sizing: border-box; }
[hidden] { display: none !important; }
h3 { font-size: 14px; font-weight: 600; margin: 0 0 6px; overflow-wrap: anywhere; }
p { margin: 6px 0 0; }
.error { color: var(--wrong); border: 1px solid currentColor; border-radius: 4px; padding: 6px 10px; }
.muted { color: var(--muted); font-size: 12px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, select, input[type=search] {
  font: inherit; color: var(--button-text); background: var(--button);
  border: 1px solid var(--line); border-radius: 4px; padding: 2px 8px; min-height: 26px;
}
button { cursor: pointer; }
button:hover:not(:disabled) { filter: brightness(0.95) contrast(1.05); }
button:disabled { opacity: 0.5; cursor: default; }
input[type=search] { color: var(--field-text); background: var(--field); }
select { color: var(--field-text); background: var(--field); max-width: 100%; }
input[type=range] { accent-color: var(--accent); min-width: 0; margin: 0; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }

.viewer { max-width: 720px; }
.stage { display: flex; justify-content: flex-start; }
.stage canvas {
  display: block; background: #000; border: 0; border-radius: 3px; cursor: crosshair; touch-action: none;
  outline: 1px solid var(--line);
}
.stage canvas:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.stage canvas[data-tool=window] { cursor: default; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; margin-top: 6px; }
.controls label, .controls .group { display: flex; align-items: center; gap: 6px; min-width: 0; }
.controls.bar { margin: 0 0 6px; gap: 6px; }
.viewer > .controls { max-width: max(var(--picture, 0px), 380px); }
.controls .end { margin-left: auto; }
.controls .heat { flex-wrap: wrap; gap: 6px 12px; flex-basis: 100%; }
.controls .heat .group { flex-wrap: wrap; }
.controls input[type=range] { width: 64px; }
.controls .ramp { width: 44px; }
.controls .legend-line { white-space: nowrap; }
button[aria-pressed=true]:not(.matrix button) {
  background: var(--chosen); color: var(--chosen-text); border-color: var(--accent);
  box-shadow: inset 0 -2px var(--accent), inset 0 0 0 1px var(--vscode-contrastActiveBorder, transparent);
}
.segments { display: flex; border: 1px solid var(--line); border-radius: 4px; overflow: clip; overflow-clip-margin: 3px; }
.segments label { position: relative; cursor: pointer; }
.segments input { position: absolute; inset: 0; opacity: 0; margin: 0; pointer-events: none; }
.segments span { display: block; padding: 2px 7px; min-height: 24px; line-height: 20px; color: var(--button-text); background: var(--button); }
.segments label + label span { border-left: 1px solid var(--line); }
.segments input:checked + span { background: var(--chosen); color: var(--chosen-text); box-shadow: inset 0 -2px var(--accent), inset 0 0 0 2px var(--vscode-contrastActiveBorder, transparent); }
.segments input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: -2px; }
.readout {
  margin: 4px 0 0; min-height: 17px; font-size: 12px; color: var(--muted); font-variant-numeric: tabular-nums;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
details { margin: 6px 0; font-size: 12px; }
summary { cursor: pointer; color: var(--muted); width: max-content; }
.heat-facts { flex-basis: 100%; min-width: 0; margin: 0; font-variant-numeric: tabular-nums; }
.heat-facts summary { width: auto; }
.heat-facts p { margin: 2px 0 0 14px; color: var(--muted); }
.facts th { font-weight: 400; color: var(--muted); }
.facts th, .facts td { padding: 1px 12px 1px 0; border: 0 !important; }
.controls .grow { flex: 1 1 150px; }
.controls .grow input { flex: 1; }
.ramp { display: inline-block; width: 72px; height: 10px; border-radius: 2px; border: 1px solid var(--line); }
.count { font-variant-numeric: tabular-nums; white-space: nowrap; min-width: 4.5em; }

.grades { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
.grades .picture { flex: 1 1 380px; max-width: 480px; min-width: 0; }
/* As wide as its table: where that does not fit beside the picture it goes below, and no column is hidden. */
.grades .readings { flex: 3 1 max-content; min-width: 0; max-width: 100%; }
.grades .readings > :not(.edges) { width: 0; min-width: 100%; }
.edges { position: relative; min-width: 0; }
.edges::before, .edges::after {
  content: ""; position: absolute; z-index: 3; top: 1px; bottom: 1px; width: 22px; pointer-events: none; opacity: 0;
  --shade: light-dark(rgb(0 0 0 / 0.28), rgb(0 0 0 / 0.75));
}
.edges::before { left: 1px; background: linear-gradient(to right, var(--shade), transparent); border-left: 2px solid var(--accent); }
.edges::after { right: 1px; background: linear-gradient(to left, var(--shade), transparent); border-right: 2px solid var(--accent); }
.edges[data-more-left]::before, .edges[data-more-right]::after { opacity: 1; }
.scroll::-webkit-scrollbar { height: 11px; width: 11px; }
.scroll::-webkit-scrollbar-thumb { background: color-mix(in srgb, var(--muted) 65%, transparent); border-radius: 6px; border: 2px solid var(--ground); }
.scroll::-webkit-scrollbar-corner { background: transparent; }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; color: var(--text); }
th, td { padding: 4px 6px; text-align: left; vertical-align: middle; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
tbody tr:hover > * { background: var(--hover); }
.matrix { width: 100%; }
.matrix th:first-child { position: sticky; left: 0; background: var(--ground); white-space: nowrap; z-index: 1; }
.matrix tbody tr:hover > th:first-child { background: linear-gradient(var(--hover), var(--hover)), var(--ground); }
.matrix tr[aria-selected=true] > *, .matrix tr[aria-selected=true]:hover > * { background: var(--chosen); color: var(--chosen-text); }
.matrix tr[aria-selected=true] > th:first-child {
  background: linear-gradient(var(--chosen), var(--chosen)), var(--ground); box-shadow: inset 3px 0 var(--accent);
}
.matrix tbody tr { cursor: pointer; }
.matrix th button { border: 0; background: none; color: inherit; padding: 0; font-weight: 600; text-align: left; min-height: 0; }
.matrix thead button { width: min-content; line-height: 1.25; font-size: 12px; text-decoration: underline dotted transparent; }
.matrix thead button:hover, .matrix thead button[aria-pressed=true] { text-decoration-color: currentColor; }
.matrix td { min-width: 50px; }
.grade { display: block; font-size: 14px; font-weight: 600; white-space: nowrap; }
.grade small { font-weight: 400; color: var(--muted); }
.matrix tr[aria-selected=true] .grade small { color: inherit; }
.bars { display: flex; align-items: flex-end; gap: 2px; height: 18px; margin-top: 2px; border-bottom: 1px solid var(--line); width: max-content; }
.bars i { display: block; width: 7px; background: color-mix(in srgb, var(--muted) 75%, transparent); min-height: 1px; }
.bars i.top { background: var(--accent); }
.marker { color: var(--warning); font-size: 11px; }
.legend, .flags { list-style: none; margin: 8px 0 0; padding: 0; font-size: 12px; }
.legend { color: var(--muted); }
.flags li { color: var(--warning); margin-top: 2px; }

.sheet .controls { margin: 0 0 6px; }
.sheet table { width: 100%; }
.sheet .scroll { max-height: 480px; overflow: auto; }
.sheet thead th { position: sticky; top: 0; background: var(--ground); box-shadow: inset 0 -1px var(--line); white-space: nowrap; }
.sheet thead button { border: 0; background: none; color: inherit; padding: 0; font-weight: 600; min-height: 0; }
.sheet td.number, .sheet th.number { text-align: right; }
.sheet td { min-width: 5em; max-width: 32em; overflow-wrap: break-word; }
.sheet td.short { white-space: nowrap; }
.sheet.even td { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sheet .pinned { position: sticky; z-index: 1; background: var(--ground); }
.sheet thead .pinned { z-index: 2; }
.sheet tbody tr:hover > .pinned { background: linear-gradient(var(--hover), var(--hover)), var(--ground); }
.sheet thead th { vertical-align: top; }
.spread { display: flex; flex-direction: column; gap: 1px; font-weight: 400; font-size: 11px; line-height: 1.3; margin-top: 3px; }
.sheet th.number .spread { align-items: flex-end; }
.histogram { display: flex; align-items: flex-end; gap: 1px; height: 20px; width: 72px; border-bottom: 1px solid var(--line); }
.histogram i { flex: 1; background: color-mix(in srgb, var(--accent) 70%, transparent); }
.histogram i:hover { background: var(--accent); }
.spread .muted { font-size: 11px; }
.spread .missing { color: var(--warning); }
.columns { position: relative; margin: 0; }
.columns[open] ul {
  position: absolute; right: 0; z-index: 4; margin: 4px 0 0; padding: 6px 8px; list-style: none; max-height: 260px; overflow: auto;
  background: var(--ground); border: 1px solid var(--line); border-radius: 4px; box-shadow: 0 2px 8px light-dark(rgb(0 0 0 / 0.15), rgb(0 0 0 / 0.5));
}
.columns li { display: flex; justify-content: space-between; align-items: center; gap: 12px; white-space: nowrap; }
.columns li button { min-height: 20px; padding: 0 6px; font-size: 11px; }
.sheet td.long { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

@media (forced-colors: active) {
  .bars i.top { background: Highlight; } .bars i, .histogram i { background: CanvasText; forced-color-adjust: none; }
  .ramp { forced-color-adjust: none; }
  .segments input:checked + span { background: Highlight; color: HighlightText; forced-color-adjust: none; }
  .matrix tr[aria-selected=true] > * { outline: 1px solid Highlight; }
}
@media print { .edges::before, .edges::after { display: none; } .controls, .readout, .viewer details, .columns { display: none; } .scroll, .sheet .scroll { max-height: none; overflow: visible; } .sheet.even td, .sheet td.long { white-space: normal; } }
`;
