import { needsLargeBundle, needsOutlines, PLOTLY_MIME } from "../../protocol/index.js";
import { isObject, type Notebook } from "../ipynb.js";

/** Names of the files in `dist/renderers` that are, one behind the other, the script that draws all of a notebook's outputs. */
export function reportScripts({ cells }: Notebook): readonly string[] {
  const plots = cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .flatMap((output) => (isObject(output.data) ? [output.data[PLOTLY_MIME]] : []))
    .filter((plot) => plot !== undefined);
  if (plots.length === 0) return ["report.js"];
  if (!plots.some(needsLargeBundle)) return ["reportPlots.js"];
  return [...(plots.some(needsOutlines) ? ["outlines.js"] : []), "reportAllPlots.js"];
}
