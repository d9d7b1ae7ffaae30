/**
 * Room `renderers`: what is drawn in the browser, from the payloads of `protocol`: MRI slices, grades, tables,
 * plots and the rating tool. `spine.entry` and `plotly.entry` become VS Code's notebook renderers, `report.entry` the script of an HTML
 * report, `rating.entry` that of the rating page. Runs without network and without analysis code.
 */
export * from "./slices/index.js";
export * from "./grades/index.js";
export * from "./table/index.js";
export * from "./plotly/index.js";
export * from "./rating/index.js";
export * from "./mount.js";
export * from "./report.js";
export * from "./spine.js";
