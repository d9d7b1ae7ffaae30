// What `plotly.entry` loads where a figure needs it.
export { largePlotly } from "./plotly/large.js";
