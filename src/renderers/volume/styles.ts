/** What the viewer's page adds to the renderers' style sheet. */
export const VIEWER_STYLES = `
.root { background: var(--ground); min-height: 100vh; padding: 8px 12px; box-sizing: border-box; }
.notice { color: var(--muted); margin: 40vh 0 0; text-align: center; }
.error { margin: 24px auto; max-width: 60em; }
h1 { font-size: 14px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; }
header .controls { margin: 0; flex: 1; justify-content: flex-end; }
.place { font-variant-numeric: tabular-nums; white-space: pre; color: var(--text); }
button[aria-disabled=true] { opacity: 0.6; cursor: progress; }
.message { flex-basis: 100%; color: var(--warning); margin: 2px 0 0; }
.message.wrong { color: var(--wrong); }

.volume { display: grid; gap: 8px; grid-template: auto minmax(320px, 1fr) auto / 1fr auto; height: calc(100vh - 16px); }
header, footer { grid-column: 1 / -1; }
.views { display: grid; gap: 6px; grid-template: 1fr 1fr / 3fr 2fr; min-width: 0; min-height: 0; }
.views .stage { position: relative; display: block; min-width: 0; min-height: 0; overflow: hidden; }
.views .sagittal { grid-row: 1 / 3; }
.stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; outline-offset: -1px; border-radius: 0; }
.stage canvas:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.levels { overflow: auto; min-height: 0; }
.levels ul { list-style: none; margin: 0; padding: 1px; display: flex; flex-direction: column; gap: 2px; }
.levels button { width: 100%; min-height: 22px; padding: 1px 8px; text-align: left; border-color: transparent; background: none; color: var(--text); }
.levels button.vertebra { font-weight: 600; }
.levels button.disc { padding-left: 18px; }
.levels button:hover { background: var(--hover); border-color: var(--vscode-contrastActiveBorder, transparent); }
.levels button[aria-current] { background: var(--chosen); color: var(--chosen-text); border-color: var(--accent); }
footer { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 16px; }
footer p { margin: 0; }
.help { color: var(--muted); font-size: 12px; }
.help summary { cursor: pointer; width: max-content; }
.help dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 4px 0 0; }
.help dt { color: var(--text); }
.help dd { margin: 0; }

@media (max-width: 720px) {
  .volume { display: flex; flex-direction: column; height: auto; }
  header { flex-direction: column; align-items: flex-start; gap: 4px; }
  header .controls { justify-content: flex-start; gap: 4px 12px; }
  .views { display: flex; flex-direction: column; }
  .views .stage { aspect-ratio: var(--aspect); max-height: 85vh; min-height: 160px; flex: none; }
  .levels { order: -1; }
  header { order: -2; }
  .levels ul { flex-direction: row; flex-wrap: wrap; }
  .levels button.disc { padding-left: 8px; }
  .levels button { width: auto; }
  .help dl { grid-template-columns: 1fr; }
  .help dd { margin: 0 0 4px 12px; }
}
`;
