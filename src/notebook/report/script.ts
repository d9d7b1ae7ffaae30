import { needsLargeBundle, PLOTLY_MIME } from "../../protocol/index.js";
import { isObject, type Notebook } from "../ipynb.js";

/** Name of the script in `dist/renderers` that draws all of a notebook's outputs, and weighs no more than it must. */
export function reportScript({ cells }: Notebook): string {
  const plots = cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .flatMap((output) => (isObject(output.data) ? [output.data[PLOTLY_MIME]] : []))
    .filter((plot) => plot !== undefined);
  if (plots.length === 0) return "report.js";
  return plots.some(needsLargeBundle) ? "reportAllPlots.js" : "reportPlots.js";
}
