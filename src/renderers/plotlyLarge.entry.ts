// What `plotly.entry` loads where a figure needs it.
export { largePlotly, plotlyColours } from "./plotly/large.js";
