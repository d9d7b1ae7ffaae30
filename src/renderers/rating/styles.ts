/** What the rating display adds to the renderers' style sheet. */
export const RATING_STYLES = `
.rating:focus-visible { outline-offset: 6px; border-radius: 2px; }
.rating .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 6px; }
.rating .head h3 { margin: 0; }
.rating .bar { height: 6px; max-width: 900px; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; margin-bottom: 10px; }
.rating .bar i { display: block; height: 100%; background: var(--accent); }
.rating .desk { display: flex; flex-wrap: wrap; gap: 12px 20px; align-items: flex-start; }
.rating .picture { flex: 1 1 320px; min-width: 0; max-width: 620px; }
.rating .panel { flex: 0 1 384px; min-width: 280px; }
.rating canvas[data-over=all] { cursor: move; }
.rating canvas[data-over=ew] { cursor: ew-resize; }
.rating canvas[data-over=ns] { cursor: ns-resize; }
.rating canvas[data-over=nwse] { cursor: nwse-resize; }
.rating canvas[data-over=nesw] { cursor: nesw-resize; }
.rating canvas[data-over=none] { cursor: default; }
.rating .keys { display: grid; grid-template-columns: repeat(10, 1fr); gap: 5px; margin: 0 0 12px; }
.rating .keys button { grid-column: span 2; display: flex; flex-direction: column; align-items: center; gap: 1px; padding: 5px 2px; min-height: 48px; }
.rating .keys b { font-size: 15px; font-variant-numeric: tabular-nums; }
.rating .keys.single { display: flex; flex-wrap: wrap; }
.rating .keys.single button { min-width: 54px; }
.rating kbd {
  font: 11px/1.3 var(--vscode-editor-font-family, ui-monospace, monospace); color: inherit; opacity: 0.85;
  border: 1px solid currentColor; border-radius: 3px; padding: 0 4px; white-space: nowrap;
}
.rating .acts { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 10px; }
.rating .acts kbd { margin-left: 4px; }
.rating .missing { margin-top: 8px; }
.rating .opinions { margin: 0 0 10px; padding: 8px 10px; border: 1px solid var(--line); border-radius: 4px; }
.rating .opinions b { margin-right: 14px; font-size: 15px; font-variant-numeric: tabular-nums; }
.rating dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 10px; margin: 0; font-size: 12px; color: var(--muted); }
.rating dt { display: flex; gap: 3px; align-items: center; flex-wrap: wrap; }
.rating dd { margin: 0; }
.rating .said { min-height: 18px; margin: 0 0 8px; }
.rating .reasons { border: 1px solid var(--line); border-radius: 4px; padding: 8px 10px; margin-bottom: 10px; }
.rating .reasons button { display: block; width: 100%; text-align: left; margin-top: 5px; }
.rating .reasons kbd { margin-right: 8px; }
.rating .over { padding: 20px 0; font-size: 15px; }
@media (forced-colors: active) { .rating .bar i { background: Highlight; forced-color-adjust: none; } }
`;
