/** plotly.js's cartesian bundle. */
import Plotly from "plotly.js/dist/plotly-cartesian.min.js";
import type { Plotly as Library } from "./library.js";

export const smallPlotly = Plotly as Library;
